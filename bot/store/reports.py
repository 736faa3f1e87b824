"""Importing a whole report (导入报表): whose each row is, and what became of all of them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.store.batches import clear_abandoned, published_at, published_before
from bot.store.comparing import Arrival
from bot.store.creator_table import named_with
from bot.store.findings import Finding, Outcome
from bot.store.importing import ReportImport
from bot.store.read_reports import ReadReport, SaidRow, read_of
from bot.store.transactions import reads
from settlement.creator_names import HOW_TO_NAME_ONE
from settlement.creators_file import NamedCreator
from settlement.model import Platform
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
    older: int = 0
    """Of those unchanged, the rows the store knows more of from a later report."""


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
    report: Report | ReadReport,
    file_hash: str,
    now: datetime,
    *,
    creator: int | None = None,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda rows_done: None,
    refused: Callable[[RowError], None] | None = None,
    registering: Sequence[NamedCreator] = (),
) -> Imported:
    """Import the good rows of a report, all at once, and say what is wrong with the others.

    All rows belong to `creator` if one is given, else to whom the row's own columns name, else to
    whoever has the line already; a dry run takes those who are `registering` for registered.
    Refused rows go to `refused` as they come; `progress` is told now and then how many rows are
    done. Raises what the database raises; then nothing is visible.
    """
    read = read_of(report) if isinstance(report, Report) else report
    if not dry_run:
        clear_abandoned(engine, now)
    arriving = ReportImport(engine, read.file, file_hash, now, dry_run, read.source)
    before = _imported_before(engine, file_hash)
    rows = _Rows(arriving, read, _Owners(engine, creator, registering), _Refused(refused))
    try:
        for part in read.parts:
            rows.take(part)
            progress(rows.done)
        arriving.publish(refused=rows.refused.count - arriving.findings[Finding.REPEATED])
    except BaseException:
        # If the database itself failed, what is left over is cleared when it is back.
        with suppress(DBAPIError):
            arriving.discard()
        raise
    return rows.imported(before)


class _Owners:
    """Whose rows are, by what the operator has registered."""

    def __init__(
        self, engine: Engine, everything: int | None, registering: Sequence[NamedCreator]
    ) -> None:
        self._everything = everything
        with reads(engine) as connection:
            self._names, self._creators = named_with(connection, registering)

    def owner(self, row: SaidRow) -> int | str | None:
        """The creator, or why several are meant; None if the row names nobody."""
        hints = row.creator_hint
        if self._everything is not None:
            return self._everything
        if (creator := self._creators.get(hints.get("creator", ""))) is not None:
            return creator
        named = self._names.named(Platform(row.said.platform), hints)
        if len(named) == 1:
            (creator,) = named
            return creator
        return self.reason(row) if named else None

    def reason(self, row: SaidRow) -> str:
        """Why it cannot be told whose a row is."""
        return str(self._names.owner(Platform(row.said.platform), row.creator_hint))


@dataclass(slots=True)
class _Rows:
    """The rows of a report on their way into the store, and what has become of them."""

    arriving: ReportImport
    report: ReadReport
    owners: _Owners
    refused: _Refused
    done: int = 0
    examples: dict[Finding, list[Example]] = field(default_factory=dict)

    def take(self, part: Sequence[SaidRow | RowError]) -> None:
        """Compare and stage some rows."""
        rows: list[SaidRow] = []
        arrivals: list[Arrival] = []
        states, joining = self.report.states, self.report.joining
        for item in part:
            if isinstance(item, RowError):
                self.refused(item)
                continue
            owner = self.owners.owner(item)
            if isinstance(owner, str):
                self._refuse(item, owner)
                continue
            rows.append(item)
            arrivals.append(Arrival(owner, item.said, states, joining))
        for row, outcome in zip(rows, self.arriving.take(arrivals), strict=True):
            self._note(row, outcome)
        self.done += len(part)

    def imported(self, before: datetime | None) -> Imported:
        """What has become of all rows."""
        counted = self.arriving.findings
        return Imported(
            new=counted[Finding.NEW],
            changed=counted[Finding.CHANGED],
            unchanged=counted[Finding.UNCHANGED] + counted[Finding.OLDER],
            problems=tuple(sorted(self.refused.first, key=lambda problem: problem.row)),
            refused=self.refused.count,
            joined=counted[Finding.JOINED],
            examples={finding: tuple(shown) for finding, shown in self.examples.items()},
            batch=self.arriving.batch,
            imported_before=before,
            older=counted[Finding.OLDER],
        )

    def _note(self, row: SaidRow, outcome: Outcome) -> None:
        finding = outcome.finding
        if finding.is_refused:
            self._refuse(row, self._reason(row, outcome))
        elif len(shown := self.examples.setdefault(finding, [])) < EXAMPLES:
            shown.append(Example(row.row, row.said.order_number, outcome.changes))

    def _refuse(self, row: SaidRow, reason: str) -> None:
        cells = tuple(orjson.loads(row.cells))
        self.refused(RowError(self.report.file, row.row, None, reason, cells))

    def _reason(self, row: SaidRow, outcome: Outcome) -> str:
        if outcome.finding is Finding.OWNERLESS:
            return self.owners.reason(row)
        return _REASONS.get(outcome.finding, "{}").format(outcome.reason)


_REASONS = {
    Finding.REPEATED: (
        "同一订单行在这份报表里出现了两次，内容不同，以前一次为准；请核对后重新导出"
    ),
    Finding.UNFITTING: "和已知的内容合不起来：{}；请核对这一行",
    Finding.SHARED: (f"这一行没有写是谁的，而这笔订单登记在不止一位达人名下；请{HOW_TO_NAME_ONE}"),
}


def _imported_before(engine: Engine, file_hash: str) -> datetime | None:
    with reads(engine) as connection:
        return published_at(connection, published_before(connection, file_hash))
