"""Writing down what follows from answered messages: effects, dialogue, outbox rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.desk.facts import Facts
from bot.desk.incoming import Incoming
from bot.desk.replies import (
    Answered,
    Arrival,
    BindCreator,
    Edit,
    Effect,
    Prefer,
    RecordQuestion,
    Reply,
    SetLanguage,
    Snooze,
    Subscribe,
    Toast,
    Unsubscribe,
)
from bot.store.cases import note_arrival
from bot.store.outbox import Kind, Letter, enqueue
from bot.store.people import Acquaintance, bind, remember
from bot.store.snoozing import snooze
from bot.store.subscriptions import prefer, subscribe, unsubscribe
from bot.store.tables import unanswered_questions

__all__ = ["Exchange", "write_exchanges"]


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
        [_acquaintance(bot, exchange) for exchange in exchanges if exchange.incoming.private],
        now,
    )
    for exchange in exchanges:
        for effect in exchange.answered.effects:
            _apply(connection, exchange.incoming.user, effect, now)
    if questions := [row for exchange in exchanges for row in _questions(exchange, now)]:
        connection.execute(unanswered_questions.insert(), questions)
    enqueue(
        connection, [letter for exchange in exchanges for letter in _letters(bot, exchange)], now
    )


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
            prefer(connection, user, effect)
        case Snooze():
            snooze(connection, user, effect)
        case Arrival():
            note_arrival(connection, user, effect, now)
        case BindCreator(code):
            bind(connection, user, code, now)
        case RecordQuestion() | SetLanguage():
            pass  # written for the whole batch


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


def _letters(bot: int, exchange: Exchange) -> Iterator[Letter]:
    incoming = exchange.incoming
    for place, reply in enumerate(exchange.answered.replies):
        yield Letter(
            key=f"{bot}:{incoming.update}:{place}",
            kind=_kind(reply),
            chat=incoming.chat,
            reply=reply,
            user=incoming.user,
            question=incoming.message,
            bot=bot,
        )


def _kind(reply: Reply) -> Kind:
    if isinstance(reply, Edit):
        return Kind.EDIT
    return Kind.TOAST if isinstance(reply, Toast) else Kind.ANSWER
