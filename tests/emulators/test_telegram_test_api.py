"""The unmodified bot, by polling, against an emulator for Node.js that somebody else wrote.

It forgets an update once it was asked for, knows no long poll and few methods, and changes a
message in place; what the bot must do in such company is go on.
"""

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import orjson
import pytest

from tests.emulators.program import DIALOGUE, STEPS, binding_code, check, running_bot

HERE = Path(__file__).parent
TOKEN = "666:AAtelegram-test-api-token"  # noqa: S105
ANNA: dict[str, Any] = {"id": 7, "is_bot": False, "first_name": "阿娜", "language_code": "zh-hans"}
CHAT: dict[str, Any] = {"id": 7, "type": "private", "first_name": "阿娜"}
PATIENCE_SECONDS = 60.0

pytestmark = pytest.mark.skipif(
    not (shutil.which("node") and shutil.which("npm")),
    reason="Node.js is missing: install Debian's packages nodejs and npm",
)


class Message(NamedTuple):
    """A message of the bot as it stands now."""

    id: int
    text: str
    buttons: dict[str, str]
    """Label → token."""


class Person:
    """Somebody with one chat with the bot."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        """Talk through this server."""
        self._session = session

    async def write(self, text: str) -> Message:
        """Send a text or a command; the bot's next message."""
        before = len(await self.messages())
        content = {"botToken": TOKEN, "from": ANNA, "chat": CHAT, "date": 1_790_000_000}
        await self._post("/sendMessage", {**content, "text": text})
        return await self._when(lambda found: len(found) > before)

    async def press(self, label: str, by: str) -> Message:
        """Press the newest button with these words; the message it made, or changed."""
        messages = await self.messages()
        pressed = next(
            each for each in reversed(messages) if any(label in name for name in each.buttons)
        )
        token = next(data for name, data in pressed.buttons.items() if label in name)
        carrier = {"message_id": pressed.id, "chat": CHAT, "date": 1_790_000_000}
        query = {"botToken": TOKEN, "from": ANNA, "message": carrier, "data": token}
        await self._post("/sendCallback", query)
        if by == "sendMessage":
            return await self._when(lambda found: len(found) > len(messages))
        await self._when(lambda found: pressed not in found)
        return next(each for each in await self.messages() if each.id == pressed.id)

    async def messages(self) -> list[Message]:
        """All the bot wrote, as it stands now."""
        history = await self._post("/getUpdatesHistory", {"token": TOKEN})
        by_bot = [each for each in history["result"] if "chat_id" in each.get("message", {})]
        return [_message(each) for each in by_bot]

    async def _when(self, come: Any) -> Message:
        async with asyncio.timeout(PATIENCE_SECONDS):
            # It cannot tell when something happens.
            while not come(found := await self.messages()):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return found[-1]

    async def _post(self, path: str, content: Mapping[str, Any]) -> dict[str, Any]:
        async with self._session.post(path, json=content) as answer:
            assert answer.status == 200, await answer.text()
            result: dict[str, Any] = await answer.json()
            return result


def _message(told: Mapping[str, Any]) -> Message:
    said = told["message"]
    markup = said.get("reply_markup") or {}
    rows = (orjson.loads(markup) if isinstance(markup, str) else markup).get("inline_keyboard", [])
    buttons = {b["text"]: b["callback_data"] for row in rows for b in row if "callback_data" in b}
    return Message(told["messageId"], re.sub("<[^<>]*>", "", said["text"]), buttons)


@pytest.fixture(scope="session")
def installed(request: pytest.FixtureRequest) -> Path:
    """A folder with the version that package.json names, kept for the next time."""
    folder: Path = request.config.cache.mkdir("telegram-test-api")
    wanted = (HERE / "package.json").read_text("utf-8")
    kept = folder / "package.json"
    if not (folder / "complete").exists() or kept.read_text("utf-8") != wanted:
        kept.write_text(wanted, "utf-8")
        npm = shutil.which("npm") or "npm"
        command = [
            npm,
            "install",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603
        (folder / "complete").touch()
    return folder


@pytest.fixture
async def address(installed: Path) -> AsyncIterator[str]:
    server = await asyncio.create_subprocess_exec(
        *("node", str(HERE / "telegram_test_api.cjs"), str(installed)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert server.stdout is not None
    yield (await server.stdout.readline()).decode().strip()
    server.kill()
    await server.communicate()


async def test_twenty_steps_of_a_dialogue(address: str, tmp_path: Path) -> None:
    assert len(DIALOGUE) >= STEPS
    settings = {
        "TOKEN": TOKEN,
        "LISTEN": "127.0.0.1:0",
        "BOT_API": address,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
    }
    environment = os.environ | {f"MINGZHANG_{name}": value for name, value in settings.items()}
    code = await asyncio.to_thread(binding_code, environment, tmp_path)
    async with aiohttp.ClientSession(address) as session, running_bot(environment, TOKEN):
        anna = Person(session)
        for step in DIALOGUE:
            if "press" in step:
                heard = await anna.press(step["press"], step.get("by", "editMessageText"))
            else:
                heard = await anna.write(step["say"].replace("{code}", code))
            check(step, heard.text, heard.buttons)
