"""A person's side at telemelya: writes and presses, and reads what the bot did about it."""

import asyncio
import re
from typing import Any, NamedTuple

import aiohttp
from aiohttp import web

PATIENCE_SECONDS = 60.0


class Said(NamedTuple):
    """One call of the bot that a person notices."""

    method: str
    message: int | None
    text: str
    buttons: dict[str, str]
    """Label → token."""


class Person:
    """Somebody with one chat; every call the bot makes is read once, in order."""

    def __init__(self, session: aiohttp.ClientSession, token: str, chat: int) -> None:
        """Talk through this telemelya."""
        self._session = session
        self._token = token
        self._chat = chat
        self._read = 0
        self.last: Said | None = None

    async def write(self, text: str) -> None:
        """Send a text or a command."""
        await self._send({"text": text})

    async def press(self, label: str) -> None:
        """Press a button of the last message that has some."""
        assert self.last is not None
        token = next(t for name, t in self.last.buttons.items() if label in name)
        await self._send({"callback_data": token, "callback_message_id": self.last.message})

    async def next(self) -> Said:
        """The bot's next message, edit or answer to a press."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            # telemelya cannot wait for more than one answer
            while len(said := await self._responses()) <= self._read:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        self._read += 1
        heard = _said(said[self._read - 1])
        if heard.buttons:
            self.last = heard
        return heard

    async def _send(self, update: dict[str, Any]) -> None:
        path = f"/api/v1/test/send_update?bot_token={self._token}"
        async with self._session.post(path, json={"chat_id": self._chat, **update}) as answer:
            assert answer.status == 200, await answer.text()

    async def _responses(self) -> list[dict[str, Any]]:
        async with self._session.get("/api/v1/test/responses") as answer:
            responses = (await answer.json())["responses"]
        heard = ("sendMessage", "editMessageText", "answerCallbackQuery")
        return [each for each in responses if each["method"] in heard]


def _said(response: dict[str, Any]) -> Said:
    keyboard = (response.get("reply_markup") or {}).get("inline_keyboard", [])
    buttons = {
        b["text"]: b["callback_data"] for row in keyboard for b in row if "callback_data" in b
    }
    text = re.sub("<[^<>]*>", "", response.get("text") or "")
    return Said(response["method"], response.get("message_id"), text, buttons)


def forwarder(target: str, secret: str, session: aiohttp.ClientSession) -> web.Application:
    """Hand requests on with the secret that telemelya does not send."""

    async def forward(request: web.Request) -> web.Response:
        headers = {
            "Content-Type": request.headers["Content-Type"],
            "X-Telegram-Bot-Api-Secret-Token": secret,
        }
        async with session.post(target, data=await request.read(), headers=headers) as answer:
            return web.Response(status=answer.status, body=await answer.read())

    application = web.Application()
    application.router.add_post("/{path:.*}", forward)
    return application
