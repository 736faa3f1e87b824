"""A store with orders of one creator, a statement, and the command line over both."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bot.store.creators import add_creator
from bot.store.database import open_engine
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.monthly_bills import keep_bills
from settlement.apis import MonthlyBill
from settlement.contract import read_order
from settlement.model import Order, Platform
from tests.command_line import Run, running

NOW = datetime(2026, 10, 20, tzinfo=UTC)
RECEIVED = "2026-07-20T10:00:00+08:00"


def sold(number: int, shop: str = "纸箱店", **facts: object) -> Order:
    said = {
        "platform": "1688",
        "order_number": f"16880000000000{number:02}",
        "shop": shop,
        "received_at": RECEIVED,
        "paid_amount": "100.00",
        "commission_rate": "0.10",
        **facts,
    }
    order = read_order(said)
    assert isinstance(order, Order), order
    return order


ORDERS = [
    sold(1),
    sold(2),
    sold(3, "=cmd|' /C calc'!A0", tax_withheld="2.00"),
    sold(4, refunds=[{"amount": "50.00", "succeeded_at": "2026-07-25T10:00:00+08:00"}]),
    sold(5, received_at=None, raw_status={"code": "80"}, closed_at="2026-08-01T10:00:00+08:00"),
]
STATEMENT = """订单号,实发金额,平台
1688000000000001,10.00,1688
1688000000000003,10.00,1688
1688000000000004,10.00,1688
1688000000000009,3.00,1688
1688000000000009,3.00,1688
合计,36.00,
"""


@pytest.fixture
def run(
    sqlite_database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Run:
    """The command line over a store with orders."""
    engine = open_engine(sqlite_database)
    with engine.begin() as connection:
        owner = add_creator(connection, "小雅", NOW)
    report = ReportImport(engine, "report.csv", "hash", NOW)
    report.add([OwnedOrder(owner, order) for order in ORDERS])
    report.publish(refused=0)
    engine.dispose()
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", sqlite_database)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(tmp_path)

    return running(capfd, monkeypatch)


@pytest.fixture
def statement(tmp_path: Path) -> Path:
    path = tmp_path / "九月.csv"
    path.write_text(STATEMENT, "utf-8")
    return path


def keep_bill(database: str, real: str) -> None:
    """As the sync keeps 1688's bill of September."""
    engine = open_engine(database)
    unsaid = dict.fromkeys(("refund", "frozen", "rededucted", "service_fee"))
    said = {"estimate": "40.00", "refund_succeeded": "5.00", "tax": "1.00", "real": real}
    amounts = {name: Decimal(amount) for name, amount in said.items()}
    bill = MonthlyBill(month=date(2026, 9, 1), others={}, **unsaid, **amounts)
    with engine.begin() as connection:
        keep_bills(connection, Platform.ALIBABA_1688, "account", [bill], NOW)
    engine.dispose()
