"""Writing down what follows from answered messages: effects, dialogue, outbox rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.desk.facts import Facts
from bot.desk.incoming import Incoming
from bot.desk.replies import (
    Answered,
    BindCreator,
    Edit,
    Effect,
    RecordQuestion,
    Reply,
    SetLanguage,
    Subscribe,
    Toast,
    Unsubscribe,
)
from bot.store.outbox import Kind, Letter, enqueue
from bot.store.people import Acquaintance, bind, remember
from bot.store.subscriptions import subscribe, unsubscribe
from bot.store.tables import unanswered_questions

__all__ = ["Turn", "write_turns"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A message and its answer (一问一答)."""

    incoming: Incoming
    facts: Facts
    answered: Answered


def write_turns(connection: Connection, bot: int, turns: Sequence[Turn], now: datetime) -> None:
    """Write everything that follows from these messages; a person has at most one of them."""
    remember(
        connection,
        [_acquaintance(turn) for turn in turns if turn.incoming.private],
        now,
    )
    for turn in turns:
        for effect in turn.answered.effects:
            _apply(connection, turn.incoming, effect, now)
    enqueue(connection, [letter for turn in turns for letter in _letters(bot, turn)], now)


def _acquaintance(turn: Turn) -> Acquaintance:
    language = turn.facts.language
    for effect in turn.answered.effects:
        if isinstance(effect, SetLanguage):
            language = effect.language
    incoming = turn.incoming
    return Acquaintance(
        incoming.user, incoming.chat, incoming.name, language, turn.answered.dialogue
    )


def _apply(connection: Connection, incoming: Incoming, effect: Effect, now: datetime) -> None:
    match effect:
        case Subscribe(scope, row):
            subscribe(connection, incoming.user, scope, row, now)
        case Unsubscribe(scope, row):
            unsubscribe(connection, incoming.user, scope, row, now)
        case BindCreator(code):
            bind(connection, incoming.user, code, now)
        case RecordQuestion(text, outcome):
            connection.execute(
                unanswered_questions.insert().values(
                    user=incoming.user,
                    chat=incoming.chat,
                    text=text,
                    outcome=outcome,
                    asked_at=now,
                )
            )
        case SetLanguage():
            pass  # kept with the acquaintance


def _letters(bot: int, turn: Turn) -> Iterator[Letter]:
    incoming = turn.incoming
    for place, reply in enumerate(turn.answered.replies):
        yield Letter(
            key=f"{bot}:{incoming.update}:{place}",
            kind=_kind(reply),
            chat=incoming.chat,
            reply=reply,
            user=incoming.user,
            question=incoming.message,
        )


def _kind(reply: Reply) -> Kind:
    if isinstance(reply, Edit):
        return Kind.EDIT
    return Kind.TOAST if isinstance(reply, Toast) else Kind.ANSWER
