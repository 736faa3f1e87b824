"""Imports of documents as work (导入任务): taken by one process, told of, settled.

Whoever takes one holds it by a lease of the database's clock; a process that was killed loses it
by itself, and the next one begins anew, for an import may be repeated freely.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select

from bot.desk.imports import DocumentImport
from bot.desk.replies import Document, Edit, Say
from bot.store.documents import OPEN, as_stored, card_key, stored_document
from bot.store.leases import LONGEST_SECONDS, database_time
from bot.store.letters import Kind, Letter
from bot.store.outbox import enqueue
from bot.store.tables import document_imports

__all__ = [
    "Job",
    "JobLostError",
    "anything_to_do",
    "free_jobs",
    "hold_job",
    "let_go",
    "settle_job",
    "take_job",
    "tell_of_job",
]

_jobs = document_imports.c


class JobLostError(Exception):
    """Another process has taken the import over, or it was erased: leave it."""


@dataclass(frozen=True, slots=True)
class Job:
    """One import that this process does; `attempts` counts this one."""

    document: DocumentImport
    bot: int
    user: int
    message: int | None
    file: str
    size: int | None
    requested_at: datetime
    attempts: int
    owner: str
    upload: str | None = None
    """What its file is kept under, if it came by the console."""
    platform: str | None = None


def anything_to_do(connection: Connection, bot: int) -> bool:
    """Whether an import of this bot waits for somebody to do it."""
    found = select(_jobs.id).where(_free(connection, bot)).limit(1)
    return connection.execute(found).one_or_none() is not None


def take_job(connection: Connection, bot: int, owner: str, seconds: float) -> Job | None:
    """Take the oldest import nobody works on; None if there is none."""
    oldest = (
        select(_jobs.id)
        .where(_free(connection, bot))
        .order_by(_jobs.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = connection.execute(oldest).scalar_one_or_none()
    if found is None:
        return None
    until = database_time(connection) + timedelta(seconds=seconds)
    taken = connection.execute(
        document_imports.update()
        .where(_jobs.id == found)
        .values(owner=owner, leased_until=until, attempts=_jobs.attempts + 1)
        .returning(document_imports)
    ).one()
    return _job(taken)


def hold_job(connection: Connection, job: Job, seconds: float) -> None:
    """Hold an import for `seconds` more; raises JobLostError if it is somebody else's."""
    until = database_time(connection) + timedelta(seconds=seconds)
    _change(connection, job, leased_until=until)


def let_go(connection: Connection, job: Job, *, seconds: float = 0, counted: bool = True) -> None:
    """Leave an import to whoever comes next, after `seconds`; one not `counted` was no attempt."""
    _change(
        connection,
        job,
        owner=None,
        leased_until=database_time(connection) + timedelta(seconds=seconds),
        attempts=job.attempts - (not counted),
    )


def free_jobs(connection: Connection, bot: int) -> None:
    """Let go of all that a process held that has ended; for a process that is alone."""
    held = (_jobs.bot == bot) & _jobs.owner.is_not(None)
    connection.execute(document_imports.update().where(held).values(owner=None, leased_until=None))


def tell_of_job(connection: Connection, job: Job, said: Say, rows: int, now: datetime) -> None:
    """Say how an import goes, in its one message."""
    _tell(connection, job, said, (), now, rows=rows)


def settle_job(
    connection: Connection,
    job: Job,
    ended: DocumentImport,
    said: Say,
    files: Sequence[Document],
    now: datetime,
) -> None:
    """Write down what came of an import and say so, with `files` below; the process is done."""
    _tell(
        connection,
        job,
        said,
        files,
        now,
        state=ended.state,
        files=as_stored(ended.files),
        seconds=ended.seconds,
        problem=ended.problem,
        settled_at=now,
        owner=None,
        leased_until=None,
    )


def _tell(
    connection: Connection,
    job: Job,
    said: Say,
    below: Sequence[Document],
    now: datetime,
    **values: object,
) -> None:
    card = card_key(job.document.id)
    place = _change(connection, job, said=_jobs.said + 1 + len(below), **values)
    if job.upload is not None:
        return  # the console reads it from the row
    edit = said.as_edit()
    letters = [_letter(job, f"{card}:{place}", Kind.EDIT, edit, card)]
    letters += [
        _letter(job, f"{card}:{place - number}", Kind.ANSWER, each)
        for number, each in enumerate(below, start=1)
    ]
    enqueue(connection, letters, now)


def _letter(
    job: Job, key: str, kind: Kind, reply: Edit | Document, edits: str | None = None
) -> Letter:
    return Letter(
        key,
        kind,
        job.document.chat,
        reply,
        user=job.user,
        question=job.message,
        edits=edits,
        bot=job.bot,
    )


def _change(connection: Connection, job: Job, **values: object) -> int:
    """Change an import that is still held; how often it was told of by now."""
    mine = (_jobs.id == job.document.id) & (_jobs.owner == job.owner)
    said: int | None = connection.execute(
        document_imports.update().where(mine).values(**values).returning(_jobs.said)
    ).scalar_one_or_none()
    if said is None:
        raise JobLostError(f"document import {job.document.id} is another's, or gone")
    return said


def _free(connection: Connection, bot: int) -> ColumnElement[bool]:
    clock = database_time(connection)
    void = or_(
        _jobs.leased_until.is_(None),
        _jobs.leased_until <= clock,
        _jobs.leased_until > clock + timedelta(seconds=LONGEST_SECONDS),
    )
    return (_jobs.bot == bot) & _jobs.state.in_([str(each) for each in OPEN]) & void


def _job(row: Any) -> Job:
    document = stored_document(row)
    return Job(
        document,
        row.bot,
        row.user,
        row.message,
        row.file_id,
        row.size,
        row.requested_at,
        row.attempts,
        row.owner,
        row.upload,
        row.platform,
    )
