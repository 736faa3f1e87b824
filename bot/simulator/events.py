"""The live stream of changes for the page: server-sent events."""

import asyncio
from collections.abc import Callable

import orjson
from aiohttp import web

from bot.simulator.messages import Message
from bot.simulator.telegram_world import Change, MessageReference, TelegramWorld

__all__ = ["EventStream", "as_seen", "awaited"]

Event = dict[str, object]

KEEP_ALIVE_SECONDS = 15
RETRY_MS = 500
SHOWN = frozenset({"message", "deleted", "typing", "toast", "topics", "commands"})


class EventStream:
    """Copies every change to every connected page; a page that reconnects reads all anew."""

    def __init__(self, world: TelegramWorld) -> None:
        """Follow this world."""
        self._world = world
        self._queues: set[asyncio.Queue[Event | None]] = set()
        world.listen(self._forward)

    def send(self, event: Event) -> None:
        """Tell all pages."""
        for queue in self._queues:
            queue.put_nowait(event)

    def stop(self) -> None:
        """End all streams."""
        for queue in self._queues:
            queue.put_nowait(None)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One page's stream, until either side ends it."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._queues.add(queue)
        try:
            await response.write(b"retry: %d\n" % RETRY_MS + _event({"kind": "connected"}))
            while (event := await _next(queue)) is not None:
                await response.write(_event(event) if event else b": still here\n\n")
        finally:
            self._queues.discard(queue)
        return response

    def _forward(self, change: Change) -> None:
        if self._queues and change.kind in SHOWN:
            self.send(self._shown(change))

    def _shown(self, change: Change) -> Event:
        event: Event = {"kind": change.kind, "person": change.person, **change.content}
        if change.person is None or change.message is None:
            return event
        message = self._world.find(MessageReference(change.person, change.message))
        shown = as_seen(self._world, message) if message else None
        return event | {"message_id": change.message, "message": shown}


def as_seen(world: TelegramWorld, message: Message) -> dict[str, object]:
    """Telegram's Message, and what a person sees beyond it: reaction and reply keyboard."""
    return world.shape(message) | {
        "revision": message.revision,
        "reaction": message.reaction,
        "markup": message.markup,
    }


async def awaited(
    world: TelegramWorld, wanted: Callable[[Change], bool], seconds: int
) -> Change | None:
    """The first wanted change; None when the time is over."""
    found: asyncio.Future[Change] = asyncio.get_running_loop().create_future()

    def look(change: Change) -> None:
        if not found.done() and wanted(change):
            found.set_result(change)

    end = world.listen(look)
    try:
        async with asyncio.timeout(seconds):
            return await found
    except TimeoutError:
        return None
    finally:
        end()


async def _next(queue: asyncio.Queue[Event | None]) -> Event | None:
    """The next event; an empty one when it is time for a sign of life; None at the end."""
    try:
        async with asyncio.timeout(KEEP_ALIVE_SECONDS):
            return await queue.get()
    except TimeoutError:
        return {}


def _event(content: Event) -> bytes:
    return b"data: " + orjson.dumps(content) + b"\n\n"
