"""Asking a platform over HTTP (请求): one page, patiently, at the pace it allows.

Addresses and bodies hold tokens, and what aiohttp raises quotes them: nothing it raises leaves
this module, and nothing of a call is logged.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple, Self

import aiohttp
import stamina
import stamina.instrumentation
from yarl import URL

from bot.store.sync_cursors import SourceKey
from bot.sync.figures import SyncFigures
from bot.sync.sources import Source
from settlement.apis import ApiRefusal, HttpCall, Page, Question, RefusalKind, refused_by_http

__all__ = ["Answer", "Asking"]

# With structlog installed its hook would write the arguments of every attempt, past all masking.
stamina.instrumentation.set_on_retry_hooks(())

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


class _Refusing(Exception):
    """An answer worth another attempt; it says nothing of the call."""

    def __init__(self, answer: Answer, kind: RefusalKind, wished: float | None) -> None:
        super().__init__(str(kind))
        self.answer = answer
        self.kind = kind
        self.wished = wished


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

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(self, source: Source, question: Question) -> Answer:
        """Ask for one page; what may pass is tried again, longer and longer apart."""
        attempts = stamina.retry_context(
            on=self._wait_before_another,
            attempts=self._figures.attempts,
            timeout=None,
            wait_initial=self._figures.first_wait_seconds,
            wait_max=self._figures.longest_wait_seconds,
            wait_jitter=self._figures.first_wait_seconds,
        )
        try:
            async for attempt in attempts:
                with attempt:
                    return await self._once(source, question)
        except _Refusing as refusing:
            return refusing.answer
        raise AssertionError("the last attempt answers or refuses")

    def _wait_before_another(self, error: Exception) -> bool | float:
        """Whether to try again, and when if the platform said so."""
        if not isinstance(error, _Refusing):
            return False
        if error.wished is not None:
            return error.wished if error.wished <= self._figures.longest_wait_seconds else False
        if error.kind is RefusalKind.THROTTLED:
            return self._figures.throttled_seconds
        return True

    async def _once(self, source: Source, question: Question) -> Answer:
        await self._wait_for_the_pace(source)
        asked_at = self._now()
        call = source.method.call(source.credentials, question, asked_at, source.gateway)
        body = await self._sent(call)
        at = min(asked_at, body.platform_time) if body.platform_time else asked_at
        said = _understood(source, question, body, at)
        answer = Answer(said, asked_at, body.platform_time)
        if isinstance(said, ApiRefusal) and said.kind in _WORTH_A_RETRY:
            raise _Refusing(answer, said.kind, body.retry_after)
        return answer

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
