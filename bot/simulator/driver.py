"""A person's hands and eyes for tests: writes, presses and reads over the control API."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import aiohttp

from bot.simulator.entities import Entity, FormattedText
from bot.simulator.html_output import to_html

__all__ = ["Driver", "DriverError", "Received", "Toast"]

PATIENCE_SECONDS = 15


class DriverError(AssertionError):
    """The conversation did not go as a test expects; the text says where it stood."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message of the bot as a person sees it, at one of its revisions."""

    id: int
    content: FormattedText
    buttons: tuple[tuple[dict[str, Any], ...], ...]
    edited: bool
    revision: int

    @property
    def text(self) -> str:
        """The text without formatting."""
        return self.content.text

    @property
    def html(self) -> str:
        """The text with its formatting."""
        return to_html(self.content)

    def labels(self) -> list[str]:
        """The buttons' labels, row by row."""
        return [str(button["text"]) for row in self.buttons for button in row]

    def place(self, label: str) -> tuple[int, int]:
        """Row and column of the button with this label."""
        for row, buttons in enumerate(self.buttons):
            for column, button in enumerate(buttons):
                if button["text"] == label:
                    return row, column
        raise DriverError(f"no button {label!r} under {self.text!r}; there are {self.labels()}")


@dataclass(frozen=True, slots=True)
class Toast:
    """The bot's answer to a button press; `text` may be empty."""

    text: str
    alert: bool


class Driver:
    """Plays the people of one DemoServer; use it as an asynchronous context manager.

    `next` gives each new or edited message of the bot once, in order, per person.
    """

    def __init__(self, url: str, patience: int = PATIENCE_SECONDS) -> None:
        """Drive the server at this address; `patience` is for one answer, in seconds."""
        self._url = url
        self._patience = patience
        self._session: aiohttp.ClientSession | None = None
        self._unread: defaultdict[int, list[Received]] = defaultdict(list)
        self._revision: defaultdict[int, int] = defaultdict(int)

    async def say(self, person: int, text: str) -> int:
        """Write to the bot; returns the message's id."""
        answer = await self._post(f"/demo/people/{person}/messages", {"text": text})
        return int(answer["message_id"])

    async def press(self, person: int, message: Received, label: str) -> Toast | None:
        """Press a button by its label and wait for the bot's answer to the press."""
        row, column = message.place(label)
        place = {"message_id": message.id, "row": row, "column": column}
        path = f"/demo/people/{person}/presses"
        toast = (await self._post(path, {**place, "wait": self._patience}))["toast"]
        return Toast(toast["text"], toast["show_alert"]) if toast else None

    async def next(self, person: int) -> Received:
        """The bot's next message or edit not given yet; DriverError if none comes."""
        if not self._unread[person]:
            await self._fetch(person, self._patience)
        if not self._unread[person]:
            raise DriverError(f"the bot stayed silent towards {person}")
        return self._unread[person].pop(0)

    async def ask(self, person: int, text: str) -> Received:
        """Write, and take the bot's next message or edit."""
        await self.say(person, text)
        return await self.next(person)

    async def unread(self, person: int) -> list[Received]:
        """What is there already and not given yet, without waiting."""
        await self._fetch(person, 0)
        messages, self._unread[person] = self._unread[person], []
        return messages

    async def messages(self, person: int) -> list[Received]:
        """All of the bot's messages in this chat as they stand now."""
        answer = await self._get(f"/demo/people/{person}/messages")
        return [_received(m) for m in answer["messages"] if m["from"]["is_bot"]]

    async def move_clock(self, days: int) -> str:
        """Move the bot's clock forward; returns the new present (ISO 8601)."""
        return str((await self._post("/demo/clock", {"days": days}))["now"])

    async def move_to_payout_day(self) -> str:
        """Move the bot's clock to the next payout day; returns the new present."""
        return str((await self._post("/demo/clock", {"to": "next_payout_day"}))["now"])

    async def block(self, person: int, blocked: bool = True) -> None:
        """Block the bot, or unblock it."""
        await self._post(f"/demo/people/{person}/block", {"blocked": blocked})

    async def commands(self, person: int) -> dict[str, str]:
        """The command menu this person sees."""
        answer = await self._get(f"/demo/people/{person}/commands")
        return {entry["command"]: entry["description"] for entry in answer["commands"]}

    async def _fetch(self, person: int, wait: int) -> None:
        """Read on until something of the bot's is there or the wait is over."""
        while True:
            since = self._revision[person]
            path = f"/demo/people/{person}/messages?since={since}&wait={wait}"
            messages = (await self._get(path))["messages"]
            self._revision[person] = max([since, *(m["revision"] for m in messages)])
            by_bot = [_received(m) for m in messages if m["from"]["is_bot"]]
            self._unread[person] += sorted(by_bot, key=lambda message: message.revision)
            if by_bot or not messages:
                return

    async def _get(self, path: str) -> dict[str, Any]:
        async with self._connected().get(self._url + path) as response:
            return await _content(response)

    async def _post(self, path: str, content: Mapping[str, object]) -> dict[str, Any]:
        async with self._connected().post(self._url + path, json=content) as response:
            return await _content(response)

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise DriverError("use the driver as `async with Driver(url) as driver`")
        return self._session

    async def __aenter__(self) -> Self:
        """Connect."""
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect."""
        await self._connected().close()
        self._session = None


async def _content(response: aiohttp.ClientResponse) -> dict[str, Any]:
    content: dict[str, Any] = await response.json()
    if response.status != 200:
        raise DriverError(f"{response.method} {response.url.path}: {content['error']}")
    return content


def _received(message: dict[str, Any]) -> Received:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    words = message.get("text") or message.get("caption", "")
    marked = message.get("entities") or message.get("caption_entities", [])
    entities = map(Entity.from_json, marked)
    return Received(
        id=message["message_id"],
        content=FormattedText(words, tuple(entities)),
        buttons=tuple(tuple(row) for row in rows),
        edited="edit_date" in message,
        revision=message["revision"],
    )
