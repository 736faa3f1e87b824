"""The webhook (推送接收): Telegram brings updates, and is told 200 only after the commit."""

import asyncio
import hmac
import logging
from collections.abc import Mapping
from http import HTTPStatus
from time import monotonic
from typing import Any

from starlette.types import Receive, Scope, Send

from bot.intake import Received
from bot.logs import fault_name
from bot.telegram.dispatch import Me, read_update, unreadable
from bot.telegram.gateway import Submit
from bot.telegram.transport import parse_json

__all__ = ["LARGEST_BODY", "WebhookDoor", "WebhookEndpoint"]

logger = logging.getLogger(__name__)

LARGEST_BODY = 1_000_000
"""Bytes; Telegram's updates have a few thousand."""
SECRET_HEADER = b"x-telegram-bot-api-secret-token"
_EMPTY = [(b"content-length", b"0")]
# Telegram comes again later by itself; this only tells it not to hurry.
_LATER = [(b"content-length", b"0"), (b"retry-after", b"2")]
_FINAL = [(b"content-length", b"0"), (b"connection", b"close")]


class _Refusal(Exception):
    """A request that is not read to its end, let alone handled."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class WebhookEndpoint:
    """Takes one update a request.

    Only who knows the secret is listened to; everybody else is refused before the body is read.
    What Telegram sends and nobody can read is set aside and confirmed: with any other answer it
    would come again for a day and hold up the chat it belongs to.
    """

    def __init__(self, me: Me, secret: str, submit: Submit) -> None:
        self._me = me
        self._secret = secret.encode()
        self._submit = submit
        self.heard_at: float | None = None
        self._stopping = False
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def finished(self) -> None:
        """Return when no request is under way."""
        await self._idle.wait()

    def stop(self) -> None:
        """Refuse what comes from now on, so that Telegram keeps it."""
        self._stopping = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        self._under_way += 1
        self._idle.clear()
        try:
            await self._serve(scope, receive, send)
        finally:
            self._under_way -= 1
            if self._under_way == 0:
                self._idle.set()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._check(scope)
            body = await _whole_body(receive)
        except _Refusal as refusal:
            await _answer(send, refusal.status, _FINAL)
            return
        if body is None:
            return
        if self._stopping or not await self._handled(body):
            await _answer(send, HTTPStatus.SERVICE_UNAVAILABLE, _LATER)
        else:
            await _answer(send, HTTPStatus.OK, _EMPTY)

    def _check(self, scope: Scope) -> None:
        headers = dict(scope["headers"])
        if scope["method"] != "POST":
            raise _Refusal(HTTPStatus.METHOD_NOT_ALLOWED)
        if not hmac.compare_digest(headers.get(SECRET_HEADER, b""), self._secret):
            raise _Refusal(HTTPStatus.FORBIDDEN)
        if headers.get(b"content-type", b"").partition(b";")[0].strip() != b"application/json":
            raise _Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        if _announced(headers) > LARGEST_BODY:
            raise _Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    async def _handled(self, body: bytes) -> bool:
        self.heard_at = monotonic()
        received = self._read(body)
        if received is None:
            return True
        try:
            await self._submit([received])
        except asyncio.CancelledError:
            raise
        except Exception as error:  # not confirmed, so Telegram brings it again
            logger.error("an update is to come again: %s", fault_name(error))
            return False
        return True

    def _read(self, body: bytes) -> Received | None:
        try:
            raw: Any = parse_json(body)
        except ValueError:
            return unreadable(body, "the body is not JSON")
        return read_update(raw, self._me)


class WebhookDoor:
    """Where the web server hands over what Telegram brings (推送入口).

    It is there from the start; until the bot knows itself Telegram is asked to come again.
    """

    def __init__(self) -> None:
        self.endpoint: WebhookEndpoint | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if self.endpoint is None:
            await _answer(send, HTTPStatus.SERVICE_UNAVAILABLE, _LATER)
        else:
            await self.endpoint(scope, receive, send)


def _announced(headers: Mapping[bytes, bytes]) -> int:
    """How many bytes the body will have; the server has refused lengths that are no numbers."""
    return int(headers.get(b"content-length", b"0"))


async def _whole_body(receive: Receive) -> bytes | None:
    """The body, or None if the sender hung up before its end."""
    chunks: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        length += len(chunk)
        if length > LARGEST_BODY:
            raise _Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


async def _answer(send: Send, status: HTTPStatus, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
