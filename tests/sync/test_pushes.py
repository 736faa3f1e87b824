"""A sync changes how an order stands: whoever watches it is told once, with figures and cause."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, func, select

from bot.desk.facts import Dialogue, Scope
from bot.desk.pushes import render_push
from bot.planner import Planner
from bot.reminders import QuietHours
from bot.store.creators import add_creator, make_binding_code
from bot.store.importing import Finding, OwnedOrder, ReportImport
from bot.store.people import Acquaintance, bind, remember
from bot.store.subscriptions import subscribe
from bot.store.tables import import_batches, order_lines, outbox
from bot.store.transactions import transact
from bot.store.withdrawing import Withdrawn, withdraw_import
from settlement.contract import read_order
from settlement.model import Order
from settlement.rulebook import shipped_rulebook
from tests.platform_server.sales import Phase, Sale
from tests.platform_server.server import PlatformServer
from tests.sync.fetching import begin_at, keys_for, known, promoters_known, syncing

PERSON = 7
SHANGHAI = ZoneInfo("Asia/Shanghai")
Plan = Callable[[], list[str]]


@pytest.fixture
async def taobao() -> AsyncIterator[PlatformServer]:
    async with PlatformServer({"taobao": 30}, days=1) as server:
        yield server


@pytest.fixture
def plan(engine: Engine, taobao: PlatformServer) -> Plan:
    """Does what the planner does in two minutes of the platform's clock; what was told so far."""
    quiet = QuietHours(time(21), time(9))
    render = partial(render_push, secret=b"x" * 16)
    planner = Planner(engine, shipped_rulebook, render, quiet, SHANGHAI, lambda: taobao.now)

    def turn() -> list[str]:
        for _ in range(2):
            planner.turn(partial(transact, engine))
            taobao.move(timedelta(minutes=1))  # changes of one minute are told together
        planner.turn(partial(transact, engine))
        return pushes(engine)

    return turn


def pushes(engine: Engine) -> list[str]:
    """What people were told, in order."""
    with engine.connect() as connection:
        found = connection.execute(select(outbox.c.payload).order_by(outbox.c.id)).scalars()
        return [payload["html"] for payload in found]


def watched(engine: Engine, sale: Sale, now: datetime) -> None:
    """Let somebody be bound to the sale's creator and watch its line."""
    with engine.begin() as connection:
        creator = add_creator(connection, f"达人{sale.creator}", now)
        remember(connection, [Acquaintance(PERSON, PERSON, "七", "zh", Dialogue())], now)
        bind(connection, PERSON, make_binding_code(connection, creator, now), now)
        row = connection.execute(
            select(order_lines.c.id).where(order_lines.c.line_key == sale.order)
        ).scalar_one()
        subscribe(connection, PERSON, Scope.ORDER, row, now)


@pytest.fixture
def sale(engine: Engine, taobao: PlatformServer) -> Sale:
    """A sale that is paid and not yet received, of a creator who is registered."""
    promoters_known(engine, "taobao", taobao.now)
    begin_at(engine, keys_for(taobao, "taobao"), taobao.now - timedelta(days=2))
    sales = taobao.desks["taobao"].book.sales.values()
    return next(each for each in sales if each.phase is Phase.PAID and each.paid_fen > 9000)


def settle(server: PlatformServer, sale: Sale) -> None:
    """The merchant pays the commission for half of it: the rest was refunded."""
    book = server.desks["taobao"].book
    book.take_out(sale)
    sale.phase, sale.received = Phase.SETTLED, server.now - timedelta(hours=1)
    sale.settled, sale.kept_fen, sale.noted = server.now, sale.paid_fen // 2, server.now
    book.put_in(sale)


async def test_a_settlement_is_told_once_with_both_amounts_and_the_cause(
    engine: Engine, taobao: PlatformServer, sale: Sale, plan: Plan
) -> None:
    async with syncing(engine, taobao) as sync:
        assert await sync.turn()
        watched(engine, sale, taobao.now)
        expected = known(engine, "taobao")[sale.order]["estimated_commission"]
        assert plan() == []
        settle(taobao, sale)
        taobao.move(timedelta(minutes=1))
        assert await sync.turn()
        (told,) = plan()
        settled = known(engine, "taobao")[sale.order]
        net = Decimal(settled["settled_commission"]) - Decimal(settled["technical_fee"])
        assert f"预估 {expected} 元 → <b>结算 {net} 元</b>" in told
        assert "💡 买家退了一部分" in told
        assert sale.parent in told
        taobao.move(timedelta(minutes=61))
        assert await sync.turn()  # the sweep sees the same again
        assert plan() == [told]
    assert import_facts(engine, sale, taobao.now) == [Finding.UNCHANGED]
    assert plan() == [told]


async def test_what_a_report_said_first_the_sync_does_not_say_again(
    engine: Engine, taobao: PlatformServer, sale: Sale, plan: Plan
) -> None:
    """The other way round: a file was quicker."""
    async with syncing(engine, taobao) as sync:
        assert await sync.turn()
        watched(engine, sale, taobao.now)
        plan()
        settle(taobao, sale)
        taobao.move(timedelta(minutes=1))
        facts = {**known(engine, "taobao")[sale.order], **taobao.truth("taobao")[sale.order]}
        taobao.move(timedelta(minutes=1))
        assert import_facts(engine, sale, taobao.now, facts) == [Finding.CHANGED]
        (told,) = plan()
        taobao.move(timedelta(minutes=5))
        assert await sync.turn()
        assert plan() == [told]


async def test_a_report_that_is_taken_back_is_corrected(
    engine: Engine, taobao: PlatformServer, sale: Sale, plan: Plan
) -> None:
    async with syncing(engine, taobao) as sync:
        assert await sync.turn()
    watched(engine, sale, taobao.now)
    before = known(engine, "taobao")[sale.order]
    plan()
    wrong = before | {"raw_status": {"code": "13"}, "closed_at": taobao.now.isoformat()}
    assert import_facts(engine, sale, taobao.now, wrong) == [Finding.CHANGED]
    (told,) = plan()
    assert "这笔不会到账了" in told
    assert isinstance(withdraw_import(engine, last_batch(engine), taobao.now), Withdrawn)
    first, correction = plan()
    assert first == told
    assert f"预估 {before['estimated_commission']} 元" in correction
    assert sale.parent in correction
    assert known(engine, "taobao")[sale.order] == before


def last_batch(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.max(import_batches.c.id))).scalar_one())


def import_facts(
    engine: Engine, sale: Sale, now: datetime, facts: Mapping[str, Any] | None = None
) -> list[Finding]:
    """Import what is known of a sale's line, or these facts, as a report would."""
    said = dict(facts or known(engine, "taobao")[sale.order]) | {"data_as_of": now.isoformat()}
    order = read_order(said)
    assert isinstance(order, Order), order
    with engine.begin() as connection:
        creator = add_creator(connection, f"达人{sale.creator}", now)
    report = ReportImport(engine, "report.csv", "hash", now)
    findings = report.add([OwnedOrder(creator, order)])
    report.publish(refused=0)
    return findings
