"""A few words beside the outbox (旁路告知), which may be what fails or what is to be spared."""

import asyncio
from contextlib import suppress

from bot.desk.incoming import Incoming
from bot.telegram.transport import BotApi

__all__ = ["Notices"]

AT_ONCE = 5


class Notices:
    """Tells people at once, a few at a time; a notice that does not arrive is not repeated."""

    def __init__(self, api: BotApi) -> None:
        self._api = api
        self._under_way: set[asyncio.Task[None]] = set()

    @property
    def has_room(self) -> bool:
        """Whether one more may be under way."""
        return len(self._under_way) < AT_ONCE

    def tell(self, incoming: Incoming, words: str) -> None:
        """Answer a message, or a press, with these words, without waiting for it."""
        task = asyncio.create_task(self._tell(incoming, words))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def settled(self) -> None:
        """Return when no notice is under way."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _tell(self, incoming: Incoming, words: str) -> None:
        with suppress(OSError):
            if incoming.button_query is None:
                arguments = {"chat_id": incoming.chat, "text": words, "parse_mode": "HTML"}
                await self._api.call("sendMessage", arguments)
            else:
                arguments = {"callback_query_id": incoming.button_query, "text": words}
                await self._api.call("answerCallbackQuery", arguments)
