"""Alarming the operator (告警): once for each cause, through the outbox, and once when it is over.

Only that the database fails cannot go through the outbox, which is in it: that is sent directly.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from bot.desk.alarming import Cause, is_over, is_wrong
from bot.desk.replies import Say
from bot.desk.snapshot import Snapshot
from bot.health.causes import Delivery, Seen, causes_of
from bot.health.condition import Condition
from bot.health.lateness import late_platforms
from bot.logs import fault_name
from bot.store.alarms import note_causes
from bot.store.gauges import Gauges, read_gauges
from bot.store.letters import Kind, Letter
from bot.store.outbox import enqueue
from bot.store.sync_cursors import all_cursors
from bot.store.transactions import reads, transact
from bot.sync.figures import SyncFigures

__all__ = ["Alarms", "SaysDirectly"]

logger = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
PATIENCE = timedelta(minutes=2)
"""A database that is back within that long is no reason to wake anybody."""
DIRECTLY_AT_MOST_EVERY = timedelta(hours=1)

SaysDirectly = Callable[[int, Say], Awaitable[None]]
AsksDelivery = Callable[[], Awaitable[Delivery | None]]


class Alarms:
    """Looks once a minute and tells `chats` what is wrong; `alone` as in `Seen`."""

    def __init__(
        self,
        engine: Engine,
        current: Callable[[], Snapshot],
        now: Callable[[], datetime],
        figures: SyncFigures,
        *,
        bot: int,
        chats: Sequence[int],
        platforms: Collection[str],
        alone: bool,
        condition: Callable[[], Condition],
        delivery: AsksDelivery,
        say_directly: SaysDirectly,
    ) -> None:
        self._engine = engine
        self._current = current
        self._now = now
        self._figures = figures
        self._bot = bot
        self._chats = chats
        self._platforms = frozenset(platforms)
        self._alone = alone
        self._condition = condition
        self._delivery = delivery
        self._say_directly = say_directly
        self._failing_since: datetime | None = None
        self._told_directly: datetime | None = None

    async def run(self) -> None:
        """Look until cancelled; returns at once if there is nobody to tell."""
        if not self._chats:
            return
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Look now."""
        delivery = await self._delivery()
        try:
            await asyncio.to_thread(self._look, delivery)
        except Exception as error:  # the next look tries again
            logger.warning("the alarms could not be looked at: %s", fault_name(error))
            await self._database_fails()
        else:
            await self._database_is_read()

    def _look(self, delivery: Delivery | None) -> None:
        with reads(self._engine) as connection:
            gauges, late = read_gauges(connection), self._late(connection)
        now = self._now()
        causes = {each.name: each for each in causes_of(self._seen(gauges, late, delivery), now)}
        transact(self._engine, lambda connection: self._tell(connection, causes, now))

    def _seen(self, gauges: Gauges, late: Collection[str], delivery: Delivery | None) -> Seen:
        calendar = self._current().rulebook.calendar
        return Seen(gauges, calendar, delivery, late, self._alone)

    def _late(self, connection: Connection) -> list[str]:
        return late_platforms(all_cursors(connection), self._platforms, self._figures, self._now())

    def _tell(self, connection: Connection, causes: dict[str, Cause], now: datetime) -> None:
        news = note_causes(connection, causes, now)
        said = [(name, is_wrong(causes[name])) for name in news.begun]
        said += [(name, is_over(Cause.named(name))) for name in news.ended]
        if self._told_directly is not None and not self._condition().failing:
            said.append(("database", is_over(Cause("database"))))
        enqueue(connection, list(self._letters(said, now)), now)

    def _letters(self, said: Sequence[tuple[str, Say]], now: datetime) -> Iterator[Letter]:
        for name, words in said:
            for chat in self._chats:
                key = f"alarm:{self._bot}:{chat}:{name}:{now.isoformat()}"
                yield Letter(key, Kind.PUSH, chat, words, bot=self._bot)

    async def _database_is_read(self) -> None:
        # To look for causes writes only what is new, so it succeeds on a full disk too.
        if self._condition().failing:
            await self._database_fails()
        else:
            self._failing_since = self._told_directly = None

    async def _database_fails(self) -> None:
        now = self._now()
        self._failing_since = since = min(self._failing_since or now, now)
        told = self._told_directly
        recently = told is not None and now - told < DIRECTLY_AT_MOST_EVERY
        if now - since < PATIENCE or recently:
            return
        self._told_directly = now
        cause = Cause("database", minutes=(now - since) // timedelta(minutes=1))
        for chat in self._chats:
            await self._say_directly(chat, is_wrong(cause))
