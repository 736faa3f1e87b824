"""Importing a whole report (导入报表): whose each row is, and what became of all of them."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.store.creators import creator_names
from bot.store.importing import CHUNK, Finding, OwnedOrder, ReportImport
from settlement.reports import Report, RowError

__all__ = ["Imported", "import_report"]


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows of a report were what, and what was wrong with those refused."""

    new: int
    changed: int
    unchanged: int
    """Known already, some of them from a later report."""
    problems: tuple[RowError, ...]

    @property
    def refused(self) -> int:
        """Rows that were not imported."""
        return len(self.problems)


def import_report(
    engine: Engine,
    report: Report,
    file_hash: str,
    now: datetime,
    *,
    creator: int | None = None,
    dry_run: bool = False,
) -> Imported:
    """Import the good rows of a report, all at once, and say what is wrong with the others.

    All rows belong to `creator` if one is given, else to whom the row's own columns name.
    Raises what the database raises; then nothing of the report is visible.
    """
    arriving = ReportImport(engine, report.file, file_hash, now, dry_run)
    problems: list[RowError] = []
    try:
        for chunk in _chunks(_owned(engine, report, creator, problems)):
            findings = arriving.add([line for _, line in chunk])
            problems.extend(
                _repeated(report.file, row)
                for (row, _), finding in zip(chunk, findings, strict=True)
                if finding is Finding.REPEATED
            )
        arriving.publish(refused=len(problems))
    except BaseException:
        # If the database itself failed, what is left over is cleared when it is back.
        with suppress(DBAPIError):
            arriving.discard()
        raise
    counted = arriving.findings
    return Imported(
        counted[Finding.NEW],
        counted[Finding.CHANGED],
        counted[Finding.UNCHANGED] + counted[Finding.OLDER],
        tuple(sorted(problems, key=lambda problem: problem.row)),
    )


_Numbered = tuple[int, OwnedOrder]


def _owned(
    engine: Engine, report: Report, creator: int | None, problems: list[RowError]
) -> Iterator[_Numbered]:
    with engine.connect() as connection:
        names = creator_names(connection)
    for row in report.rows:
        if isinstance(row, RowError):
            problems.append(row)
            continue
        owner = creator or names.owner(report.layout.platform, row.creator_hint)
        if isinstance(owner, int):
            yield row.row, OwnedOrder(owner, row.order)
        else:
            problems.append(RowError(report.file, row.row, None, owner, tuple(row.cells)))


def _repeated(file: str, row: int) -> RowError:
    message = "同一订单行在这份报表里出现了两次，内容不同，以前一次为准；请核对后重新导出"
    return RowError(file, row, None, message)


def _chunks(lines: Iterator[_Numbered]) -> Iterator[list[_Numbered]]:
    chunk: list[_Numbered] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
