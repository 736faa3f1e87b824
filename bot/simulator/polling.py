"""getUpdates: the long poll, and what happens when two ask at once."""

import asyncio

from bot.simulator.parameters import Parameters
from bot.simulator.refusal import Refusal, conflict
from bot.simulator.telegram_world import Change, TelegramWorld
from bot.simulator.updates import Update, wanted_kinds

__all__ = ["Polling"]

MAX_TIMEOUT = 50
SECOND_POLLER = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


class Polling:
    """At most one long poll waits; a newer call ends the older one with 409, as at Telegram.

    So two bots with one token throw each other out in turn, and a bot that was killed in the
    middle of a poll finds nothing in its way when it is back.
    """

    def __init__(self, world: TelegramWorld) -> None:
        """Wake the waiting poll whenever the world has a new update."""
        self._world = world
        self._waiter: asyncio.Future[None] | None = None
        self.idle = asyncio.Event()
        """Set while a poll waits: the bot has confirmed everything and nothing is left for it."""
        world.listen(self._wake)

    async def get_updates(self, parameters: Parameters) -> list[Update]:
        """Confirm what the offset confirms, then answer, or wait for something to answer."""
        if self._world.webhook.url:
            raise conflict(WEBHOOK_ACTIVE)
        self._end(conflict(SECOND_POLLER))
        updates = self._world.updates
        updates.confirm_below(parameters.number("offset"))
        if "allowed_updates" in parameters.values:
            updates.allow(wanted_kinds(parameters.structure("allowed_updates")))
        limit = parameters.number("limit", 100)
        timeout = min(parameters.number("timeout"), MAX_TIMEOUT)
        if not len(updates) and timeout > 0:
            await self._wait_for(timeout)
        return updates.first(limit)

    def stop(self) -> None:
        """Let a waiting poll go with what there is."""
        self._end(None)

    async def _wait_for(self, seconds: int) -> None:
        waiter = self._waiter = asyncio.get_running_loop().create_future()
        self.idle.set()
        try:
            async with asyncio.timeout(seconds):
                await waiter
        except TimeoutError:
            return
        finally:
            if self._waiter is waiter:
                self._waiter = None
                self.idle.clear()

    def _wake(self, change: Change) -> None:
        if change.kind == "update":
            self._end(None)
        elif change.kind == "webhook" and self._world.webhook.url:
            self._end(conflict("terminated by setWebhook request"))

    def _end(self, refusal: Refusal | None) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is None or waiter.done():
            return
        self.idle.clear()
        if refusal is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(refusal)
