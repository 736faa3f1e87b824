"""Reports brought in (导入): files dropped on the page, tried or imported, undone, told of."""

import re
import secrets
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection
from starlette.datastructures import UploadFile
from starlette.responses import Response

from bot.console.page import Page, get, post
from bot.console.visit import Visit
from bot.desk.imports import DocumentImport, DocumentState, ImportForGood, UndoDocument
from bot.desk.rendering import Voice, presentable
from bot.store.creators import creator_named, creators_by_name
from bot.store.documents import change_document
from bot.store.import_jobs import job_with_number, jobs_listed
from bot.store.staff import StaffRole
from bot.store.uploads import Uploaded, ask_for_import, keep_upload, refused_rows_of
from settlement.model import Platform

__all__ = ["PAGE"]

ROWS = 20
LARGEST = 256 << 20
"""Bytes of all files that are sent at once."""
NAMES_OFFERED = 300
_LONGEST_NAME = 200
_BEFORE_NAME = re.compile(r".*[\\/]", re.DOTALL)


def show(visit: Visit, problem: str = "", status: int = 200) -> Response:
    """The form, and the latest imports with how far they are."""
    with visit.reads() as connection:
        names = sorted(creators_by_name(connection)) if visit.is_editor else []
    return visit.show(
        "pages/imports.html",
        status,
        problem=problem,
        platforms=list(Platform),
        names=names[:NAMES_OFFERED],
        megabytes=LARGEST >> 20,
        **_jobs(visit),
    )


def jobs(visit: Visit) -> Response:
    """The imports alone, for a page that watches them."""
    return visit.show("pages/imports_jobs.html", **_jobs(visit))


def upload(visit: Visit) -> Response:
    """Keep the files that were sent, and have each tried or imported."""
    files = visit.files("file")
    creator, platform = visit.field("creator") or None, visit.field("platform") or None
    if not files:
        return show(visit, "no_file", 422)
    if platform is not None and platform not in set(Platform):
        return show(visit, "no_platform", 422)
    if creator is not None and not _is_known(visit, creator):
        return show(visit, "no_creator", 422)
    for file in files:
        wish = Uploaded(
            secrets.token_urlsafe(16),
            _name_of(file),
            0,
            visit.user,
            visit.language,
            platform,
            creator,
            dry_run=visit.field("how") != "import",
        )
        _take(visit, file, wish)
    return visit.back(said="done_uploaded")


def import_for_good(visit: Visit) -> Response:
    """Import what was only tried."""
    number = visit.path("job")
    return _changed(visit, ImportForGood(number), "import_for_good", "done_import")


def undo(visit: Visit) -> Response:
    """Take back what an import has changed; the worker does it and says what became of it."""
    return _changed(visit, UndoDocument(visit.path("job")), "import_undone", "done_undo")


def refused(visit: Visit) -> Response:
    """The refused rows of one file, to be corrected and sent again."""
    number, place = visit.path("job"), visit.path("place")
    with visit.reads() as connection:
        tables = refused_rows_of(connection, number)
    if place >= len(tables):
        return show(visit, "gone", 404)
    visit.looked("import_rows_read", f"import:{number}")
    name = f"refused-{number}-{place + 1}.csv"
    return visit.download(tables[place].content.encode(), name, "text/csv")


def _take(visit: Visit, file: UploadFile, wish: Uploaded) -> None:
    size = keep_upload(visit.parts.engine, wish.upload, file.file, visit.now)

    def ask(connection: Connection) -> None:
        kept = replace(wish, size=size)
        number = ask_for_import(connection, visit.parts.bot, kept, visit.now)
        visit.record(connection, "import_asked", f"import:{number}", dry_run=wish.dry_run)

    visit.writes(ask)


def _changed(visit: Visit, wish: ImportForGood | UndoDocument, kind: str, said: str) -> Response:
    def change(connection: Connection) -> bool:
        job = job_with_number(connection, wish.document)
        if job is None or not _fits(job.document, wish):
            return False
        change_document(connection, wish)
        visit.record(connection, kind, f"import:{wish.document}")
        return True

    return visit.back(said=said) if visit.writes(change) else show(visit, "not_so_any_more", 409)


def _fits(document: DocumentImport, wish: ImportForGood | UndoDocument) -> bool:
    if isinstance(wish, UndoDocument):
        return document.can_be_undone
    return document.dry_run and document.state is DocumentState.DONE


def _jobs(visit: Visit) -> dict[str, Any]:
    before = visit.asked_number("before")
    with visit.reads() as connection:
        found = jobs_listed(connection, before=before, count=ROWS + 1)
    voice = visit.voice
    return {
        "jobs": found[:ROWS],
        "older": found[ROWS - 1].document.id if len(found) > ROWS else None,
        "before": before,
        "watching": any(each.is_open for each in found[:ROWS]),
        "problem_of": partial(_problem, voice),
        "note_of": partial(_note, voice),
    }


def _problem(voice: Voice, document: DocumentImport) -> str:
    """Why nothing came of an import, in the words the chat uses too."""
    if document.problem is None:
        return ""
    return voice.text("document_problems", document.problem, creator=document.creator or "")


def _note(voice: Voice, others: tuple[str, ...], undone: bool) -> str:
    if not others:
        return ""
    named = voice.text("document_notes", "between").join(others)
    return voice.text("document_notes", "again" if undone else "built_on", others=named)


def _is_known(visit: Visit, creator: str) -> bool:
    with visit.reads() as connection:
        return creator_named(connection, creator) is not None


def _name_of(file: UploadFile) -> str:
    """A file's own name: no folders, nothing that cannot be seen, not too long."""
    name = presentable(_BEFORE_NAME.sub("", file.filename or "")) or "report"
    path = PurePosixPath(name)
    return f"{path.stem[:_LONGEST_NAME]}{path.suffix[:10]}"


PAGE = Page(
    "imports",
    "import",
    (
        get("", show, StaffRole.AGENT),
        get("/jobs", jobs, StaffRole.AGENT),
        post("", upload, StaffRole.EDITOR, largest_body=LARGEST),
        post("/{job:int}/import", import_for_good, StaffRole.EDITOR),
        post("/{job:int}/undo", undo, StaffRole.EDITOR),
        get("/{job:int}/refused/{place:int}", refused, StaffRole.EDITOR),
    ),
    role=StaffRole.AGENT,
)
