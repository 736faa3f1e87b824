"""Writing down what follows from answered messages: effects, dialogue, outbox rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.desk.effects import (
    Arrival,
    BindCreator,
    EraseMe,
    OfferSignIn,
    OptIn,
    OptOut,
    Prefer,
    RecordQuestion,
    RequestBinding,
    SetLanguage,
    SetRole,
    SettleRequest,
    Snooze,
    Subscribe,
    Tell,
    UnbindCreator,
    Unsubscribe,
    Vote,
    WrongCode,
)
from bot.desk.facts import Facts
from bot.desk.imports import ImportDocument, ImportForGood, UndoDocument
from bot.desk.incoming import Incoming
from bot.desk.passing import EndHandOff, HandOver, PassOn, TakeOver
from bot.desk.replies import Answered, Edit, Effect, Rearrange, Reply, Say, Toast
from bot.desk.sought import AwaitNumbers, LeaveNumbers
from bot.desk.topics import InlineAnswer, ShowMenu
from bot.store.answered import note_given
from bot.store.awaiting import await_numbers, leave_numbers
from bot.store.binding_requests import request_binding, settle_request
from bot.store.cases import note_arrival
from bot.store.documents import change_document, request_import
from bot.store.erasing import forget_person
from bot.store.letters import Kind, Letter
from bot.store.opt_outs import opt_in, opt_out
from bot.store.outbox import enqueue
from bot.store.passing_on import pass_on, told_of_erasure
from bot.store.people import Acquaintance, bind, count_wrong_code, remember, set_role
from bot.store.revising import revised
from bot.store.signing_in import hash_token, keep_link
from bot.store.snoozing import snooze
from bot.store.subscriptions import prefer, subscribe, unsubscribe
from bot.store.tables import unanswered_questions
from bot.store.unbinding import unbind
from bot.store.voting import vote

__all__ = ["Exchange", "write_exchanges"]

_ASKED = unanswered_questions.insert()
_OF_A_CASE = (HandOver, PassOn, TakeOver, EndHandOff)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A message and its answer (一问一答)."""

    incoming: Incoming
    facts: Facts
    answered: Answered


def write_exchanges(
    connection: Connection, bot: int, exchanges: Sequence[Exchange], now: datetime
) -> None:
    """Write everything that follows from these messages; a person has at most one of them."""
    remember(
        connection,
        [_acquaintance(bot, exchange) for exchange in exchanges if _is_remembered(exchange)],
        now,
    )
    leaving = [each.incoming.user for each in exchanges if EraseMe() in each.answered.effects]
    partings = list(told_of_erasure(connection, bot, leaving)) if leaving else []
    for exchange in exchanges:
        for effect in exchange.answered.effects:
            _apply(connection, exchange.incoming.user, effect, now)
    if questions := [row for exchange in exchanges for row in _questions(exchange, now)]:
        connection.execute(_ASKED, questions)
    note_given(connection, (each for exchange in exchanges for each in _given(exchange)), now)
    letters = [letter for exchange in exchanges for letter in _letters(bot, exchange)]
    for exchange in exchanges:
        effects = exchange.answered.effects
        letters += [
            request_import(connection, bot, exchange.incoming, effect, now)
            for effect in effects
            if isinstance(effect, ImportDocument)
        ]
        if any(isinstance(effect, _OF_A_CASE) for effect in effects):
            letters += pass_on(connection, bot, exchange.incoming, effects, now)
    enqueue(connection, letters + partings, now)


def _is_remembered(exchange: Exchange) -> bool:
    return exchange.incoming.private and EraseMe() not in exchange.answered.effects


def _acquaintance(bot: int, exchange: Exchange) -> Acquaintance:
    language = exchange.facts.language
    for effect in exchange.answered.effects:
        if isinstance(effect, SetLanguage):
            language = effect.language
    incoming = exchange.incoming
    return Acquaintance(
        incoming.user, incoming.chat, incoming.name, language, exchange.answered.dialogue, bot
    )


def _apply(connection: Connection, user: int, effect: Effect, now: datetime) -> None:
    match effect:
        case Subscribe(scope, row, platform):
            subscribe(connection, user, scope, row, now, platform)
        case Unsubscribe(scope, row, platform):
            unsubscribe(connection, user, scope, row, now, platform)
        case Prefer():
            prefer(connection, user, effect, now)
        case Snooze():
            snooze(connection, user, effect)
        case Arrival():
            note_arrival(connection, user, effect, now)
        case BindCreator(code):
            bind(connection, user, code, now)
        case WrongCode(first):
            count_wrong_code(connection, user, first, now)
        case RequestBinding():
            request_binding(connection, effect, now)
        case SettleRequest():
            settle_request(connection, effect, user, now)
        case UnbindCreator(creator):
            unbind(connection, user, creator, now)
        case OptOut():
            opt_out(connection, user, now)
        case OptIn():
            opt_in(connection, user)
        case SetRole(role):
            set_role(connection, user, role)
        case OfferSignIn(code, name):
            keep_link(connection, hash_token(code), user, name, now)
        case EraseMe():
            forget_person(connection, user)
        case ImportForGood() | UndoDocument():
            change_document(connection, effect)
        case RecordQuestion() | SetLanguage() | Tell() | ImportDocument():
            pass  # written for the whole batch
        case AwaitNumbers(numbers):
            await_numbers(connection, user, numbers, now)
        case LeaveNumbers(numbers):
            leave_numbers(connection, user, numbers, now)
        case Vote():
            vote(connection, user, effect, now)
        case HandOver() | PassOn() | TakeOver() | EndHandOff():
            pass  # written with the letters to the other side


def _questions(exchange: Exchange, now: datetime) -> Iterator[dict[str, object]]:
    for effect in exchange.answered.effects:
        if isinstance(effect, RecordQuestion):
            yield {
                "user": exchange.incoming.user,
                "chat": exchange.incoming.chat,
                "text": effect.text,
                "outcome": effect.outcome,
                "asked_at": now,
            }


def _given(exchange: Exchange) -> Iterator[tuple[int, str]]:
    """The answer that a person was given, if they were; who leaves is not remembered."""
    entry = exchange.answered.dialogue.topic
    said = (reply for reply in exchange.answered.replies if isinstance(reply, Say | Edit))
    if entry and _is_remembered(exchange) and any(each.template == "answer" for each in said):
        yield exchange.incoming.user, entry


def _letters(bot: int, exchange: Exchange) -> Iterator[Letter]:
    incoming = exchange.incoming
    effects = exchange.answered.effects
    # A link that signs in must not lie in the outbox once it is sent.
    farewell = any(isinstance(effect, EraseMe | OfferSignIn) for effect in effects)
    for place, (reply, edits) in enumerate(revised(exchange.answered, exchange.facts)):
        yield Letter(
            key=f"{bot}:{incoming.update}:{place}",
            kind=_kind(reply),
            chat=incoming.chat,
            reply=reply,
            edits=edits,
            user=incoming.user,
            question=incoming.message,
            bot=bot,
            farewell=farewell,
        )
    for effect in exchange.answered.effects:
        if isinstance(effect, Tell):
            yield _told(bot, effect)


def _told(bot: int, effect: Tell) -> Letter:
    """Somebody else is told once, by the bot they last wrote to; the operator's chat by this."""
    return Letter(
        key=effect.key,
        kind=Kind.EDIT if isinstance(effect.reply, Edit) else Kind.PUSH,
        chat=effect.chat,
        reply=effect.reply,
        user=effect.user,
        bot=None if effect.user else bot,
    )


def _kind(reply: Reply) -> Kind:
    if isinstance(reply, Edit | Rearrange | ShowMenu):
        return Kind.EDIT
    return Kind.TOAST if isinstance(reply, Toast | InlineAnswer) else Kind.ANSWER
