"""What a layout refers to must be there: fields of an order, and its own columns."""

from collections.abc import Iterator, Set

from settlement.combining import ALL_STATES
from settlement.reports.items import ITEM_FIELDS
from settlement.reports.layouts import Column, Layout, header_key
from settlement.yaml_text import RuleFileError

_NUMBERS = frozenset({"order_number", "sub_order_number"})
_FIELDS = ALL_STATES | ITEM_FIELDS


def check_references(layout: Layout, file: str) -> None:
    """Make sure that a layout can be read by. Raises RuleFileError."""
    for column in layout.columns.values():
        _check_fields(layout, column, file)
    known = layout.columns.keys() | layout.unused | layout.kept
    for header in layout.needs:
        _check_header(layout, header, known, file)
    for header in (*layout.line_id, *_columns_meant(layout)):
        _check_header(layout, header, layout.columns.keys(), file)
    if not any(column.fact in _NUMBERS for column in layout.columns.values()):
        cause = "no column holds the order number"
        raise RuleFileError(file, layout.name, cause, "give one column field: order_number")


def _check_fields(layout: Layout, column: Column, file: str) -> None:
    place = f"{layout.name}.columns.{column.header}"
    conditions = [column.counts_with, column.counts_without, column.checked_by]
    for fact in filter(None, (column.fact, *conditions)):
        if fact not in _FIELDS:
            remedy = "use a field of settlement.model.Order"
            raise RuleFileError(file, place, f"an order has no field {fact}", remedy)
    if column.depends and not _is_plain(column):
        cause = "its value cannot depend on others"
        raise RuleFileError(file, place, cause, "leave its conditions away")


def _is_plain(column: Column) -> bool:
    return column.fact is not None and "." not in column.fact


def _columns_meant(layout: Layout) -> Iterator[str]:
    for column in layout.columns.values():
        yield from filter(None, (column.times, column.unless_filled))


def _check_header(layout: Layout, header: str, known: Set[str], file: str) -> None:
    if header_key(header) not in known:
        cause = f"{header} is referred to and is no column"
        raise RuleFileError(file, layout.name, cause, "add it to columns")
