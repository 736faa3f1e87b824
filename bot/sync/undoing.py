"""Undoing what a document has changed (撤销发来的报表): the files of an archive backwards."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine

from bot.desk.imports import DocumentImport, DocumentState, FileImported
from bot.store.withdrawing import NotWithdrawn, Why, Withdrawn, withdraw_import

__all__ = ["undo_document"]


def undo_document(
    engine: Engine, document: DocumentImport, now: datetime
) -> DocumentImport | None:
    """Undo what can be undone; None while another import is under way, then do it again.

    A file on which later imports were built stays, and names them.
    """
    undone = list(_undone(engine, document, now))
    files = tuple(reversed([each for each in undone if each is not None]))
    if len(files) < len(document.files):
        return None
    left = any(each.stands for each in files)
    state = DocumentState.DONE if left else DocumentState.UNDONE
    return replace(document, files=files, state=state, problem=None)


def _undone(
    engine: Engine, document: DocumentImport, now: datetime
) -> Iterator[FileImported | None]:
    for file in reversed(document.files):
        if not file.stands or file.batch is None:
            yield file
            continue
        match withdraw_import(engine, file.batch, now):
            case Withdrawn(again=again):
                yield replace(file, undone=True, others=tuple(each.file_name for each in again))
            case NotWithdrawn(why=Why.BUILT_ON, later=later):
                yield replace(file, others=tuple(each.file_name for each in later))
            case NotWithdrawn(why=Why.UNDER_WAY):
                yield None
            case NotWithdrawn():
                # Undone by an attempt that could not tell, or by the command; or gone.
                yield replace(file, undone=True, others=())
