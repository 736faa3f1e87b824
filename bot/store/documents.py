"""Reports sent as documents (发来的报表): asked for, undone, looked up, forgotten."""

from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, func, select

from bot.desk.imports import (
    DocumentImport,
    DocumentState,
    FileImported,
    ImportDocument,
    ImportForGood,
    UndoDocument,
)
from bot.desk.incoming import Incoming
from bot.store.letters import Kind, Letter
from bot.store.tables import document_imports, import_batches

__all__ = [
    "as_stored",
    "card_key",
    "change_document",
    "find_document",
    "forget_documents",
    "keep_wish",
    "published_since",
    "request_import",
    "stored_document",
]

_files = TypeAdapter(tuple[FileImported, ...])
OPEN = (DocumentState.WAITING, DocumentState.WORKING, DocumentState.UNDOING)


def request_import(
    connection: Connection, bot: int, incoming: Incoming, wish: ImportDocument, now: datetime
) -> Letter:
    """Keep that a document is to be imported; gives the letter whose message tells of it."""
    number = keep_wish(
        connection,
        now,
        bot=bot,
        chat=incoming.chat,
        message=incoming.message,
        user=incoming.user,
        file_id=wish.file,
        name=wish.name,
        size=wish.size,
        creator=wish.creator,
        dry_run=wish.dry_run,
        language=wish.language,
    )
    return Letter(
        card_key(number),
        Kind.ANSWER,
        incoming.chat,
        wish.said,
        user=incoming.user,
        question=incoming.message,
        bot=bot,
    )


def keep_wish(connection: Connection, now: datetime, **wished: object) -> int:
    """Have the worker of a bot import a file, described by its columns; gives the number."""
    number: int = connection.execute(
        document_imports.insert()
        .values(state=DocumentState.WAITING, requested_at=now, files=[], **wished)
        .returning(document_imports.c.id)
    ).scalar_one()
    return number


def card_key(document: int) -> str:
    """The key of the letter whose message tells how an import goes."""
    return f"document:{document}"


def change_document(connection: Connection, wish: ImportForGood | UndoDocument) -> None:
    """Have an import that is done undone, or one that was tried done; only once."""
    done = (document_imports.c.id == wish.document) & (
        document_imports.c.state == DocumentState.DONE
    )
    again: dict[str, object] = {"attempts": 0, "settled_at": None}
    if isinstance(wish, UndoDocument):
        done &= ~document_imports.c.dry_run
        again |= {"state": DocumentState.UNDOING}
    else:
        done &= document_imports.c.dry_run
        again |= {"state": DocumentState.WAITING, "dry_run": False, "files": []}
    connection.execute(document_imports.update().where(done).values(**again))


def find_document(connection: Connection, document: int) -> DocumentImport | None:
    """How an import stands; None for one that nobody made, or that is forgotten."""
    row = connection.execute(
        select(document_imports).where(document_imports.c.id == document)
    ).one_or_none()
    return stored_document(row) if row is not None else None


def forget_documents(connection: Connection, before: datetime, count: int) -> int:
    """Forget imports that ended before an instant; their buttons do nothing from then on."""
    ended = (document_imports.c.settled_at < before) & document_imports.c.state.not_in(OPEN)
    oldest = select(document_imports.c.id).where(ended).limit(count)
    forgotten = document_imports.delete().where(document_imports.c.id.in_(oldest))
    return connection.execute(forgotten).rowcount


def published_since(connection: Connection, file_hash: str, since: datetime) -> int | None:
    """The first import of some content that began after an instant, and stands."""
    stands = import_batches.c.published_at.is_not(None) & import_batches.c.withdrawn_at.is_(None)
    first: int | None = connection.execute(
        select(func.min(import_batches.c.id)).where(
            import_batches.c.file_hash == file_hash, import_batches.c.started_at >= since, stands
        )
    ).scalar_one()
    return first


def stored_document(row: Any) -> DocumentImport:
    """A row as the desk sees it."""
    return DocumentImport(
        id=row.id,
        chat=row.chat,
        name=row.name,
        language=row.language,
        state=DocumentState(row.state),
        dry_run=row.dry_run,
        files=_files.validate_python(row.files),
        seconds=row.seconds,
        creator=row.creator,
        problem=row.problem,
    )


def as_stored(files: tuple[FileImported, ...]) -> object:
    """Files as a row keeps them."""
    return _files.dump_python(files, mode="json")
