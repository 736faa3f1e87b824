"""Planned pushes (推送计划): each is planned once, whoever plans it, and released once.

Planning is set-based: one statement plans a payout day for thousands of lines and everybody who
watches them. Nothing is rendered here.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, literal, select, true

from bot.desk.facts import Scope
from bot.reminders import LATEST, Planned, PushKind, due_day, midnight_of
from bot.store.clocks import Clock, clock_name
from bot.store.inserting import Insert, insert, insert_for
from bot.store.payout_days import PayoutDay
from bot.store.push_statements import COLUMNS, About, Shape, into_pushes, planning
from bot.store.tables import outlooks, payout_days, people, pushes, subscriptions
from bot.store.types import Instant

__all__ = [
    "Lines",
    "next_range",
    "plan_day",
    "plan_digest",
    "plan_each",
    "plan_moves",
    "plan_updates",
]

MOST_CLOCKS = 32


class Lines(NamedTuple):
    """Which lines a statement is about: a range of rows, or these, of everybody or a person."""

    after: int = 0
    upto: int | None = None
    rows: tuple[int, ...] | None = None
    user: int | None = None

    def values(self) -> dict[str, Any]:
        """What a statement needs to know of them; a value that is not there is no condition."""
        given = {"upto": self.upto, "rows": self.rows, "only_user": self.user}
        values = {name: value for name, value in given.items() if value is not None}
        return {"after": self.after} | values


_following = (
    select(outlooks.c.line)
    .where(outlooks.c.cycle == bindparam("cycle"), outlooks.c.line > bindparam("after"))
    .order_by(outlooks.c.line)
    .limit(bindparam("count"))
    .subquery()
)
_next_range = select(func.max(_following.c.line))


def next_range(connection: Connection, cycle: str, after: int, count: int) -> int | None:
    """The last of the next `count` lines of a cycle; None if there are none."""
    values = {"cycle": cycle, "after": after, "count": count}
    last: int | None = connection.execute(_next_range, values).scalar()
    return last


def plan_day(
    connection: Connection,
    day: PayoutDay,
    kind: PushKind,
    lines: Lines,
    due: Sequence[tuple[Clock, datetime]],
    lead: int = 0,
) -> int:
    """Plan a kind of push about a payout day for all who watch the lines; how many were new.

    `due` says when each clock's people may be told first.
    """
    due_from = midnight_of(due_day(kind, day.day, lead))
    over = midnight_of(day.day + timedelta(days=1))
    ahead = kind is PushKind.AHEAD
    values = {
        "of_kind": str(kind),
        "of_day": day.day,
        "of_platform": day.platform,
        "of_cycle": day.cycle,
        "told_before": due_from if ahead else over,
        "seen_before": over + LATEST,
    } | ({"of_lead": lead} if ahead else {})
    return _plan(connection, About.DAY, lines, values, due_from, due)


def plan_updates(
    connection: Connection,
    lines: Lines,
    today: date,
    due_from: datetime,
    due: Sequence[tuple[Clock, datetime]],
) -> int:
    """Plan that people hear of lines that do not stand as they were told."""
    return _plan(connection, About.CHANGE, lines, {"of_day": today}, due_from, due)


def plan_moves(
    connection: Connection,
    day: PayoutDay,
    lines: Lines,
    due_from: datetime,
    due: Sequence[tuple[Clock, datetime]],
) -> int:
    """Plan that people hear of a payout day that is not the one they were told."""
    # below zero: a moved day and a changed line are not the same news
    values = {"of_day": day.day, "of_cycle": day.cycle, "of_version": -day.version}
    return _plan(connection, About.MOVE, lines, values, due_from, due)


def plan_digest(
    connection: Connection,
    clock: Clock,
    monday: datetime,
    day: date,
    due_at: datetime,
    user: int | None = None,
) -> int:
    """Plan the week's summary for the people of a clock who want it; how many were new.

    With `user` it is for this person only.
    """
    statement = (
        select(
            subscriptions.c.user,
            literal(str(PushKind.DIGEST)),
            literal(0),
            literal(day, payout_days.c.day.type),
            literal(0),
            literal(""),
            literal(monday, Instant()),
            literal(due_at, Instant()),
        )
        .select_from(subscriptions)
        .join(people, people.c.user == subscriptions.c.user)
        .where(
            subscriptions.c.scope == Scope.DIGEST,
            subscriptions.c.ended_at.is_(None),
            subscriptions.c.created_at < monday,
            people.c.blocked_at.is_(None),
            subscriptions.c.user == user if user is not None else true(),
            clock_name == clock.name,
        )
    )
    return _insert(connection, into_pushes(insert_for(connection), statement), {})


def plan_each(connection: Connection, planned: Sequence[Planned]) -> int:
    """Plan pushes one by one; how many that were, those planned before included."""
    rows = [dict(zip(COLUMNS, each, strict=True)) for each in planned]
    if rows:
        connection.execute(insert(connection, pushes).on_conflict_do_nothing(), rows)
    return len(rows)


def _plan(
    connection: Connection,
    about: About,
    lines: Lines,
    values: Mapping[str, Any],
    due_from: datetime,
    due: Sequence[tuple[Clock, datetime]],
) -> int:
    values = {**values, **lines.values(), "due_from": due_from}
    # For clocks few people live by, it is found out then.
    later = [(clock, at) for clock, at in due if at != due_from][:MOST_CLOCKS]
    shape = Shape(about, frozenset(values), len(later), by_name=True)
    for place, (clock, at) in enumerate(later):
        values |= {f"clock_{place}": clock.name, f"due_{place}": at}
    return sum(
        _insert(connection, planning(insert_for(connection), each), values)
        for each in (shape, shape._replace(by_name=False))
    )


def _insert(connection: Connection, statement: Insert, values: Mapping[str, Any]) -> int:
    counted = {"preserve_rowcount": True}
    written: int = connection.execute(statement, values, execution_options=counted).rowcount
    return written
