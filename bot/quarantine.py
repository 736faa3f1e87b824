"""Setting an update aside (隔离), and telling so to whom it concerns, in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.desk.incoming import Incoming
from bot.desk.trouble import alarm, apology
from bot.store.letters import Kind, Letter
from bot.store.outbox import enqueue
from bot.store.people import known_people
from bot.store.updates import Poison, set_aside

__all__ = ["Failure", "quarantine"]


@dataclass(frozen=True, slots=True)
class Failure:
    """An update that could not be handled, and its sender as far as that is known."""

    poison: Poison
    sender: Incoming | None = None


def quarantine(
    connection: Connection,
    bot: int,
    failures: Sequence[Failure],
    operator_chat: int | None,
    now: datetime,
) -> None:
    """Keep the bodies, apologise to the senders, alarm the operator at most once a minute."""
    if not failures:
        return
    set_aside(connection, bot, [failure.poison for failure in failures], now)
    letters = list(_apologies(connection, bot, failures))
    if operator_chat is not None:
        letters.append(_alarm(bot, failures[0].poison.update, operator_chat, now))
    enqueue(connection, letters, now)


def _apologies(connection: Connection, bot: int, failures: Sequence[Failure]) -> Iterator[Letter]:
    senders = [failure.sender for failure in failures if failure.sender]
    known = known_people(connection, {sender.user for sender in senders}) if senders else {}
    for sender in senders:
        if not sender.can_be_told:
            continue
        language = known[sender.user][0] if sender.user in known else None
        yield Letter(
            key=f"{bot}:{sender.update}:trouble",
            kind=Kind.ANSWER,
            chat=sender.chat,
            reply=apology(sender, language),
            user=sender.user,
            question=None if sender.button is not None else sender.message,
            bot=bot,
        )


def _alarm(bot: int, update: int, operator_chat: int, now: datetime) -> Letter:
    # A key per minute: a broken release must not flood the operator.
    return Letter(
        key=f"{bot}:alarm:{now:%Y%m%d%H%M}",
        kind=Kind.PUSH,
        chat=operator_chat,
        reply=alarm(update),
        bot=bot,
    )
