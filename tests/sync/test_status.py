"""What the operator sees of a sync: the commands, the alarm, and logs that hold no secret."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import orjson
import pytest
from sqlalchemy import Engine, select

from bot.app import SystemClock
from bot.commands.failure import CommandFailed
from bot.commands.sync_status import show_status
from bot.commands.syncing import synchronise
from bot.logs import configure_logging
from bot.platform_keys import PlatformKeys
from bot.store.sync_cursors import all_cursors
from bot.store.tables import leases, outbox
from bot.sync.keeping_up import keep_up
from bot.sync.lagging import tell_of_lags
from bot.sync.progress import Stopped
from bot.sync.sources import missing_keys
from tests.platform_server.faults import Faults
from tests.platform_server.server import PlatformServer
from tests.sync.fetching import (
    HASTY,
    Told,
    begin_at,
    keys_for,
    known,
    promoters_known,
    secret_values,
    syncing,
)

OPERATOR_CHAT = -100900


@pytest.fixture
async def jd() -> AsyncIterator[PlatformServer]:
    async with PlatformServer({"jd": 40}, days=1) as server:
        yield server


def begun(sqlite_engine: Engine, server: PlatformServer) -> None:
    promoters_known(sqlite_engine, "jd", server.now, numbers=range(10))
    begin_at(sqlite_engine, keys_for(server, "jd"), server.now - timedelta(days=1))


def alarms(sqlite_engine: Engine) -> list[str]:
    with sqlite_engine.connect() as connection:
        found = connection.execute(
            select(outbox.c.payload).where(outbox.c.chat == OPERATOR_CHAT).order_by(outbox.c.id)
        )
        return [payload["html"] for payload in found.scalars()]


async def test_the_operator_is_told_once_of_a_lag_and_once_of_its_end(
    sqlite_engine: Engine, jd: PlatformServer
) -> None:
    begun(sqlite_engine, jd)

    def tell() -> list[str]:
        tell_of_lags(sqlite_engine, HASTY, OPERATOR_CHAT, jd.now)
        return alarms(sqlite_engine)

    async with syncing(sqlite_engine, jd) as sync:
        assert await sync.turn()
        assert tell() == []
        jd.desks["jd"].faults = Faults(expires_after=jd.desks["jd"].calls + 1)
        for _ in range(4):
            jd.move(timedelta(minutes=20))
            assert not await sync.turn()
            told = tell()
        (alarm,) = told
        assert "京东联盟订单行" in alarm
        assert "MINGZHANG_JD_ACCESS_TOKEN" in alarm
        assert "2026-09-20 14:00" in alarm
        jd.renew_token("jd")
        assert await sync.turn()
        told = tell()
        assert len(told) == 2
        assert told[1].startswith("✅")
        jd.move(timedelta(minutes=1))
        assert await sync.turn()
        assert tell() == told


@pytest.fixture
def settings_of(
    monkeypatch: pytest.MonkeyPatch, sqlite_database: str
) -> Callable[[PlatformServer], None]:
    """Set the environment as an operator would."""

    def run(server: PlatformServer) -> None:
        monkeypatch.setenv("MINGZHANG_DATABASE_URL", sqlite_database)
        for name, value in secret_values(keys_for(server, "jd")).items():
            monkeypatch.setenv(f"MINGZHANG_{name.upper()}", value)

    return run


def test_without_keys_a_command_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, sqlite_database: str
) -> None:
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", sqlite_database)
    with pytest.raises(CommandFailed, match=r"MINGZHANG_JD_APP_KEY.*deploy/README"):
        synchronise(None, None, once=True, as_json=False)
    with pytest.raises(CommandFailed, match=r"--platform：没有平台 'ebay'"):
        synchronise("ebay", None, once=True, as_json=False)


async def test_what_is_missing_of_a_platform_is_named(jd: PlatformServer) -> None:
    keys = keys_for(jd, "jd").model_copy(
        update={"jd_app_secret": None, "kuaishou_app_key": "k", "douyin_app_key": "k"}
    )
    missing = {(each.platform, name) for each in missing_keys(keys) for name in each.variables}
    assert ("jd", "MINGZHANG_JD_APP_SECRET") in missing
    assert ("kuaishou", "MINGZHANG_KUAISHOU_SIGN_SECRET") in missing
    assert ("douyin", "MINGZHANG_DOUYIN_ACCESS_TOKEN") in missing


async def test_the_status_names_lags_troubles_and_whom_nobody_registered(
    sqlite_engine: Engine,
    jd: PlatformServer,
    settings_of: Callable[[PlatformServer], None],
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    settings_of(jd)
    begun(sqlite_engine, jd)
    async with syncing(sqlite_engine, jd) as sync:
        assert await sync.turn()
    show_status(as_json=True)
    first, *waiting = map(orjson.loads, capsysbinary.readouterr().out.splitlines())
    assert (first["platform"], first["trouble"], first["message"]) == ("jd", None, "正常")
    assert first["covered_until"].startswith("2026-09-20T06:00")
    strangers = {number for number in jd.creators("jd").values() if number >= 10}
    assert {each["promoter"]["position_id"] for each in waiting} == {
        str(9000 + number) for number in strangers
    }
    show_status(as_json=False)
    shown = capsysbinary.readouterr().out.decode()
    assert "等待归属" in shown
    assert "creators.yaml" in shown


async def test_logs_hold_no_secret_and_no_order_number(
    sqlite_engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    """A whole sync with all that can go wrong, at the most talkative level."""
    faults = Faults(
        broken=0.1, throttled=0.1, cut=0.1, expires_after=5, skew=timedelta(seconds=90)
    )
    platforms = dict.fromkeys(("jd", "taobao", "kuaishou", "1688"), 30)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    secrets, told = set[str](), Told()
    server = PlatformServer(platforms, days=1, faults=faults)
    for name in platforms:
        promoters_known(sqlite_engine, name, server.now, numbers=range(10))
    begin_at(sqlite_engine, keys_for(server, *platforms), server.now - timedelta(days=1))
    try:
        configure_logging("DEBUG", [])
        async with (
            server,
            syncing(sqlite_engine, server, told=told, figures=replace(HASTY, attempts=2)) as sync,
        ):
            for _ in range(2):
                secrets |= set(
                    secret_values(keys_for(server, *platforms), all_keys=False).values()
                )
                await sync.turn()
                for name in platforms:
                    server.renew_token(name)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    written = "".join(capsys.readouterr())
    with sqlite_engine.connect() as connection:
        written += " ".join(f"{each.trouble_words}" for each in all_cursors(connection))
    numbers = {
        number
        for desk in server.desks.values()
        for sale in desk.book.sales.values()
        for number in (sale.order, sale.parent)
    }
    assert [each for each in secrets | numbers if each in written] == []
    assert len(secrets) == 4
    assert told.of(Stopped)


async def test_beside_the_bot_it_goes_on_until_it_is_stopped_and_gives_its_place_back(
    sqlite_engine: Engine, jd: PlatformServer
) -> None:
    begun(sqlite_engine, jd)
    enough = asyncio.Event()

    def now() -> datetime:
        if jd.desks["jd"].calls > 60:
            enough.set()
        return jd.now

    figures = replace(HASTY, turn_seconds=0.0, lag_minutes=0.0)
    keeping_up = asyncio.create_task(
        keep_up(sqlite_engine, lambda: keys_for(jd, "jd"), now, OPERATOR_CHAT, figures)
    )
    await enough.wait()
    keeping_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping_up
    assert known(sqlite_engine, "jd")
    with sqlite_engine.connect() as connection:
        assert connection.execute(select(leases)).all() == []


async def test_beside_a_bot_without_keys_nothing_is_asked(sqlite_engine: Engine) -> None:
    await keep_up(sqlite_engine, PlatformKeys, SystemClock().now, OPERATOR_CHAT, HASTY)
