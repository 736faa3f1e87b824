"""Asking a platform over HTTP (请求): one page, patiently, at the pace it allows.

Addresses and bodies hold tokens, and what aiohttp raises quotes them: nothing it raises leaves
this module, and nothing of a call is logged.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import NamedTuple, Self

import aiohttp
from yarl import URL

from bot.store.sync_cursors import SourceKey
from bot.sync.figures import SyncFigures
from bot.sync.sources import Source
from settlement.apis import ApiRefusal, HttpCall, Page, Question, RefusalKind, refused_by_http

__all__ = ["Answer", "Asking", "wait_before_another"]

_WORTH_A_RETRY = frozenset({RefusalKind.THROTTLED, RefusalKind.SERVER, RefusalKind.BROKEN})
_NOT_READ = frozenset({401, 403, 404, 429})
_TOO_LARGE = 413
"""As the platforms would say it; here it is their answer that is too large."""
_NO_ANSWER = 504


class Answer(NamedTuple):
    """What a platform said, when it was asked, and what time it is there."""

    said: Page | ApiRefusal
    asked_at: datetime
    platform_time: datetime | None

    @property
    def skew(self) -> float | None:
        """By how many seconds the platform's clock is ahead of ours."""
        if self.platform_time is None:
            return None
        return (self.platform_time - self.asked_at).total_seconds()


class _Body(NamedTuple):
    """What came over HTTP."""

    status: int
    content: bytes
    retry_after: float | None
    platform_time: datetime | None


class Asking:
    """Asks the platforms; to be entered before and left afterwards."""

    def __init__(self, figures: SyncFigures, now: Callable[[], datetime]) -> None:
        self._figures = figures
        self._now = now
        self._free_at: dict[tuple[str, str], float] = defaultdict(float)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=self._figures.answer_seconds)
        self._session = aiohttp.ClientSession(timeout=timeout, trust_env=True)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(self, source: Source, question: Question) -> Answer:
        """Ask for one page; what may pass is tried again, longer and longer apart."""
        for attempt in range(1, self._figures.attempts):
            answer, wished = await self._once(source, question)
            wait = wait_before_another(answer.said, wished, attempt, self._figures)
            if wait is None:
                return answer
            await asyncio.sleep(wait)
        answer, _ = await self._once(source, question)
        return answer

    async def _once(self, source: Source, question: Question) -> tuple[Answer, float | None]:
        """One attempt, and in how many seconds the platform wishes to be asked again."""
        await self._wait_for_the_pace(source)
        asked_at = self._now()
        call = source.method.call(source.credentials, question, asked_at, source.gateway)
        body = await self._sent(call)
        at = min(asked_at, body.platform_time) if body.platform_time else asked_at
        said = _understood(source, question, body, at)
        return Answer(said, asked_at, body.platform_time), body.retry_after

    async def _wait_for_the_pace(self, source: Source) -> None:
        rate = source.method.figures.calls_per_second * self._figures.share_of_calls
        loop, app = asyncio.get_running_loop(), _application(source.key)
        turn = max(self._free_at[app], loop.time())
        self._free_at[app] = turn + 1 / rate
        await asyncio.sleep(turn - loop.time())

    async def _sent(self, call: HttpCall) -> _Body:
        if self._session is None:
            raise RuntimeError("enter Asking before you ask")
        try:
            async with self._session.request(
                call.verb,
                # Signed as it stands: it must not be quoted anew.
                URL(call.address, encoded=True),
                data=call.body or None,
                headers=dict(call.headers),
                allow_redirects=False,
            ) as response:
                date, wait = response.headers.get("Date"), response.headers.get("Retry-After")
                content = await self._limited(response)
                status = response.status if content is not None else _TOO_LARGE
                return _Body(status, content or b"", _seconds(wait), _instant(date))
        except (aiohttp.ClientError, TimeoutError, OSError):
            return _Body(_NO_ANSWER, b"", None, None)

    async def _limited(self, response: aiohttp.ClientResponse) -> bytes | None:
        largest, content = self._figures.largest_answer_mb * 1024 * 1024, bytearray()
        async for chunk in response.content.iter_any():
            content += chunk
            if len(content) > largest:
                return None
        return bytes(content)


def wait_before_another(
    said: Page | ApiRefusal, wished: float | None, attempt: int, figures: SyncFigures
) -> float | None:
    """Seconds until the next attempt, as the platform wishes them; None if there is to be none.

    Args:
        said: what the platform said.
        wished: the seconds its header asks for, if any.
        attempt: which attempt that was, from 1 on.
        figures: how patient we are.
    """
    if not isinstance(said, ApiRefusal) or said.kind not in _WORTH_A_RETRY:
        return None
    if wished is not None:
        return wished if wished <= figures.longest_wait_seconds else None
    if said.kind is RefusalKind.THROTTLED:
        return figures.throttled_seconds
    first = figures.first_wait_seconds
    # What failed together is not to come back together.
    apart = first * 2 ** (attempt - 1) + random.uniform(0, first)  # noqa: S311 - no secret
    return min(figures.longest_wait_seconds, apart)


def _understood(
    source: Source, question: Question, body: _Body, at: datetime
) -> Page | ApiRefusal:
    if body.status in _NOT_READ or body.status >= 500 or body.status == _TOO_LARGE:
        return refused_by_http(source.key.platform, body.status, body.retry_after)
    return source.method.decode(body.content, question, at)


def _application(key: SourceKey) -> tuple[str, str]:
    return key.platform, key.account


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isascii() and text.isdigit() else None


def _instant(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except ValueError:
        return None
