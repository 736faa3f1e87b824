"""Bringing updates to a webhook, again and again until the bot says 200."""

import asyncio

import aiohttp
import orjson

from bot.simulator.telegram_world import Change, TelegramWorld
from bot.simulator.updates import Update, chat_of
from bot.simulator.webhook import Webhook

__all__ = ["Delivery"]

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
ANSWER_SECONDS = 60.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 60.0


class Delivery:
    """Up to `max_connections` requests at once, of each chat one, in the order they arose.

    An update whose delivery fails waits, longer each time, and the later ones of its chat wait
    behind it. The pauses are of real time: the bot's own clock may stand still.
    """

    def __init__(self, world: TelegramWorld) -> None:
        """Deliver what waits in this world."""
        self._world = world
        self._session: aiohttp.ClientSession | None = None
        self._open: dict[object, asyncio.Task[None]] = {}
        self._pausing: dict[object, asyncio.TimerHandle] = {}
        self._failures: dict[object, int] = {}
        world.listen(self._notice)

    async def start(self) -> None:
        """Begin; needs a running event loop."""
        connector = aiohttp.TCPConnector(limit=0)
        self._session = aiohttp.ClientSession(connector=connector)
        self._look()

    async def stop(self) -> None:
        """Give up the requests that are open, as when Telegram's side of the line goes down."""
        for pause in self._pausing.values():
            pause.cancel()
        for delivery in self._open.values():
            delivery.cancel()
        await asyncio.gather(*self._open.values(), return_exceptions=True)
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _notice(self, change: Change) -> None:
        if change.kind == "webhook":
            self._forget_failures()
        if change.kind in ("update", "webhook"):
            self._look()

    def _forget_failures(self) -> None:
        """A bot that registers again is listened for at once."""
        for pause in self._pausing.values():
            pause.cancel()
        self._pausing.clear()
        self._failures.clear()

    def _look(self) -> None:
        """Begin every delivery that may begin now."""
        webhook = self._world.webhook
        if not webhook.url or self._session is None:
            return
        seen = set(self._open) | set(self._pausing)
        for number, update in self._world.updates:
            if len(self._open) >= webhook.max_connections:
                return
            chat = chat_of(update)
            if chat not in seen:
                self._begin(chat, number, update, webhook)
            seen.add(chat)

    def _begin(self, chat: object, number: int, update: Update, webhook: Webhook) -> None:
        task = asyncio.create_task(self._deliver(chat, number, update, webhook))
        self._open[chat] = task

    async def _deliver(self, chat: object, number: int, update: Update, webhook: Webhook) -> None:
        problem = await self._attempt(update, webhook)
        del self._open[chat]
        if problem is None:
            self._failures.pop(chat, None)
            self._world.updates.confirm(number)
        elif webhook == self._world.webhook:
            self._pause(chat, problem)
        self._look()

    async def _attempt(self, update: Update, webhook: Webhook) -> str | None:
        """What went wrong, or None; the words are Telegram's."""
        if self._session is None:
            return "Connection closed"
        headers = {"Content-Type": "application/json"}
        if webhook.secret_token:
            headers[SECRET_HEADER] = webhook.secret_token
        try:
            async with self._session.post(
                webhook.url,
                data=orjson.dumps(update),
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
            ) as response:
                await response.read()
                if 200 <= response.status < 300:
                    return None
                return f"Wrong response from the webhook: {response.status} {response.reason}"
        except TimeoutError:
            return "Read timeout expired"
        except (aiohttp.ClientError, OSError):
            return "Connection refused"

    def _pause(self, chat: object, problem: str) -> None:
        failures = self._failures[chat] = self._failures.get(chat, 0) + 1
        self._world.webhook_failed(problem)
        seconds = min(FIRST_PAUSE_SECONDS * 2 ** (failures - 1), LONGEST_PAUSE_SECONDS)
        loop = asyncio.get_running_loop()
        self._pausing[chat] = loop.call_later(seconds, self._resume, chat)

    def _resume(self, chat: object) -> None:
        del self._pausing[chat]
        self._look()
