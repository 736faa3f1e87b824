"""The record of imports (导入记录): what came in when, and what each one changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select

from bot.store.tables import import_batches, order_history, order_lines

__all__ = ["ChangedLine", "ImportRecord", "ImportState", "changed_lines", "import_records"]

AT_ONCE = 500
_records = select(
    import_batches.c.id,
    import_batches.c.started_at,
    import_batches.c.source,
    import_batches.c.file_name,
    import_batches.c.new,
    import_batches.c.changed,
    import_batches.c.unchanged,
    import_batches.c.refused,
    import_batches.c.published_at,
    import_batches.c.withdrawn_at,
).order_by(import_batches.c.id.desc())
_changes = (
    select(
        order_history.c.id,
        order_history.c.line,
        order_history.c.field,
        order_history.c.before,
        order_history.c.after,
        order_lines.c.platform,
        order_lines.c.order_number,
        order_lines.c.sub_order_number,
    )
    .join(order_lines, order_lines.c.id == order_history.c.line)
    .order_by(order_history.c.id)
    .limit(AT_ONCE)
)


class ImportState(StrEnum):
    """How an import stands."""

    UNFINISHED = "unfinished"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import: of which file or interface, and how many of its rows were what."""

    id: int
    started_at: datetime
    source: str | None
    file_name: str
    new: int
    changed: int
    unchanged: int
    refused: int
    published_at: datetime | None
    withdrawn_at: datetime | None

    @property
    def state(self) -> ImportState:
        """Withdrawn, or visible, or neither: still under way, or broken off."""
        if self.withdrawn_at is not None:
            return ImportState.WITHDRAWN
        return ImportState.PUBLISHED if self.published_at else ImportState.UNFINISHED


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line that an import changed: each field, what was known and what is known now."""

    line: int
    platform: str
    order_number: str
    sub_order_number: str | None
    changes: tuple[tuple[str, object, object], ...]


def import_records(
    connection: Connection,
    *,
    count: int | None = None,
    only: int | None = None,
    before: int | None = None,
) -> list[ImportRecord]:
    """The latest imports first, those before a number, or only the one with it."""
    statement = _records.limit(count)
    if only is not None:
        statement = statement.where(import_batches.c.id == only)
    if before is not None:
        statement = statement.where(import_batches.c.id < before)
    return [ImportRecord(**row) for row in connection.execute(statement).mappings()]


def changed_lines(connection: Connection, batch: int) -> Iterator[ChangedLine]:
    """What an import changed, line by line as it came; few rows are held at a time."""
    last: ChangedLine | None = None
    for row in _history(connection, batch):
        change = (row.field, row.before, row.after)
        if last is not None and last.line == row.line:
            last = _with(last, change)
            continue
        if last is not None:
            yield last
        last = ChangedLine(
            row.line, row.platform, row.order_number, row.sub_order_number, (change,)
        )
    if last is not None:
        yield last


def _with(line: ChangedLine, change: tuple[str, object, object]) -> ChangedLine:
    changes = (*line.changes, change)
    return ChangedLine(line.line, line.platform, line.order_number, line.sub_order_number, changes)


def _history(connection: Connection, batch: int) -> Iterator[Any]:
    after = 0
    while True:
        more = (order_history.c.batch == batch, order_history.c.id > after)
        rows = connection.execute(_changes.where(*more)).all()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        after = rows[-1].id
