"""The chat page's files, served as they are."""

from collections.abc import Awaitable, Callable
from importlib import resources

from aiohttp import web

__all__ = ["add_page"]

_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}

# Only the page's own files run or load: text from a message can never become code.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "frame-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)


def add_page(application: web.Application) -> None:
    """Register the page at `/` and its files beside it."""
    for entry in resources.files("bot.simulator").joinpath("page").iterdir():
        ending = entry.name[entry.name.rfind(".") :]
        if ending in _TYPES:
            path = "/" if entry.name == "index.html" else f"/{entry.name}"
            application.router.add_get(path, _file(entry.read_bytes(), _TYPES[ending]))


def _file(content: bytes, content_type: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }

    async def serve(_request: web.Request) -> web.Response:
        return web.Response(
            body=content, content_type=content_type, charset="utf-8", headers=headers
        )

    return serve
