"""Planning between the steps of a dialogue (推送计划)."""

from bot.planner import Planner
from bot.telegram.service import Service
from bot.writer import Writer


class PlansWhenTold:
    """The bot's planner, which works between the steps and not when a second happens to pass."""

    def __init__(self, planner: Planner) -> None:
        self._planner = planner
        self._told = False

    async def tick(self, writer: Writer) -> int:
        return await self._planner.tick(writer) if self._told else 0

    async def now(self, service: Service) -> None:
        self._told = True
        await service.plan()
        self._told = False
