"""Rows that cannot be read: kept as they came, counted by reason, gone once they can be read."""

import json
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, select

from bot.commands.sync_status import show_status
from bot.platform_keys import PlatformKeys
from bot.store.sync_cursors import SourceKey
from bot.store.tables import unread_rows
from bot.store.transactions import transact
from bot.store.unread_rows import unread_of, unread_reasons
from bot.sync.unread import note_rows
from settlement.apis import Page, Question, methods_of
from settlement.model import Platform
from tests.platform_server.server import NOW, PlatformServer
from tests.sync.fetching import (
    HASTY,
    begin_at,
    keys_for,
    known,
    promoters_known,
    secret_values,
    syncing,
)

PHASES = "buyin.MCNMultiSettlementOrders"


async def test_a_row_that_cannot_be_read_is_kept_until_its_line_can_be(
    sqlite_engine: Engine,
    sqlite_database: str,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    server = PlatformServer({"1688": 20}, days=1)
    promoters_known(sqlite_engine, "1688", server.now)
    begin_at(sqlite_engine, keys_for(server, "1688"), server.now - timedelta(days=1))
    broken = list(server.desks["1688"].book.sales.values())[:3]
    for number, sale in enumerate(broken):
        sale.quantity = -1 - number
        sale.created = server.now - timedelta(minutes=30)  # so that it is asked for again
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", sqlite_database)
    for name, value in secret_values(keys_for(PlatformServer({"1688": 0}), "1688")).items():
        monkeypatch.setenv(f"MINGZHANG_{name.upper()}", value)
    async with server, syncing(sqlite_engine, server) as sync:
        assert await sync.turn()
        assert len(known(sqlite_engine, "1688")) == 17
        with sqlite_engine.connect() as connection:
            kept = connection.execute(select(unread_rows)).all()
        assert {row.number for row in kept} == {sale.order for sale in broken}
        assert {json.loads(row.raw)["tradeNumber"] for row in kept} == {-1, -2, -3}
        show_status(as_json=False)
        shown = capsysbinary.readouterr().out.decode()
        assert "读不懂 3 行" in shown
        assert not any(sale.order in shown or sale.parent in shown for sale in broken)
        show_status(as_json=True)
        lines = [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
        (reason,) = (each for each in lines if "reason" in each)
        assert reason["reason"] == "tradeNumber：“…”不是件数；应是 0 或正整数"
        assert (reason["unread"], reason["method"]) == (3, "alibaba.cps.tradeBillList")

        broken[0].quantity = 2
        server.move(timedelta(minutes=30))
        assert await sync.turn()
        assert broken[0].order in known(sqlite_engine, "1688")
        with sqlite_engine.connect() as connection:
            again = connection.execute(select(unread_rows)).all()
        assert {row.number for row in again} == {sale.order for sale in broken[1:]}
        assert all(row.times > 1 and row.last_seen > row.first_seen for row in again)

        for days, kept_rows in ((HASTY.waiting_days - 1, 2), (2, 0)):
            server.move(timedelta(days=days))
            # Without keys nothing is asked, and what nobody needs is still forgotten.
            async with syncing(sqlite_engine, server, PlatformKeys) as idle:
                assert await idle.turn()
            with sqlite_engine.connect() as connection:
                assert sum(each.rows for each in unread_reasons(connection)) == kept_rows


def test_another_phase_of_a_line_takes_none_off(sqlite_engine: Engine) -> None:
    """Each row of a line is one phase; only the row itself says that it can be read by now."""
    (method,) = (each for each in methods_of(Platform.DOUYIN) if each.name == PHASES)
    key = SourceKey(Platform.DOUYIN, PHASES, "account")

    def answered(*phases: str) -> Page:
        body = f'{{"code": 10000, "data": {{"cursor": "", "orders": [{", ".join(phases)}]}}}}'
        page = method.decode(body.encode(), Question(NOW, NOW), NOW)
        assert isinstance(page, Page)
        return page

    def note(page: Page) -> list[str | None]:
        transact(sqlite_engine, partial(note_rows, key=key, page=page, now=NOW))
        with sqlite_engine.connect() as connection:
            return [each.number for each in unread_of(connection, Platform.DOUYIN, PHASES)]

    first = '{"order_id": "41", "phase_id": 1, "settle_kol_commission": 1800}'
    second = '{"order_id": "41", "phase_id": 2, "settle_kol_commission": "很多"}'
    nameless = '{"order_id": true, "phase_id": 2, "settle_kol_commission": 1}'
    assert note(answered(first, second, nameless)) == ["41", None]
    assert note(answered(first)) == ["41", None]
    with sqlite_engine.begin() as connection:
        # As if a later version of the program could read it.
        mended = second.replace('"很多"', "600")
        connection.execute(
            unread_rows.update().where(unread_rows.c.number == "41").values(raw=mended)
        )
    assert note(answered(first, mended)) == [None]
