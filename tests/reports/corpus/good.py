"""The good files of `good.yaml`, made anew, with the order lines that each must bring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.reports.corpus import files
from tests.reports.corpus.layouts import LAYOUTS, comparable
from tests.reports.corpus.quirks import changed
from tests.reports.corpus.sales import Sale, sales

__all__ = ["GOOD", "GoodFile"]


@dataclass(frozen=True, slots=True)
class GoodFile:
    """A file that must come in whole."""

    name: str
    layout: str
    seed: int
    rows: int = 9
    format: str = "text"
    encoding: str = "utf-8"
    delimiter: str = "comma"
    ends: str = "crlf"
    quoted: bool = False
    sheets_before: int = 0
    styles: Mapping[str, str] = field(default_factory=dict)
    quirks: Sequence[str] = ()
    unknown_columns: Sequence[str] = ()
    archive: bool = False
    """Whether the file lies in a ZIP, beside a text."""
    after: str = ""
    """The layout of a report that was imported before and says whose the lines are."""
    lacks: Sequence[str] = ()
    """Facts that the quirks take away."""

    @property
    def sold(self) -> list[Sale]:
        """The sales behind the file."""
        return sales(LAYOUTS[self.layout].platform, self.rows, self.seed)

    @property
    def file_name(self) -> str:
        """What the file is called."""
        return f"{self.name}.zip" if self.archive else self._plain_name

    @property
    def _plain_name(self) -> str:
        return f"{self.name}.{'csv' if self.format == 'text' else self.format.partition('-')[0]}"

    def content(self) -> bytes:
        """The file itself."""
        plain = self._plain()
        beside = {"说明.txt": "请用密码打开".encode()}
        return files.zipped({self._plain_name: plain, **beside}) if self.archive else plain

    def _plain(self) -> bytes:
        table = changed(LAYOUTS[self.layout].table(self.sold, self.styles), self.quirks)
        if self.format != "text":
            return files.workbook(table.rows, self.format, self.sheets_before)
        return files.delimited(
            table.rows, self.encoding, self.delimiter, self.ends, quoted=self.quoted
        )

    def before(self) -> bytes:
        """The file that is imported before."""
        return files.delimited(LAYOUTS[self.after].table(self.sold, {}).rows)

    def expected(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """What the store must know afterwards: by line key, the creator and the facts."""
        layout = LAYOUTS[self.layout]
        found = {}
        for sale in self.sold:
            document = layout.expected(sale, without=self.lacks)
            if self.after:
                document = _laid_over(LAYOUTS[self.after].expected(sale), document)
            found[_key(document)] = (sale.creator, comparable(document))
        return found


def _laid_over(known: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """What is known of a line after a later report has said something of it."""
    status = {**known.get("raw_status", {}), **said.get("raw_status", {})}
    return known | said | {"raw_status": status}


def _key(document: Mapping[str, Any]) -> str:
    names = ("line_id", "sub_order_number", "order_number")
    return str(next(document[name] for name in names if document.get(name)))


GOOD = [
    GoodFile(seed=place, **case)
    for place, case in enumerate(
        YAML(typ="safe").load((Path(__file__).parent / "good.yaml").read_text("utf-8"))
    )
]
