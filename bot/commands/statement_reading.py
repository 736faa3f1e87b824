"""What `mingzhang reconcile` compares: the lines of several statements, told apart by place."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.commands.failure import CommandFailed, unreadable_file
from bot.commands.inputs import own_file
from bot.commands.output import complain
from bot.publishing.findings_said import finding_said
from bot.sync.archives import Unusable
from bot.sync.opening import opened_payouts
from bot.sync.reading import ReadingBrokenError
from bot.sync.report_files import ReportFile, name_of, report_files
from settlement.model import Platform
from settlement.reports import ReportError, RowError
from settlement.statement_files import Line, Names, own_names
from settlement.statements import MonthTotals, StatementLine
from settlement.yaml_text import RuleFileError

__all__ = ["Read", "column_names", "read_statements"]


@dataclass(slots=True)
class Read:
    """The lines of all statements; the row of a line is its place in `places`."""

    lines: list[StatementLine] = field(default_factory=list)
    bills: list[MonthTotals] = field(default_factory=list)
    places: list[tuple[str, int]] = field(default_factory=list)
    """File and row of each line."""
    refused: int = 0
    """Rows and files that could not be read."""
    outside: int = 0
    """Lines of other months than the one asked for."""

    def place(self, rows: Sequence[int]) -> str:
        """Say where lines stand; the file only where there are several."""
        several = len({file for file, _ in self.places}) > 1
        said = (self.places[row] for row in rows)
        return "、".join(f"{file}:{row}" if several else str(row) for file, row in said)

    def add(self, file: str, line: Line, month: date | None) -> None:
        """Keep a line, if it is of the month asked for."""
        if isinstance(line, RowError):
            self.refuse(str(line))
        elif isinstance(line, MonthTotals):
            self._keep_bill(line, month)
        elif month is not None and line.in_month not in (None, month):
            self.outside += 1
        else:
            self.lines.append(replace(line, row=len(self.places)))
            self.places.append((file, line.row))

    def refuse(self, problem: str) -> None:
        """Say what cannot be read."""
        complain(problem)
        self.refused += 1

    def _keep_bill(self, bill: MonthTotals, month: date | None) -> None:
        if month in (None, bill.month):
            self.bills.append(bill)
        else:
            self.outside += 1


def read_statements(
    files: Sequence[Path], platform: Platform | None, names: Names | None, month: date | None
) -> Read:
    """Read statements, and order reports with settled amounts; problems go to standard error."""
    read = Read()
    with TemporaryDirectory(prefix="mingzhang-") as scratch:
        for path in files:
            try:
                for found in report_files(path, name_of(path), Path(scratch)):
                    if isinstance(found, Unusable):
                        read.refuse(str(found))
                    elif isinstance(found, ReportFile):
                        _add(read, found, platform, names, month)
            except OSError as error:
                read.refuse(unreadable_file(str(path), error))
    return read


def _add(
    read: Read,
    found: ReportFile,
    platform: Platform | None,
    names: Names | None,
    month: date | None,
) -> None:
    """Keep the lines of a file, all or none: some of them would look like a shortfall."""
    try:
        with opened_payouts(found.path, found.name, platform=platform, names=names) as payouts:
            if isinstance(payouts, ReportError):
                read.refuse(str(payouts))
                return
            lines = list(payouts.lines)
    except ReadingBrokenError as broken:
        read.refuse(str(broken))
        return
    for line in lines:
        read.add(found.name, line, month)
    if not lines:
        read.refuse(f"{found.name}：{payouts.if_none}")


def column_names(path: Path | None) -> Names | None:
    """Read what the operator's columns are called."""
    if path is None:
        return None
    try:
        return own_names(own_file(path, "--columns"), path.name)
    except RuleFileError as broken:
        raise CommandFailed(f"--columns {finding_said('zh', str(broken))}") from None
