"""One turn of one source (一轮): what has changed since the last, window by window."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection

from bot.store.leases import renew
from bot.store.sync_cursors import (
    Cursor,
    LeaseLostError,
    load_cursor,
    note_trouble,
    save_cursor,
)
from bot.store.transactions import transact
from bot.sync.asking import Answer
from bot.sync.progress import CaughtUp, Fetched, Stopped
from bot.sync.sources import Source
from bot.sync.taking_in import Arriving, Counts
from bot.sync.troubles import trouble_of, whole
from bot.sync.windows import (
    Window,
    begin_sweep,
    end_sweep,
    first_half,
    first_start,
    grown,
    is_caught_up,
    narrower,
    next_window,
    windows_to_go,
)
from bot.sync.work import SyncWork
from settlement.apis import ApiRefusal, Question, RefusalKind
from settlement.shanghai import in_shanghai

__all__ = ["SourceTurn"]

Result = TypeVar("Result")

_STEP = timedelta(hours=1)
"""By how much what the platform no longer tells is passed over."""
_FORM = "%Y-%m-%d %H:%M:%S"


class _Taken(NamedTuple):
    """A window that is in the store, and what time it was at the platform when it was asked."""

    counts: Counts
    asked: Answer


class SourceTurn:
    """Brings one source up to now, then looks again at what may have been changed late.

    After each window the cursor is saved, so one that is killed goes on there; a window that
    was published and not yet noted is asked again and found unchanged.
    """

    def __init__(self, work: SyncWork, source: Source, lease: str) -> None:
        self._work = work
        self._source = source
        self._lease = lease
        self._figures = source.method.figures
        self._cursor = self._saved = Cursor(source.key)
        self._counts = Counts()
        self._renew_at = 0.0

    @property
    def counts(self) -> Counts:
        """What became of the rows so far."""
        return self._counts

    async def run(self) -> bool:
        """Whether the source knows by now all there is; raises what `save_cursor` does."""
        self._cursor = self._saved = await self._do(partial(load_cursor, key=self._source.key))
        until = self._work.now().replace(microsecond=0)
        start = first_start(self._cursor, self._figures, until)
        if not await self._go_through(start, until, sweep=False):
            return False
        if not is_caught_up(self._cursor):
            await self._save(end_sweep(self._cursor, until))
        elif not await self._look_again(until):
            return False
        self._work.tell(CaughtUp(self._source.key, self._covered(until), self._counts))
        return True

    async def _look_again(self, until: datetime) -> bool:
        """Go on with the sweep that was cut short, and do the one that is due."""
        while sweep := begin_sweep(self._cursor, self._figures, until):
            self._cursor = sweep.cursor
            if not await self._go_through(*sweep.window, sweep=True):
                return False
            await self._save(end_sweep(self._cursor, sweep.window.end))
        return True

    async def _go_through(self, start: datetime, until: datetime, *, sweep: bool) -> bool:
        """Take window after window; False if the platform stands in the way."""
        last: Window | None = None
        while start < until:
            window = next_window(start, until, self._cursor, self._figures, self._work.figures)
            window = grown(last, window) if last else window
            taken = await self._take(window)
            while isinstance(taken, Window):
                window = taken
                taken = await self._take(window)
            if isinstance(taken, _Taken):
                await self._note(window, taken, sweep=sweep)
                start, last = window.end, window
            elif taken.kind is RefusalKind.TOO_OLD:
                await self._trouble(taken)
                start, last = start + _STEP, None
            elif await self._goes_on(window, taken):
                last = None
            else:
                return False
        return True

    async def _take(self, window: Window) -> _Taken | Window | ApiRefusal:
        """Ask a window page by page and publish it as one batch; else say which to ask instead."""
        arriving = await asyncio.to_thread(self._arriving, window)
        try:
            answer = await self._pages(window, arriving)
            if not isinstance(answer, Answer):
                await asyncio.to_thread(arriving.discard)
                return answer
            await self._keep_lease()
            return _Taken(await asyncio.to_thread(arriving.publish), answer)
        except Exception:
            await asyncio.to_thread(arriving.discard)
            raise

    async def _pages(self, window: Window, arriving: Arriving) -> Answer | Window | ApiRefusal:
        """Take in all pages; the answer to the first, or what stood in the way."""
        first: Answer | None = None
        question = Question(window.start, window.end)
        while True:
            answer = await self._work.asking.ask(self._source, question)
            if isinstance(answer.said, ApiRefusal):
                self._cursor = replace(self._cursor, skew_seconds=whole(answer.skew))
                return answer.said
            shifts = first is None and self._figures.pages_shift and answer.said.cursor is not None
            if shifts and (half := first_half(window)):
                return half
            first = first or answer
            await asyncio.to_thread(arriving.add, answer.said)
            await self._keep_lease()
            if answer.said.cursor is None:
                return first
            question = Question(window.start, window.end, answer.said.cursor)

    async def _note(self, window: Window, taken: _Taken, *, sweep: bool) -> None:
        """Save how far the source is by now, and tell."""
        self._counts = self._counts.plus(taken.counts)
        cursor = replace(
            self._cursor.without_trouble(),
            answered_at=self._work.now(),
            skew_seconds=whole(taken.asked.skew),
            unreadable=self._cursor.unreadable + taken.counts.unreadable,
        )
        if sweep:
            cursor = replace(cursor, sweep_reached=window.end)
        else:
            cursor = replace(
                cursor,
                begun_from=cursor.begun_from or window.start,
                covered_until=_covered(cursor, window, taken.asked),
            )
        await self._save(cursor)
        to_go = windows_to_go(cursor, self._figures, self._work.figures, self._work.now())
        covered = self._covered(window.end)
        self._work.tell(Fetched(self._source.key, covered, taken.counts, to_go, sweep))

    async def _goes_on(self, window: Window, refusal: ApiRefusal) -> bool:
        """Whether a smaller window may do; else the trouble is noted."""
        if refusal.kind is RefusalKind.WINDOW_TOO_WIDE:
            cursor = narrower(self._cursor, window, self._figures, self._work.now())
            if cursor is not None:
                await self._save(cursor)
                return True
        await self._trouble(refusal)
        return False

    async def _trouble(self, refusal: ApiRefusal) -> None:
        """Note what stands in the way, since when, and what to do."""
        noted = trouble_of(refusal, self._cursor, self._work.now())
        await self._do(partial(note_trouble, key=self._source.key, trouble=noted))
        self._work.tell(Stopped(self._source.key, str(refusal.kind), noted["trouble_words"]))

    async def _save(self, cursor: Cursor) -> None:
        held = self._lease, self._work.owner, self._work.figures.lease_seconds
        before = self._saved
        await self._do(lambda connection: save_cursor(connection, cursor, before, *held))
        self._cursor = self._saved = cursor

    async def _keep_lease(self) -> None:
        """Renew the lease when a good part of it is over."""
        time, seconds = asyncio.get_running_loop().time(), self._work.figures.lease_seconds
        if time < self._renew_at:
            return
        held = self._lease, self._work.owner, seconds
        if not await self._do(lambda connection: renew(connection, *held)):
            raise LeaseLostError(f"{self._source.key.platform}: another process asks it now")
        self._renew_at = time + seconds / 4

    async def _do(self, work: Callable[[Connection], Result]) -> Result:
        return await asyncio.to_thread(transact, self._work.engine, work)

    def _arriving(self, window: Window) -> Arriving:
        # What the batch is called among the imports: the span it is about.
        start, end = (in_shanghai(each).strftime(_FORM) for each in window)
        name = f"{self._source.key.method} {start} – {end}"
        return Arriving(self._work.engine, self._source.key, name, self._work.now())

    def _covered(self, otherwise: datetime) -> datetime:
        return self._cursor.covered_until or otherwise


def _covered(cursor: Cursor, window: Window, asked: Answer) -> datetime:
    """Up to when a window's answer holds: what the platform's clock had not reached may come."""
    reached = min(window.end, asked.platform_time) if asked.platform_time else window.end
    return max(cursor.covered_until, reached) if cursor.covered_until else reached
