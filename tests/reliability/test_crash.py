import asyncio
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_ten_kills_lose_and_double_nothing(
    database: str, request: pytest.FixtureRequest
) -> None:
    """The run prints its seed and figures; its exit status says whether all promises held."""
    if database == "postgresql":
        request.getfixturevalue("postgresql")  # skips where there is none
    run = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.reliability", "crash", "--kills", "0-4", "--database", database),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaints = await run.communicate()
    assert run.returncode == 0, (printed + complaints).decode()
    figures = [json.loads(line) for line in printed.splitlines()]
    assert [each["mode"] for each in figures] == ["polling", "webhook"]
    for each in figures:
        assert (each["database"], each["kills"]) == (database, 5)
        # A quiet run would prove little.
        assert each["updates"] > 250
        assert each["floods"] > 5
        assert each["pushes"] == 40
