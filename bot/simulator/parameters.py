"""Reading the parameters of one Bot API call, wherever they stand in the request."""

from collections.abc import Mapping

import orjson
from aiohttp import web

from bot.simulator.refusal import bad_request

__all__ = ["Parameters", "read_parameters"]

_TRUE = ("true", "yes", "1")


async def read_parameters(request: web.Request) -> "Parameters":
    """Query string and body (JSON, form or multipart) as one set; the body wins."""
    values: dict[str, object] = dict(request.query)
    if not request.can_read_body:
        return Parameters(values)
    if request.content_type == "application/json":
        values |= _json_object(await request.read())
    else:
        values |= dict(await request.post())
    return Parameters(values)


def _json_object(body: bytes) -> dict[str, object]:
    try:
        decoded = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise bad_request("can't parse request: JSON object expected in UTF-8") from None
    if not isinstance(decoded, dict):
        raise bad_request("can't parse request: JSON object expected")
    return decoded


class Parameters:
    """Named values of a call; each reader takes the string form as well as the JSON form."""

    def __init__(self, values: Mapping[str, object]) -> None:
        """Wrap what the request held."""
        self.values = values

    def text(self, name: str, default: str = "") -> str:
        """A string."""
        value = self.values.get(name)
        return default if value is None else str(value)

    def number(self, name: str, default: int = 0) -> int:
        """A whole number; what is none counts as the default, as at Telegram."""
        value = self.values.get(name)
        if isinstance(value, int):
            return value
        return int(value) if isinstance(value, str) and _is_whole(value) else default

    def flag(self, name: str) -> bool:
        """A yes or no."""
        return str(self.values.get(name, "")).lower() in _TRUE

    def structure(self, name: str) -> object:
        """A JSON value, given as such or as its text; None where absent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return orjson.loads(value) if value else None
        except orjson.JSONDecodeError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def chat(self) -> int:
        """The chat the call is about."""
        value = self.text("chat_id")
        if not value:
            raise bad_request("chat_id is empty")
        if not _is_whole(value):
            raise bad_request("chat not found")
        return int(value)


def _is_whole(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").isdigit()
