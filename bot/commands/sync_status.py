"""`mingzhang sync status`: how far each platform is, what lags, and what waits for a creator."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.app import SystemClock
from bot.commands.output import moment, say, say_json
from bot.commands.store import opened_store, usable_settings
from bot.commands.sync_details import (
    bill_json,
    reason_json,
    table_of_bills,
    table_of_unread,
)
from bot.commands.syncing import no_keys
from bot.store.monthly_bills import kept_bills
from bot.store.sync_cursors import all_cursors
from bot.store.transactions import reads
from bot.store.unread_rows import unread_reasons
from bot.store.waiting_statements import WaitingPromoter, waiting_promoters
from bot.sync.standing import Standing, standings
from settlement.shanghai import SHANGHAI

__all__ = ["show_status"]

SHOWN = 20
"""Promoters listed of those nobody has registered."""
NOT_BEGUN = "还没有同步过"
NO_KEY = "密钥已不再设置"


def show_status(*, as_json: bool) -> None:
    """Print where each source stands, then whom nobody has registered."""
    settings = usable_settings()
    with opened_store() as engine, reads(engine) as connection:
        cursors = all_cursors(connection)
        waiting = waiting_promoters(connection)
        unread, bills = unread_reasons(connection), kept_bills(connection)
    stands = standings(settings, cursors, SystemClock().now())
    if as_json:
        told = (map(_as_json, stands), map(_waiting_json, waiting))
        for each in chain(*told, map(reason_json, unread), map(bill_json, bills)):
            say_json(each)
        return
    if not stands:
        say(no_keys(None))
        return
    _print_table(stands, waiting)
    console = Console()
    if unread:
        console.print(table_of_unread(unread))
    if bills:
        console.print(table_of_bills(bills))


def _words(standing: Standing) -> str:
    """What is wrong, or that all is well."""
    cursor = standing.cursor
    if cursor.trouble_words:
        return cursor.trouble_words
    if standing.source is None:
        return NO_KEY
    return _skew(standing.skew) or ("正常" if cursor.answered_at else NOT_BEGUN)


def _skew(skew: int | None) -> str | None:
    if skew is None:
        return None
    behind = "慢" if skew > 0 else "快"
    return f"这台机器的时钟比平台{behind} {abs(skew)} 秒，请校准系统时间"


def _as_json(standing: Standing) -> dict[str, Any]:
    cursor = standing.cursor
    return {
        "platform": cursor.key.platform,
        "method": cursor.key.method,
        "account": cursor.key.account,
        "covered_until": cursor.covered_until,
        "lag_seconds": None if standing.lag is None else int(standing.lag.total_seconds()),
        "windows_to_go": standing.to_go,
        "answered_at": cursor.answered_at,
        "skew_seconds": cursor.skew_seconds,
        "unreadable": cursor.unreadable,
        "trouble": cursor.trouble,
        "trouble_since": cursor.trouble_at,
        "message": _words(standing),
    }


def _waiting_json(promoter: WaitingPromoter) -> dict[str, Any]:
    return {
        "platform": promoter.platform,
        "promoter": promoter.hints,
        "waiting": promoter.lines,
        "since": promoter.since,
    }


def _print_table(stands: Sequence[Standing], waiting: Sequence[WaitingPromoter]) -> None:
    table = Table("接口", "数据截至", "落后", "还有几段", "上次成功", "状况")
    for each in stands:
        cursor = each.cursor
        table.add_row(
            each.title,
            _moment(cursor.covered_until),
            _span(each.lag),
            "-" if each.to_go is None else str(each.to_go),
            _moment(cursor.answered_at),
            _words(each),
        )
    console = Console()
    console.print(table)
    if waiting:
        console.print(_table_of_waiting(waiting))
        console.print("把它们写进 creators.yaml，或 mingzhang creator add；登记之后会自动归过去")


def _table_of_waiting(waiting: Sequence[WaitingPromoter]) -> Table:
    lines = sum(each.lines for each in waiting)
    table = Table("平台", "推广者", "订单行", "最早", title=f"等待归属 {lines} 行")
    for each in waiting[:SHOWN]:
        name = each.promoter or "没有写推广者（等它的订单）"
        table.add_row(each.platform, name, str(each.lines), moment(each.since, SHANGHAI))
    if len(waiting) > SHOWN:
        table.add_row("", f"还有 {len(waiting) - SHOWN} 个，见 --json", "", "")
    return table


def _moment(instant: datetime | None) -> str:
    return moment(instant, SHANGHAI) if instant else "-"


def _span(lag: timedelta | None) -> str:
    if lag is None:
        return "-"
    minutes = int(lag.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} 分钟"
    return f"{minutes // 60} 小时" if minutes < 48 * 60 else f"{minutes // 1440} 天"
