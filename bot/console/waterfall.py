"""The waterfall of a commission (金额明细图) as SVG: from the sale down to what is left."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple

from markupsafe import Markup

from bot.console.charts import WIDTH, Row, rows_drawn
from settlement.money import ZERO
from settlement.waterfall import Line

__all__ = ["Step", "steps_of", "waterfall_chart"]

TOTALS = frozenset(
    {
        *("gross_amount", "paid_amount", "base_amount", "commission_on_gross", "settled_so_far"),
        *("commission", "net"),
    }
)
"""Lines that say an amount reached; the others say what was added or taken on the way."""
SILENT_AT_ZERO = frozenset({"returned", "platform_fee", "not_payable"})
OF_THE_SALE = frozenset(
    {"gross_amount", "discounts", "freight", "paid_amount", "refunded", "base_amount"}
)
"""Drawn by the scale of the sale; the commission after them is a small part of it."""


class Step(NamedTuple):
    """One bar: from where to where it reaches on the scale of its part of the chart."""

    code: str
    amount: Decimal
    start: Decimal
    end: Decimal
    most: Decimal

    @property
    def series(self) -> int:
        """Its colour: what is reached, what is added, what is taken."""
        if self.code in TOTALS:
            return 1
        return 6 if self.amount > 0 else 3


def steps_of(lines: Sequence[Line]) -> tuple[Step, ...]:
    """The bars of a diagnosis' lines; what is taken begins where the line before it ended."""
    drawn = [line for line in lines if line.amount or line.code not in SILENT_AT_ZERO]
    return (
        *_steps([line for line in drawn if line.code in OF_THE_SALE]),
        *_steps([line for line in drawn if line.code not in OF_THE_SALE]),
    )


def _steps(lines: Sequence[Line]) -> list[Step]:
    spans: list[tuple[Line, Decimal, Decimal]] = []
    level = ZERO
    for line in lines:
        start = ZERO if line.code in TOTALS else level
        level = start + line.amount
        spans.append((line, start, level))
    most = max((max(abs(start), abs(end)) for _, start, end in spans), default=ZERO)
    return [
        Step(line.code, line.amount, start, end, most or Decimal(1)) for line, start, end in spans
    ]


def waterfall_chart(
    title: str,
    lines: Sequence[Line],
    name: Callable[[str], object],
    written: Callable[[Decimal], object],
) -> Markup:
    """Draw the lines one below the other; `name` and `written` put codes and amounts in words."""
    return rows_drawn(
        title,
        [_row(step, str(name(step.code)), str(written(step.amount))) for step in steps_of(lines)],
    )


def _row(step: Step, name: str, said: str) -> Row:
    left, right = sorted((step.start, step.end))
    start = _along(max(left, ZERO), step.most)
    length = max(_along(max(right, ZERO), step.most) - start, Decimal(2))
    return Row(name, said, step.series, start, length)


def _along(amount: Decimal, most: Decimal) -> Decimal:
    return amount / most * WIDTH
