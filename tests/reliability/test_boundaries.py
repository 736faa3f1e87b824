import asyncio
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


async def campaign(*arguments: str) -> tuple[int | None, list[dict[str, Any]]]:
    """The exit status and the figures of a short run; the long one kills at every boundary."""
    run = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.reliability", "boundaries", "--lines", "120", *arguments),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaints = await run.communicate()
    assert run.returncode in (0, 1), complaints.decode()
    return run.returncode, [json.loads(line) for line in printed.splitlines()]


async def test_whatever_is_killed_is_done_wholly_or_not_at_all() -> None:
    status, figures = await campaign("--database", "sqlite", "--most", "16")
    assert status == 0, figures
    assert [each["action"] for each in figures] == [
        "import",
        "bind",
        "subscribe",
        "remind",
        "delete",
    ]
    assert all(each["nothing"] > 5 and each["everything"] > 0 for each in figures)


async def test_a_commit_after_every_statement_is_noticed() -> None:
    planted = ("--plant", "autocommit", "--action", "bind", "--action", "delete")
    status, figures = await campaign("--database", "sqlite", *planted)
    assert status == 1
    assert all(each["torn"] > 0 for each in figures)
