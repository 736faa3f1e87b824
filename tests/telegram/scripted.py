"""A Bot API that answers as it is told, and letters to send to it."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy import Engine

from bot.desk.replies import Say
from bot.store.letters import Kind, Letter
from bot.store.outbox import enqueue
from bot.writer import Writer

BOT, OPERATOR = 42, 999
TOKEN = "42:AAsender"  # noqa: S105
Until = Callable[..., Awaitable[None]]
States = Callable[[], dict[str, str]]
Refuse = Callable[[dict[str, Any]], dict[str, Any] | None]


def flood(seconds: int) -> dict[str, Any]:
    return {"error_code": 429, "description": "slow", "parameters": {"retry_after": seconds}}


@dataclass
class Telegram:
    """Notes the calls; `refuse` looks at the arguments and says what is wrong, or None."""

    refuse: Refuse = lambda _: None
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    url: str = ""

    async def serve(self, request: web.Request) -> web.Response:
        arguments = await request.json()
        self.calls.append((request.match_info["method"], arguments))
        if (refusal := self.refuse(arguments)) is not None:
            return web.json_response({"ok": False, **refusal}, status=refusal["error_code"])
        return web.json_response({"ok": True, "result": {"message_id": len(self.calls)}})

    @property
    def said(self) -> list[tuple[int, str]]:
        """What arrived, by chat; refused calls among it."""
        return [(call.get("chat_id", 0), call["text"]) for _, call in self.calls]


Sending = Callable[[], AbstractAsyncContextManager[Writer]]


def put(engine: Engine, now: datetime, *letters: Letter) -> None:
    with engine.begin() as connection:
        enqueue(connection, letters, now)


def answer(chat: int, text: str) -> Letter:
    return Letter(f"{chat}:{text}", Kind.ANSWER, chat, Say(text), chat, 5, bot=BOT)


def push(chat: int, text: str = "到账") -> Letter:
    return Letter(f"{chat}:{text}", Kind.PUSH, chat, Say(text), chat, bot=BOT)
