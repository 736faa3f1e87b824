"""Orders by the platforms' interfaces: all of them, once, whatever goes wrong on the way."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine

from bot.store.sync_cursors import all_cursors
from bot.store.waiting_statements import waiting_promoters
from bot.sync.engine import Sync
from bot.sync.progress import CaughtUp, Event, Fetched, Stopped
from tests.platform_server.comparison import differences
from tests.platform_server.faults import Faults
from tests.platform_server.sales import Phase
from tests.platform_server.server import PLATFORMS, PlatformServer
from tests.sync.fetching import (
    HASTY,
    Told,
    begin_at,
    keys_for,
    known,
    lines_of,
    promoters_known,
    syncing,
    unpublished_batches,
)

DAYS = 1
FEW = 40
ORDERS = 200


@pytest.fixture
async def jd() -> AsyncIterator[PlatformServer]:
    """JD with a few days of sales."""
    async with PlatformServer({"jd": FEW}, days=DAYS) as server:
        yield server


def begin_recently(sqlite_engine: Engine, server: PlatformServer, platform: str) -> None:
    begin_at(sqlite_engine, keys_for(server, platform), server.now - timedelta(days=DAYS, hours=1))


@pytest.mark.parametrize("platform", list(PLATFORMS))
async def test_late_changes_errors_and_a_new_token(sqlite_engine: Engine, platform: str) -> None:
    """The short form of `python -m tests.reliability sync`."""
    faults = Faults(
        broken=0.05, cut=0.02, expires_after=2, changes_per_call=0.5, changes_at_most=10
    )
    server = PlatformServer({platform: ORDERS}, days=DAYS, faults=faults)
    promoters_known(sqlite_engine, platform, server.now)
    begin_recently(sqlite_engine, server, platform)
    told = Told()
    async with server, syncing(sqlite_engine, server, told=told) as sync:
        while not await sync.turn():
            server.renew_token(platform)
        server.change(platform, 15, late=1.0)
        for later in (timedelta(minutes=61), timedelta(days=1)):
            server.move(later)
            assert await sync.turn()
    assert list(differences(known(sqlite_engine, platform), server.truth(platform))) == []
    with sqlite_engine.connect() as connection:
        assert lines_of(connection, platform) == ORDERS
        assert unpublished_batches(connection) == 0
    assert {each.kind for each in told.of(Stopped)} == {"token_expired"}


async def test_without_the_sweep_what_was_changed_late_is_missed(
    sqlite_engine: Engine, jd: PlatformServer
) -> None:
    """So that the test above is known to look where the sweep works."""
    promoters_known(sqlite_engine, "jd", jd.now)
    begin_recently(sqlite_engine, jd, "jd")
    async with syncing(sqlite_engine, jd) as sync:
        assert await sync.turn()
        jd.change("jd", 15, late=1.0)
        jd.move(timedelta(minutes=5))
        assert await sync.turn()
        assert list(differences(known(sqlite_engine, "jd"), jd.truth("jd")))
        jd.move(timedelta(minutes=60))
        assert await sync.turn()
    assert list(differences(known(sqlite_engine, "jd"), jd.truth("jd"))) == []


async def test_an_expired_token_is_said_and_the_sync_goes_on_with_a_new_one(
    sqlite_engine: Engine, jd: PlatformServer
) -> None:
    jd.desks["jd"].faults = Faults(expires_after=12)
    promoters_known(sqlite_engine, "jd", jd.now)
    begin_recently(sqlite_engine, jd, "jd")
    told = Told()
    async with syncing(sqlite_engine, jd, told=told) as sync:
        assert not await sync.turn()
        (stopped,) = told.of(Stopped)
        assert stopped.kind == "token_expired"
        assert "MINGZHANG_JD_ACCESS_TOKEN" in stopped.words
        with sqlite_engine.connect() as connection:
            (cursor,) = all_cursors(connection)
        assert (cursor.trouble, cursor.trouble_words) == (stopped.kind, stopped.words)
        done = cursor.covered_until
        jd.renew_token("jd")
        told.clear()
        assert await sync.turn()
    first = told.of(Fetched)[0]
    assert first.covered_until > done  # it went on where it was
    with sqlite_engine.connect() as connection:
        (cursor,) = all_cursors(connection)
    assert cursor.trouble is None
    assert list(differences(known(sqlite_engine, "jd"), jd.truth("jd"))) == []


async def test_rows_of_nobody_known_wait_and_come_once_their_creator_is_registered(
    sqlite_engine: Engine, jd: PlatformServer
) -> None:
    promoters_known(sqlite_engine, "jd", jd.now, numbers=range(10))
    begin_recently(sqlite_engine, jd, "jd")
    strangers = {key for key, number in jd.creators("jd").items() if number >= 10}
    told = Told()
    async with syncing(sqlite_engine, jd, told=told) as sync:
        assert await sync.turn()
        assert known(sqlite_engine, "jd").keys() == jd.truth("jd").keys() - strangers
        (caught_up,) = told.of(CaughtUp)
        assert caught_up.counts.waiting == len(strangers)
        with sqlite_engine.connect() as connection:
            waiting = waiting_promoters(connection)
        assert sum(each.lines for each in waiting) == len(strangers)
        assert all("position_id" in each.hints for each in waiting)
        jd.move(timedelta(days=2))
        promoters_known(sqlite_engine, "jd", jd.now)
        assert await sync.turn()
    assert list(differences(known(sqlite_engine, "jd"), jd.truth("jd"))) == []
    with sqlite_engine.connect() as connection:
        assert waiting_promoters(connection) == []


@pytest.mark.parametrize("minutes", [-4, 4])
async def test_a_clock_that_is_wrong_misses_nothing_and_is_said(
    sqlite_engine: Engine, jd: PlatformServer, minutes: int
) -> None:
    jd.desks["jd"].faults = Faults(skew=timedelta(minutes=minutes))
    promoters_known(sqlite_engine, "jd", jd.now)
    begin_recently(sqlite_engine, jd, "jd")
    async with syncing(sqlite_engine, jd) as sync:
        for _ in range(6):
            assert await sync.turn()
            jd.change("jd", 3)
            jd.move(timedelta(minutes=1))
        jd.move(timedelta(minutes=5))
        assert await sync.turn()
    assert list(differences(known(sqlite_engine, "jd"), jd.truth("jd"))) == []
    with sqlite_engine.connect() as connection:
        (cursor,) = all_cursors(connection)
    assert cursor.skew_seconds is not None
    assert abs(cursor.skew_seconds - minutes * 60) <= 2


async def test_pages_that_shift_while_they_are_read_lose_nothing(sqlite_engine: Engine) -> None:
    """A line that changes leaves its window, and what lay behind it moves up a page."""
    faults = Faults(changes_per_call=3.0, changes_at_most=200)
    server = PlatformServer({"jd": 900}, days=1, faults=faults)
    promoters_known(sqlite_engine, "jd", server.now)
    begin_recently(sqlite_engine, server, "jd")
    book = server.desks["jd"].book
    crowded = server.now - timedelta(hours=20)
    for order in list(book.orders):
        sale = book.sales[order]
        book.take_out(sale)
        sale.noted = crowded + timedelta(seconds=len(order) + int(order[-3:]) % 600)
        book.put_in(sale)
    async with server, syncing(sqlite_engine, server) as sync:
        assert await sync.turn()
        server.desks["jd"].faults = Faults()  # nothing changes any more
        server.move(timedelta(minutes=1))
        assert await sync.turn()
    assert list(differences(known(sqlite_engine, "jd"), server.truth("jd"))) == []


async def test_one_process_at_a_time_asks_a_platform(
    sqlite_engine: Engine, jd: PlatformServer
) -> None:
    promoters_known(sqlite_engine, "jd", jd.now)
    begin_recently(sqlite_engine, jd, "jd")
    first, second = Told(), Told()
    async with (
        syncing(sqlite_engine, jd, told=first) as one,
        syncing(sqlite_engine, jd, told=second) as other,
    ):
        assert sorted(await asyncio.gather(one.turn(), other.turn())) == [False, True]
    stopped = [*first.of(Stopped), *second.of(Stopped)]
    assert [each.kind for each in stopped] == ["elsewhere"]
    async with syncing(sqlite_engine, jd) as third:  # what was given back is free
        assert await third.turn()


async def test_a_platform_that_is_down_is_tried_and_then_said(sqlite_engine: Engine) -> None:
    server = PlatformServer({"jd": 5}, days=1, faults=Faults(broken=1.0))
    told = Told()
    async with (
        server,
        syncing(sqlite_engine, server, told=told, figures=replace(HASTY, attempts=3)) as sync,
    ):
        assert not await sync.turn()
    assert server.desks["jd"].calls == 3
    assert [each.kind for each in told.of(Stopped)] == ["server"]


async def test_nobody_at_the_address_is_a_trouble_like_another(
    sqlite_engine: Engine, jd: PlatformServer
) -> None:
    told = Told()
    keys = keys_for(jd, "jd").model_copy(update={"jd_gateway": "http://127.0.0.1:9/x"})
    figures = replace(HASTY, attempts=2)
    async with syncing(sqlite_engine, jd, lambda: keys, told=told, figures=figures) as sync:
        assert not await sync.turn()
    assert [each.kind for each in told.of(Stopped)] == ["server"]
    assert jd.desks["jd"].calls == 0


async def test_a_window_that_is_too_wide_in_a_big_sale_is_halved_and_remembered(
    sqlite_engine: Engine,
) -> None:
    narrow = Faults(narrow=timedelta(minutes=20))
    server = PlatformServer({"taobao": FEW}, days=1, faults=narrow)
    desk = server.desks["taobao"]
    promoters_known(sqlite_engine, "taobao", server.now)
    keys = keys_for(server, "taobao")
    begin_at(sqlite_engine, keys, server.now - timedelta(hours=8))
    only_orders = partial(windows_of, sqlite_engine, "taobao.tbk.order.details.get")
    async with server, syncing(sqlite_engine, server) as sync:
        assert await sync.turn()
        assert only_orders() == 20 * 60
        refused = len(desk.refused)
        server.move(timedelta(hours=2))
        assert await sync.turn()
        assert len(desk.refused) == refused  # it did not ask for too much again
        desk.book.narrow = None
        server.move(timedelta(hours=7))
        calls = desk.calls
        assert await sync.turn()  # the sale is over: wide windows do again
        assert desk.calls - calls < 40


async def test_an_order_of_1688_closed_long_after_it_was_created_is_found(
    sqlite_engine: Engine,
) -> None:
    """No question asks for the time of closing: only a sweep by creation tells of it."""
    server = PlatformServer({"1688": 2}, days=1)
    sale = next(iter(server.desks["1688"].book.sales.values()))
    sale.created = server.now - timedelta(days=80)
    sale.phase, sale.received, sale.settled = Phase.PAID, None, None
    promoters_known(sqlite_engine, "1688", server.now)
    begin_at(sqlite_engine, keys_for(server, "1688"), server.now - timedelta(hours=1))
    async with server, syncing(sqlite_engine, server) as sync:
        assert await sync.turn()
        assert sale.order not in known(sqlite_engine, "1688")
        sale.phase = Phase.INVALID
        server.move(timedelta(days=1))
        assert await sync.turn()
    assert known(sqlite_engine, "1688")[sale.order]["raw_status"]["code"] == "80"


def windows_of(engine: Engine, method: str) -> int | None:
    """The seconds a source was brought down to."""
    with engine.connect() as connection:
        cursors = {each.key.method: each for each in all_cursors(connection)}
    return cursors[method].window_seconds


async def test_a_source_that_is_sent_back_while_it_is_asked_begins_there(
    sqlite_engine: Engine, jd: PlatformServer
) -> None:
    """`mingzhang sync --since` beside a bot that runs."""
    promoters_known(sqlite_engine, "jd", jd.now)
    keys = keys_for(jd, "jd")
    begin_at(sqlite_engine, keys, jd.now - timedelta(hours=5))
    earlier = jd.now - timedelta(hours=9)
    told = Told()
    windows = 0

    def tell(event: Event) -> None:
        nonlocal windows
        windows += isinstance(event, Fetched)
        if windows == 2:
            begin_at(sqlite_engine, keys, earlier)
        told.append(event)

    sync = Sync(sqlite_engine, lambda: keys, lambda: jd.now, figures=HASTY, tell=tell)
    async with sync:
        assert not await sync.turn()
        assert await sync.turn()
    assert told.of(Stopped) == []
    with sqlite_engine.connect() as connection:
        (cursor,) = all_cursors(connection)
    assert cursor.begun_from == earlier
    assert len(told.of(Fetched)) == 2 + 10
