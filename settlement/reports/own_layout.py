"""The layout of our own export (明账导出的订单), from ``own.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from settlement.combining import Rows
from settlement.reports.layouts import Column, Layout, header_key
from settlement.yaml_text import mapping, packaged, texts, whole_mapping

__all__ = ["CREATOR", "OwnField", "own_fields", "own_layout"]

CREATOR = "达人"
"""The column that says whose a line is, by the operator's name for the creator."""
_FILE = "reports/own.yaml"


@dataclass(frozen=True, slots=True)
class OwnField:
    """A fact of the contract and how its cells are written."""

    name: str
    """The order's field, ``raw_status.…`` for the platform's own words."""
    kind: str
    header: str


@cache
def own_fields() -> Mapping[str, OwnField]:
    """The facts by the names of their columns, in their order."""
    columns = mapping(_described()["columns"], _FILE, "columns")
    told = {header: mapping(raw, _FILE, header) for header, raw in columns.items()}
    return {
        header: OwnField(str(each["field"]), str(each.get("as", "plain")), header)
        for header, each in told.items()
    }


@cache
def own_layout() -> Layout:
    """What the export is recognised by: columns that no report of a platform has together."""
    columns = [Column(CREATOR, None, creator="creator")]
    columns += [Column(header, field.name) for header, field in own_fields().items()]
    described = _described()
    return Layout(
        None,
        "own",
        title=str(described["title"]),
        needs=texts(described["needs"], _FILE, "needs"),
        columns={header_key(column.header): column for column in columns},
        unused=frozenset(),
        line_id=(),
        rows=Rows.REPLACE,
    )


def _described() -> Mapping[str, object]:
    return whole_mapping(packaged(_FILE), _FILE)
