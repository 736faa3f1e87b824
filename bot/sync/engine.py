"""Keeping up with the platforms (同步): one process asks each application at a time."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.logs import mask_also
from bot.platform_keys import PlatformKeys
from bot.store.batches import ImportLostError, clear_abandoned
from bot.store.leases import acquire, release
from bot.store.sync_cursors import CursorMovedError, LeaseLostError
from bot.store.transactions import is_databases_fault, transact
from bot.store.unread_rows import forget_unseen
from bot.sync.asking import Asking
from bot.sync.bill_turn import BillTurn
from bot.sync.claiming import claim_named, claim_owned, forget_unclaimed
from bot.sync.figures import SyncFigures, shipped_figures
from bot.sync.progress import Event, Stopped
from bot.sync.source_turn import SourceTurn
from bot.sync.sources import Application, applications, secrets_of
from bot.sync.work import SyncWork
from settlement.model import Platform

__all__ = ["Sync"]

logger = logging.getLogger(__name__)

ELSEWHERE = "另一个进程正在同步这个平台，这里不重复；有 --since 的话由它照办"
DATABASE = "数据库暂时用不了；没有写到一半的东西，会自动接着取"
BROKEN = "程序出错（{name}）；会再试，一直这样的话请把这一行交给技术人员"


class Sync:
    """Asks all platforms whose keys are set; to be entered before and left afterwards.

    `keys` is asked every turn anew, so a token renewed in its file counts from the next one on.
    """

    def __init__(
        self,
        engine: Engine,
        keys: Callable[[], PlatformKeys],
        now: Callable[[], datetime],
        *,
        figures: SyncFigures | None = None,
        tell: Callable[[Event], None] = lambda event: None,
        platform: Platform | None = None,
    ) -> None:
        self._keys = keys
        self._platform = platform
        figures = figures or shipped_figures()
        self._asking = Asking(figures, now)
        self._work = SyncWork(engine, self._asking, now, figures, secrets.token_hex(8), tell)
        self._held: set[str] = set()
        self._done_at: dict[str, datetime] = {}

    async def __aenter__(self) -> Self:
        await self._asking.__aenter__()
        return self

    async def __aexit__(self, *ended_by: object) -> None:
        await self._asking.__aexit__(*ended_by)
        for lease in self._held:
            give_back = partial(release, name=lease, owner=self._work.owner)
            with suppress(DBAPIError):  # then it runs out by itself
                await asyncio.to_thread(transact, self._work.engine, give_back)

    async def run(self, after: Callable[[], None] = lambda: None) -> None:
        """Take turns until cancelled; `after` is called, on a thread, after each."""
        while True:
            try:
                await self.turn()
                await asyncio.to_thread(after)
            except Exception as error:  # the next turn tries again
                logger.error("a turn of the sync could not be finished: %s", _name(error))
            await asyncio.sleep(self._work.figures.turn_seconds)

    async def turn(self) -> bool:
        """Bring every source up to now; whether all of them are."""
        keys = self._keys()
        mask_also(secrets_of(keys))
        try:
            await self._clear()
        except Exception as error:
            logger.error("what was left over could not be cleared: %s", _name(error))
        asked = applications(keys, self._platform)
        return all(await asyncio.gather(*(self._bring_up(each) for each in asked)))

    async def _bring_up(self, application: Application) -> bool:
        try:
            return await self._ask(application)
        except (LeaseLostError, ImportLostError):
            return self._stopped(application, "elsewhere", ELSEWHERE)
        except CursorMovedError:
            return False  # the next turn begins where the operator said
        except Exception as error:
            # The other platforms go on, and the next turn begins where this one was.
            name = _name(error)
            logger.error("%s could not be synchronised: %s", application.platform, name)
            if is_databases_fault(error):
                return self._stopped(application, "database", DATABASE)
            return self._stopped(application, "broken", BROKEN.format(name=name))

    async def _ask(self, application: Application) -> bool:
        seconds = self._work.figures.lease_seconds
        take = partial(acquire, name=application.lease, owner=self._work.owner, seconds=seconds)
        if not await asyncio.to_thread(transact, self._work.engine, take):
            return self._stopped(application, "elsewhere", ELSEWHERE)
        self._held.add(application.lease)
        platform, now = application.platform, self._work.now()
        await asyncio.to_thread(claim_named, self._work.engine, platform, now)
        turns = [SourceTurn(self._work, each, application.lease) for each in application.sources]
        done = [await turn.run() for turn in turns]
        bills = [BillTurn(self._work, each, application.lease) for each in application.bills]
        done += [await turn.run() for turn in bills]
        if self._is_due(application.lease, now) or any(turn.counts.new for turn in turns):
            # Refunds may have come before their order: by now it may be there.
            await asyncio.to_thread(claim_owned, self._work.engine, platform, now)
        return all(done)

    def _is_due(self, job: str, now: datetime) -> bool:
        """Whether it is time for what is done only now and then."""
        again = timedelta(minutes=self._work.figures.now_and_then_minutes)
        last = self._done_at.get(job)
        if last is not None and now < last + again:
            return False
        self._done_at[job] = now
        return True

    async def _clear(self) -> None:
        """Forget, now and then, what killed processes left and what nobody claims."""
        now = self._work.now()
        if not self._is_due("clear", now):
            return
        await asyncio.to_thread(clear_abandoned, self._work.engine, now)
        unclaimed = now - timedelta(days=self._work.figures.waiting_days)
        await asyncio.to_thread(forget_unclaimed, self._work.engine, unclaimed)
        forget = partial(forget_unseen, before=unclaimed)
        await asyncio.to_thread(transact, self._work.engine, forget)

    def _stopped(self, application: Application, kind: str, words: str) -> bool:
        for source in (*application.sources, *application.bills):
            self._work.tell(Stopped(source.key, kind, words))
        return False


def _name(error: Exception) -> str:
    return type(error).__name__
