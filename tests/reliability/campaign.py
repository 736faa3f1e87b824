"""A campaign as its own process, as whoever runs `python -m tests.reliability` sees it."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


async def run_campaign(*words: str, status: int = 0) -> list[dict[str, Any]]:
    """Run to the end, with this exit status, and read the figures it prints, a line each."""
    run = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.reliability", *words),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaints = await run.communicate()
    assert run.returncode == status, (printed + complaints).decode()
    return [json.loads(line) for line in printed.splitlines()]
