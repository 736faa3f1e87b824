"""Imports of documents as the console lists them (导入任务): how far each is, and by whom."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from bot.desk.imports import DocumentImport
from bot.store.documents import OPEN, stored_document
from bot.store.import_records import ImportRecord
from bot.store.tables import console_staff, document_imports, people, refused_tables
from bot.store.uploads import BY_CONSOLE

__all__ = ["ListedJob", "importers_of", "job_with_number", "jobs_listed"]

_jobs = document_imports.c
_MOST_LOOKED_AT = 500


class ListedJob(NamedTuple):
    """An import of a document, who asked for it and how far it is.

    `rows` have been read so far; of `refused` files the refused rows are kept for download.
    """

    document: DocumentImport
    user: int
    name: str
    requested_at: datetime
    settled_at: datetime | None
    rows: int
    size: int | None
    platform: str | None
    refused: int

    @property
    def is_open(self) -> bool:
        """Whether it waits or is under way."""
        return self.document.state in OPEN

    @property
    def by_console(self) -> bool:
        """Whether it came by the console; else by a chat."""
        return self.document.chat == BY_CONSOLE


def jobs_listed(
    connection: Connection, *, before: int | None = None, count: int = 20
) -> list[ListedJob]:
    """The latest imports of documents; those before a number."""
    statement = _listed().order_by(_jobs.id.desc()).limit(count)
    if before is not None:
        statement = statement.where(_jobs.id < before)
    return [_job(row) for row in connection.execute(statement)]


def job_with_number(connection: Connection, number: int) -> ListedJob | None:
    """One import of a document; None if it was never made, or is forgotten."""
    row = connection.execute(_listed().where(_jobs.id == number)).one_or_none()
    return _job(row) if row is not None else None


def importers_of(connection: Connection, records: Sequence[ImportRecord]) -> dict[int, str]:
    """Who had these imports made, by the import's number: by a document, as long as it is kept.

    The name is empty for whoever signed in from the machine itself.
    """
    if not records:
        return {}
    first = min(each.started_at for each in records)
    last = max(each.started_at for each in records)
    then = (_jobs.requested_at <= last) & or_(
        _jobs.settled_at.is_(None), _jobs.settled_at >= first
    )
    found = connection.execute(_listed(then).order_by(_jobs.id.desc()).limit(_MOST_LOOKED_AT))
    jobs = [_job(row) for row in found]
    return {
        file.batch: job.name or (str(job.user) if job.user else "")
        for job in jobs
        for file in job.document.files
        if file.batch is not None
    }


def _listed(*only: ColumnElement[bool]) -> Select[Any]:
    kept = (
        select(func.count())
        .select_from(refused_tables)
        .where(refused_tables.c.document == _jobs.id)
        .scalar_subquery()
    )
    name = func.coalesce(people.c.name, console_staff.c.name, "")
    return (
        select(document_imports, name.label("by_name"), kept.label("refused"))
        .outerjoin(people, people.c.user == _jobs.user)
        .outerjoin(console_staff, console_staff.c.user == _jobs.user)
        .where(*only)
    )


def _job(row: Any) -> ListedJob:
    return ListedJob(
        stored_document(row),
        row.user,
        row.by_name,
        row.requested_at,
        row.settled_at,
        row.rows,
        row.size,
        row.platform,
        row.refused,
    )
