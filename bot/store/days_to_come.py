"""Who waits for a payout day (等发放的人): what another rule would move, up to a limit."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from bot.store.payout_days import PayoutDay
from bot.store.tables import order_lines, outlooks, payout_days, subscriptions, told
from bot.store.watching import PAYOUT_SCOPES, watching

__all__ = ["LINES_COUNTED", "Waiting", "days_by_rule", "waiting_for"]

LINES_COUNTED = 20_000
"""So many lines of a day are looked at; a count that reaches it is said to be at least that."""

_days = (
    select(
        payout_days.c.cycle,
        payout_days.c.platform,
        payout_days.c.day,
        payout_days.c.version,
    )
    .where(payout_days.c.by_rule, payout_days.c.day >= bindparam("first"))
    .order_by(payout_days.c.day, payout_days.c.cycle)
    .limit(bindparam("count"))
)
_lines = (
    select(outlooks.c.line)
    .where(outlooks.c.cycle == bindparam("cycle"))
    .order_by(outlooks.c.line)
    .limit(LINES_COUNTED)
)
_count = select(func.count()).select_from(_lines.subquery())
_told = select(func.count(told.c.user.distinct())).where(
    told.c.line.in_(_lines), told.c.day == bindparam("day")
)
_watchers = {
    by_name: watching(subscriptions.c.user, by_name=by_name, scopes=PAYOUT_SCOPES)
    .where(order_lines.c.id.in_(_lines))
    .distinct()
    for by_name in (True, False)
}


class Waiting(NamedTuple):
    """The watched lines of a payout day, who watches them, and who was told that very day."""

    lines: int
    people: int
    told: int


def days_by_rule(connection: Connection, first: date, count: int) -> list[PayoutDay]:
    """The payout days that follow from rules, from one day on."""
    found = connection.execute(_days, {"first": first, "count": count})
    return [PayoutDay._make(row) for row in found]


def waiting_for(connection: Connection, day: PayoutDay) -> Waiting:
    """How many lines and people a payout day is about."""
    values = {"cycle": day.cycle, "day": day.day}
    users = {
        user
        for statement in _watchers.values()
        for user in connection.execute(statement, values).scalars()
    }
    lines: int = connection.execute(_count, values).scalar_one()
    heard: int = connection.execute(_told, values).scalar_one()
    return Waiting(lines, len(users), heard)
