"""What `mingzhang sync status` shows beside the sources: unreadable rows and monthly bills."""

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from bot.commands.output import moment
from bot.store.monthly_bills import KeptBill
from bot.store.sync_cursors import SourceKey
from bot.store.unread_rows import UnreadReason
from bot.sync.sources import title_of
from settlement.shanghai import SHANGHAI

__all__ = ["bill_json", "reason_json", "table_of_bills", "table_of_unread"]

REASONS = 10
MONTHS = 12
AMOUNTS = {
    "estimate": "预估",
    "refund_succeeded": "维权返款",
    "rededucted": "补扣",
    "tax": "税费",
    "service_fee": "技术服务费",
    "real": "发钱",
}


def reason_json(reason: UnreadReason) -> dict[str, Any]:
    """What is wrong with some rows; `unread` is how many they are."""
    return {
        "platform": reason.platform,
        "method": reason.method,
        "reason": reason.reason,
        "unread": reason.rows,
        "since": reason.first_seen,
        "last_seen": reason.last_seen,
    }


def bill_json(kept: KeptBill) -> dict[str, Any]:
    """A bill; amounts in yuan, as text."""
    amounts = {name: getattr(kept.bill, name) for name in (*AMOUNTS, "refund", "frozen")}
    return {
        "platform": kept.platform,
        "account": kept.account,
        "month": f"{kept.bill.month:%Y-%m}",
        **{name: None if amount is None else f"{amount:f}" for name, amount in amounts.items()},
        "asked_at": kept.asked_at,
    }


def table_of_unread(reasons: Sequence[UnreadReason]) -> Table:
    """How many rows could not be read, and the commonest reasons."""
    rows = sum(each.rows for each in reasons)
    table = Table("接口", "原因", "行", "最早", "最近", title=f"读不懂 {rows} 行，原样留着")
    for each in reasons[:REASONS]:
        title = title_of(SourceKey(each.platform, each.method, ""))
        seen = (moment(at, SHANGHAI) for at in (each.first_seen, each.last_seen))
        table.add_row(title, each.reason, str(each.rows), *seen)
    if len(reasons) > REASONS:
        table.add_row("", f"还有 {len(reasons) - REASONS} 种，见 --json", "", "", "")
    return table


def table_of_bills(bills: Sequence[KeptBill]) -> Table:
    """The latest bills, in yuan."""
    table = Table("平台", "月份", *AMOUNTS.values(), "取于", title="月账单（元）")
    for each in bills[:MONTHS]:
        amounts = (getattr(each.bill, name) for name in AMOUNTS)
        table.add_row(
            each.platform,
            f"{each.bill.month:%Y-%m}",
            *("-" if amount is None else f"{amount:f}" for amount in amounts),
            moment(each.asked_at, SHANGHAI),
        )
    if len(bills) > MONTHS:
        table.add_row("", f"还有 {len(bills) - MONTHS} 份，见 --json", *([""] * len(AMOUNTS)), "")
    return table
