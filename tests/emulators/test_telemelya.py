"""The unmodified bot, by webhook, against an emulator that somebody else wrote."""

import asyncio
import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from ruamel.yaml import YAML

from bot.simulator.world import sample_creators, sample_reports
from settlement.shanghai import day_of
from tests.emulators.playing import Person, Said, forwarder
from tests.reliability.stage import RealClock

DIALOGUE = YAML(typ="safe").load(Path(__file__).with_name("dialogue.yaml").read_text("utf-8"))
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
        "LISTEN": f"127.0.0.1:{_free_port()}",
    }
    return os.environ | {f"MINGZHANG_{name}": value for name, value in settings.items()}


@pytest.fixture
def code(environment: dict[str, str], tmp_path: Path) -> str:
    """A creator with orders, as an operator sets it up; the code that binds a chat to her."""
    creator = sample_creators()[0]
    named = [f"{each.platform}:{each.hint}={each.value}" for each in creator.promoters]
    options = [word for each in named for word in ("--promoter", each)]
    environment = environment | {"MINGZHANG_MODE": "polling"}
    _mingzhang(environment, "creator", "add", creator.name, *options)
    report = next(
        each for each in sample_reports(day_of(RealClock().now())) if "1688" in each.name
    )
    (tmp_path / report.name).write_bytes(report.content)
    _mingzhang(environment, "import", str(tmp_path / report.name), wrong_rows=True)
    link = _mingzhang(environment, "creator", "link", creator.name)
    found = re.search(r"start=b_([\w-]+)", link)
    assert found is not None, link
    return found[1]


def _mingzhang(environment: Mapping[str, str], *words: str, wrong_rows: bool = False) -> str:
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-m", "bot", *words], env=environment, capture_output=True, text=True
    )
    assert done.returncode in ((0, 2) if wrong_rows else (0,)), done.stderr
    return done.stdout


@asynccontextmanager
async def forwarding(target: str, session: aiohttp.ClientSession) -> AsyncIterator[str]:
    runner = web.AppRunner(forwarder(target, SECRET, session), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/telegram"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def running_bot(environment: Mapping[str, str]) -> AsyncIterator[None]:
    """`mingzhang run` until the end, which must be a peaceful one."""
    bot = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"), env=environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield
    finally:
        bot.terminate()
        _, complaints = await bot.communicate()
    assert bot.returncode == 0
    assert b"Traceback" not in complaints
    for secret in (TOKEN, SECRET):
        assert secret.encode() not in complaints


async def test_ten_steps_of_a_dialogue(
    telemelya: str, environment: dict[str, str], code: str
) -> None:
    assert len(DIALOGUE) >= 10
    target = f"http://{environment['MINGZHANG_LISTEN']}/telegram"
    async with (
        aiohttp.ClientSession() as session,
        forwarding(target, session) as address,
        aiohttp.ClientSession(telemelya, headers=KEY) as person,
        running_bot(environment | {"MINGZHANG_WEBHOOK_URL": address}),
    ):
        await _registered(person, target, session)
        lin = Person(person, TOKEN, 7)
        for step in DIALOGUE:
            await _play(lin, step, code)


async def _registered(person: aiohttp.ClientSession, target: str, session: Any) -> None:
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
    for words in step["hear"]:
        assert words in heard.text, f"{step}: {heard.text}"
    for label in step.get("buttons", ()):
        assert any(label in each for each in heard.buttons), f"{step}: {list(heard.buttons)}"


async def _heard(person: Person, step: Mapping[str, Any]) -> Said:
    """The answer itself; a press is also answered by a toast, before or after."""
    calls = [await person.next()]
    if "press" in step:
        calls.append(await person.next())
        methods = sorted(each.method for each in calls)
        assert methods == ["answerCallbackQuery", step.get("by", "editMessageText")]
    return next(each for each in calls if each.method != "answerCallbackQuery")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
