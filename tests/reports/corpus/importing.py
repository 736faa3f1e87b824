"""A file of the corpus through the real import, and what the store knows afterwards."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, select

from bot.store.creators import add_creator, name_promoter
from bot.store.lines import published_batch
from bot.store.reports import import_report
from bot.store.tables import creators, order_facts, order_lines
from settlement.model import Platform
from settlement.reports import Report, ReportError, RowError, read_report

__all__ = ["Outcome", "imported", "known_lines", "register"]

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file."""

    refused: Sequence[RowError]
    """Rows that were not imported."""
    error: str | None = None
    """Why the file as a whole was not."""
    title: str | None = None
    """The kind of report it was taken for."""
    encoding: str | None = None
    unknown_columns: tuple[str, ...] = ()
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
    engine: Engine, content: bytes, name: str, *, platform: str | None = None, creator: int = 0
) -> Outcome:
    """Import a file as the command does."""
    demanded = Platform(platform) if platform else None
    report = read_report(io.BytesIO(content), name, platform=demanded)
    if isinstance(report, ReportError):
        return Outcome((), error=str(report))
    assert isinstance(report, Report)
    digest = hashlib.sha256(content).hexdigest()
    counted = import_report(engine, report, digest, NOW, creator=creator or None)
    return Outcome(
        counted.problems,
        None,
        report.layout.title,
        report.encoding,
        report.unknown_columns,
        counted.new,
        counted.changed,
        counted.unchanged,
    )


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
