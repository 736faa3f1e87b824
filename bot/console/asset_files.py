"""The files that every page needs (静态文件): one stylesheet, htmx, and a script of our own."""

import hashlib
from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

__all__ = ["asset", "serve_asset"]

_KINDS = {
    "console.css": "text/css; charset=utf-8",
    "htmx.min.js": "text/javascript; charset=utf-8",
    "console.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_A_YEAR = "public, max-age=31536000, immutable"


def asset(name: str) -> str:
    """The address of a file; it changes with the content, so that browsers may keep it."""
    return f"/console/assets/{name}?v={_digest(name)}"


async def serve_asset(request: Request) -> Response:
    """Answer with a file, or with 404."""
    name = str(request.path_params["name"])
    if name not in _KINDS:
        return Response(status_code=404)
    headers = {"Cache-Control": _A_YEAR, "Content-Type": _KINDS[name]}
    return Response(_content(name), headers=headers)


@cache
def _content(name: str) -> bytes:
    return files("bot.console").joinpath("assets", name).read_bytes()


@cache
def _digest(name: str) -> str:
    return hashlib.sha256(_content(name)).hexdigest()[:12]
