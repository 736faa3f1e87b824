"""Monthly bills a platform's interface has told (月账单): the latest of each month is kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, select

from bot.store.inserting import insert
from bot.store.tables import monthly_bills
from settlement.apis import MonthlyBill
from settlement.model import Platform

__all__ = ["KeptBill", "KeptBills", "keep_bills", "kept_bills"]

_AMOUNTS = (
    "estimate",
    "refund_succeeded",
    "refund",
    "frozen",
    "rededucted",
    "real",
    "tax",
    "service_fee",
)
_KEY = ("platform", "account", "month")


@dataclass(frozen=True, slots=True)
class KeptBill:
    """A bill, whose it is, and when the platform said so last."""

    platform: Platform
    account: str
    bill: MonthlyBill
    asked_at: datetime


class KeptBills(NamedTuple):
    """How many bills of an answer were new, said something else than before, or the same."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


def keep_bills(
    connection: Connection,
    platform: Platform,
    account: str,
    bills: Iterable[MonthlyBill],
    asked_at: datetime,
) -> KeptBills:
    """Keep bills in place of what was said of their months before.

    Of each month there must be at most one bill. A month the answer leaves out stays.
    """
    known = {
        each.bill.month: each.bill
        for each in kept_bills(connection, platform)
        if each.account == account
    }
    said = list(bills)
    for each in said:
        _write(connection, _row(platform, account, each, asked_at))
    new = sum(each.month not in known for each in said)
    unchanged = sum(known.get(each.month) == each for each in said)
    return KeptBills(new, len(said) - new - unchanged, unchanged)


def kept_bills(connection: Connection, platform: Platform | None = None) -> list[KeptBill]:
    """The bills that are kept, the latest month first."""
    table = monthly_bills
    query = select(table).order_by(table.c.month.desc(), table.c.platform, table.c.account)
    if platform is not None:
        query = query.where(table.c.platform == platform)
    return [_kept(row) for row in connection.execute(query).mappings()]


def _write(connection: Connection, row: dict[str, Any]) -> None:
    statement = insert(connection, monthly_bills).values(**row)
    said = {name: value for name, value in row.items() if name not in _KEY}
    connection.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=said))


def _row(
    platform: Platform, account: str, bill: MonthlyBill, asked_at: datetime
) -> dict[str, Any]:
    amounts = {name: getattr(bill, name) for name in _AMOUNTS}
    return {
        "platform": str(platform),
        "account": account,
        "month": _written(bill.month),
        **{name: None if amount is None else f"{amount:f}" for name, amount in amounts.items()},
        "others": dict(bill.others),
        "asked_at": asked_at,
    }


def _kept(row: RowMapping) -> KeptBill:
    amounts = {name: row[name] and Decimal(row[name]) for name in _AMOUNTS}
    month = date.fromisoformat(f"{row['month']}-01")
    bill = MonthlyBill(month=month, others=row["others"], **amounts)
    return KeptBill(Platform(row["platform"]), row["account"], bill, row["asked_at"])


def _written(month: date) -> str:
    return f"{month:%Y-%m}"
