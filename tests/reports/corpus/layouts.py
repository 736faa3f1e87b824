"""Reports of the platforms as `layouts.yaml` describes them: sales in, tables out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from settlement.order_members import ORDER, RAW_STATUS
from tests.reports.corpus.cells import PLAIN, STYLES, Cell
from tests.reports.corpus.sales import Fact, Sale
from tests.reports.corpus.stories import STORIES

__all__ = ["LAYOUTS", "Layout", "Table", "comparable", "facts_as_json"]

_ORDER_FACTS = frozenset({*ORDER, *(f"raw_status.{name}" for name in RAW_STATUS)})


@dataclass(slots=True)
class Table:
    """A report as rows of cells, the header among them."""

    rows: list[list[Cell]]
    header: int = 0
    """Where in the rows the header stands."""

    def line_of(self, row: int) -> int:
        """The line in the file of a data row, both counted from 1."""
        return self.header + 1 + row


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of report."""

    platform: str
    title: str
    absent: str
    columns: Mapping[str, Any]
    time: str = "dashed"
    states: Mapping[str, str] = field(default_factory=dict)
    story: str = "single"
    styles: Mapping[str, str] = field(default_factory=dict)
    """How cells are written where the case does not say it."""
    unknown: Sequence[str] = field(default=())

    def table(self, sold: Sequence[Sale], styles: Mapping[str, str]) -> Table:
        """The report of some sales, its cells written in these styles."""
        styled = {**PLAIN, "time": self.time, **self.styles, **styles}
        rows = (facts for sale in sold for facts in STORIES[self.story].rows(sale))
        return Table([list(self.columns), *(self._cells(facts, styled) for facts in rows)])

    def _cells(self, facts: Mapping[str, Fact], styles: Mapping[str, str]) -> list[Cell]:
        return [self._cell(column, facts, styles) for column in self.columns.values()]

    def _cell(self, column: Any, facts: Mapping[str, Fact], styles: Mapping[str, str]) -> Cell:
        if isinstance(column, str):
            return column
        fact = facts.get(column["fact"])
        if fact is None:
            return str(column.get("else", self.absent))
        if "words" in column:
            return str(column["words"][fact])
        kind = column.get("as", "text")
        return STYLES[kind][styles[kind]](fact)

    def expected(self, sale: Sale, without: Sequence[str] = ()) -> dict[str, Any]:
        """The facts that this report tells of a sale, in the contract's form."""
        rows = STORIES[self.story].rows(sale)
        if not rows:
            return {}
        facts = rows[-1]
        told: dict[str, Fact | None] = {"order_number": facts["order_number"]}
        told |= {name: facts.get(fact) for name, fact in self.states.items()}
        for column in self.columns.values():
            if isinstance(column, str) or column["fact"] not in _ORDER_FACTS:
                continue
            name = column["fact"]
            told[name] = facts.get(name)
            if name == "raw_status.code":
                told["raw_status.text"] = column.get("words", {}).get(told[name], told[name])
        left = {name: fact for name, fact in told.items() if name not in without}
        document = {"platform": self.platform, **facts_as_json(left)}
        return document | STORIES[self.story].told(sale)


def facts_as_json(facts: Mapping[str, Fact | None]) -> dict[str, Any]:
    """Known facts as JSON; dotted names become objects in objects."""
    document: dict[str, Any] = {}
    for name, fact in facts.items():
        if fact is None:
            continue
        outer, _, inner = name.rpartition(".")
        place = document.setdefault(outer, {}) if outer else document
        place[inner] = _plain(fact)
    return document


def comparable(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document in which 0.2 and 0.20 are the same rate."""
    return {
        name: Decimal(value).normalize() if name.endswith("_rate") else value
        for name, value in document.items()
        if name != "data_as_of" and value is not None
    }


def _plain(fact: Fact) -> object:
    if isinstance(fact, Decimal):
        return f"{fact:f}"
    return fact.isoformat() if isinstance(fact, date) else fact


def _read() -> dict[str, Layout]:
    file = Path(__file__).parent / "layouts.yaml"
    described = YAML(typ="safe").load(file.read_text("utf-8"))
    return {name: Layout(**settings) for name, settings in described.items()}


LAYOUTS = _read()
