"""Import batches (导入批次): numbered first, published by one short statement, or discarded.

Facts refer to the batch they came with, and nobody sees those of a batch that is not published.
So an import of any size holds the writer only for a chunk at a time, and one that was interrupted
shows nothing.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Update, func, select

from bot.store.bulk import STAGING
from bot.store.locks import hold, hold_together
from bot.store.tables import import_batches, order_facts, order_history, order_lines

__all__ = [
    "ImportLostError",
    "begin_batch",
    "begin_staging",
    "clear_abandoned",
    "discard_batch",
    "is_settled",
    "publish_batch",
    "published_at",
    "published_before",
    "stop_staging",
    "touch_batch",
]

CHUNK = 300
_STAGING = "staging"
ABANDONED_AFTER = timedelta(minutes=10)


is_settled = import_batches.c.published_at.is_not(None) | import_batches.c.withdrawn_at.is_not(
    None
)
"""That an import has been published, or taken back after that."""


class ImportLostError(Exception):
    """The batch is gone: another process took the import for abandoned; import again."""


def begin_batch(
    connection: Connection, file_name: str, file_hash: str, now: datetime, source: str | None
) -> int:
    """Number a new import, not yet visible."""
    batch: int = connection.execute(
        import_batches.insert()
        .values(
            file_name=file_name,
            file_hash=file_hash,
            source=source,
            started_at=now,
            touched_at=now,
        )
        .returning(import_batches.c.id)
    ).scalar_one()
    return batch


def begin_staging(connection: Connection) -> None:
    """Keep every line and batch where it is until the commit, for facts to be written of them.

    It takes the place of foreign keys, which PostgreSQL would look up row by row: that made a
    quarter of the time of an import.
    """
    hold_together(connection, _STAGING)


def stop_staging(connection: Connection) -> None:
    """Wait for whoever is staging, and let nobody begin before the commit."""
    hold(connection, [_STAGING])


def published_before(connection: Connection, file_hash: str) -> int | None:
    """The latest import of the same content that is still published, if anything of it came in."""
    came_in = import_batches.c.new + import_batches.c.changed + import_batches.c.unchanged
    # Further parts of an import have no counts of their own.
    all_refused = (came_in == 0) & (import_batches.c.refused > 0)
    before: int | None = connection.execute(
        select(func.max(import_batches.c.id)).where(
            import_batches.c.file_hash == file_hash,
            import_batches.c.published_at.is_not(None),
            ~all_refused,
        )
    ).scalar_one()
    return before


def published_at(connection: Connection, batch: int | None) -> datetime | None:
    """When an import was published."""
    found = select(import_batches.c.published_at).where(import_batches.c.id == batch)
    at: datetime | None = connection.execute(found).scalar_one_or_none()
    return at


def touch_batch(connection: Connection, batch: int, now: datetime) -> None:
    """Say that the import is under way; raises ImportLostError if its batch is gone."""
    _change(connection, batch, import_batches.update().values(touched_at=now))


def publish_batch(
    connection: Connection, batch: int, counts: dict[str, int], now: datetime
) -> None:
    """Make a batch visible; raises ImportLostError if it is gone.

    `counts` gives the lines that were new, changed, unchanged and refused.
    """
    _change(connection, batch, import_batches.update().values(published_at=now, **counts))


def discard_batch(engine: Engine, batch: int) -> None:
    """Remove an unpublished batch, a chunk at a time."""
    # A chunk that is lost with the power is removed when the import is found abandoned.
    staging = engine.execution_options(**{STAGING: True})
    more = True
    while more:
        with staging.begin() as connection:
            more = _discard_chunk(connection, batch)


def clear_abandoned(engine: Engine, now: datetime) -> int:
    """Remove the imports nobody has worked on for a while: their process has ended."""
    abandoned = select(import_batches.c.id).where(
        import_batches.c.published_at.is_(None),
        import_batches.c.withdrawn_at.is_(None),
        import_batches.c.touched_at < now - ABANDONED_AFTER,
    )
    with engine.begin() as connection:
        batches = list(connection.execute(abandoned).scalars())
    for batch in batches:
        discard_batch(engine, batch)
    return len(batches)


def _change(connection: Connection, batch: int, change: Update) -> None:
    changed = connection.execute(
        change.where(import_batches.c.id == batch, import_batches.c.published_at.is_(None))
    )
    if changed.rowcount != 1:
        raise ImportLostError(f"import {batch} was taken for abandoned; import the file again")


def _discard_chunk(connection: Connection, batch: int) -> bool:
    stop_staging(connection)
    chunk = select(order_facts.c.line).where(order_facts.c.batch == batch).limit(CHUNK)
    lines = list(connection.execute(chunk).scalars())
    if not lines:
        connection.execute(import_batches.delete().where(import_batches.c.id == batch))
        return False
    for table in (order_history, order_facts):
        connection.execute(table.delete().where(table.c.batch == batch, table.c.line.in_(lines)))
    known_elsewhere = select(order_facts.c.line).where(order_facts.c.line == order_lines.c.id)
    connection.execute(
        order_lines.delete().where(order_lines.c.id.in_(lines), ~known_elsewhere.exists())
    )
    return True
