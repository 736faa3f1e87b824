"""Kill -9 of the bot's processes in a stream of questions, with a faulty Telegram."""

import asyncio
import random

from tests.reliability.figures import Figures, count
from tests.reliability.replicas import Replica
from tests.reliability.stage import Setting, Stage

__all__ = ["PUSHES_A_KILL", "kill", "run"]

QUESTIONS_A_KILL = 50
PUSHES_A_KILL = 8
LONGEST_LIFE = 1.0
LONGEST_START = 0.3
CALLS = {"polling": "getupdates", "webhook": "delivery"}
"""What brings updates, and may be what a process is killed at."""


async def run(setting: Setting, kills: range) -> Figures:
    """Kill once for each number; ends when Telegram and the outbox are empty, then counts.

    What is asked and when is killed comes from the seed and the number of the kill; the
    machine's own timing does not.
    """
    async with Stage(setting) as stage:
        for number in kills:
            questions = range(number * QUESTIONS_A_KILL, (number + 1) * QUESTIONS_A_KILL)
            await asyncio.gather(stage.ask(questions, LONGEST_LIFE), kill(stage, number))
        await stage.until_empty()
        await stage.end()
        return count(stage, len(kills))


async def kill(stage: Stage, number: int) -> None:
    """Kill a process, at some moment, while it starts, or when a certain call arrives.

    When getUpdates arrives, what it confirms must be committed; while an update is delivered,
    it may be committed and not confirmed; when sendMessage arrives, the message will be sent
    though the bot never learns of it.
    """
    stage.revive()
    dice = random.Random(f"{stage.setting.seed}:kill:{number}")  # noqa: S311
    replica = dice.choice(stage.replicas)
    moment = dice.choice(("any", "start", "sendmessage", CALLS[stage.setting.mode]))
    calls = dice.randint(1, 6 if moment == "getupdates" else 20)
    if moment == "start":
        await asyncio.sleep(dice.uniform(0, LONGEST_START))
    else:
        await replica.serving()
        at_most = LONGEST_LIFE if moment != "any" else dice.uniform(0, LONGEST_LIFE)
        await _live(stage, moment, calls, at_most)
    await _replace(replica)


async def _live(stage: Stage, moment: str, calls: int, at_most: float) -> None:
    """Return when the call has come for the last time, but after `at_most` seconds anyhow."""
    come = asyncio.Event()
    seen = 0

    def watch(method: str) -> None:
        nonlocal seen
        seen += method == moment
        if seen == calls:
            come.set()

    stage.mishaps.watch = watch
    stage.balancer.watch = lambda: watch("delivery")
    try:
        await asyncio.wait_for(come.wait(), at_most)
    except TimeoutError:
        return
    finally:
        stage.mishaps.watch = lambda method: None
        stage.balancer.watch = lambda: None


async def _replace(replica: Replica) -> None:
    replica.kill()
    await replica.killed()
    replica.start()
