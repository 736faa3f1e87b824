import asyncio
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", ["telegram", "postgresql", "disk", "clock"])
async def test_an_outage_loses_and_doubles_nothing(
    kind: str, request: pytest.FixtureRequest
) -> None:
    """The exit status says whether all promises held and the outage was noticed."""
    if kind == "postgresql":
        request.getfixturevalue("postgresql")  # skips where there is none
    run = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.reliability", "outages", "--short", "--kind", kind),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaints = await run.communicate()
    assert run.returncode == 0, (printed + complaints).decode()
    figures = json.loads(printed)
    assert figures["interruptions"] > 0
    assert figures["updates"] > 100
