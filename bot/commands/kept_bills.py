"""What `mingzhang reconcile` compares without a file: the bill of a month that was fetched."""

from datetime import date
from decimal import Decimal

from bot.commands.failure import CommandFailed
from bot.commands.statement_reading import Read
from bot.commands.store import opened_store
from bot.store.monthly_bills import KeptBill, kept_bills
from bot.store.transactions import reads
from settlement.apis import methods_of
from settlement.model import Platform
from settlement.statements import MonthTotals

__all__ = ["read_kept_bill"]

NO_FILE = "没有给账单文件；要对接口取来的月账单，请写 --platform 1688 --month 2026-09"


def read_kept_bill(platform: Platform | None, month: date | None) -> Read:
    """What the platform said it paid for a month; several applications give a bill each."""
    if platform is None or month is None:
        raise CommandFailed(NO_FILE)
    if not any(method.tells_of_months for method in methods_of(platform)):
        raise CommandFailed(f"{platform} 的接口没有月账单；请给账单文件")
    with opened_store() as engine, reads(engine) as connection:
        kept = kept_bills(connection, platform)
    of_month = [each for each in kept if each.bill.month == month]
    if not of_month:
        raise CommandFailed(_none(platform, month, kept))
    return Read(bills=[_totals(each, row) for row, each in enumerate(of_month, 1)])


def _none(platform: Platform, month: date, kept: list[KeptBill]) -> str:
    months = sorted({f"{each.bill.month:%Y-%m}" for each in kept})
    there = f"取到的有 {'、'.join(months)}" if months else "还没有取到过"
    remedy = f"请先 mingzhang sync --platform {platform} --once，或给账单文件"
    return f"没有 {platform} {month:%Y-%m} 的月账单（{there}）；{remedy}"


def _totals(kept: KeptBill, row: int) -> MonthTotals:
    bill = kept.bill
    return MonthTotals(
        row=row,
        month=bill.month,
        real=_paid(kept),
        platform=kept.platform,
        estimate=bill.estimate,
        refunded=bill.refund_succeeded,
        refunding=bill.refund,
        frozen=bill.frozen,
        rededucted=bill.rededucted,
        tax=bill.tax,
        service=bill.service_fee,
    )


def _paid(kept: KeptBill) -> Decimal:
    if kept.bill.real is None:
        month = f"{kept.bill.month:%Y-%m}"
        raise CommandFailed(
            f"{kept.platform} {month} 的月账单没有写发钱金额，没法对；等平台出账后再对"
        )
    return kept.bill.real
