"""The nasty files of `nasty.yaml`, made anew, with what must be refused and what must come in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.reports.corpus import files
from tests.reports.corpus.cells import Cell
from tests.reports.corpus.damage import MADE, lines_changed
from tests.reports.corpus.layouts import LAYOUTS, comparable
from tests.reports.corpus.quirks import changed
from tests.reports.corpus.sales import Sale, sales

__all__ = ["NASTY", "NastyFile"]

_SEED = 1000
Lines = dict[str, tuple[str, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class NastyFile:
    """A file of which something must be refused, and nothing else lost."""

    name: str
    seed: int
    layout: str = "taobao_2020"
    rows: int = 6
    format: str = "text"
    encoding: str = "utf-8"
    delimiter: str = "comma"
    platform: str | None = None
    quirks: Sequence[str] = ()
    cells: Mapping[int, Mapping[str, Cell]] = field(default_factory=dict)
    header: Mapping[str, str] = field(default_factory=dict)
    lines: Sequence[Mapping[str, Any]] = ()
    becomes: Mapping[str, str] = field(default_factory=dict)
    made: str = ""
    text: str | None = None
    raw: str | None = None
    ending: str = ""
    whole: str | None = None
    refuses: Mapping[int, Sequence[str | None]] = field(default_factory=dict)
    kept: Mapping[int, dict[str, Any]] = field(default_factory=dict)
    lost: Sequence[int] = ()
    """Orders that are refused with a line that does not follow from their number."""
    known_failure: str = ""
    """Why it does not come out right yet."""
    inserted: int | None = None
    """The line that the order of that line was pushed away from by something inserted."""

    @property
    def sold(self) -> list[Sale]:
        """The sales behind the file."""
        return sales(LAYOUTS[self.layout].platform, self.rows, self.seed)

    @property
    def file_name(self) -> str:
        """What the file is called."""
        ending = "csv" if self.format == "text" else self.format.partition("-")[0]
        return f"{self.name}.{self.ending or ending}"

    def content(self) -> bytes:
        """The file itself."""
        if self.text is not None:
            return files.encoded(self.text, self.encoding)
        if self.raw is not None:
            return self.raw.encode("latin-1")
        rows = self._rows()
        if self.format != "text":
            content = files.workbook(rows, self.format)
        else:
            written = lines_changed(files.text(rows, self.delimiter), self.lines)
            content = files.encoded(written, self.encoding)
        for mark, replacement in self.becomes.items():
            codec, _ = files.ENCODINGS[self.encoding]
            assert mark.encode(codec) in content
            content = content.replace(mark.encode(codec), replacement.encode("latin-1"))
        kind, _, detail = self.made.partition(" ")
        return MADE[kind](content, detail) if kind else content

    def _rows(self) -> list[list[Cell]]:
        table = LAYOUTS[self.layout].table(self.sold, {})
        names = [str(name) for name in table.rows[0]]
        for order, cells in self.cells.items():
            for column, cell in cells.items():
                table.rows[order][names.index(column)] = cell
        table.rows[0] = [self.header.get(name, name) for name in names]
        return changed(table, self.quirks).rows

    def order_in(self, line: int) -> int | None:
        """Which order stands in a line of the file; None for what was inserted."""
        if self.inserted is None or line < self.inserted:
            return line - 1
        return None if line == self.inserted else line - 2

    def expected(self) -> Lines:
        """What the store must know afterwards: by line key, the creator and the facts."""
        if self.whole is not None:
            return {}
        layout = LAYOUTS[self.layout]
        lost = {*self.lost, *(self.order_in(line) for line in self.refuses)}
        found: Lines = {}
        for order, sale in enumerate(self.sold, 1):
            if order not in lost and (told := layout.expected(sale)):
                document = comparable(told | self.kept.get(order, {}))
                found[_key(document)] = (sale.creator, document)
        return found


def _key(document: Mapping[str, Any]) -> str:
    names = ("line_id", "sub_order_number", "order_number")
    return str(next(document[name] for name in names if document.get(name)))


NASTY = [
    NastyFile(seed=_SEED + place, **case)
    for place, case in enumerate(
        YAML(typ="safe").load((Path(__file__).parent / "nasty.yaml").read_text("utf-8"))
    )
]
