"""Asking an ASGI application without a web server: hundreds of requests cost little."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from starlette.types import ASGIApp

__all__ = ["Asker", "Heard"]


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer as it would go to the browser."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """The header of that name in lower case; empty where there is none."""
        return next((value for each, value in self.headers if each == name), "")


@dataclass
class Asker:
    """Somebody who asks; `headers` go with every request."""

    application: ASGIApp
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Heard:
        """Send one request; a path is as the server has unquoted it."""
        if form is not None:
            body = urlencode(form).encode()
        sent = {"host": "127.0.0.1", "content-length": str(len(body))}
        sent |= {"content-type": "application/x-www-form-urlencoded"} if form is not None else {}
        sent |= self.headers | dict(headers or {})
        heard: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            heard.append(message)

        await self.application(_scope(method, path, query or {}, sent), receive, send)
        return _read(heard)


def _scope(
    method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(errors="replace"),
        "root_path": "",
        "query_string": urlencode(query).encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8080),
    }


def _read(heard: Sequence[Any]) -> Heard:
    start = heard[0]
    headers = [
        (name.decode().lower(), value.decode("latin-1")) for name, value in start["headers"]
    ]
    return Heard(start["status"], headers, b"".join(each.get("body", b"") for each in heard[1:]))
