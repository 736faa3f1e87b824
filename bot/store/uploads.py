"""Files that come in by the console (上传): kept in pieces until they are imported.

A file is a row like all else, not a file of one replica's disk: whichever process takes the
import can read it, and one killed meanwhile loses nothing.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, Engine, Executable, select

from bot.desk.imports import DocumentState, RefusedRows
from bot.store.documents import OPEN, keep_wish
from bot.store.tables import document_imports, refused_tables, uploaded_parts
from bot.store.transactions import reads, transact

__all__ = [
    "BY_CONSOLE",
    "TRIED_KEPT",
    "Uploaded",
    "ask_for_import",
    "forget_uploads",
    "keep_refused",
    "keep_upload",
    "refused_rows_of",
    "write_upload",
]

PIECE = 128 * 1024
"""Bytes that are written at once: a few milliseconds of the one who writes."""
BY_CONSOLE = 0
"""The chat of an import that came by the console: none."""
TRIED_KEPT = timedelta(days=1)
"""How long a file that was only tried can still be imported for good."""
_UPLOADING = timedelta(hours=1)
"""Within this time an upload is complete or was broken off."""
_AT_ONCE = 4
_parts = uploaded_parts.c


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that is kept, and how it is to be imported; `user` asks for it.

    `platform` and `creator` are None where the file itself says them.
    """

    upload: str
    name: str
    size: int
    user: int
    language: str
    platform: str | None = None
    creator: str | None = None
    dry_run: bool = False


def keep_upload(engine: Engine, upload: str, file: IO[bytes], now: datetime) -> int:
    """Keep a file under a word of its own, piece by piece; returns its size in bytes."""
    place = size = 0
    while piece := file.read(PIECE):
        content = zlib.compress(piece, 1)
        transact(engine, partial(_keep, upload, place, content, now))
        place, size = place + 1, size + len(piece)
    return size


def _keep(upload: str, place: int, content: bytes, now: datetime, connection: Connection) -> None:
    row = {"upload": upload, "place": place, "content": content, "kept_at": now}
    connection.execute(uploaded_parts.insert().values(row))


def write_upload(engine: Engine, upload: str, path: Path, size: int | None) -> bool:
    """Write a kept file to a path; False if it is not there any more, as a whole."""
    written = 0
    with path.open("wb") as file:
        for content in _pieces(engine, upload):
            written += file.write(zlib.decompress(content))
    return written == size


def _pieces(engine: Engine, upload: str) -> Iterator[bytes]:
    place = 0
    while True:
        wanted = select(_parts.content).where(_parts.upload == upload, _parts.place == place)
        with reads(engine) as connection:
            content: bytes | None = connection.execute(wanted).scalar_one_or_none()
        if content is None:
            return
        yield content
        place += 1


def ask_for_import(connection: Connection, bot: int, wish: Uploaded, now: datetime) -> int:
    """Have a kept file imported by the worker of a bot; returns the import's number."""
    return keep_wish(
        connection,
        now,
        bot=bot,
        chat=BY_CONSOLE,
        user=wish.user,
        file_id="",
        upload=wish.upload,
        name=wish.name,
        size=wish.size,
        platform=wish.platform,
        creator=wish.creator,
        dry_run=wish.dry_run,
        language=wish.language,
    )


def forget_uploads(connection: Connection, now: datetime) -> int:
    """Forget a few pieces of files nobody will import any more; returns how many rows."""
    old = select(_parts.upload, _parts.place).where(_parts.kept_at < now - _UPLOADING)
    if connection.execute(old.limit(1)).first() is None:
        return _forget_refused(connection)
    unneeded = old.where(_parts.upload.not_in(_needed(connection, now)))
    rows = connection.execute(unneeded.limit(_AT_ONCE)).all()
    for upload, place in rows:
        one = (_parts.upload == upload) & (_parts.place == place)
        connection.execute(uploaded_parts.delete().where(one))
    return len(rows) + _forget_refused(connection)


def _needed(connection: Connection, now: datetime) -> list[str]:
    """The files that wait to be imported, or were only tried of late."""
    jobs = document_imports.c
    lately = jobs.settled_at > now - TRIED_KEPT
    tried = (jobs.state == DocumentState.DONE) & jobs.dry_run & lately
    waiting = jobs.state.in_([str(each) for each in OPEN])
    found = select(jobs.upload).where(jobs.upload.is_not(None), waiting | tried)
    return [upload for upload in connection.execute(found).scalars() if upload is not None]


def _forget_refused(connection: Connection) -> int:
    """Forget the refused rows of imports that are forgotten."""
    known = select(document_imports.c.id).where(document_imports.c.id == refused_tables.c.document)
    gone = select(refused_tables.c.id).where(~known.exists()).limit(_AT_ONCE)
    rows = connection.execute(gone).scalars().all()
    if rows:
        connection.execute(refused_tables.delete().where(refused_tables.c.id.in_(rows)))
    return len(rows)


def keep_refused(engine: Engine, document: int, refused: list[RefusedRows]) -> None:
    """Keep the refused rows of an import for download, in place of those of an earlier attempt."""
    earlier = refused_tables.delete().where(refused_tables.c.document == document)
    transact(engine, partial(_execute, earlier))
    for each in refused:
        row = {
            "document": document,
            "name": each.name,
            "content": each.content,
            "count": each.count,
            "kept": each.kept,
        }
        transact(engine, partial(_execute, refused_tables.insert().values(row)))


def _execute(statement: Executable, connection: Connection) -> None:
    connection.execute(statement)


def refused_rows_of(connection: Connection, document: int) -> list[RefusedRows]:
    """The refused rows of an import, a table for each file, in their order."""
    table = refused_tables.c
    found = connection.execute(
        select(table.name, table.content, table.count, table.kept)
        .where(table.document == document)
        .order_by(table.id)
    )
    return [RefusedRows(*row) for row in found]
