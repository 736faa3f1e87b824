"""Our own export of order lines as a report: written, and read back exactly."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from settlement.combining import ALL_STATES, Document
from settlement.contract import OrderError, order_json, plain, read_order
from settlement.reading import Unreadable
from settlement.reports.own_cells import cell_of, fact_of
from settlement.reports.own_layout import CREATOR, OwnField, own_fields
from settlement.reports.recognition import Recognised
from settlement.reports.steps import UnreadableCell

__all__ = ["OwnReader", "own_header", "own_row"]

_RAW_STATUS = "raw_status"
_RAW = f"{_RAW_STATUS}."


def own_header() -> list[str]:
    """The names of the export's columns."""
    return [CREATOR, *own_fields()]


def own_row(creator: str, document: Document, *, spreadsheet: bool = False) -> list[str]:
    """The cells of an order line in the contract's form, for a text or a spreadsheet."""
    cells = [cell_of("text", creator, spreadsheet=spreadsheet)]
    for field in own_fields().values():
        fact = _said(document, field.name)
        known = fact is not None
        cells.append(cell_of(field.kind, fact, spreadsheet=spreadsheet) if known else "")
    return cells


def _said(document: Document, name: str) -> Any:
    if not name.startswith(_RAW):
        return document.get(name)
    return document.get(_RAW_STATUS, {}).get(name.removeprefix(_RAW))


class OwnReader:
    """Reads the rows of an export; a row speaks of every fact, also of what is not known."""

    states = ALL_STATES

    def __init__(self, recognised: Recognised, constants: Mapping[str, object]) -> None:
        columns = recognised.columns
        self._fields = [(place, own_fields()[each.header]) for place, each in columns if each.fact]
        self._creator = next(place for place, each in columns if each.creator)
        self._constants = {name: plain(fact) for name, fact in constants.items() if fact}

    def hints(self, cells: Sequence[str]) -> Mapping[str, str]:
        """What a row says of whose order it is."""
        creator = fact_of("text", cells[self._creator])
        return {"creator": creator} if creator else {}

    def read(self, cells: Sequence[str]) -> Document | None:
        """Read one row; None for an empty one. Raises UnreadableCell."""
        if not any(cells):
            return None
        try:
            self.hints(cells)
        except Unreadable as error:
            raise UnreadableCell(CREATOR, error.message) from None
        document: dict[str, Any] = dict(self._constants)
        for field, fact in self._facts(cells):
            if field.name.startswith(_RAW):
                document.setdefault(_RAW_STATUS, {})[field.name.removeprefix(_RAW)] = fact
            else:
                document[field.name] = fact
        order = read_order(document)
        if isinstance(order, OrderError):
            raise UnreadableCell(_header_of(order.field or ""), order.message)
        return order_json(order)

    def _facts(self, cells: Sequence[str]) -> Iterator[tuple[OwnField, Any]]:
        for place, field in self._fields:
            try:
                fact = fact_of(field.kind, cells[place])
            except Unreadable as error:
                raise UnreadableCell(field.header, error.message) from None
            if fact is not None:
                yield field, fact


def _header_of(path: str) -> str:
    """The column of a member such as ``refunds[0].amount`` or ``raw_status.code``."""
    names = (path, path.partition("[")[0])
    return next((each.header for each in own_fields().values() if each.name in names), path)
