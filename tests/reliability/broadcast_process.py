"""A planner that does nothing but send broadcasts, faster than Telegram would allow."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from bot.desk.broadcasts import broadcast_message
from bot.planner.broadcasting import send_broadcasts
from bot.planner.work import Progress, Work
from bot.reminders import QuietHours
from bot.telegram.limiter import TELEGRAM
from bot.writer import Writer
from settlement.rulebook import shipped_rulebook

__all__ = ["FAST", "BroadcastTurns"]

FAST = replace(TELEGRAM, push_interval=timedelta(milliseconds=5))
"""Eight times as fast, so that thousands of people do not take minutes."""
ROOM = 200
NEVER_QUIET = QuietHours(time(0), time(0))
ZONE = ZoneInfo("Asia/Shanghai")


class BroadcastTurns:
    """Takes its turns whether or not another replica takes them too: no lease keeps them apart."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        """By the clock of this process."""
        self._engine = engine
        self._now = now
        self._render = partial(broadcast_message, secret=b"secret")

    async def tick(self, writer: Writer) -> int:
        """One turn."""
        work = Work(
            self._engine,
            lambda job: writer.run(job).result(),
            shipped_rulebook(),
            self._now(),
            NEVER_QUIET,
            ZONE,
            Progress(),
        )
        return await asyncio.to_thread(send_broadcasts, work, self._render, room=ROOM)
