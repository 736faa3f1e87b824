"""The polling gateway (收取): the offset moves only after the commit."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bot.intake import Received
from bot.telegram.dispatch import ALLOWED_UPDATES, Me, UnreadableUpdateError, read_update
from bot.telegram.transport import Accepted, BotApi, Refused

__all__ = ["Polling", "TokenRefusedError"]

logger = logging.getLogger(__name__)

LONG_POLL_SECONDS = 25
GRACE_SECONDS = 10.0
"""How much later than asked for the answer to a long poll may come."""
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
EMPTY_PAUSE_SECONDS = 0.05
"""For servers that answer at once when there is nothing."""

TOKEN_REFUSED = "Telegram 不认识这个令牌：请向 @BotFather 核对 MINGZHANG_TOKEN"  # noqa: S105


class TokenRefusedError(Exception):
    """Telegram does not know the token."""


class Polling:
    """Fetches updates, has them handled, and only then asks for the next ones.

    `submit` returns once the effects of all updates are committed and raises if they are not;
    then the same updates are asked for again.
    """

    def __init__(
        self, api: BotApi, me: Me, submit: Callable[[Sequence[Received]], Awaitable[None]]
    ) -> None:
        self._api = api
        self._me = me
        self._submit = submit
        self._offset: int | None = None
        self._pause = FIRST_PAUSE_SECONDS
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Poll until `stop`; raises TokenRefusedError if Telegram does not know the token."""
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

    def stop(self) -> None:
        """Fetch nothing more; what has been fetched is still handled."""
        self._stopping.set()

    async def _until_stopped(self, fetching: Awaitable[list[Any] | None]) -> list[Any] | None:
        """What was fetched; a long poll that `stop` cuts short has confirmed nothing."""
        fetch = asyncio.ensure_future(fetching)
        stopped = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((fetch, stopped), return_when=asyncio.FIRST_COMPLETED)
            return await fetch if fetch.done() else None
        finally:
            fetch.cancel()
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
                return updates
            case Refused(401):
                raise TokenRefusedError(
                    "Telegram 不认识这个令牌：请向 @BotFather 核对 MINGZHANG_TOKEN"
                )
            case Refused(409, description):
                await self._conflict(description)
            case other:
                logger.warning("getUpdates: %s", other)
        await self._back_off()
        return None

    async def _conflict(self, description: str) -> None:
        if "webhook" in description.casefold():
            logger.warning("这个机器人还登记着 webhook，现在撤销它，改为轮询（未取的消息保留）")
            await self._api.call("deleteWebhook", {})
        else:
            logger.error("另有一个程序正在用同一个令牌收取消息：请停掉其中一个（%s）", description)

    async def _handle(self, updates: list[Any]) -> bool:
        received, last = self._read(updates)
        try:
            await self._submit(received)
        except Exception as error:  # not confirmed, so Telegram keeps them
            logger.error("%d updates are asked for again: %s", len(updates), type(error).__name__)
            return False
        if last is not None:
            self._offset = last + 1
        return True

    def _read(self, updates: list[Any]) -> tuple[list[Received], int | None]:
        received: list[Received] = []
        last: int | None = None
        for raw in updates:
            try:
                each = read_update(raw, self._me)
            except UnreadableUpdateError as error:
                logger.error("an update without a usable id is passed over: %s", error)
                continue
            last = max(raw["update_id"], last or 0)
            if each is not None:
                received.append(each)
        return received, last

    async def _back_off(self) -> None:
        pause, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE_SECONDS)
        try:
            await asyncio.wait_for(self._stopping.wait(), pause)
        except TimeoutError:
            return
