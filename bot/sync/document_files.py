"""Importing the file or files of a document (导入发来的文件), and what is kept of its problems."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from bot.desk.imports import FileImported
from bot.store.reports import Imported, import_report
from bot.sync.archives import Unusable
from bot.sync.report_files import ReportFile, report_files
from settlement.reports import ReportError, RowError, read_report

__all__ = ["Imports", "Order", "import_document"]

EXAMPLES = 3
MOST_REFUSED = 5_000
"""Refused rows that are handed back; whoever has more has the wrong file."""

Reading = Callable[[int, str | None], None]
"""Told now and then how many rows are done, of which file of an archive."""


@dataclass(frozen=True, slots=True)
class Order:
    """How a document is to be imported."""

    name: str
    now: datetime
    creator: int | None = None
    dry_run: bool = False


@dataclass(slots=True)
class Imports:
    """What came of a document: its files, and the first of the rows that were refused."""

    files: list[FileImported] = field(default_factory=list)
    refused: list[RowError] = field(default_factory=list)
    headers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The columns of each file with refused rows."""

    def refuse(self, problem: RowError) -> None:
        """Keep a refused row."""
        if len(self.refused) < MOST_REFUSED:
            self.refused.append(problem)


def import_document(engine: Engine, path: Path, order: Order, progress: Reading) -> Imports:
    """Import a document that was fetched; raises what the database or `progress` raises.

    The files of an archive are taken out beside it, one after the other.
    """
    imports = Imports()
    scratch = path.with_name("unpacked")
    scratch.mkdir()
    for found in report_files(path, order.name, scratch):
        if isinstance(found, Unusable):
            imports.files.append(FileImported(found.name, problem=found.message))
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
    with found.path.open("rb") as file:
        content_hash = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        report = read_report(file, found.name)
        if isinstance(report, ReportError):
            if found.certain:
                imports.files.append(FileImported(found.name, problem=report.message))
            return
        imports.headers[found.name] = report.header
        counted = import_report(
            engine,
            report,
            content_hash,
            order.now,
            creator=order.creator,
            dry_run=order.dry_run,
            progress=progress,
            refused=imports.refuse,
        )
    imports.files.append(_counted(found.name, counted))


def _counted(name: str, found: Imported) -> FileImported:
    return FileImported(
        name,
        found.new,
        found.changed,
        found.unchanged,
        found.refused,
        batch=found.batch,
        examples=tuple(_in_short(each) for each in found.problems[:EXAMPLES]),
    )


def _in_short(problem: RowError) -> str:
    """A refused row in words, without the name of its file."""
    return str(problem).removeprefix(f"{problem.file} ")
