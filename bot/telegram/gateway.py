"""The polling gateway (轮询): the offset moves only after the commit."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import Any, Protocol, TypeVar

from bot.intake import Received
from bot.logs import fault_name
from bot.telegram.dispatch import ALLOWED_UPDATES, Me, read_update, update_id
from bot.telegram.poller import PollerLease
from bot.telegram.transport import Accepted, BotApi, Refused

__all__ = [
    "FIRST_PAUSE_SECONDS",
    "LONGEST_PAUSE_SECONDS",
    "TOKEN_REFUSED",
    "Gateway",
    "Polling",
    "Submit",
    "TokenRefusedError",
]

logger = logging.getLogger(__name__)

LONG_POLL_SECONDS = 25
GRACE_SECONDS = 10.0
"""How much later than asked for the answer to a long poll may come."""
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
EMPTY_PAUSE_SECONDS = 0.05
"""For servers that answer at once when there is nothing."""

TOKEN_REFUSED = "Telegram 不认识这个令牌：请向 @BotFather 核对 MINGZHANG_TOKEN"  # noqa: S105

Result = TypeVar("Result")

Submit = Callable[[Sequence[Received]], Awaitable[None]]
"""Returns once the effects of all updates are committed; raises if they are not."""


class TokenRefusedError(Exception):
    """Telegram does not know the token."""


class Gateway(Protocol):
    """How updates come in."""

    @property
    def is_open(self) -> bool:
        """Whether updates can come in."""
        ...

    @property
    def heard_at(self) -> float | None:
        """When Telegram last answered or brought something, by the monotonic clock."""
        ...

    async def run(self) -> None:
        """Take updates in until `stop`; raises what makes that impossible."""
        ...

    def stop(self) -> None:
        """Take in nothing more; what has been taken in is still handled."""
        ...


class Polling:
    """Fetches updates, has them handled, and only then asks for the next ones.

    What could not be committed is asked for again. Only who holds the `lease` polls.
    """

    def __init__(self, api: BotApi, me: Me, submit: Submit, lease: PollerLease) -> None:
        self._api = api
        self._me = me
        self._submit = submit
        self._lease = lease
        self._offset: int | None = None
        self._pause = FIRST_PAUSE_SECONDS
        self._stopping = asyncio.Event()
        self._holds_lease = False
        self._heard_at: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether this process has the lease, and nobody has asked it to stop."""
        return self._holds_lease and not self._stopping.is_set()

    @property
    def heard_at(self) -> float | None:
        """When Telegram last answered, by the monotonic clock."""
        return self._heard_at

    async def run(self) -> None:
        """Poll until `stop`; raises TokenRefusedError, or PollerRunningError."""
        try:
            if not await self._until_stopped(self._lease.take()):
                return
            self._holds_lease = True
            keeping = asyncio.create_task(self._lease.keep())
            keeping.add_done_callback(lambda _: self.stop())
            try:
                await self._poll()
                if keeping.done():
                    await keeping
            finally:
                keeping.cancel()
        finally:
            self._holds_lease = False
            await self._lease.give_back()

    def stop(self) -> None:
        """Fetch nothing more; what has been fetched is still handled."""
        self._stopping.set()

    async def _poll(self) -> None:
        while not self._stopping.is_set() and not await self._leave_webhook():
            await self._back_off()
        while not self._stopping.is_set():
            updates = await self._until_stopped(self._fetch())
            if updates is None:
                continue
            if not updates:
                await asyncio.sleep(EMPTY_PAUSE_SECONDS)
            elif not await self._handle(updates):
                await self._back_off()
                continue
            self._pause = FIRST_PAUSE_SECONDS

    async def _leave_webhook(self) -> bool:
        """Take back a webhook of earlier days, keeping what waits; False to try again."""
        outcome = await self._api.call("deleteWebhook", {"drop_pending_updates": False})
        match outcome:
            case Refused(401):
                raise TokenRefusedError(TOKEN_REFUSED)
            case Accepted() | Refused(400 | 404):  # a server that knows no webhooks holds none
                # The first long poll may take its time: Telegram is there all the same.
                self._heard_at = monotonic()
                logger.info("@%s is serving, by polling", self._me.username)
                return True
        logger.warning("deleteWebhook: %s", outcome)
        return False

    async def _until_stopped(self, waiting: Awaitable[Result]) -> Result | None:
        """What came of it; None if `stop` cut it short: a long poll has confirmed nothing then."""
        wait = asyncio.ensure_future(waiting)
        stopped = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((wait, stopped), return_when=asyncio.FIRST_COMPLETED)
            return await wait if wait.done() else None
        finally:
            wait.cancel()
            stopped.cancel()

    async def _fetch(self) -> list[Any] | None:
        arguments: dict[str, Any] = {
            "timeout": LONG_POLL_SECONDS,
            "limit": 100,
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        if self._offset is not None:
            arguments["offset"] = self._offset
        outcome = await self._api.call("getUpdates", arguments, LONG_POLL_SECONDS + GRACE_SECONDS)
        match outcome:
            case Accepted(list() as updates):
                self._heard_at = monotonic()
                return updates
            case Refused(401):
                raise TokenRefusedError(TOKEN_REFUSED)
            case Refused(409, description):
                _tell_conflict(description)
            case Refused(429, _, int(seconds)):
                self._pause = max(self._pause, float(seconds))
            case other:
                logger.warning("getUpdates: %s", other)
        await self._back_off()
        return None

    async def _handle(self, updates: list[Any]) -> bool:
        """Have them handled and move the offset; False if they must be asked for again."""
        received = [each for raw in updates if (each := read_update(raw, self._me))]
        try:
            await self._submit(received)
        except Exception as error:  # not confirmed, so Telegram keeps them
            logger.error("%d updates are asked for again: %s", len(updates), fault_name(error))
            return False
        numbers = [number for raw in updates if (number := update_id(raw)) is not None]
        if numbers:
            self._offset = max(numbers) + 1
        # Without any number nothing can be confirmed, and the same would come again at once.
        return bool(numbers)

    async def _back_off(self) -> None:
        pause = self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
        try:
            await asyncio.wait_for(self._stopping.wait(), pause)
        except TimeoutError:
            return


def _tell_conflict(description: str) -> None:
    if "webhook" in description.casefold():
        logger.error(
            "另有一个程序为这个机器人登记了 webhook，轮询收不到消息：请停掉其中一个，"
            "或把这里改为 MINGZHANG_MODE=webhook（%s）",
            description,
        )
    else:
        logger.error("另有一个程序正在用同一个令牌收取消息：请停掉其中一个（%s）", description)
