"""What became of the letters of broadcasts (群发结果), and how many people stand where."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select

from bot.store.letters import State
from bot.store.recipients import Stage, key_of
from bot.store.settling import SET_BACK, TOO_LATE
from bot.store.tables import broadcast_recipients as recipients
from bot.store.tables import outbox, people
from bot.store.tables.broadcasts import HANDED, UNCERTAIN, WAITING
from bot.store.tables.sending import PENDING

__all__ = [
    "Figures",
    "Outcome",
    "figures_of",
    "nobody_is_left",
    "outcomes_of_handed",
    "take_back",
    "uncertain_recipients",
    "write_outcomes",
]

_MANY = 500
_TO_BE_SAID_AGAIN = (TOO_LATE, SET_BACK)


class Outcome(NamedTuple):
    """What became of somebody's letter; a stage of waiting is another try."""

    broadcast: int
    user: int
    stage: Stage
    reason: str | None


class Figures(NamedTuple):
    """How many people stand where."""

    waiting: int = 0
    handed: int = 0
    sent: int = 0
    uncertain: int = 0
    failed: int = 0
    left_out: int = 0

    @property
    def planned(self) -> int:
        """All of them."""
        return sum(self)


class _Person(NamedTuple):
    """One person of one broadcast."""

    broadcast: int
    user: int


_this = (
    recipients.c.broadcast == bindparam("the_broadcast"),
    recipients.c.user == bindparam("the_user"),
)
_settle = (
    recipients.update()
    .where(*_this, recipients.c.state == HANDED)
    .values(
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        settled_at=bindparam("new_settled_at"),
    )
)
_handed = select(recipients.c.broadcast, recipients.c.user).where(recipients.c.state == HANDED)


def outcomes_of_handed(connection: Connection) -> list[Outcome]:
    """What became of letters that are not on their way any more."""
    handed = [_Person(*row) for row in connection.execute(_handed.limit(_MANY))]
    keys = {key_of(*each): each for each in handed}
    found = select(outbox.c.key, outbox.c.state, outbox.c.reason).where(outbox.c.key.in_(keys))
    letters = {key: (State(state), reason) for key, state, reason in connection.execute(found)}
    return [
        Outcome(*each, *_became(*letters.get(key, (None, None))))
        for key, each in keys.items()
        if letters.get(key, (None,))[0] not in (State.PENDING, State.SENDING)
    ]


def write_outcomes(connection: Connection, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Keep what became of letters; who is to be tried again gives the key back for it."""
    again = [key_of(*each[:2]) for each in outcomes if each.stage is Stage.WAITING]
    if again:
        dropped = (outbox.c.state == State.DROPPED) & outbox.c.key.in_(again)
        connection.execute(outbox.delete().where(dropped))
    if rows := [_row(each, now) for each in outcomes]:
        connection.execute(_settle, rows)


def take_back(
    connection: Connection, *, broadcast: int | None = None, user: int | None = None
) -> int:
    """Take letters back that wait in the outbox, of a broadcast or of a person: how many."""
    which: Select[Any] = _handed
    if broadcast is not None:
        which = which.where(_few_of(broadcast))
    if user is not None:
        which = which.where(recipients.c.user == user)
    keys = {key_of(*row): _Person(*row) for row in connection.execute(which)}
    waits = (outbox.c.state == PENDING) & outbox.c.key.in_(keys)
    taken = connection.execute(outbox.delete().where(waits).returning(outbox.c.key)).scalars()
    rows = [_row(Outcome(*keys[key], Stage.WAITING, None)) for key in taken]
    if rows:
        connection.execute(_settle, rows)
    return len(rows)


def nobody_is_left(connection: Connection, broadcast: int, *, stopped: bool) -> bool:
    """Whether nothing is on its way, and nobody waits; who waits for what was `stopped` may."""
    on_the_way = select(recipients.c.user).where(_few_of(broadcast), recipients.c.state == HANDED)
    # In this order, which only the index of those who wait has.
    waiting = (
        select(recipients.c.user)
        .where(recipients.c.broadcast == broadcast, recipients.c.state == WAITING)
        .order_by(recipients.c.due_at)
    )
    asked = (on_the_way,) if stopped else (on_the_way, waiting)
    return not any(connection.execute(each.limit(1)).one_or_none() for each in asked)


def figures_of(connection: Connection, broadcast: int) -> Figures:
    """How many people of a broadcast stand where."""
    counted = (
        select(recipients.c.state, func.count())
        .where(recipients.c.broadcast == broadcast)
        .group_by(recipients.c.state)
    )
    return Figures(**{state: count for state, count in connection.execute(counted)})


def uncertain_recipients(
    connection: Connection, broadcast: int, count: int
) -> list[tuple[int, str, str | None]]:
    """Who may have got it or not, with their names; and where the letter stands by now.

    One that the operator sends again stands anew; None is a letter that is forgotten.
    """
    found = (
        select(recipients.c.user, people.c.name)
        .join(people, people.c.user == recipients.c.user)
        .where(_few_of(broadcast), recipients.c.state == UNCERTAIN)
        .order_by(recipients.c.broadcast, recipients.c.user)
        .limit(count)
    )
    rows = connection.execute(found).all()
    keys = [key_of(broadcast, row.user) for row in rows]
    letters = select(outbox.c.key, outbox.c.state).where(outbox.c.key.in_(keys))
    stands = {key: state for key, state in connection.execute(letters)}
    return [(row.user, row.name, stands.get(key_of(broadcast, row.user))) for row in rows]


def _few_of(broadcast: int) -> ColumnElement[bool]:
    """Of a broadcast, spelt so that no database walks all its people for the few of a state."""
    return recipients.c.broadcast + 0 == broadcast


def _became(state: State | None, reason: str | None) -> tuple[Stage, str | None]:
    if state is None:
        return Stage.UNCERTAIN, "its letter is forgotten"
    if state is State.DROPPED:
        again = reason in _TO_BE_SAID_AGAIN
        return (Stage.WAITING, None) if again else (Stage.LEFT_OUT, reason)
    return Stage(state), reason


def _row(outcome: Outcome, now: datetime | None = None) -> dict[str, object]:
    return {
        "the_broadcast": outcome.broadcast,
        "the_user": outcome.user,
        "new_state": outcome.stage,
        "new_reason": outcome.reason,
        "new_settled_at": None if outcome.stage is Stage.WAITING else now,
    }
