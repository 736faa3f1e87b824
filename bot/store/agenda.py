"""What there is to plan (议程): one look tells whether anything is new, due or settled."""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    func,
    literal,
    select,
)

from bot.store.batches import is_settled
from bot.store.releasing import settled_letters
from bot.store.tables import (
    awaited_numbers,
    bindings,
    import_batches,
    outlooks,
    payout_days,
    pushes,
    subscriptions,
)
from bot.store.tables.broadcasts import broadcasts, is_open

__all__ = ["Agenda", "look_around"]


class Agenda(NamedTuple):
    """What the planner finds when it looks; each part is taken up by itself."""

    bindings: bool
    subscriptions: bool
    batches: bool
    lines_of_other_rules: bool
    days_of_other_rules: bool
    settled: bool
    """Whether letters are sent, dropped or lost of which the pushes do not know yet."""
    next_look: datetime | None
    """When time alone may change a line next."""
    next_push: datetime | None
    awaited: bool
    """Whether order numbers have to be looked up for those who wait for them."""
    next_given_up: datetime | None
    """When somebody has waited for a number long enough next."""
    next_broadcast: datetime | None
    """When a broadcast that is not over began, or is to begin."""

    def is_new(self, now: datetime) -> bool:
        """Whether there is anything to be taken up."""
        waits = self.bindings or self.subscriptions or self.batches or self.awaited
        return waits or self.is_outdated(now) or self.is_given_up(now)

    def is_outdated(self, now: datetime) -> bool:
        """Whether lines have to be judged because of time or other rules."""
        return self.lines_of_other_rules or _is_over(self.next_look, now)

    def is_given_up(self, now: datetime) -> bool:
        """Whether somebody has waited for a number long enough."""
        return _is_over(self.next_given_up, now)

    def is_broadcasting(self, now: datetime) -> bool:
        """Whether a broadcast has begun and is not over."""
        return _is_over(self.next_broadcast, now)

    def is_due(self, now: datetime) -> bool:
        """Whether something may be told, or has been."""
        return self.settled or _is_over(self.next_push, now)


def _is_over(instant: datetime | None, now: datetime) -> bool:
    return instant is not None and instant <= now


def look_around(connection: Connection, revision: str, first: date) -> Agenda:
    """Look once, in one statement; days before `first` are over."""
    found = connection.execute(_look, {"revision": revision, "first": first}).one()
    return Agenda._make(found)


def _any(question: Select[Any]) -> ColumnElement[bool]:
    return question.limit(1).exists()


def _waiting(table: Any, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return _any(select(literal(1)).select_from(table).where(table.c.taken_up_at.is_(None), *more))


_revision: BindParameter[str] = bindparam("revision")
_other_rules = [
    _any(select(outlooks.c.line).where(older_or_newer))
    for older_or_newer in (outlooks.c.revision < _revision, outlooks.c.revision > _revision)
]
_days = select(payout_days.c.cycle).where(
    payout_days.c.by_rule,
    payout_days.c.revision != _revision,
    payout_days.c.day >= bindparam("first"),
)
_next_look = select(func.min(outlooks.c.look_at)).where(outlooks.c.look_at.is_not(None))
_next_push = select(func.min(pushes.c.due_at)).where(pushes.c.released_at.is_(None))
_next_given_up = select(func.min(awaited_numbers.c.expires_at)).where(
    awaited_numbers.c.ended_at.is_(None)
)
_next_broadcast = select(func.min(broadcasts.c.starts_at)).where(is_open)
_look = select(
    _waiting(bindings),
    _waiting(subscriptions),
    _waiting(import_batches, is_settled),
    _other_rules[0] | _other_rules[1],
    _any(_days),
    _any(settled_letters),
    _next_look.scalar_subquery(),
    _next_push.scalar_subquery(),
    _waiting(awaited_numbers, awaited_numbers.c.ended_at.is_(None)),
    _next_given_up.scalar_subquery(),
    _next_broadcast.scalar_subquery(),
)
