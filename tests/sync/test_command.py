"""`mingzhang sync` as whoever runs it sees it: a process of its own."""

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import Engine

from bot.app import SystemClock
from tests.platform_server.faults import Faults
from tests.platform_server.server import PlatformServer
from tests.sync.fetching import keys_for, known, promoters_known, secret_values

ROOT = Path(__file__).parents[2]


async def run(*words: str, **given: str) -> tuple[int, list[bytes], str]:
    """The exit status, the lines of standard output, and what was complained of."""
    environment = {**os.environ, **{f"MINGZHANG_{n.upper()}": v for n, v in given.items()}}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "sync", *words),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complaints = await process.communicate()
    return process.returncode or 0, said.splitlines(), complaints.decode()


async def test_once_since_an_hour_ago_and_with_a_token_that_has_expired(
    sqlite_engine: Engine, sqlite_database: str, tmp_path: Path
) -> None:
    now = SystemClock().now()
    faults = Faults(tick=timedelta())
    server = PlatformServer({"jd": 200}, now=now, days=1, faults=faults)
    promoters_known(sqlite_engine, "jd", now)
    since = (now - timedelta(hours=1)).isoformat()
    token = tmp_path / "token"
    async with server:
        given = secret_values(keys_for(server, "jd")) | {"database_url": sqlite_database}
        del given["jd_access_token"]
        given["jd_access_token_file"] = str(token)
        token.write_text("token-0", "utf-8")
        status, said, complaints = await run("--once", "--since", since, **given)
        assert (status, said) == (2, [])
        assert "MINGZHANG_JD_ACCESS_TOKEN" in complaints
        assert "Traceback" not in complaints
        token.write_text("token-1", "utf-8")
        status, said, complaints = await run("--once", "--json", **given)
        assert (status, complaints) == (0, "")
        (line,) = map(orjson.loads, said)
    sold = {
        key
        for (key, _), sale in zip(
            server.truth("jd").items(), server.desks["jd"].book.sales.values(), strict=True
        )
        if sale.noted >= now - timedelta(hours=1)
    }
    assert line["new"] == len(sold) > 0
    assert known(sqlite_engine, "jd").keys() == sold


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("MINGZHANG_"):
            monkeypatch.delenv(name)
