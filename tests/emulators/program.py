"""The unmodified bot as an operator sets it up and runs it, and the dialogue it is led through."""

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.simulator.world import sample_creators, sample_reports
from settlement.shanghai import day_of
from tests.clocks import MachineClock

DIALOGUE = YAML(typ="safe").load(Path(__file__).with_name("dialogue.yaml").read_text("utf-8"))
STEPS = 20
"""How many steps a dialogue has at least."""


def binding_code(environment: Mapping[str, str], folder: Path) -> str:
    """A creator with orders, as an operator sets it up; the code that binds a chat to her."""
    creator = sample_creators()[0]
    named = [f"{each.platform}:{each.hint}={each.value}" for each in creator.promoters]
    options = [word for each in named for word in ("--promoter", each)]
    environment = {**environment, "MINGZHANG_MODE": "polling"}
    mingzhang(environment, "creator", "add", creator.name, *options)
    report = next(
        each for each in sample_reports(day_of(MachineClock().now())) if "1688" in each.name
    )
    (folder / report.name).write_bytes(report.content)
    mingzhang(environment, "import", str(folder / report.name), wrong_rows=True)
    link = mingzhang(environment, "creator", "link", creator.name)
    found = re.search(r"start[= ]b_([\w-]+)", link)
    assert found is not None, link
    return found[1]


def mingzhang(environment: Mapping[str, str], *words: str, wrong_rows: bool = False) -> str:
    """Run one command to its end; what it printed."""
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-m", "bot", *words], env=environment, capture_output=True, text=True
    )
    assert done.returncode in ((0, 2) if wrong_rows else (0,)), done.stderr
    return done.stdout


@asynccontextmanager
async def running_bot(environment: Mapping[str, str], *secrets: str) -> AsyncIterator[None]:
    """`mingzhang run` until the end, which must be a peaceful one that tells no secret."""
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
    for secret in secrets:
        assert secret.encode() not in complaints


def check(step: Mapping[str, Any], text: str, buttons: Mapping[str, str]) -> None:
    """The bot's answer has the words and the buttons of a step."""
    for words in step["hear"]:
        assert words in text, f"{step}: {text}"
    for label in step.get("buttons", ()):
        assert any(label in each for each in buttons), f"{step}: {list(buttons)}"
