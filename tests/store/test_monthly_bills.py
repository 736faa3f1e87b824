from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from bot.store.monthly_bills import KeptBills, keep_bills, kept_bills
from bot.store.tables import monthly_bills
from settlement.apis import MonthlyBill
from settlement.model import Platform

P1688 = Platform.ALIBABA_1688
AMOUNTS = ("estimate", "refund_succeeded", "refund", "frozen", "rededucted", "tax", "service_fee")


def bill(month: int, real: str | None, **others: Any) -> MonthlyBill:
    said = {**dict.fromkeys(AMOUNTS), "others": {}, **others}
    return MonthlyBill(month=date(2026, month, 1), real=Decimal(real) if real else None, **said)


def test_a_later_answer_replaces_what_was_said_of_a_month(
    connection: Connection, now: datetime
) -> None:
    def keep(account: str, later: int, *bills: MonthlyBill) -> KeptBills:
        return keep_bills(connection, P1688, account, bills, now + timedelta(days=later))

    august, september = bill(8, "10000000.01"), bill(9, None, others={"payTime": "x"})
    assert keep("a", 0, august, september) == KeptBills(new=2)
    changed = bill(9, "-1.50", tax=Decimal("0.00"))
    assert keep("a", 1, august, changed) == KeptBills(changed=1, unchanged=1)
    assert keep("b", 2, changed) == KeptBills(new=1)
    assert keep("a", 3, bill(10, "1.00")) == KeptBills(new=1)
    kept = [(each.account, each.bill, each.asked_at) for each in kept_bills(connection, P1688)]
    assert kept == [
        ("a", bill(10, "1.00"), now + timedelta(days=3)),
        ("a", changed, now + timedelta(days=1)),
        ("b", changed, now + timedelta(days=2)),
        ("a", august, now + timedelta(days=1)),
    ]
    assert kept_bills(connection, Platform.JD) == []
    written = select(monthly_bills.c.real, monthly_bills.c.tax, monthly_bills.c.frozen)
    found = connection.execute(written.where(monthly_bills.c.account == "b")).all()
    assert found == [("-1.50", "0.00", None)]
