"""How the cells of a recognised report become the facts of an order line."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import cast

from settlement.model import Order, RawStatus
from settlement.money import EXACT, FEN, share_to_fen
from settlement.reading import Unreadable
from settlement.reports.cells import ABSENT, cleaned, text
from settlement.reports.layouts import Column, header_key
from settlement.reports.recognition import Recognised
from settlement.reports.steps import Step, step_of

_RAW = "raw_status."
_CODE = "raw_status.code"
_TOTALS = frozenset({"合计", "总计", "小计", "汇总"})


class UnreadableCell(ValueError):
    """A cell that cannot be read: its column, and what is wrong and what to do (zh)."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


class OrderReader:
    """Reads the rows of one file; made anew for each."""

    def __init__(self, recognised: Recognised, constants: Mapping[str, object]) -> None:
        layout = recognised.layout
        self._constants = {"platform": layout.platform, **constants}
        steps = {
            column.header: (step_of(place, column), column) for place, column in recognised.columns
        }
        self._by_header = {header: step for header, (step, _) in steps.items()}
        self._present = frozenset(step.fact for step in self._by_header.values())
        self._number = next(
            step for step in self._by_header.values() if step.fact == "order_number"
        )
        self._raw_status = _RawStatusReader(self._by_header.values())
        self._plain: list[Step] = []
        self._dependent: list[tuple[Step, Column]] = []
        for step, column in steps.values():
            if _is_raw(step) or not step.fact:
                continue
            if _depends(column):
                self._dependent.append((step, column))
            else:
                self._plain.append(step)
        # What another fact would rule out is read first, so that what needs that fact wins.
        self._dependent.sort(key=lambda item: item[1].counts_without is None)
        headers = (layout.columns[header_key(header)].header for header in layout.line_id)
        self._line_id = [self._by_header[each] for each in headers if each in self._by_header]

    @property
    def states(self) -> frozenset[str]:
        """The facts that this file speaks of, whether or not a row has a word on them."""
        found = {step.fact for step in self._plain if step.fact}
        found |= {step.fact for step, column in self._dependent if self._can_be_told(column)}
        found |= {step.fact for step in self._by_header.values() if _is_raw(step)}
        if _CODE in found:
            found |= {"raw_status.text", "data_as_of"}
        return frozenset(found | {"line_id"} if self._line_id else found)

    def _can_be_told(self, column: Column) -> bool:
        return column.times is None or column.times in self._by_header

    def read(self, cells: Sequence[str]) -> Order | None:
        """Read one row; None for a row of totals or blanks.

        Raises:
            UnreadableCell: for the first cell that cannot be read.
        """
        if self._is_no_order(cells):
            return None
        facts = dict(self._constants)
        for step in self._plain:
            if (value := _value(step, cells[step.place])) is not None:
                facts[step.fact] = value
        for step, column in self._dependent:
            self._add_dependent(step, column, cells, facts)
        facts["raw_status"] = self._raw_status.read(cells)
        if self._line_id:
            facts["line_id"] = _line_id(self._line_id, cells)
        return Order(**facts)  # type: ignore[arg-type]

    def _is_no_order(self, cells: Sequence[str]) -> bool:
        number = cleaned(cells[self._number.place])
        if number in _TOTALS:
            return True
        if number not in ABSENT:
            return False
        filled = [cell for cell in map(cleaned, cells) if cell]
        if not filled or filled[0] in _TOTALS:
            return True
        raise UnreadableCell(self._number.header, "缺少订单号；请补上，或删掉这一行")

    def _add_dependent(
        self, step: Step, column: Column, cells: Sequence[str], facts: dict[str, object]
    ) -> None:
        value = _value(step, cells[step.place])
        if value is None or not self._counts(column, value, facts):
            return
        if column.times:
            share = self._by_header.get(column.times)
            factor = _value(share, cells[share.place]) if share else None
            if factor is None:
                return
            value = EXACT.multiply(cast(Decimal, value), cast(Decimal, factor))
        if column.checked_by and not _leads_to(facts.get(column.checked_by), value, facts):
            return
        facts[step.fact] = value

    def _counts(self, column: Column, value: object, facts: Mapping[str, object]) -> bool:
        if column.counts_without and facts.get(column.counts_without) is not None:
            return False
        if not column.counts_with or facts.get(column.counts_with) is not None:
            return True
        # A file without that column cannot tell a zero from "not yet".
        return column.counts_with not in self._present and bool(value)


class _RawStatusReader:
    """Reads what the platform itself says; the same words make the same value."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._steps = [step for step in steps if _is_raw(step)]
        self._places = [step.place for step in self._steps]
        self._known = lru_cache(self._read)

    def read(self, cells: Sequence[str]) -> RawStatus | None:
        return self._known(*[cells[place] for place in self._places])

    def _read(self, *cells: str) -> RawStatus | None:
        facts: dict[str, object] = {}
        for place, step in enumerate(self._steps):
            if (value := _value(step, cells[place])) is not None:
                facts[step.fact.removeprefix(_RAW)] = value
                if step.fact == _CODE:
                    facts["text"] = text(cleaned(cells[place]))
        return RawStatus(**facts) if facts else None  # type: ignore[arg-type]


def _line_id(steps: Sequence[Step], cells: Sequence[str]) -> str | None:
    """Name a line by its order number and the first other cell that is filled."""
    number, *others = (cleaned(cells[step.place]) for step in steps)
    distinct = next((other for other in others if other not in ABSENT), None)
    if distinct is None:
        return None
    if not (distinct.isascii() and distinct.isalnum()):
        distinct = blake2b(distinct.encode(), digest_size=6).hexdigest()
    return f"{number}-{distinct}"


def _value(step: Step, cell: str) -> object:
    try:
        return step.read(cell)
    except Unreadable as error:
        raise UnreadableCell(step.header, error.message) from None


def _leads_to(stated: object, rate: object, facts: Mapping[str, object]) -> bool:
    """Whether base and rate give the amount stated, to the fen; yes if that cannot be told.

    An agency's share or a capped subsidy makes a difference. A stated zero may mean "not yet".
    """
    base = facts.get("base_amount", facts.get("paid_amount"))
    if not stated or base is None:
        return True
    reckoned = share_to_fen(cast(Decimal, base), cast(Decimal, rate))
    return abs(reckoned - cast(Decimal, stated)) <= FEN


def _is_raw(step: Step) -> bool:
    return step.fact.startswith(_RAW)


def _depends(column: Column) -> bool:
    return bool(column.times or column.counts_with or column.counts_without or column.checked_by)
