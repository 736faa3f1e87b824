"""Calls of the Bot API (Bot API 调用) over HTTP, their outcome as a value.

The token is part of every address, and what aiohttp raises quotes addresses: nothing it raises
leaves this module.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
import orjson

__all__ = [
    "Accepted",
    "BotApi",
    "Connections",
    "Outcome",
    "Refused",
    "Uncertain",
    "Unreachable",
    "Upload",
    "parse_json",
]

ANSWER_SECONDS = 20.0
TELEGRAM_HOST = "api.telegram.org"
CONNECT_SECONDS = 10.0
# Shorter than servers keep idle connections: a request into one that is being closed is lost
# in a way that cannot be told from one that was carried out.
KEEP_ALIVE_SECONDS = 15.0
_HEADERS = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file among the arguments of a call."""

    name: str
    content: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """Telegram did it."""

    result: Any


@dataclass(frozen=True, slots=True)
class Refused:
    """Telegram did not do it and says why; `moved_to` is what the group has become."""

    code: int
    description: str
    retry_after: int | None = None
    moved_to: int | None = None


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The request never left."""

    reason: str


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The request left, and whether it was carried out is not known."""

    reason: str


Outcome = Accepted | Refused | Unreachable | Uncertain


Measure = Callable[[str, Outcome, float], None]


class Connections:
    """The connections to Telegram that all requests of a process share."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """What sends requests; RuntimeError before `open`."""
        if self._session is None:
            raise RuntimeError("open() the Bot API before calling it")
        return self._session

    async def open(self) -> None:
        """Begin; needs a running event loop."""
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS)
        self._session = aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar()
        )

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


class BotApi:
    """The methods of one bot."""

    def __init__(self, root: str, token: str, measure: Measure = lambda *_: None) -> None:
        """`measure` is told of every call what came of it, and how many seconds it took."""
        self._measure = measure
        self.connections = Connections()
        self._root = root.rstrip("/")
        self._token = token
        self._base = f"{self._root}/bot{token}/"

    async def open(self) -> None:
        """Begin; needs a running event loop."""
        await self.connections.open()

    async def close(self) -> None:
        """Close the connections."""
        await self.connections.close()

    @property
    def bot(self) -> int:
        """The bot's own number, with which its token begins; 0 if it does not."""
        number = self._token.partition(":")[0]
        return int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0

    def addresses(self) -> tuple[str, str, str]:
        """The token, and where methods and files lie, as python-telegram-bot wants them."""
        return self._token, f"{self._root}/bot", f"{self._root}/file/bot"

    def file_address(self, place: str) -> str:
        """Where a file lies that the server named; it holds the token."""
        return f"{self._root}/file/bot{self._token}/{quote(place)}"

    @property
    def is_ones_own(self) -> bool:
        """Whether the operator runs the server, and so trusts what it says of its disk."""
        return urlsplit(self._root).hostname != TELEGRAM_HOST

    async def call(
        self, method: str, arguments: dict[str, Any], seconds: float = ANSWER_SECONDS
    ) -> Outcome:
        """Call a method and wait at most `seconds` for its answer; no network error is raised."""
        begun = monotonic()
        outcome = await self._called(method, arguments, seconds)
        self._measure(method, outcome, monotonic() - begun)
        return outcome

    async def _called(self, method: str, arguments: dict[str, Any], seconds: float) -> Outcome:
        session = self.connections.session
        limits = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)
        try:
            async with session.post(
                self._base + method, timeout=limits, **_body(arguments)
            ) as response:
                return _read(response.status, await response.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return Unreachable(type(error).__name__)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            return Uncertain(type(error).__name__)


def _body(arguments: dict[str, Any]) -> dict[str, Any]:
    """JSON, or a form with several parts where a file is among the arguments."""
    if not any(isinstance(each, Upload) for each in arguments.values()):
        return {"data": orjson.dumps(arguments), "headers": _HEADERS}
    # Telegram reads names as they are; percent signs would be shown to people
    form = aiohttp.FormData(quote_fields=False)
    for name, value in arguments.items():
        if isinstance(value, Upload):
            form.add_field(name, value.content, filename=value.name, content_type=value.media_type)
        else:
            plain = value if isinstance(value, str) else orjson.dumps(value).decode()
            form.add_field(name, plain)
    return {"data": form}


def parse_json(body: bytes) -> Any:
    """The JSON in a body; ValueError if there is none, or if it is nested without end."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        # orjson refuses a lone surrogate, which one person's message may hold; then nobody
        # else's in the same answer could be read either.
        try:
            return json.loads(body)
        except RecursionError:
            raise ValueError("the JSON is nested too deeply") from None


def _read(status: int, body: bytes) -> Outcome:
    try:
        envelope = parse_json(body)
    except ValueError:
        envelope = None
    if not isinstance(envelope, dict):
        envelope = {}
    if status < 300 and envelope.get("ok") is True:
        return Accepted(envelope.get("result"))
    code = envelope.get("error_code", status)
    description = str(envelope.get("description", "no description"))
    if status < 300 or code >= 500:
        return Uncertain(f"{code} {description}")
    parameters = envelope.get("parameters") or {}
    return Refused(
        code,
        description,
        parameters.get("retry_after"),
        parameters.get("migrate_to_chat_id"),
    )
