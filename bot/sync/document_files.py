"""Importing the file or files of a document (导入发来的文件), and what is kept of its problems."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from bot.desk.imports import FileImported
from bot.store.reports import Imported, import_report
from settlement.reports import ReportError, RowError, read_report

__all__ = ["Imports", "import_document"]

EXAMPLES = 3

Reading = Callable[[int, str | None], None]
"""Told now and then how many rows are done, of which file of an archive."""


@dataclass(slots=True)
class Imports:
    """What came of a document: its files, and the rows that were refused."""

    files: list[FileImported] = field(default_factory=list)
    refused: list[RowError] = field(default_factory=list)


def import_document(
    engine: Engine,
    path: Path,
    name: str,
    now: datetime,
    *,
    creator: int | None,
    dry_run: bool,
    progress: Reading,
) -> Imports:
    """Import a document that was fetched; raises what the database or `progress` raises."""
    imports = Imports()
    with path.open("rb") as file:
        content_hash = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        report = read_report(file, name)
        if isinstance(report, ReportError):
            imports.files.append(FileImported(name, problem=report.message))
            return imports
        found = import_report(
            engine,
            report,
            content_hash,
            now,
            creator=creator,
            dry_run=dry_run,
            progress=lambda rows: progress(rows, None),
            refused=imports.refused.append,
        )
    imports.files.append(_counted(name, found))
    return imports


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
