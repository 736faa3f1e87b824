"""Planned pushes (推送计划): each is planned once, whoever plans it, and released once.

Planning is set-based: one statement plans a payout day for thousands of lines and everybody who
watches them. Nothing is rendered here, nor looked at line by line.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    true,
)

from bot.desk.facts import Scope
from bot.reminders import LATEST, PushKind, due_day, midnight_of
from bot.store.inserting import insert
from bot.store.payout_days import PayoutDay
from bot.store.tables import (
    order_lines,
    outlooks,
    payout_days,
    people,
    pushes,
    subscriptions,
    told,
)
from bot.store.types import Instant
from bot.store.watching import PAYOUT_SCOPES, since, watching

__all__ = [
    "Clock",
    "Lines",
    "clocks",
    "leads_wished",
    "next_range",
    "plan_day",
    "plan_digest",
    "plan_moves",
    "plan_updates",
]

MOST_CLOCKS = 32
COLUMNS = ["user", "kind", "line", "day", "version", "platform", "due_from", "due_at"]
_CHANGE_SCOPES = (Scope.ORDER, Scope.EVERYTHING, Scope.CHANGES, Scope.PLATFORM)


class Clock(NamedTuple):
    """People who live by the same zone and want to be told in the same hours."""

    zone: str | None
    sending_from: str | None
    sending_until: str | None


class Lines(NamedTuple):
    """Which lines a statement is about: a range of rows, or these, of everybody or a person."""

    after: int = 0
    upto: int | None = None
    rows: tuple[int, ...] | None = None
    user: int | None = None

    def clause(self) -> ColumnElement[bool]:
        """The condition on the lines of a statement."""
        conditions: list[ColumnElement[bool]] = [outlooks.c.line > self.after]
        if self.upto is not None:
            conditions.append(outlooks.c.line <= self.upto)
        if self.rows is not None:
            conditions.append(outlooks.c.line.in_(self.rows))
        if self.user is not None:
            conditions.append(subscriptions.c.user == self.user)
        return and_(*conditions)


def clocks(connection: Connection) -> list[Clock]:
    """Every clock somebody lives by."""
    found = select(people.c.zone, people.c.sending_from, people.c.sending_until).distinct()
    return [Clock(*row) for row in connection.execute(found)]


def leads_wished(connection: Connection) -> set[int]:
    """How many days ahead people want to be told."""
    found = select(people.c.lead_days).where(people.c.lead_days > 0).distinct()
    return set(connection.execute(found).scalars())


def next_range(connection: Connection, cycle: str, after: int, count: int) -> int | None:
    """The last of the next `count` lines of a cycle; None if there are none."""
    following = (
        select(outlooks.c.line)
        .where(outlooks.c.cycle == cycle, outlooks.c.line > after)
        .order_by(outlooks.c.line)
        .limit(count)
        .subquery()
    )
    last: int | None = connection.execute(select(func.max(following.c.line))).scalar()
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
    told_before = due_from if kind is PushKind.AHEAD else over
    conditions = [
        outlooks.c.cycle == day.cycle,
        lines.clause(),
        since < told_before,
        outlooks.c.seen_at < over + LATEST,
    ]
    if kind is PushKind.AHEAD:
        conditions.append(func.coalesce(people.c.lead_days, 0) == lead)
    what = (
        literal(str(kind)),
        order_lines.c.id,
        literal(day.day, payout_days.c.day.type),
        literal(0),
        literal(day.platform),
    )
    return _plan(connection, PAYOUT_SCOPES, what, due_from, due, conditions)


def plan_updates(
    connection: Connection,
    lines: Lines,
    today: date,
    due_from: datetime,
    due: Sequence[tuple[Clock, datetime]],
) -> int:
    """Plan that people hear of lines that do not stand as they were told."""
    what = (
        literal(str(PushKind.UPDATE)),
        order_lines.c.id,
        literal(today, payout_days.c.day.type),
        outlooks.c.version,
        outlooks.c.platform,
    )
    conditions = [lines.clause(), _differs, _was_told]
    return _plan(connection, _CHANGE_SCOPES, what, due_from, due, conditions, if_told=True)


def plan_moves(
    connection: Connection,
    day: PayoutDay,
    lines: Lines,
    due_from: datetime,
    due: Sequence[tuple[Clock, datetime]],
) -> int:
    """Plan that people hear of a payout day that is not the one they were told."""
    what = (
        literal(str(PushKind.UPDATE)),
        order_lines.c.id,
        literal(day.day, payout_days.c.day.type),
        # below zero: a moved day and a changed line are not the same news
        literal(-day.version),
        outlooks.c.platform,
    )
    conditions = [outlooks.c.cycle == day.cycle, lines.clause(), told.c.day != day.day]
    return _plan(connection, _CHANGE_SCOPES, what, due_from, due, conditions, if_told=True)


_todays = (
    select(payout_days.c.day).where(payout_days.c.cycle == outlooks.c.cycle).scalar_subquery()
)
_differs = or_(told.c.standing != outlooks.c.standing, told.c.day != _todays)
_was_told = or_(subscriptions.c.scope != Scope.PLATFORM, told.c.day.is_not(None))
"""Who only wants payout days hears of changes where a day was named before."""


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
            _lives_by(clock),
        )
    )
    return _insert(connection, statement)


def _plan(
    connection: Connection,
    scopes: Iterable[Scope],
    what: tuple[ColumnElement[Any], ...],
    due_from: datetime,
    due: Sequence[tuple[Clock, datetime]],
    conditions: Sequence[ColumnElement[bool]],
    *,
    if_told: bool = False,
) -> int:
    written = 0
    for by_name in (True, False):
        columns = (subscriptions.c.user, *what, _not_before(due_from), _due_at(due, due_from))
        statement = watching(*columns, by_name=by_name, scopes=scopes).join(
            outlooks, outlooks.c.line == order_lines.c.id
        )
        if if_told:
            statement = statement.join(
                told, (told.c.line == order_lines.c.id) & (told.c.user == subscriptions.c.user)
            )
        written += _insert(connection, statement.where(*conditions))
    return written


def _insert(connection: Connection, planned: Select[Any]) -> int:
    statement = insert(connection, pushes).from_select(COLUMNS, planned).on_conflict_do_nothing()
    counted = {"preserve_rowcount": True}
    written: int = connection.execute(statement, execution_options=counted).rowcount
    return written


def _due_at(due: Sequence[tuple[Clock, datetime]], due_from: datetime) -> ColumnElement[Any]:
    """When each person may be told first; for clocks few people live by, it is found out then."""
    at_once = literal(due_from, Instant())
    if not due:
        return at_once
    return case(
        *((_lives_by(clock), literal(at, Instant())) for clock, at in due[:MOST_CLOCKS]),
        else_=at_once,
    )


def _lives_by(clock: Clock) -> ColumnElement[bool]:
    return and_(
        *(
            func.coalesce(people.c[name], "") == (value or "")
            for name, value in clock._asdict().items()
        )
    )


def _not_before(due_from: datetime) -> ColumnElement[Any]:
    """Nothing is late that nobody could have told before."""
    first = case(
        (outlooks.c.seen_at > since, outlooks.c.seen_at),
        else_=since,
    )
    return case((first > due_from, first), else_=literal(due_from, Instant()))
