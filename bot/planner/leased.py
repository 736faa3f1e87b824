"""Planning in one replica at a time (单一计划者)."""

import asyncio
import secrets
from typing import Protocol

from sqlalchemy import Connection

from bot.store.leases import acquire
from bot.writer import Writer

__all__ = ["LeasedPlanner"]

LEASE_SECONDS = 15.0
RENEW_SECONDS = 5.0


class _PlansPushes(Protocol):
    async def tick(self, writer: Writer) -> int: ...

    def look_afresh(self) -> None: ...


class LeasedPlanner:
    """Plans only while this process holds the lease; another takes over when it runs out.

    Two that plan at once would cost time and no more: what is planned has a unique key.
    """

    def __init__(self, planner: _PlansPushes) -> None:
        self._planner = planner
        self._owner = secrets.token_hex(8)
        self._renew_at = 0.0
        self._held_until = 0.0

    async def tick(self, writer: Writer) -> int:
        """As the planner's own; nothing while another replica plans."""
        now = asyncio.get_running_loop().time()
        if now >= self._renew_at:
            if not await asyncio.wrap_future(writer.run(self._claim)):
                self._held_until = 0.0
                return 0
            if now >= self._held_until:
                self._planner.look_afresh()  # another may have planned since
            self._renew_at, self._held_until = now + RENEW_SECONDS, now + LEASE_SECONDS
        return await self._planner.tick(writer)

    def _claim(self, connection: Connection) -> bool:
        return acquire(connection, "planner", self._owner, LEASE_SECONDS)
