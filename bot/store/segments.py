"""The people a broadcast is for (群发对象): found in the order of their numbers, and counted."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, exists, func, select

from bot.desk.segments import Segment
from bot.store.clocks import CLOCK, Clock
from bot.store.lines import owned_lines, read_lines
from bot.store.tables import (
    bindings,
    import_batches,
    opt_outs,
    order_facts,
    order_lines,
    people,
)
from settlement.diagnosis import diagnose
from settlement.rulebook import Rulebook

__all__ = ["Audience", "Candidate", "count_people", "fitting", "next_people"]

JUDGED_TO_COUNT = 4_000
"""Order lines judged at most to count people by the states of their orders."""
AT_ONCE = 100


class Candidate(NamedTuple):
    """Somebody a broadcast may be for, and the clock they live by."""

    user: int
    clock: Clock


class Audience(NamedTuple):
    """How many people a broadcast is for; not `exact` if it was worked out from a part of them."""

    people: int
    exact: bool = True


def next_people(
    connection: Connection, segment: Segment, after: int, count: int
) -> list[Candidate]:
    """The next people by number, up to `count`; the states of their orders are not asked yet."""
    statement = (
        _people(segment, people.c.user, *CLOCK)
        .where(people.c.user > after)
        .order_by(people.c.user)
        .limit(count)
    )
    return [Candidate(user, Clock(*clock)) for user, *clock in connection.execute(statement)]


def fitting(
    connection: Connection,
    segment: Segment,
    users: Collection[int],
    rulebook: Rulebook,
    now: datetime,
) -> set[int]:
    """Those of these people of whom an order stands, by the rules of now, as the segment wants."""
    return _Judged(segment, rulebook, now).of(connection, users)


def count_people(
    connection: Connection, segment: Segment, rulebook: Rulebook, now: datetime
) -> Audience:
    """How many people there are; by the states of orders, at least of the first of them."""
    everybody: int = connection.execute(_people(segment, func.count())).scalar_one()
    if not segment.states or not everybody:
        return Audience(everybody)
    judged = _Judged(segment, rulebook, now)
    looked_at = fit = 0
    for users in _in_parts(connection, segment):
        fit += len(judged.of(connection, users))
        looked_at += len(users)
        if judged.lines >= JUDGED_TO_COUNT:
            break
    if looked_at >= everybody:
        return Audience(fit)
    return Audience(round(everybody * fit / looked_at), exact=False)


class _Judged:
    """Judges lines of people, each person's until one fits."""

    def __init__(self, segment: Segment, rulebook: Rulebook, now: datetime) -> None:
        self._segment = segment
        self._rulebook = rulebook
        self._now = now
        self.lines = 0

    def of(self, connection: Connection, users: Collection[int]) -> set[int]:
        statement = owned_lines.where(*_of_orders(self._segment))
        fit: set[int] = set()
        for found in read_lines(connection.execute(statement, {"users": list(users)})):
            if found.user in fit:
                continue
            self.lines += 1
            state = diagnose(found.line.order, self._rulebook, self._now).state
            if state in self._segment.states:
                fit.add(found.user)
        return fit


def _in_parts(connection: Connection, segment: Segment) -> Iterator[Sequence[int]]:
    after = 0
    while users := [each.user for each in next_people(connection, segment, after, AT_ONCE)]:
        yield users
        after = users[-1]


def _people(segment: Segment, *columns: ColumnElement[Any]) -> Select[Any]:
    """People who can be written to and want it, by all that needs no judging."""
    conditions = [
        people.c.blocked_at.is_(None),
        ~exists().where(opt_outs.c.user == people.c.user),
    ]
    if segment.languages:
        conditions.append(people.c.language.in_(segment.languages))
    if segment.asks_for_orders:
        conditions.append(_has_orders(segment))
    elif segment.bound:
        conditions.append(exists().where(*_bound))
    return select(*columns).select_from(people).where(*conditions)


_bound = (bindings.c.user == people.c.user, bindings.c.ended_at.is_(None))


def _has_orders(segment: Segment) -> ColumnElement[bool]:
    """Lines that only an unfinished import knows do not count."""
    published = (
        select(order_facts.c.line)
        .join(import_batches, import_batches.c.id == order_facts.c.batch)
        .where(order_facts.c.line == order_lines.c.id, import_batches.c.published_at.is_not(None))
    )
    lines = (
        select(order_lines.c.id)
        .join(bindings, bindings.c.creator == order_lines.c.creator)
        .where(*_bound, *_of_orders(segment), published.exists())
    )
    return lines.exists()


def _of_orders(segment: Segment) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if segment.platforms:
        conditions.append(order_lines.c.platform.in_([str(each) for each in segment.platforms]))
    if ordered := segment.ordered:
        first, following = ordered
        conditions.append(order_lines.c.ordered_at >= first)
        conditions.append(order_lines.c.ordered_at < following)
    return conditions
