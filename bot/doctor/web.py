"""The bot's own web server (体检：监听): free or ours, and reached from outside."""

import secrets
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.doctor.finding import Finding, find
from bot.listening import Listener, ListenError
from bot.settings import Settings

__all__ = ["web"]

ANSWER_SECONDS = 10.0
PROBE = "/healthz"


async def web(settings: Settings, _now: object) -> AsyncIterator[Finding]:
    """Listen for a moment where the bot would, and look whether it can be reached there.

    While the bot runs it is the bot that is looked at.
    """
    if settings.listen is None:
        yield find("listen.off")
        async for finding in _public(settings, None):
            yield finding
        return
    word = secrets.token_hex(16)
    listener = Listener(settings.listen, [Route(PROBE, _saying(word))])
    try:
        await listener.start()
    except ListenError as error:
        async for finding in _occupied(settings, settings.listen, error):
            yield finding
        return
    try:
        yield find("listen.free", listen=settings.listen)
        async for finding in _public(settings, word):
            yield finding
    finally:
        await listener.stop()


def _saying(word: str) -> Any:
    async def say(_: Request) -> Response:
        return PlainTextResponse(word)

    return say


async def _occupied(settings: Settings, listen: str, error: ListenError) -> AsyncIterator[Finding]:
    if not error.is_taken:
        yield find("listen.unusable", listen=listen, reason=error.reason)
        return
    health = _report(await _get(f"http://{_here(listen)}/readyz"))
    if health is None:
        yield find("listen.taken", listen=listen)
        return
    failed = [name for name, part in health["parts"].items() if part.get("state") == "failed"]
    if failed:
        yield find("listen.unwell", listen=listen, parts="、".join(failed))
    else:
        yield find("listen.running", listen=listen)
    async for finding in _public(settings, None, running=True):
        yield finding


async def _public(
    settings: Settings, word: str | None, *, running: bool = False
) -> AsyncIterator[Finding]:
    if settings.public_url is None:
        yield find("public.unset")
        return
    url = settings.public_url.rstrip("/")
    said = await _get(url + PROBE)
    if isinstance(said, str):
        yield find("public.unreachable", url=url, reason=said)
    elif word is None and not running:
        yield find("public.idle", url=url)
    elif said == (word or "").encode() or (running and _report(said) is not None):
        yield find("public.ok", url=url)
    else:
        yield find("public.elsewhere", url=url, listen=settings.listen)


async def _get(url: str) -> bytes | str:
    """The body of an answer, or why there is none."""
    limits = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=limits) as http, http.get(url) as answer:
            return await answer.content.read(100_000)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return type(error).__name__


def _report(said: bytes | str) -> dict[str, Any] | None:
    """A report of a bot's health, if it is one."""
    try:
        report = orjson.loads(said) if isinstance(said, bytes) else None
    except orjson.JSONDecodeError:
        return None
    return report if isinstance(report, dict) and isinstance(report.get("parts"), dict) else None


def _here(listen: str) -> str:
    """Where this machine reaches what listens on all of its addresses."""
    return listen.replace("0.0.0.0", "127.0.0.1").replace("[::]", "[::1]")  # noqa: S104
