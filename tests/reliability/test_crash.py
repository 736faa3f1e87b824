import asyncio
import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


async def test_twenty_kills_lose_and_double_nothing() -> None:
    """The run prints its seed and figures; its exit status says whether all promises held."""
    run = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.reliability.crash_run", "--kills", "20", "--questions", "600"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaints = await run.communicate()
    assert run.returncode == 0, (printed + complaints).decode()
    figures = json.loads(printed)
    assert (figures["kills"], figures["questions"]) == (20, 600)
    # A quiet run would prove little.
    assert figures["floods"] > 5
    assert figures["pushes"] > 50
