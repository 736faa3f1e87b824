"""What holds for every answer of the console (防护): headers, lengths, and faults as pages."""

import logging
import traceback
from collections.abc import Awaitable, Callable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.console.failing import BodyTooLongError, Failing, status_of

__all__ = ["CONTENT_POLICY", "guarded", "limited"]

logger = logging.getLogger(__name__)

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With "no-referrer" browsers would hide the origin of our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex",
}
_HTTPS_ONLY = "max-age=31536000"


def guarded(application: ASGIApp, failing: Failing, *, is_secure: Callable[[], bool]) -> ASGIApp:
    """The application with the headers set, and a page for whatever goes wrong in it."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _set_headers(MutableHeaders(scope=message), is_secure=is_secure())
            await send(message)

        try:
            await application(scope, receive, sending)
        except Exception as error:  # one page's fault must not end the server
            _tell(scope, error)
            if started:
                raise
            await failing(scope, error)(scope, receive, sending)

    return serve


def limited(receive: Receive, largest: int) -> Callable[[], Awaitable[Message]]:
    """The body of a request up to `largest` bytes; raises BodyTooLongError beyond."""
    length = 0

    async def receiving() -> Message:
        nonlocal length
        message = await receive()
        length += len(message.get("body", b""))
        if length > largest:
            raise BodyTooLongError
        return message

    return receiving


def _set_headers(headers: MutableHeaders, *, is_secure: bool) -> None:
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    if is_secure:
        headers.setdefault("Strict-Transport-Security", _HTTPS_ONLY)


def _tell(scope: Scope, error: Exception) -> None:
    """Log what went wrong and where in the program; never what somebody sent."""
    if status_of(error) < 500:
        return
    frame = traceback.extract_tb(error.__traceback__)[-1]
    kind = type(error).__name__
    logger.error("console: %s at %s:%s (%s)", kind, frame.filename, frame.lineno, scope["method"])
