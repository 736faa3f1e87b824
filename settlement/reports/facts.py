"""How the cells of a recognised report become the facts of an order line."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NoReturn, cast

from settlement.contract import OrderError, plain, read_order
from settlement.model import Platform
from settlement.reports.cells import ABSENT, TOTALS, cleaned, text
from settlement.reports.dependent import DependentFact
from settlement.reports.items import ItemReader
from settlement.reports.layouts import Column, header_key
from settlement.reports.picking import picker
from settlement.reports.recognition import Recognised
from settlement.reports.steps import Step, UnreadableCell, step_of

Document = dict[str, Any]

_RAW = "raw_status."
_CODE = "raw_status.code"
_LONGEST_NAME = 40
"""A longer name of a line is shortened, for a line id must stay readable."""


class OrderReader:
    """Reads the rows of one file; made anew for each."""

    def __init__(self, recognised: Recognised, constants: Mapping[str, object]) -> None:
        layout = recognised.layout
        # Only a table of ours is of all platforms, and that has a reader of its own.
        platform = cast(Platform, layout.platform)
        known = {"platform": platform, **constants}
        self._constants = {name: plain(value) for name, value in known.items() if value}
        steps = [(step_of(place, column), column) for place, column in recognised.columns]
        self._by_header = {column.header: step for step, column in steps}
        self._present = frozenset(step.fact for step, _ in steps)
        self._number = self._numbering()
        self._raw_status = _RawStatusReader(step for step, _ in steps if _is_raw(step))
        plain_facts = [(step, column) for step, column in steps if _is_plain(step)]
        self._plain = tuple(
            (step.place, step.fact, step.known, step.read)
            for step, column in plain_facts
            if not column.depends
        )
        dependent = [(step, column) for step, column in plain_facts if column.depends]
        # What another fact would rule out is read first, so that what needs that fact wins.
        dependent.sort(key=lambda item: item[1].counts_without is None)
        self._dependent = tuple(self._conditions(step, column) for step, column in dependent)
        items = [step for step, _ in steps if "[]." in step.fact]
        self._items = ItemReader(platform, items) if items else None
        columns = recognised.columns
        self.hints = picker((place, each.creator) for place, each in columns if each.creator)
        """What a row says of whose order it is, by kind."""
        headers = (layout.columns[header_key(header)].header for header in layout.line_id)
        self._line_id = [self._by_header[each] for each in headers if each in self._by_header]

    @property
    def states(self) -> frozenset[str]:
        """The facts that this file speaks of, whether or not a row has a word on them."""
        found = {fact for _, fact, *_ in self._plain}
        found |= {each.fact for each in self._dependent if each.can_be_told}
        found |= self._raw_status.states
        found |= self._items.names if self._items else frozenset()
        if _CODE in found:
            found |= {"raw_status.text", "data_as_of"}
        return frozenset(found | {"line_id"} if self._line_id else found)

    def read(self, cells: Sequence[str]) -> Document | None:
        """Read one row; None for a row of totals or blanks.

        Raises:
            UnreadableCell: for the first cell that cannot be read.
        """
        number = cells[self._number.place].strip("\t")
        if not number.isdigit() and self._is_no_order(cells):
            return None
        facts = self._constants.copy()
        for place, fact, known, read in self._plain:
            cell = cells[place]
            value = known[cell] if cell in known else read(cell)
            if value is not None:
                facts[fact] = value
        for each in self._dependent:
            if (value := each.value(cells, facts)) is not None:
                facts[each.fact] = value
        if raw_status := self._raw_status.read(cells):
            facts["raw_status"] = raw_status
        if self._line_id and (line_id := _line_id(self._line_id, cells)):
            facts["line_id"] = line_id
        if "order_number" not in facts:
            facts["order_number"] = facts.get("sub_order_number") or self._missing_number()
        if self._items:
            self._items.add_to(facts, cells)
            self._check(facts)
        return facts

    def _numbering(self) -> Step:
        """The column that numbers the orders, or where a report has only that, their lines."""
        by_fact = {step.fact: step for step in self._by_header.values()}
        return by_fact.get("order_number") or by_fact["sub_order_number"]

    def _conditions(self, step: Step, column: Column) -> DependentFact:
        return DependentFact(
            step,
            column,
            share=self._by_header.get(column.times or ""),
            partner=self._by_header.get(column.unless_filled or ""),
            # A file without that column cannot tell a zero from "not yet".
            nonzero_suffices=column.counts_with not in self._present,
        )

    def _is_no_order(self, cells: Sequence[str]) -> bool:
        number = cleaned(cells[self._number.place])
        if number in TOTALS:
            return True
        if number not in ABSENT:
            return False
        filled = [cell for cell in map(cleaned, cells) if cell]
        if not filled or filled[0] in TOTALS:
            return True
        return self._missing_number()

    def _missing_number(self) -> NoReturn:
        raise UnreadableCell(self._number.header, "缺少订单号；请补上，或删掉这一行")

    def _check(self, facts: Document) -> None:
        order = read_order(facts)
        if isinstance(order, OrderError):
            raise UnreadableCell(self._number.header, order.message)


class _RawStatusReader:
    """Reads what the platform itself says; the same words make the same value."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._steps = list(steps)
        self._places = [step.place for step in self._steps]
        self._known = lru_cache(self._read)

    @property
    def states(self) -> frozenset[str]:
        return frozenset(step.fact for step in self._steps)

    def read(self, cells: Sequence[str]) -> Document:
        return self._known(*[cells[place] for place in self._places])

    def _read(self, *cells: str) -> Document:
        facts: Document = {}
        for step, cell in zip(self._steps, cells, strict=True):
            value = step.known[cell] if cell in step.known else step.read(cell)
            if value is not None:
                facts[step.fact.removeprefix(_RAW)] = value
                if step.fact == _CODE:
                    facts["text"] = text(cleaned(cell))
        return facts


def _line_id(steps: Sequence[Step], cells: Sequence[str]) -> str | None:
    """Name a line by its order number and the first other cell that is filled."""
    number, *others = (cleaned(cells[step.place]) for step in steps)
    distinct = next((other for other in others if other not in ABSENT), None)
    if distinct is None:
        return None
    if not (distinct.isascii() and distinct.isalnum() and len(distinct) <= _LONGEST_NAME):
        distinct = blake2b(distinct.encode(), digest_size=6).hexdigest()
    return f"{number}-{distinct}"


def _is_raw(step: Step) -> bool:
    return step.fact.startswith(_RAW)


def _is_plain(step: Step) -> bool:
    return bool(step.fact) and not _is_raw(step) and "[]." not in step.fact
