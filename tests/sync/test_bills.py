"""1688's monthly bills: fetched once a day over HTTP, kept, shown, beside the orders."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

import bot.sync.engine
from bot.commands.failure import CommandFailed
from bot.commands.reconciling import Request, reconcile
from bot.commands.sync_status import show_status
from bot.store.monthly_bills import KeptBill, kept_bills
from bot.store.sync_cursors import all_cursors, covered_platforms
from bot.store.unread_rows import unread_reasons
from bot.sync.lagging import tell_of_lags
from bot.sync.progress import CaughtUp, Stopped
from bot.sync.sources import Application, applications
from bot.sync.taking_in import Counts
from settlement.model import Platform
from tests.platform_server import alibaba1688
from tests.platform_server.faults import Faults
from tests.platform_server.sales import SHANGHAI, Phase, Sale
from tests.platform_server.server import NOW, PlatformServer
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

BILLS = alibaba1688.BILLS
PAID_OUT = datetime(2026, 9, 15, 10, tzinfo=SHANGHAI)
SALES = 12


def paid_out(sale: Sale, day: int) -> None:
    """Received in July and whole, so paid out on 15 September (S1688-15)."""
    sale.created = sale.paid = datetime(2026, 7, 1, 9, tzinfo=SHANGHAI)
    sale.received = datetime(2026, 7, 2 + day, 9, tzinfo=SHANGHAI)
    sale.phase, sale.settled, sale.noted = Phase.SETTLED, PAID_OUT, PAID_OUT
    sale.kept_fen, sale.disputes = sale.paid_fen, []


@pytest.fixture
async def server(sqlite_engine: Engine) -> AsyncIterator[PlatformServer]:
    """1688 on 20 September; the orders of July are found by the day of their settlement."""
    server = PlatformServer({"1688": SALES}, days=60)
    for day, sale in enumerate(server.desks["1688"].book.sales.values()):
        paid_out(sale, day)
    promoters_known(sqlite_engine, "1688", server.now)
    begin_at(sqlite_engine, keys_for(server, "1688"), server.now - timedelta(days=6))
    async with server:
        yield server


@pytest.fixture
def _settings(
    monkeypatch: pytest.MonkeyPatch, sqlite_database: str, server: PlatformServer
) -> None:
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", sqlite_database)
    for name, value in secret_values(keys_for(server, "1688")).items():
        monkeypatch.setenv(f"MINGZHANG_{name.upper()}", value)


@pytest.fixture
def _only_bills(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for no orders."""

    def without_orders(*words: Any) -> list[Application]:
        return [replace(each, sources=()) for each in applications(*words)]

    monkeypatch.setattr(bot.sync.engine, "applications", without_orders)


def bills_of(engine: Engine) -> list[KeptBill]:
    with engine.connect() as connection:
        return kept_bills(connection, Platform.ALIBABA_1688)


def counts(told: Told) -> list[Counts]:
    """What became of the bills each time they were fetched."""
    return [each.counts for each in told.of(CaughtUp) if each.key.method == BILLS]


def compared(capture: pytest.CaptureFixture[bytes], month: str = "2026-09") -> dict[str, Any]:
    capture.readouterr()
    assert reconcile(Request((), platform="1688", month=month, as_json=True))
    found: dict[str, Any] = json.loads(capture.readouterr().out)
    return found


def yuan(fen: int) -> Decimal:
    return Decimal(fen) / 100


@pytest.mark.usefixtures("_settings")
async def test_a_bill_is_fetched_shown_and_compared_with_the_orders(
    sqlite_engine: Engine, server: PlatformServer, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    told = Told()
    sales = list(server.desks["1688"].book.sales.values())
    due = yuan(sum(sale.expected_fen for sale in sales))
    async with syncing(sqlite_engine, server, told=told) as sync:
        assert await sync.turn()
        assert len(known(sqlite_engine, "1688")) == SALES
        assert counts(told) == [Counts(new=1)]
        (kept,) = bills_of(sqlite_engine)
        assert (kept.bill.month, kept.bill.real) == (date(2026, 9, 1), due)
        (month,) = compared(capsysbinary)["months"]
        assert (month["real"], month["expected"]) == (f"{due:.2f}", f"{due:.2f}")
        assert Decimal(month["difference"]) == 0

        show_status(as_json=False)
        shown = capsysbinary.readouterr().out.decode()
        assert "月账单（元）" in shown
        assert f"{due:.2f}" in shown

        # The platform pays half for one and says so a day later; its order is never told again.
        sales[0].kept_fen //= 2
        less = yuan(sales[0].expected_fen - sales[0].settled_fen)
        server.move(timedelta(hours=1))
        assert await sync.turn()
        assert len(counts(told)) == 1  # once a day is enough
        server.move(timedelta(days=1))
        assert await sync.turn()
    assert counts(told)[1:] == [Counts(changed=1)]
    (month,) = compared(capsysbinary)["months"]
    assert Decimal(month["difference"]) == -less < 0
    with sqlite_engine.connect() as connection:
        # Orders are known up to a time; of bills there is none, so they hold nothing back.
        covered = covered_platforms(connection)[Platform.ALIBABA_1688]
    assert covered > NOW + timedelta(days=1)
    show_status(as_json=True)
    lines = [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
    (bill,) = (each for each in lines if "month" in each)
    assert Decimal(bill["real"]) == due - less
    (source,) = (each for each in lines if each.get("method") == BILLS)
    assert (source["covered_until"], source["windows_to_go"]) == (None, None)


@pytest.mark.usefixtures("_settings")
def test_without_a_bill_one_line_says_what_to_do(sqlite_engine: Engine) -> None:
    for request, words in (
        (Request(()), r"^没有给账单文件；.*--platform 1688 --month 2026-09$"),
        (Request((), platform="1688"), "^没有给账单文件"),
        (Request((), columns=Path("my.yaml")), "^--columns：只和账单文件一起用；请给账单文件$"),
        (Request((), platform="jd", month="2026-09"), "^jd 的接口没有月账单；请给账单文件$"),
        (
            Request((), platform="1688", month="2026-09"),
            r"^没有 1688 2026-09 的月账单（还没有取到过）；请先 mingzhang sync --platform 1688",
        ),
    ):
        with pytest.raises(CommandFailed, match=words):
            reconcile(request)
    assert bills_of(sqlite_engine) == []


@pytest.mark.usefixtures("_settings", "_only_bills")
async def test_many_months_odd_ones_and_two_bills_of_one_month(
    sqlite_engine: Engine, server: PlatformServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    months = [{"settleMonth": f"2024-{n:02d}", "realAmount": n / 10} for n in range(1, 13)]
    months += [{"settleMonth": f"2025-{n:02d}"} for n in range(1, 13)]
    months += [months[0], months[1] | {"realAmount": 7}, {"settleMonth": "2026年13月"}]
    monkeypatch.setattr(alibaba1688, "bills", lambda book: months)
    told = Told()
    async with syncing(sqlite_engine, server, told=told) as sync:
        assert await sync.turn()
        assert counts(told) == [Counts(new=23, unreadable=3)]
        kept = {f"{each.bill.month:%Y-%m}": each.bill.real for each in bills_of(sqlite_engine)}
        assert len(kept) == 23
        assert kept["2024-01"] == Decimal("0.10")
        assert kept["2025-12"] is None
        with sqlite_engine.connect() as connection:
            reasons = {each.reason: each.rows for each in unread_reasons(connection)}
        assert {reason.split("；")[0]: rows for reason, rows in reasons.items()} == {
            "settleMonth：同一个月有几份不同的账单，不知道该算哪一份": 2,
            "settleMonth：“…”不是月份": 1,
        }
        del months[-2:]
        server.move(timedelta(days=1))
        assert await sync.turn()
    assert counts(told)[1] == Counts(new=1, unchanged=23)
    with sqlite_engine.connect() as connection:
        assert unread_reasons(connection) == []
    with pytest.raises(CommandFailed, match=r"^1688 2025-12 的月账单没有写发钱金额"):
        reconcile(Request((), platform="1688", month="2025-12"))
    with pytest.raises(CommandFailed, match="取到的有 2024-01、2024-02"):
        reconcile(Request((), platform="1688", month="2026-09"))


@pytest.mark.usefixtures("_only_bills")
async def test_a_refusal_is_said_and_tried_again_the_next_turn(
    sqlite_engine: Engine, server: PlatformServer
) -> None:
    def tell() -> int:
        return tell_of_lags(sqlite_engine, HASTY, -100900, server.now)

    told, desk = Told(), server.desks["1688"]
    async with syncing(sqlite_engine, server, told=told) as sync:
        assert await sync.turn()
        assert tell() == 0
        server.move(timedelta(days=1))
        desk.faults = Faults(expires_after=desk.calls + 1)
        assert not await sync.turn()
        with sqlite_engine.connect() as connection:
            (cursor,) = (each for each in all_cursors(connection) if each.key.method == BILLS)
        assert cursor.trouble == "token_expired"
        server.move(timedelta(hours=2))
        assert not await sync.turn()
        assert [each.kind for each in told.of(Stopped)] == ["token_expired"] * 2
        assert "MINGZHANG_ALIBABA1688_ACCESS_TOKEN" in told.of(Stopped)[0].words
        assert tell() == 1
        server.renew_token("1688")
        assert await sync.turn()
        assert tell() == 1
    assert counts(told) == [Counts(new=1), Counts(unchanged=1)]
