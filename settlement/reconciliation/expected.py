"""What a statement should say of an order (应付): the movements that fall into its months."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from settlement.money import ZERO
from settlement.reconciliation.movements import (
    Judged,
    Kind,
    Movement,
    Movements,
    all_movements,
    paid_on,
)
from settlement.shanghai import happened
from settlement.statements import StatementLine, month_of
from settlement.states import State

__all__ = ["Expected", "expected", "months_of", "sum_of"]

Months = frozenset[date]


@dataclass(frozen=True, slots=True)
class Expected:
    """What should have been paid, of which movements, and which others the line has."""

    amount: Decimal
    within: Movements
    beyond: Movements
    paid_before: bool = False
    """The line is known to be paid out in another month."""


def months_of(rows: Collection[StatementLine]) -> Months:
    """Return the months that lines of a statement say they belong to."""
    return frozenset(month for row in rows if (month := row.in_month) is not None)


def sum_of(amounts: Movements) -> Decimal:
    """Add up movements."""
    return sum((each.amount for each in amounts), ZERO)


def in_months(movement: Movement, months: Months) -> bool:
    """Tell whether a movement falls into one of the months."""
    return movement.on is not None and month_of(movement.on) in months


def expected(
    judged: Sequence[Judged], rows: Sequence[StatementLine], months: Months
) -> Expected | None:
    """Return what these lines of a statement should come to; None where that cannot be known.

    `months` are those of the statement, for lines that name none; without any, all counts.
    """
    lines = [each for each in judged if each.diagnosis.state is not State.SPLIT]
    if not lines or any(each.diagnosis.amounts.net is None for each in lines):
        return None
    moves = all_movements(lines)
    months = months_of(rows) or months
    paid = sum((row.amount for row in rows), ZERO)
    within = _within(moves, rows, months)
    if not within and months:
        if paid > 0 and any(_paid_elsewhere(each, months) for each in lines):
            return Expected(ZERO, (), moves, paid_before=True)
        # It came in another month than forecast: that is no difference in the amount.
        within = tuple(each for each in moves if each.amount * paid > 0)
    return _with_undated(within, tuple(each for each in moves if each not in within), paid)


def _within(moves: Movements, rows: Sequence[StatementLine], months: Months) -> Movements:
    phases = {row.phase for row in rows}
    by_phase = None not in phases and any(each.kind is Kind.PHASE for each in moves)
    if not months and not by_phase:
        return moves
    return tuple(
        each
        for each in moves
        if in_months(each, months)
        or (by_phase and each.phase is not None and each.phase in phases)
    )


def _paid_elsewhere(judged: Judged, months: Months) -> bool:
    paid_out = happened(judged.order.paid_out_at, judged.now) is not None
    day = paid_on(judged)
    return paid_out and day is not None and month_of(day) not in months


def _with_undated(within: Movements, beyond: Movements, paid: Decimal) -> Expected:
    """Count what was taken back on an unknown day if the statement did so."""
    amount = sum_of(within)
    undated = tuple(each for each in beyond if each.kind is Kind.CLAWBACK and each.on is None)
    if undated and amount != paid == amount + sum_of(undated):
        return Expected(paid, within + undated, ())
    return Expected(amount, within, beyond)
