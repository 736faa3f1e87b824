"""What people are told while the database fails (系统繁忙), outside the outbox that is in it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from bot.desk.incoming import Incoming
from bot.desk.trouble import busy
from bot.intake import Received
from bot.store.transactions import is_databases_fault
from bot.telegram.gateway import Submit
from bot.telegram.transport import BotApi

__all__ = ["BusyNotices"]

AT_ONCE = 5
"""Notices under way; whoever finds no place is told when Telegram delivers the message again."""
REMEMBERED = 10_000


class BusyNotices:
    """Submits updates, and while that fails tells each person once that it will be later.

    The updates themselves stay with Telegram, so nothing is lost if a notice is.
    """

    def __init__(self, submit: Submit, api: BotApi) -> None:
        self._submit = submit
        self._api = api
        self._told: set[int] = set()
        self._under_way: set[asyncio.Task[None]] = set()

    async def submit(self, received: Sequence[Received]) -> None:
        """As `submit` itself; raises what it raises."""
        try:
            await self._submit(received)
        except Exception as error:
            if is_databases_fault(error):
                self._explain([each.incoming for each in received if each.incoming])
            raise
        self._told.clear()

    async def settled(self) -> None:
        """Return when no notice is under way."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    def _explain(self, hit: Sequence[Incoming]) -> None:
        for incoming in hit:
            expects = incoming.private or incoming.addressed or incoming.button is not None
            room = len(self._under_way) < AT_ONCE and len(self._told) < REMEMBERED
            if expects and room and incoming.user not in self._told:
                self._told.add(incoming.user)
                task = asyncio.create_task(self._tell(incoming))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)

    async def _tell(self, incoming: Incoming) -> None:
        said = busy(incoming)
        with suppress(OSError):
            if incoming.button_query is None:
                arguments = {"chat_id": incoming.chat, "text": said, "parse_mode": "HTML"}
                await self._api.call("sendMessage", arguments)
            else:
                arguments = {"callback_query_id": incoming.button_query, "text": said}
                await self._api.call("answerCallbackQuery", arguments)
