"""What other rules would change (规则影响): diagnoses of stored orders, and days of payout.

Nothing is written. A walk over the lines is done in pieces, each of which says how far it came,
so that whoever asks decides how many there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from bot.planner.planning import day_by_rule
from bot.store.days_to_come import Waiting, days_by_rule, waiting_for
from bot.store.line_pages import FullLine, lines_from
from bot.store.lines import StoredLineError, stored_order
from bot.store.payout_days import PayoutDay
from settlement.calculators import CalculationError, calculate
from settlement.comparison import Change, compare_rulebooks
from settlement.model import Platform
from settlement.rulebook import Rulebook, RuleUnknownError
from settlement.shanghai import SHANGHAI, day_of

__all__ = [
    "ChangedLine",
    "MovedDay",
    "PayoutOfMonth",
    "Piece",
    "changed_lines",
    "moved_days",
    "moved_payouts",
    "payouts_in",
]

MOST_DAYS = 500
MONTHS = 24


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """An order line whose diagnosis would be another one, and in what."""

    line: FullLine
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some lines, the newest first: how many were judged, and where to go on below."""

    judged: int
    unreadable: int
    changed: tuple[ChangedLine, ...]
    below: int
    """0 once all lines have been passed."""


@dataclass(frozen=True, slots=True)
class MovedDay:
    """A payout day people wait for that would be another one."""

    known: PayoutDay
    day: date
    waiting: Waiting


@dataclass(frozen=True, slots=True)
class PayoutOfMonth:
    """When the commission of a month is paid, by the rules before and after."""

    month: date
    nominal: date
    before: date
    after: date
    was_official: bool
    is_official: bool

    @property
    def moves(self) -> bool:
        """Whether the day is another one, not only surer."""
        return self.before != self.after


def changed_lines(
    connection: Connection,
    before: Rulebook,
    after: Rulebook,
    now: datetime,
    *,
    below: int,
    count: int,
    platform: Platform | None = None,
) -> Piece:
    """Judge the newest `count` lines below a row number by both rulebooks."""
    lines, reached = lines_from(connection, below, platform, count)
    changed: list[ChangedLine] = []
    unreadable = 0
    for line in lines:
        try:
            order = stored_order(line.row, line.facts)
        except StoredLineError:
            unreadable += 1
            continue
        if differences := compare_rulebooks(order, before, after, now):
            changed.append(ChangedLine(line, differences))
    return Piece(len(lines), unreadable, tuple(changed), reached)


def moved_days(connection: Connection, after: Rulebook, now: datetime) -> tuple[MovedDay, ...]:
    """The payout days to come that these rules would move, with who waits for them."""
    known = days_by_rule(connection, day_of(now), MOST_DAYS)
    days = ((each, day_by_rule(connection, each, after, now)) for each in known)
    return tuple(
        MovedDay(each, day, waiting_for(connection, each)) for each, day in days if day != each.day
    )


def moved_payouts(year: int, before: Rulebook, after: Rulebook) -> tuple[PayoutOfMonth, ...]:
    """The days of a year on which 1688 pays that move, or become official, month by month."""
    return tuple(
        each
        for each in _payouts(year, before, after)
        if each.moves or each.was_official != each.is_official
    )


def payouts_in(year: int, rulebook: Rulebook) -> frozenset[date]:
    """The days of a year on which 1688 pays."""
    return frozenset(each.after for each in _payouts(year, rulebook, rulebook))


def _payouts(year: int, before: Rulebook, after: Rulebook) -> Iterator[PayoutOfMonth]:
    for index in range(MONTHS):
        month = date(year - 1 + index // 12, index % 12 + 1, 1)
        old, new = (_payout(month, rulebook) for rulebook in (before, after))
        if old is None or new is None or new[0].year != year:
            continue
        yield PayoutOfMonth(month, new[0], old[1], new[1], old[2], new[2])


def _payout(month: date, rulebook: Rulebook) -> tuple[date, date, bool] | None:
    """Nominal day, day of payout, and whether its calendar is published; None if unknown."""
    succeeded = datetime(month.year, month.month, 1, 12, tzinfo=SHANGHAI)
    try:
        found = calculate("payout-date", {"succeeded_at": succeeded.isoformat()}, rulebook)
    except RuleUnknownError:  # the operator has taken the payout day away
        return None
    if isinstance(found, CalculationError):
        raise TypeError(f"payout-date: {found}; its members were renamed, rename them here")
    nominal, day = (date.fromisoformat(str(found[name])) for name in ("nominal", "date"))
    return nominal, day, found["certainty"] != "provisional"
