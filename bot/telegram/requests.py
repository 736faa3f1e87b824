"""python-telegram-bot's requests over our own connections, for methods beside the outbox.

Its own transport costs half the processor and slows down with concurrency. The token is part of
every address, so errors name their kind only. The bot itself calls nothing this way so far: all
it says goes through `transport`, whose outcomes are values.
"""

from io import BytesIO
from typing import Any

import aiohttp
from telegram import Bot
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.telegram.transport import BotApi, Connections, parse_json

__all__ = ["AiohttpRequest", "telegram_bot"]

CONNECT_SECONDS = 10.0
READ_SECONDS = 20.0
WRITE_SECONDS = 20.0

DEFAULT_NONE = BaseRequest.DEFAULT_NONE
Wish = Any
"""A time limit as python-telegram-bot passes it: seconds, None for no limit, or the default."""


def telegram_bot(api: BotApi) -> Bot:
    """python-telegram-bot's client on the connections of `api`, which stay the owner's."""
    token, methods, files = api.addresses()
    request = AiohttpRequest(api.connections)
    return Bot(
        token,
        base_url=methods,
        base_file_url=files,
        request=request,
        get_updates_request=request,
    )


class AiohttpRequest(BaseRequest):
    """Sends what python-telegram-bot asks for through aiohttp, files too."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    @property
    def read_timeout(self) -> float | None:
        """How many seconds an answer may take by default."""
        return READ_SECONDS

    async def initialize(self) -> None:
        """Nothing: the connections are opened by their owner."""

    async def shutdown(self) -> None:
        """Nothing: the connections are closed by their owner."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer as an object; an unreadable one is not written to the log."""
        try:
            answer = parse_json(payload)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        return answer

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Wish = DEFAULT_NONE,
        write_timeout: Wish = DEFAULT_NONE,
        connect_timeout: Wish = DEFAULT_NONE,
        pool_timeout: Wish = DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """The status and body of an answer; TimedOut or NetworkError if there is none."""
        limits = _limits(connect_timeout, write_timeout, read_timeout)
        form = _form(request_data) if request_data else None
        try:
            async with self._connections.session.request(
                method, url, data=form, timeout=limits
            ) as response:
                return response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut(type(error).__name__) from None
        except Exception as error:  # its words may quote the address, or a file
            raise NetworkError(type(error).__name__) from None


def _limits(connect: Wish, write: Wish, read: Wish) -> aiohttp.ClientTimeout:
    """aiohttp has no limit for writing alone, so the whole request gets the sum of the three."""
    wishes = {
        "connect": _seconds(connect, CONNECT_SECONDS),
        "write": _seconds(write, WRITE_SECONDS),
        "read": _seconds(read, READ_SECONDS),
    }
    limited = [seconds for seconds in wishes.values() if seconds is not None]
    return aiohttp.ClientTimeout(
        total=sum(limited) if len(limited) == len(wishes) else None,
        sock_connect=wishes["connect"],
        sock_read=wishes["read"],
    )


def _seconds(wish: Wish, default: float) -> float | None:
    return default if wish is DEFAULT_NONE else wish


def _form(data: RequestData) -> aiohttp.FormData | dict[str, str]:
    if not data.contains_files:
        return data.json_parameters
    # Telegram reads names as they are; percent signs would be shown to people
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in data.multipart_data.items():
        # read piece by piece, so that a large file does not hold up the event loop
        stream = BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, stream, filename=filename, content_type=kind)
    return form
