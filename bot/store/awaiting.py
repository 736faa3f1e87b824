"""Order numbers people wait for (有数据时告诉我): kept, found among their own, given up."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, union

from bot.desk.sought import AWAITED_FOR
from bot.reminders import PushKind
from bot.store.inserting import insert
from bot.store.lines import published_batch
from bot.store.said import NUMBERS
from bot.store.tables import awaited_numbers, bindings, order_facts, order_lines, pushes

__all__ = [
    "Arrived",
    "GivenUp",
    "arrived_of",
    "await_numbers",
    "awaited_by",
    "awaited_in_batch",
    "end_awaiting",
    "given_up",
    "leave_all",
    "leave_numbers",
    "look_again",
    "mark_looked_up",
    "numbers_of",
    "waiting_to_be_looked_up",
]

_active = awaited_numbers.c.ended_at.is_(None)
_TOLD_AS = (str(PushKind.FOUND), str(PushKind.GIVEN_UP))


class Arrived(NamedTuple):
    """A line with an awaited number that is, by now, the waiting person's own."""

    awaited: int
    user: int
    line: int
    platform: str


class GivenUp(NamedTuple):
    """A number somebody has waited for as long as one may."""

    awaited: int
    user: int


def await_numbers(
    connection: Connection, user: int, numbers: Collection[str], now: datetime
) -> None:
    """Wait for these numbers from now on; one that is awaited already stays as it is."""
    rows = [
        {"user": user, "number": number, "created_at": now, "expires_at": now + AWAITED_FOR}
        for number in numbers
    ]
    connection.execute(insert(connection, awaited_numbers).on_conflict_do_nothing(), rows)


def leave_numbers(
    connection: Connection, user: int, numbers: Collection[str], now: datetime
) -> None:
    """Wait for these numbers no longer."""
    mine = (awaited_numbers.c.user == user) & awaited_numbers.c.number.in_(numbers)
    connection.execute(awaited_numbers.update().where(_active, mine).values(ended_at=now))


def leave_all(connection: Connection, user: int, now: datetime) -> None:
    """Wait for nothing any more, and tell nothing of what has come or been given up by now."""
    mine = awaited_numbers.c.user == user
    connection.execute(awaited_numbers.update().where(_active, mine).values(ended_at=now))
    untold = pushes.c.kind.in_(_TOLD_AS) & pushes.c.released_at.is_(None)
    connection.execute(pushes.delete().where(pushes.c.user == user, untold))


def awaited_by(connection: Connection, user: int) -> tuple[str, ...]:
    """The numbers a person waits for, oldest first."""
    found = (
        select(awaited_numbers.c.number)
        .where(_active, awaited_numbers.c.user == user)
        .order_by(awaited_numbers.c.id)
    )
    return tuple(connection.execute(found).scalars())


# Unions of look-ups by one index each, as for the numbers of a message.
_in_batch = union(
    *(
        select(awaited_numbers.c.id)
        .join(order_lines, order_lines.c[number] == awaited_numbers.c.number)
        .join(order_facts, order_facts.c.line == order_lines.c.id)
        .where(_active, order_facts.c.batch == bindparam("batch"))
        for number in NUMBERS
    )
)
_arrived = union(
    *(
        select(
            awaited_numbers.c.id, awaited_numbers.c.user, order_lines.c.id, order_lines.c.platform
        )
        .join(order_lines, order_lines.c[number] == awaited_numbers.c.number)
        .join(
            bindings,
            (bindings.c.creator == order_lines.c.creator)
            & (bindings.c.user == awaited_numbers.c.user),
        )
        .where(
            _active,
            awaited_numbers.c.id.in_(bindparam("awaited", expanding=True)),
            bindings.c.ended_at.is_(None),
            published_batch.is_not(None),
        )
        for number in NUMBERS
    )
)


def awaited_in_batch(connection: Connection, batch: int) -> list[int]:
    """Whatever is awaited and has a line in a batch, whosever that is."""
    return list(connection.execute(_in_batch, {"batch": batch}).scalars())


def look_again(
    connection: Connection, awaited: Collection[int] = (), users: Collection[int] = ()
) -> None:
    """Have these looked up in the next turn, or all that these people wait for."""
    which = awaited_numbers.c.id.in_(awaited) | awaited_numbers.c.user.in_(users)
    connection.execute(awaited_numbers.update().where(_active, which).values(taken_up_at=None))


def waiting_to_be_looked_up(connection: Connection, count: int) -> list[int]:
    """Some of what nobody has looked up since it was asked for, or might have come."""
    found = (
        select(awaited_numbers.c.id)
        .where(_active, awaited_numbers.c.taken_up_at.is_(None))
        .order_by(awaited_numbers.c.id)
        .limit(count)
    )
    return list(connection.execute(found).scalars())


def arrived_of(connection: Connection, awaited: Collection[int]) -> list[Arrived]:
    """The lines of these that are the waiting person's own at this moment."""
    return [Arrived(*row) for row in connection.execute(_arrived, {"awaited": list(awaited)})]


def mark_looked_up(connection: Connection, awaited: Collection[int], now: datetime) -> None:
    """Look these up no more until there is a reason."""
    looked_up = awaited_numbers.update().where(awaited_numbers.c.id.in_(awaited))
    connection.execute(looked_up.values(taken_up_at=now))


def given_up(connection: Connection, now: datetime, count: int) -> list[GivenUp]:
    """Some of what has been awaited long enough."""
    found = (
        select(awaited_numbers.c.id, awaited_numbers.c.user)
        .where(_active, awaited_numbers.c.expires_at <= now)
        .order_by(awaited_numbers.c.expires_at)
        .limit(count)
    )
    return [GivenUp(*row) for row in connection.execute(found)]


def end_awaiting(connection: Connection, awaited: Collection[int], now: datetime) -> set[int]:
    """End these; returns those that had not ended yet, for each is told of once."""
    ended = (
        awaited_numbers.update()
        .where(_active, awaited_numbers.c.id.in_(awaited))
        .values(ended_at=now)
        .returning(awaited_numbers.c.id)
    )
    return set(connection.execute(ended).scalars())


def numbers_of(connection: Connection, awaited: Sequence[int]) -> dict[int, str]:
    """What was awaited under these keys."""
    found = select(awaited_numbers.c.id, awaited_numbers.c.number).where(
        awaited_numbers.c.id.in_(awaited)
    )
    return {id_: number for id_, number in connection.execute(found)}
