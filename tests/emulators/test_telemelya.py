"""The unmodified bot, by webhook, against an emulator that somebody else wrote."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.emulators.playing import Person, Said, forwarder
from tests.emulators.program import (
    DIALOGUE,
    STEPS,
    binding_code,
    check,
    running_bot,
)
from tests.ports import free_port

TOKEN = "123456789:AAtelemelya-test-token"  # noqa: S105
SECRET = "a-secret-that-telemelya-does-not-send"  # noqa: S105
KEY = {"Authorization": "Bearer telemelya"}

pytestmark = pytest.mark.skipif(
    not (find_spec("telemelya") and find_spec("fakeredis")),
    reason="telemelya is missing: pip install -e '.[dev,emulators]' -c deploy/constraints.txt",
)


@pytest.fixture
async def telemelya() -> AsyncIterator[str]:
    """telemelya as a process of its own; its address."""
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.emulators.telemelya_server"), stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    yield (await server.stdout.readline()).decode().strip()
    server.kill()
    await server.communicate()


@pytest.fixture
def environment(tmp_path: Path, telemelya: str) -> dict[str, str]:
    settings = {
        "TOKEN": TOKEN,
        "BOT_API": telemelya,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
        "MODE": "webhook",
        "WEBHOOK_SECRET": SECRET,
        "LISTEN": f"127.0.0.1:{free_port()}",
    }
    return os.environ | {f"MINGZHANG_{name}": value for name, value in settings.items()}


@pytest.fixture
def code(environment: dict[str, str], tmp_path: Path) -> str:
    return binding_code(environment, tmp_path)


@asynccontextmanager
async def forwarding(target: str, session: aiohttp.ClientSession) -> AsyncIterator[str]:
    runner = web.AppRunner(forwarder(target, SECRET, session), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/telegram"
    finally:
        await runner.cleanup()


async def test_twenty_steps_of_a_dialogue(
    telemelya: str, environment: dict[str, str], code: str
) -> None:
    assert len(DIALOGUE) >= STEPS
    target = f"http://{environment['MINGZHANG_LISTEN']}/telegram"
    async with (
        aiohttp.ClientSession() as session,
        forwarding(target, session) as address,
        aiohttp.ClientSession(telemelya, headers=KEY) as person,
        running_bot(environment | {"MINGZHANG_WEBHOOK_URL": address}, TOKEN, SECRET),
    ):
        await _registered(person)
        lin = Person(person, TOKEN, 7)
        for step in DIALOGUE:
            await _play(lin, step, code)


async def _registered(person: aiohttp.ClientSession) -> None:
    """Wait until the bot listens and telemelya knows where."""
    async with asyncio.timeout(60):
        while True:
            async with person.post(f"/bot{TOKEN}/getWebhookInfo") as answer:
                if (await answer.json())["result"]["url"]:
                    return
            await asyncio.sleep(0.05)


async def _play(person: Person, step: Mapping[str, Any], code: str) -> None:
    if "press" in step:
        await person.press(step["press"])
    else:
        await person.write(step["say"].replace("{code}", code))
    heard = await _heard(person, step)
    check(step, heard.text, heard.buttons)


async def _heard(person: Person, step: Mapping[str, Any]) -> Said:
    """The answer itself; a press is also answered by a toast, before or after."""
    calls = [await person.next()]
    if "press" in step:
        calls.append(await person.next())
        methods = sorted(each.method for each in calls)
        assert methods == ["answerCallbackQuery", step.get("by", "editMessageText")]
    return next(each for each in calls if each.method != "answerCallbackQuery")
