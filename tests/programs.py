"""Programs that tests start as processes of their own, and that end with the test (进程)."""

import asyncio
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

__all__ = ["starting_bots"]

ROOT = Path(__file__).parents[1]
StartsBot = Callable[[Mapping[str, str], Mapping[str, str]], Awaitable[Process]]


@asynccontextmanager
async def starting_bots() -> AsyncIterator[StartsBot]:
    """Starts `mingzhang run` in an environment, with settings; kills what lives in the end."""
    started: list[Process] = []

    async def start(environment: Mapping[str, str], settings: Mapping[str, str]) -> Process:
        given = {f"MINGZHANG_{name}": value for name, value in settings.items()}
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"),
            cwd=ROOT,
            env={**environment, **given},
            stderr=asyncio.subprocess.PIPE,
        )
        started.append(bot)
        return bot

    yield start
    for bot in started:
        if bot.returncode is None:
            bot.kill()
            await bot.communicate()
