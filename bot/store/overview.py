"""What the overview asks the store (概览所需): by an index, or over a bounded number of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from bot.store.lines import latest_facts, stored_order
from bot.store.tables import (
    creators,
    given_answers,
    handoffs,
    order_facts,
    order_lines,
    people,
    votes,
)
from settlement.model import Order

__all__ = [
    "Begun",
    "HandOffs",
    "begun",
    "disliked",
    "handoffs_since",
    "latest_orders",
    "top_entries",
]

MOST_HANDOFFS = 5000
MOST_ANSWERS = 200_000


@dataclass(frozen=True, slots=True)
class Begun:
    """What there is at all: to say to a newcomer what to do first."""

    people: bool
    creators: bool
    orders: bool


@dataclass(frozen=True, slots=True)
class HandOffs:
    """What became of the cases that were opened in a span, and how long people waited."""

    opened: int = 0
    taken: int = 0
    waiting: int = 0
    usual_wait: timedelta | None = None
    """Half of those taken waited no longer."""
    waiting_since: datetime | None = None


def begun(connection: Connection) -> Begun:
    """Whether there are people, creators and orders."""
    found = (
        connection.execute(select(table.c[key]).limit(1)).first() is not None
        for table, key in ((people, "user"), (creators, "id"), (order_lines, "id"))
    )
    return Begun(*found)


def top_entries(connection: Connection, since: datetime, count: int) -> list[tuple[str, int]]:
    """The answers that the most people got, with how many that were; of the latest alone."""
    latest = (
        select(given_answers.c.entry)
        .where(given_answers.c.given_at >= since)
        .order_by(given_answers.c.given_at.desc())
        .limit(MOST_ANSWERS)
        .subquery()
    )
    askers = func.count().label("askers")
    found = connection.execute(
        select(latest.c.entry, askers)
        .group_by(latest.c.entry)
        .order_by(askers.desc(), latest.c.entry)
        .limit(count)
    )
    return [(entry, number) for entry, number in found]


def disliked(connection: Connection, since: datetime, count: int) -> list[tuple[str, int]]:
    """The answers with the most 👎, with how many."""
    number = func.count().label("number")
    found = connection.execute(
        select(votes.c.entry, number)
        .where(votes.c.helpful.is_(False), votes.c.voted_at >= since)
        .group_by(votes.c.entry)
        .order_by(number.desc(), votes.c.entry)
        .limit(count)
    )
    return [(entry, each) for entry, each in found]


def handoffs_since(connection: Connection, since: datetime) -> HandOffs:
    """The cases opened from `since` on, the latest few thousand."""
    latest = (
        select(handoffs.c.opened_at, handoffs.c.taken_at, handoffs.c.closed_at)
        .order_by(handoffs.c.id.desc())
        .limit(MOST_HANDOFFS)
    )
    rows = [row for row in connection.execute(latest) if row.opened_at >= since]
    waits = sorted(row.taken_at - row.opened_at for row in rows if row.taken_at)
    waiting = [row.opened_at for row in rows if not row.taken_at and not row.closed_at]
    return HandOffs(
        opened=len(rows),
        taken=len(waits),
        waiting=len(waiting),
        usual_wait=waits[(len(waits) - 1) // 2] if waits else None,
        waiting_since=min(waiting, default=None),
    )


def latest_orders(connection: Connection, count: int) -> Sequence[Order]:
    """What is known of the lines that were seen first last."""
    latest = select(order_lines.c.id).order_by(order_lines.c.id.desc()).limit(count).subquery()
    found = connection.execute(
        select(order_lines.c.id, order_facts.c.facts)
        .select_from(order_lines)
        .join(latest, latest.c.id == order_lines.c.id)
        .join(order_facts, latest_facts)
    )
    return [stored_order(line, facts) for line, facts in found]
