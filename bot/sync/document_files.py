"""Importing the file or files of a document (导入发来的文件), and what is kept of its problems."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from bot.desk.imports import FileImported, RefusedRows
from bot.store.documents import published_since
from bot.store.import_records import ImportRecord, import_records
from bot.store.read_reports import ReadReport
from bot.store.reports import Imported, import_report
from bot.store.transactions import reads
from bot.sync.archives import Unusable
from bot.sync.opening import opened
from bot.sync.reading import ReadingBrokenError
from bot.sync.refused import refused_name, write_refused
from bot.sync.report_files import ReportFile, report_files
from settlement.model import Platform
from settlement.reports import ReportError, RowError

__all__ = ["Imports", "Order", "import_document"]

EXAMPLES = 3
MOST_REFUSED, MOST_CHARACTERS = 5_000, 2_000_000
"""Refused rows of a file that are handed back; whoever has more has the wrong file."""
_MARK = "\ufeff"
"""Or spreadsheets take a table for the machine's own encoding."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

Reading = Callable[[int, str | None], None]
"""Told now and then how many rows are done, of which file of an archive."""


@dataclass(frozen=True, slots=True)
class Order:
    """How a document is to be imported.

    What was imported of it `since` an instant, by an attempt that ended before it could tell, is
    told now.
    """

    name: str
    now: datetime
    creator: int | None = None
    dry_run: bool = False
    since: datetime | None = None
    platform: Platform | None = None


@dataclass(slots=True)
class Imports:
    """What came of a document: its files, and the rows that were refused."""

    files: list[FileImported] = field(default_factory=list)
    refused: list[RefusedRows] = field(default_factory=list)


class _Table:
    """Takes the refused rows of one file, the first of them into a table."""

    def __init__(self, report: ReadReport) -> None:
        self.count = self._kept = 0
        self._text = io.StringIO(newline="")
        self._write = write_refused(self._text, report)

    def take(self, problem: RowError) -> None:
        self.count += 1
        if self._kept < MOST_REFUSED and self._text.tell() < MOST_CHARACTERS:
            self._write(problem)
            self._kept += 1

    def named(self, name: str) -> RefusedRows:
        content = _storable(_MARK + self._text.getvalue())
        return RefusedRows(_storable(name), content, self.count, self._kept)


def import_document(engine: Engine, path: Path, order: Order, progress: Reading) -> Imports:
    """Import a document that was fetched; raises what the database or `progress` raises.

    The files of an archive are taken out beside it, one after the other.
    """
    imports = Imports()
    scratch = path.with_name("unpacked")
    scratch.mkdir()
    for found in report_files(path, order.name, scratch):
        if isinstance(found, Unusable):
            imports.files.append(_unread(found.name, found.message))
        elif isinstance(found, ReportFile):
            inside = found.name if found.path != path else None
            _import(engine, found, order, partial(_tell, progress, inside), imports)
    return imports


def _tell(progress: Reading, inside: str | None, rows: int) -> None:
    progress(rows, inside)


def _import(
    engine: Engine,
    found: ReportFile,
    order: Order,
    progress: Callable[[int], None],
    imports: Imports,
) -> None:
    content_hash = found.content_hash()
    try:
        with opened(found.path, found.name, platform=order.platform) as report:
            if isinstance(report, ReportError):
                if found.certain:
                    imports.files.append(_unread(found.name, report.message))
                return
            table, told_of = _Table(report), _untold(engine, content_hash, order)
            counted = import_report(
                engine,
                report,
                content_hash,
                order.now,
                creator=order.creator,
                dry_run=order.dry_run,
                progress=progress,
                refused=table.take,
            )
    except ReadingBrokenError as broken:
        imports.files.append(_unread(found.name, broken.error.message))
        return
    imports.files.append(_counted(found.name, counted, told_of))
    if table.count:
        imports.refused.append(table.named(refused_name(found.name)))


def _unread(name: str, problem: str) -> FileImported:
    return FileImported(_storable(name), problem=_storable(problem))


def _untold(engine: Engine, content_hash: str, order: Order) -> ImportRecord | None:
    if order.since is None or order.dry_run:
        return None
    with reads(engine) as connection:
        batch = published_since(connection, content_hash, order.since)
        return next(iter(import_records(connection, only=batch)), None) if batch else None


def _counted(name: str, found: Imported, told_of: ImportRecord | None) -> FileImported:
    """What came of a file, by the counts of the import that changed something."""
    counts = told_of or found
    return FileImported(
        _storable(name),
        counts.new,
        counts.changed,
        counts.unchanged,
        found.refused,
        batch=counts.batch if isinstance(counts, Imported) else counts.id,
        examples=tuple(_in_short(each) for each in found.problems[:EXAMPLES]),
        # What an earlier attempt at the same document has imported is no news to anybody.
        imported_before=None if told_of else found.imported_before,
    )


def _in_short(problem: RowError) -> str:
    """A refused row in words, without the name of its file."""
    return _storable(str(problem).removeprefix(f"{problem.file} "))


def _storable(text: str) -> str:
    """A text as every database takes it: anything may stand in a file."""
    return _UNSTORABLE.sub("\ufffd", text)
