"""Importing a whole report (导入报表): whose each row is, and what became of all of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.store.creators import creator_names
from bot.store.importing import CHUNK, Finding, OwnedOrder, ReportImport
from settlement.reports import Report, RowError

__all__ = ["Example", "Imported", "import_report"]

PROBLEMS_KEPT = 1000
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Example:
    """One line of a report, to show what is meant by a count."""

    row: int
    order_number: str
    changes: tuple[tuple[str, object, object], ...] = ()
    """Field, what was known and what is known now."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows of a report were what, and what was wrong with those refused."""

    new: int
    changed: int
    unchanged: int
    """Known already, some of them from a later report."""
    problems: tuple[RowError, ...]
    """What was wrong, of the first thousand; all of them went to the sink."""
    refused: int
    """Rows that were not imported."""
    joined: int = 0
    """Rows that were added to a line of an earlier row."""
    examples: Mapping[Finding, tuple[Example, ...]] = field(default_factory=dict)
    """Up to five lines of each finding."""
    batch: int | None = None
    """The number of the import; none for a dry run."""
    imported_before: datetime | None = None
    """When the same content was published before."""


@dataclass(slots=True)
class _Refused:
    """Takes refused rows: hands each on, counts them, and remembers the first."""

    sink: Callable[[RowError], None] | None
    count: int = 0
    first: list[RowError] = field(default_factory=list)

    def __call__(self, problem: RowError) -> None:
        self.count += 1
        if len(self.first) < PROBLEMS_KEPT:
            self.first.append(problem)
        if self.sink:
            self.sink(problem)


def import_report(
    engine: Engine,
    report: Report,
    file_hash: str,
    now: datetime,
    *,
    creator: int | None = None,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda rows_done: None,
    refused: Callable[[RowError], None] | None = None,
) -> Imported:
    """Import the good rows of a report, all at once, and say what is wrong with the others.

    All rows belong to `creator` if one is given, else to whom the row's own columns name, else to
    whoever has the line already. Refused rows go to `refused` as they come; `progress` is told now
    and then how many rows are done. Raises what the database raises; then nothing is visible.
    """
    arriving = ReportImport(engine, report.file, file_hash, now, dry_run)
    problems = _Refused(refused)
    done = 0
    try:
        for chunk in _chunks(_owned(engine, report, creator, problems)):
            findings = arriving.add([line for _, line in chunk])
            for (row, _), finding in zip(chunk, findings, strict=True):
                if finding is Finding.REPEATED:
                    problems(_repeated(report.file, row))
            done += len(chunk)
            progress(done + problems.count)
        arriving.publish(refused=problems.count)
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
        tuple(sorted(problems.first, key=lambda problem: problem.row)),
        problems.count,
        counted[Finding.JOINED],
    )


_Numbered = tuple[int, OwnedOrder]


def _owned(
    engine: Engine, report: Report, creator: int | None, problems: _Refused
) -> Iterator[_Numbered]:
    with engine.connect() as connection:
        names = creator_names(connection)
    for row in report.rows:
        if isinstance(row, RowError):
            problems(row)
            continue
        owner = creator or names.owner(row.order.platform, row.creator_hint)
        if isinstance(owner, int):
            yield row.row, OwnedOrder(owner, row.order)
        else:
            problems(RowError(report.file, row.row, None, owner, tuple(row.cells)))


def _repeated(file: str, row: int) -> RowError:
    message = "同一订单行在这份报表里出现了两次，内容不同，以前一次为准；请核对后重新导出"
    return RowError(file, row, None, message)


def _chunks(lines: Iterator[_Numbered]) -> Iterator[Sequence[_Numbered]]:
    chunk: list[_Numbered] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
