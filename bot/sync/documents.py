"""Reports sent to the bot as documents (发来的报表): fetched, imported, told of, undone.

Every process of the bot looks for what is to be done; what one has taken is its own for a lease.
One that was killed is taken over: an import may be repeated freely, and what came of it is
written down together with the words that tell of it, so it is told once.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from sqlalchemy import Connection, Engine

from bot.desk.actions import Signer
from bot.desk.documents_said import refused_rows, result_of
from bot.desk.imports import DocumentImport, DocumentState
from bot.desk.keys import Keys
from bot.desk.rendering import Voice
from bot.desk.replies import Document
from bot.logs import fault_name
from bot.store.creators import creator_named
from bot.store.document_jobs import (
    Job,
    JobLostError,
    anything_to_do,
    free_jobs,
    hold_job,
    let_go,
    settle_job,
    take_job,
)
from bot.store.transactions import reads, transact
from bot.store.uploads import keep_refused, write_upload
from bot.sync.document_files import Imports, Order, import_document
from bot.sync.fetching import Fetched, FetchesFiles
from bot.sync.telling import StoppedError, Telling
from bot.sync.undoing import undo_document
from settlement.model import Platform

__all__ = ["DocumentImports", "Pace"]

logger = logging.getLogger(__name__)

ATTEMPTS = 4
MOST_TABLES = 10
"""Files of refused rows that are handed over for one archive."""
PAUSE_SECONDS = 5.0
STOPPING_SECONDS = 3.0
"""How long stopping waits for an import to end; one of a million rows has much to take back."""

Result = TypeVar("Result")


class _StillWorkingError(asyncio.CancelledError):
    """The process ends while a thread tidies up; the next process waits for the lease's end."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often it is looked for work and told of it, how long work is held; in seconds."""

    look: float = 1.0
    tell: float = 3.0
    lease: float = 60.0
    pause: float = PAUSE_SECONDS


@dataclass(frozen=True, slots=True)
class Speech:
    """How results are said: with buttons signed by this secret, times in this zone."""

    secret: bytes
    zone: tzinfo


class DocumentImports:
    """Imports what one bot was sent, one document after the other."""

    def __init__(
        self,
        engine: Engine,
        files: FetchesFiles,
        bot: int,
        speech: Speech,
        now: Callable[[], datetime],
        pace: Pace = Pace(),
    ) -> None:
        self._engine = engine
        self._files = files
        self._bot = bot
        self._signer = Signer(speech.secret)
        self._zone = speech.zone
        self._now = now
        self._pace = pace
        self._owner = secrets.token_hex(8)

    async def run(self) -> None:
        """Import until cancelled; what was begun is left to the next start."""
        await self._files.open()
        try:
            await self._survive(self._begin)
            while True:
                if not await self._survive(self._turn):
                    await asyncio.sleep(self._pace.look)
        finally:
            await self._files.close()

    async def _survive(self, action: Callable[[], Awaitable[bool]]) -> bool:
        try:
            return await action()
        except Exception as error:  # most likely the database; the work is still there
            logger.error("documents are delayed: %s", fault_name(error))
            return False

    async def _begin(self) -> bool:
        # SQLite serves one process, so what is held when it starts is nobody's.
        if self._engine.dialect.name == "sqlite":
            await self._transact(lambda connection: free_jobs(connection, self._bot))
        return True

    async def _turn(self) -> bool:
        """Do the oldest piece of work; False if there is none."""
        if not await asyncio.to_thread(self._anything_to_do):
            return False
        job = await self._transact(self._take)
        if job is None:
            return False
        await self._do(job)
        return True

    def _anything_to_do(self) -> bool:
        with reads(self._engine) as connection:
            return anything_to_do(connection, self._bot)

    def _take(self, connection: Connection) -> Job | None:
        return take_job(connection, self._bot, self._owner, self._pace.lease)

    async def _do(self, job: Job) -> None:
        telling = Telling(self._engine, job, self._voice(job), self._now, self._pace.tell)
        holding = asyncio.create_task(self._hold(job, telling))
        try:
            await self._work(job, telling)
        except (JobLostError, StoppedError):
            logger.warning("document %d is left to another process", job.document.id)
        except _StillWorkingError:
            raise
        except asyncio.CancelledError:
            await asyncio.shield(self._leave(job, counted=False))
            raise
        except Exception as error:
            logger.error("document %d was not imported: %s", job.document.id, type(error).__name__)
            await self._leave(job)
        finally:
            holding.cancel()

    async def _hold(self, job: Job, telling: Telling) -> None:
        """Keep the lease while the work lasts; stop the work if it was lost."""
        while True:
            await asyncio.sleep(self._pace.lease / 4)
            try:
                await self._transact(lambda c: hold_job(c, job, self._pace.lease))
            except JobLostError:
                telling.stop()
                return
            except Exception as error:
                logger.warning("a lease was not renewed: %s", type(error).__name__)

    async def _leave(self, job: Job, *, counted: bool = True) -> None:
        pause = self._pace.pause * job.attempts if counted else 0
        try:
            await self._transact(lambda c: let_go(c, job, seconds=pause, counted=counted))
        except JobLostError:
            pass  # it ended after all
        except Exception as error:  # then its lease runs out
            logger.warning("document %d stays held: %s", job.document.id, type(error).__name__)

    async def _work(self, job: Job, telling: Telling) -> None:
        document = job.document
        if job.attempts > ATTEMPTS:
            await self._settle(job, _given_up(document))
            return
        if document.state is DocumentState.UNDOING:
            await self._undo(job)
            return
        creator = None
        if document.creator is not None:
            creator = await self._transact(partial(creator_named, name=document.creator))
            if creator is None:
                await self._settle(job, _failed(document, "no_creator"))
                return
        with TemporaryDirectory(prefix="mingzhang-") as folder:
            path = Path(folder) / "document"
            fetched = await self._fetch(job, path, telling)
            if fetched is Fetched.HERE:
                imports = await self._import(job, path, creator, telling)
                await self._finish(job, imports, telling.took)
            elif fetched is not Fetched.LATER:
                await self._settle(job, _failed(document, str(fetched)))
            elif job.attempts == ATTEMPTS:
                await self._settle(job, _failed(document, "unreachable"))
            else:
                await self._leave(job)

    async def _undo(self, job: Job) -> None:
        ended = await asyncio.to_thread(undo_document, self._engine, job.document, self._now())
        if ended is None:
            await self._leave(job)
        else:
            await self._settle(job, ended)

    async def _fetch(self, job: Job, path: Path, telling: Telling) -> Fetched:
        async def fetched(size: int) -> None:
            if telling.due:
                await asyncio.to_thread(telling.fetched, size)

        if job.upload is None:
            return await self._files.fetch(job.file, path, fetched)
        here = await asyncio.to_thread(write_upload, self._engine, job.upload, path, job.size)
        return Fetched.HERE if here else Fetched.FORGOTTEN

    async def _import(
        self, job: Job, path: Path, creator: int | None, telling: Telling
    ) -> Imports:
        """Import in a thread, which ends soon when this is cancelled."""
        document = job.document
        # Only an earlier attempt can have been killed between the import and the word of it.
        since = job.requested_at if job.attempts > 1 else None
        order = Order(
            document.name,
            self._now(),
            creator,
            document.dry_run,
            since,
            Platform(job.platform) if job.platform else None,
        )
        working = asyncio.create_task(
            asyncio.to_thread(import_document, self._engine, path, order, telling.read)
        )
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            telling.stop()
            if not (await asyncio.wait((working,), timeout=STOPPING_SECONDS))[0]:
                raise _StillWorkingError from None
            if working.exception() is None:
                await self._finish(job, working.result(), telling.took)
            raise

    async def _finish(self, job: Job, imports: Imports, took: int) -> None:
        refused = imports.refused[:MOST_TABLES]
        if job.upload is not None:
            await asyncio.to_thread(keep_refused, self._engine, job.document.id, refused)
        below = tuple(
            refused_rows(self._voice(job), each.name, each.content, each.count, each.kept)
            for each in refused
        )
        await self._settle(job, _done(job.document, imports, took), below)

    async def _settle(
        self, job: Job, ended: DocumentImport, below: tuple[Document, ...] = ()
    ) -> None:
        said = result_of(Keys(self._voice(job), self._signer, ended.chat), ended)
        now = self._now()
        await self._transact(lambda c: settle_job(c, job, ended, said, below, now))

    async def _transact(self, work: Callable[[Connection], Result]) -> Result:
        return await asyncio.to_thread(transact, self._engine, work)

    def _voice(self, job: Job) -> Voice:
        return Voice(job.document.language, self._now(), self._zone)


def _failed(document: DocumentImport, problem: str) -> DocumentImport:
    return replace(document, state=DocumentState.FAILED, problem=problem)


def _given_up(document: DocumentImport) -> DocumentImport:
    if document.state is DocumentState.UNDOING:
        return replace(document, state=DocumentState.DONE, problem="not_undone")
    return _failed(document, "gave_up")


def _done(document: DocumentImport, imports: Imports, seconds: int) -> DocumentImport:
    return replace(
        document,
        state=DocumentState.DONE,
        files=tuple(imports.files),
        seconds=seconds,
        problem=None,
    )
