"""A file of the corpus through the real import, and what the store knows afterwards."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, select

from bot.store.creators import add_creator, name_promoter
from bot.store.lines import published_batch
from bot.store.read_reports import ReadReport, read_of
from bot.store.reports import import_report
from bot.store.tables import creators, order_facts, order_lines
from bot.sync.archives import Unusable
from bot.sync.opening import opened
from bot.sync.reading import ReadingBrokenError
from bot.sync.report_files import ReportFile, report_files
from settlement.model import Platform
from settlement.reports import ReportError, RowError, read_report

__all__ = ["IN_PROCESSES", "NOW", "Outcome", "imported", "known_lines", "register", "written"]

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
IN_PROCESSES = os.environ.get("MINGZHANG_TEST_PROCESSES") == "1"
"""Whether every workbook is read in a process of its own, as `mingzhang import` does."""


@dataclass(slots=True)
class Outcome:
    """What became of a file, or of all files of an archive."""

    refused: list[RowError] = field(default_factory=list)
    """Rows that were not imported."""
    errors: list[str] = field(default_factory=list)
    """Why files as a whole were not."""
    titles: list[str] = field(default_factory=list)
    """The kinds of reports they were taken for."""
    unknown_columns: list[str] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    unchanged: int = 0


def register(engine: Engine, promoters: Mapping[str, Mapping[str, str]]) -> None:
    """Make creators known, with their promoters on all platforms."""
    with engine.begin() as connection:
        for creator, hints in promoters.items():
            row = add_creator(connection, creator, NOW)
            for platform in Platform:
                for hint, word in hints.items():
                    name_promoter(connection, platform, hint, word, row)


def imported(
    engine: Engine, path: Path, platform: str | None = None, *, in_process: bool = IN_PROCESSES
) -> Outcome:
    """Import a file, or those of an archive, as the command does."""
    outcome = Outcome()
    demanded = Platform(platform) if platform else None
    with TemporaryDirectory() as scratch:
        for found in report_files(path, path.name, Path(scratch)):
            if isinstance(found, Unusable):
                outcome.errors.append(str(found))
            elif isinstance(found, ReportFile):
                opening = opened if in_process else _opened_here
                try:
                    with opening(found.path, found.name, platform=demanded) as report:
                        _import(engine, report, found, outcome)
                except ReadingBrokenError as broken:
                    outcome.errors.append(str(broken))
    return outcome


@contextmanager
def _opened_here(
    path: Path, name: str, *, platform: Platform | None
) -> Iterator[ReadReport | ReportError]:
    """As `opened`, without another process: sooner, for hundreds of small files."""
    with path.open("rb") as file:
        found = read_report(file, name, platform=platform)
        yield found if isinstance(found, ReportError) else read_of(found)


def _import(
    engine: Engine, report: ReadReport | ReportError, found: ReportFile, outcome: Outcome
) -> None:
    if isinstance(report, ReportError):
        if found.certain:
            outcome.errors.append(str(report))
        return
    digest = hashlib.sha256(found.path.read_bytes()).hexdigest()
    counted = import_report(engine, report, digest, NOW)
    outcome.refused.extend(counted.problems)
    outcome.titles.append(report.source)
    outcome.unknown_columns.extend(report.unknown_columns)
    outcome.new += counted.new
    outcome.changed += counted.changed
    outcome.unchanged += counted.unchanged


def known_lines(engine: Engine) -> dict[str, tuple[str, dict[str, Any]]]:
    """What everybody sees of the lines in the store: by line key, the creator and the facts."""
    statement = (
        select(order_lines.c.line_key, creators.c.name, order_facts.c.facts)
        .join(creators, creators.c.id == order_lines.c.creator)
        .join(order_facts, order_facts.c.line == order_lines.c.id)
        .where(order_facts.c.batch == published_batch)
    )
    with engine.connect() as connection:
        return {key: (name, facts) for key, name, facts in connection.execute(statement)}


def written(folder: Path, name: str, content: bytes) -> Path:
    """Write a file of the corpus."""
    path = folder / name
    path.write_bytes(content)
    return path
