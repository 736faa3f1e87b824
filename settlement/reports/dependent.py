"""Facts that hold only beside others: settled amounts, products of rates, checked rates."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from settlement.money import EXACT, leads_to
from settlement.reports.layouts import Column
from settlement.reports.steps import Plain, Step

Facts = Mapping[str, Any]


class DependentFact:
    """Reads one column whose value is a fact only if other columns let it be one."""

    def __init__(
        self,
        step: Step,
        column: Column,
        *,
        share: Step | None,
        partner: Step | None,
        nonzero_suffices: bool,
    ) -> None:
        self.fact = step.fact
        self.can_be_told = column.times is None or share is not None
        """Whether the columns of this file suffice."""
        self._place, _, self._known, self._read, _ = step
        self._column = column
        self._share = share
        self._partner = partner
        self._needs = column.counts_with
        self._nonzero_suffices = nonzero_suffices
        self._refined = bool(column.times or column.unless_filled or column.checked_by)

    def value(self, cells: Sequence[str], facts: Facts) -> Plain | None:
        """Return the fact, if it is one beside the other facts of the row."""
        cell = cells[self._place]
        value = self._known[cell] if cell in self._known else self._read(cell)
        if value is None or self._column.counts_without in facts:
            return None
        needs = self._needs
        if needs and needs not in facts and not (self._nonzero_suffices and Decimal(value)):
            return None
        return self._as_refined(cast(str, value), cells, facts) if self._refined else value

    def _as_refined(self, value: str, cells: Sequence[str], facts: Facts) -> str | None:
        if self._partner and self._partner.value(cells) is not None:
            return None
        if self._column.times:
            factor = self._share.value(cells) if self._share else None
            if factor is None:
                return None
            value = _product(value, cast(str, factor))
        checked_by = self._column.checked_by
        return value if not checked_by or _leads_to(facts, checked_by, value) else None


@lru_cache(4096)
def _product(value: str, factor: str) -> str:
    return f"{EXACT.multiply(Decimal(value), Decimal(factor)):f}"


def _leads_to(facts: Facts, checked_by: str, rate: str) -> bool:
    """Whether base and rate give the amount stated, to the fen; yes if that cannot be told.

    An agency's share or a capped subsidy makes a difference. A stated zero may mean "not yet".
    """
    base, stated = facts.get("base_amount", facts.get("paid_amount")), facts.get(checked_by)
    if base is None or stated is None:
        return True
    amount = Decimal(stated)
    return not amount or leads_to(Decimal(base), Decimal(rate), amount)
