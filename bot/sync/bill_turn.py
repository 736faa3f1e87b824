"""A look at the monthly bills of one application (月账单): once a day, all that there are."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection

from bot.store.monthly_bills import keep_bills
from bot.store.sync_cursors import Cursor, load_cursor, note_trouble, save_cursor
from bot.store.transactions import transact
from bot.store.unread_rows import forget_unread, keep_unread, unread_of
from bot.sync.asking import Answer
from bot.sync.progress import CaughtUp, Stopped
from bot.sync.sources import Source
from bot.sync.taking_in import Counts
from bot.sync.troubles import trouble_of, whole
from bot.sync.work import SyncWork
from settlement.apis import ApiRefusal, MonthlyBill, Page, Question, UnreadRow
from settlement.apis.json_text import written

__all__ = ["BillTurn"]

Result = TypeVar("Result")

SEVERAL = "同一个月有几份不同的账单，不知道该算哪一份；请到平台后台核对"


@dataclass(frozen=True, slots=True)
class _Told:
    """All that the platform said of its bills, and the first answer."""

    bills: tuple[MonthlyBill, ...]
    unread: tuple[UnreadRow, ...]
    first: Answer


class _Refused(NamedTuple):
    """What stood in the way, and by how many seconds the platform's clock is ahead."""

    refusal: ApiRefusal
    skew: float | None


class BillTurn:
    """Fetches the bills if it is time for that; all of them are kept at once, or none."""

    def __init__(self, work: SyncWork, source: Source, lease: str) -> None:
        self._work = work
        self._source = source
        self._lease = lease

    async def run(self) -> bool:
        """Whether the bills are known; raises what `save_cursor` does."""
        cursor = await self._do(partial(load_cursor, key=self._source.key))
        if not self._is_due(cursor):
            return True
        told = await self._ask()
        if isinstance(told, _Refused):
            await self._trouble(cursor, told)
            return False
        counts = await self._do(partial(self._keep, cursor, told))
        self._work.tell(CaughtUp(self._source.key, told.first.asked_at, counts))
        return True

    def _is_due(self, cursor: Cursor) -> bool:
        again, last = self._source.method.figures.sweep_every, cursor.answered_at
        return last is None or cursor.trouble is not None or self._work.now() >= last + again

    async def _ask(self) -> _Told | _Refused:
        """Ask page by page."""
        now, cursor = self._work.now(), None
        pages: list[Page] = []
        first: Answer | None = None
        while True:
            answer = await self._work.asking.ask(self._source, Question(now, now, cursor))
            if isinstance(answer.said, ApiRefusal):
                return _Refused(answer.said, answer.skew)
            first = first or answer
            pages.append(answer.said)
            cursor = answer.said.cursor
            if cursor is None:
                break
        bills, several = _one_a_month(bill for page in pages for bill in page.bills)
        unread = tuple(row for page in pages for row in page.unread)
        return _Told(bills, unread + several, first)

    def _keep(self, before: Cursor, told: _Told, connection: Connection) -> Counts:
        key, now = self._source.key, told.first.asked_at
        kept = keep_bills(connection, key.platform, key.account, told.bills, now)
        self._keep_unread(connection, told)
        cursor = replace(
            before.without_trouble(),
            answered_at=now,
            skew_seconds=whole(told.first.skew),
            unreadable=before.unreadable + len(told.unread),
        )
        held = self._lease, self._work.owner, self._work.figures.lease_seconds
        save_cursor(connection, cursor, before, *held)
        return Counts(*kept, unreadable=len(told.unread))

    def _keep_unread(self, connection: Connection, told: _Told) -> None:
        """Keep what cannot be read; what was kept and is no longer said is forgotten."""
        key, raw = self._source.key, {row.raw for row in told.unread}
        kept = unread_of(connection, key.platform, key.method)
        forget_unread(connection, [each.id for each in kept if each.raw not in raw])
        keep_unread(connection, key.platform, key.method, told.unread, told.first.asked_at)

    async def _trouble(self, cursor: Cursor, refused: _Refused) -> None:
        refusal, skew = refused
        cursor = replace(cursor, skew_seconds=whole(skew))
        noted = trouble_of(refusal, cursor, self._work.now())
        await self._do(partial(note_trouble, key=self._source.key, trouble=noted))
        self._work.tell(Stopped(self._source.key, str(refusal.kind), noted["trouble_words"]))

    async def _do(self, work: Callable[[Connection], Result]) -> Result:
        return await asyncio.to_thread(transact, self._work.engine, work)


def _one_a_month(
    bills: Iterable[MonthlyBill],
) -> tuple[tuple[MonthlyBill, ...], tuple[UnreadRow, ...]]:
    """The bills of months of which one thing is said, and those that cannot be told apart."""
    by_month: defaultdict[str, list[MonthlyBill]] = defaultdict(list)
    for bill in bills:
        same = by_month[f"{bill.month:%Y-%m}"]
        if bill not in same:
            same.append(bill)
    alone = (same[0] for same in by_month.values() if len(same) == 1)
    several = (
        UnreadRow(written(asdict(each)), "settleMonth", SEVERAL, month)
        for month, same in by_month.items()
        if len(same) > 1
        for each in same
    )
    return tuple(alone), tuple(several)
