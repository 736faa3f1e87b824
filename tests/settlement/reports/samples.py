"""Files as the platforms export them, made from the reviewed rows in tests/reports."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from settlement.model import Order, Platform
from settlement.reports import Report, ReportLine, read_report

ROWS = Path(__file__).parents[2] / "reports"


@dataclass(frozen=True)
class Sample:
    """The header of one platform's report and rows of it, cells by header."""

    platform: Platform
    title: str
    absent: str
    header: tuple[str, ...]
    written: tuple[str, ...]
    """The header as the export writes it."""
    rows: tuple[Mapping[str, object], ...]
    joined: tuple[Mapping[str, object], ...]
    """The lines of the rows, where those are not lines of their own."""

    @property
    def good(self) -> list[dict[str, str]]:
        """The cells of the reviewed rows."""
        return [dict(row["cells"]) for row in self.rows]  # type: ignore[call-overload]

    def cells(self, row: Mapping[str, str], header: Sequence[str] = ()) -> list[str]:
        """The cells of a row in the order of the header."""
        assert row.keys() <= set(self.header)
        return [row.get(name, self.absent) for name in header or self.header]

    def text(
        self, rows: Sequence[Mapping[str, str]], header: Sequence[str] = (), delimiter: str = ","
    ) -> str:
        """The report as delimited text."""
        lines = io.StringIO(newline="")
        writer = csv.writer(lines, delimiter=delimiter)
        writer.writerow(header or self.written)
        writer.writerows(self.cells(row, header) for row in rows)
        return lines.getvalue()


def read_sample(name: str) -> Sample:
    content = YAML(typ="safe").load((ROWS / f"{name}.yaml").read_text("utf-8"))
    return Sample(
        Platform(content["platform"]),
        content["title"],
        content["absent"],
        tuple(content["header"]),
        tuple(content.get("written", content["header"])),
        tuple(content["rows"]),
        tuple(content.get("joined", ())),
    )


SAMPLES = [read_sample(name) for name in ("taobao", "jd", "douyin", "1688")]
MORE = [
    read_sample(path.stem)
    for path in sorted(ROWS.glob("*.yaml"))
    if path.stem.partition("_")[0] in set(Platform)
]


def recognised(content: bytes, platform: Platform | None = None) -> Report:
    """Read a file that is known to be a report."""
    report = read_report(content, "报表", platform=platform)
    assert isinstance(report, Report), report
    return report


def lines(content: bytes) -> list[ReportLine]:
    """The lines of a report of which no row is refused."""
    found = []
    for item in recognised(content).rows:
        assert isinstance(item, ReportLine), item
        found.append(item)
    return found


def orders(content: bytes) -> list[Order]:
    """The same as orders."""
    return [line.order for line in lines(content)]
