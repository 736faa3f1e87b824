"""Payout days (发放日): one row for everything a platform owes for a month."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, select

from bot.store.inserting import insert
from bot.store.tables import outlooks, payout_days, planned_days

__all__ = [
    "PayoutDay",
    "days_between",
    "days_moved",
    "days_of_lines",
    "days_of_other_rules",
    "lines_paid_on",
    "mark_planned",
    "move_day",
    "planned_kinds",
]


class PayoutDay(NamedTuple):
    """The day of a cycle, and how often it was set."""

    cycle: str
    platform: str
    day: date
    version: int


_columns = (
    payout_days.c.cycle,
    payout_days.c.platform,
    payout_days.c.day,
    payout_days.c.version,
)


_within = payout_days.c.day.between(bindparam("first"), bindparam("last"))
_in_order = select(*_columns).order_by(payout_days.c.day, payout_days.c.cycle)
_between = _in_order.where(_within)
_told_of = (
    select(planned_days.c.day)
    .where(
        planned_days.c.cycle == payout_days.c.cycle,
        planned_days.c.kind == bindparam("kind"),
        planned_days.c.day == payout_days.c.day,
    )
    .exists()
)
_moved = _in_order.where(
    payout_days.c.version > 1, payout_days.c.day >= bindparam("first"), ~_told_of
)
_cycles = select(outlooks.c.cycle).where(outlooks.c.line.in_(bindparam("rows", expanding=True)))
_of_lines = _between.where(payout_days.c.cycle.in_(_cycles))
_of_other_rules = _in_order.where(
    payout_days.c.by_rule,
    payout_days.c.revision != bindparam("revision"),
    payout_days.c.day >= bindparam("first"),
)
_planned = select(planned_days.c.cycle, planned_days.c.day, planned_days.c.kind).where(
    planned_days.c.day.between(bindparam("first"), bindparam("last"))
)


def days_between(connection: Connection, first: date, last: date) -> list[PayoutDay]:
    """The payout days from one day to another, both included."""
    return _days(connection, _between, first=first, last=last)


def days_moved(connection: Connection, kind: str, first: date) -> list[PayoutDay]:
    """Days that were moved and of whose news, a kind of push, nothing is planned yet."""
    return _days(connection, _moved, kind=kind, first=first)


def days_of_lines(
    connection: Connection, rows: Collection[int], first: date, last: date
) -> list[PayoutDay]:
    """The payout days of these lines, from one day to another, both included."""
    return _days(connection, _of_lines, rows=list(rows), first=first, last=last)


def days_of_other_rules(connection: Connection, revision: str, first: date) -> list[PayoutDay]:
    """Days that follow from rules, from one day on, and were not worked out by this revision."""
    return _days(connection, _of_other_rules, revision=revision, first=first)


def _days(connection: Connection, which: Select[Any], **values: object) -> list[PayoutDay]:
    return [PayoutDay._make(row) for row in connection.execute(which, values)]


def lines_paid_on(connection: Connection, cycle: str, count: int) -> Sequence[int]:
    """A few of the lines whose payout day it is."""
    statement = select(outlooks.c.line).where(outlooks.c.cycle == cycle)
    return list(connection.execute(statement.order_by(outlooks.c.line).limit(count)).scalars())


def move_day(connection: Connection, known: PayoutDay, day: date, revision: str) -> None:
    """Set the day that follows from the rules now; another day is planned anew."""
    moved = day != known.day
    connection.execute(
        payout_days.update()
        .where(payout_days.c.cycle == known.cycle, payout_days.c.version == known.version)
        .values(day=day, revision=revision, version=known.version + moved)
    )
    if moved:
        planned = planned_days.c.cycle == known.cycle
        connection.execute(planned_days.delete().where(planned))


def planned_kinds(
    connection: Connection, first: date, last: date
) -> dict[tuple[str, date], set[str]]:
    """The kinds of pushes that are planned for everybody, by cycle and day, in a time."""
    found: dict[tuple[str, date], set[str]] = {}
    for cycle, day, kind in connection.execute(_planned, {"first": first, "last": last}):
        found.setdefault((cycle, day), set()).add(kind)
    return found


def mark_planned(connection: Connection, cycle: str, kind: str, day: date, now: datetime) -> None:
    """Remember that everybody's pushes of a kind are planned."""
    connection.execute(
        insert(connection, planned_days)
        .values(cycle=cycle, kind=kind, day=day, planned_at=now)
        .on_conflict_do_nothing()
    )
