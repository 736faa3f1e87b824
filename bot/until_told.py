"""The life of a serving process (运行): until SIGTERM, SIGINT, or until it cannot go on."""

import asyncio
import signal
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from typing import Any

from bot.listening import Listener
from bot.telegram.service import Service

__all__ = ["serve_until_told"]


async def serve_until_told(
    service: Service, listener: Listener | None, background: Iterable[Coroutine[Any, Any, None]]
) -> None:
    """Serve, with the background beside it; then finish what was begun.

    The web server is there first, so that a start which waits for Telegram can be watched, and
    ends last: what Telegram brought is answered. Raises ListenError, and what the service raises.
    """
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        # Windows knows no signal handlers of event loops; there Ctrl-C cancels this task.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, told.set)
    beside = [asyncio.create_task(each) for each in background]
    tasks: list[asyncio.Task[Any]] = list(beside)
    try:
        if listener is not None:
            await listener.start()
        working = asyncio.create_task(_work(service))
        stopping = asyncio.create_task(told.wait())
        tasks += [working, stopping]
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            await working
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await service.stop()
        if listener is not None:
            await listener.stop()


async def _work(service: Service) -> None:
    await service.start()
    await service.wait()
