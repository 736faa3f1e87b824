"""Handing updates to the writer (移交): what arrives together goes over together.

Waking a thread, being woken by it and a commit cost more than handling an update. So while one
submission is with the writer, what arrives waits and makes up the next one.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from bot.intake import Received

__all__ = ["Submissions"]


class Submissions:
    """Gathers the updates of one event loop; `submit` hands some to the writer's thread."""

    def __init__(self, submit: Callable[[Sequence[Received]], "Future[None]"]) -> None:
        self._submit = submit
        self._loop = asyncio.get_running_loop()
        self._waiting: list[tuple[Sequence[Received], asyncio.Future[None]]] = []
        self._open = False

    async def submit(self, received: Sequence[Received]) -> None:
        """Return once the effects of these updates are committed; raise if they are not."""
        done = self._loop.create_future()
        self._waiting.append((received, done))
        if not self._open and len(self._waiting) == 1:
            # after this turn of the loop, in which more may arrive
            self._loop.call_soon(self._hand_over)
        await done

    def _hand_over(self) -> None:
        if self._open or not self._waiting:
            return
        together, self._waiting = self._waiting, []
        waiting = [done for _, done in together]
        try:
            submitted = self._submit([each for received, _ in together for each in received])
        except Exception as error:  # the writer has stopped
            _finish(waiting, error)
            return
        self._open = True
        submitted.add_done_callback(
            lambda future: self._loop.call_soon_threadsafe(self._done, waiting, future)
        )

    def _done(self, waiting: list[asyncio.Future[None]], submitted: "Future[None]") -> None:
        self._open = False
        _finish(waiting, submitted.exception())
        self._hand_over()


def _finish(waiting: list[asyncio.Future[None]], error: BaseException | None) -> None:
    for done in waiting:
        if done.done():
            continue  # who waited has gone
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
