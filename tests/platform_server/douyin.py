"""Douyin's open platform as its documents describe it: JSON bodies, fen, 1/10000."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.platform_server import asked as asking
from tests.platform_server.asked import Asked, Keys, No
from tests.platform_server.book import Book, noted
from tests.platform_server.sales import Phase, Sale, clock_time, share, yuan

ORDERS = "buyin.instituteOrderMCN"
PHASES = "buyin.MCNMultiSettlementOrders"
LARGEST = {ORDERS: 200, PHASES: 100}
CODES = {
    Phase.PAID: "PAY_SUCC",
    Phase.RECEIVED: "CONFIRM",
    Phase.SETTLED: "SETTLE",
    Phase.INVALID: "REFUND",
}


def answer(asked: Asked, keys: Keys, token: str | None, book: Book, now: datetime) -> Any:
    """Answer a request, or raise No."""
    query = asked.query
    for name in ("app_key", "method", "access_token", "timestamp", "v", "sign", "sign_method"):
        asking.required(query, name, code="40001", words="缺少必选参数")
    if query["app_key"] != keys.app_key:
        raise No("40003", "认证失败，app_key格式不正确", "isv.app-id-invalid")
    sent = asking.parse_time(query["timestamp"], "40003", "时间戳不合法")
    asking.check_skew(sent, now, "40003", "时间戳不合法")
    text = "".join(
        f"{name}{query[name]}" if name != "param_json" else f"{name}{asked.body}"
        for name in ("app_key", "method", "param_json", "timestamp", "v")
    )
    if query["sign"] != asking.keyed(
        keys.app_secret, keys.app_secret + text + keys.app_secret, "sha256"
    ):
        raise No("40003", "签名校验失败", "isv.signature-invalid")
    if query["access_token"] != token:
        raise No("40003", "access_token已过期", "isv.access-token-expired")
    if asked.path.replace("/", ".") != query["method"] or query["method"] not in LARGEST:
        raise No("30001", "接口不存在", "isv.method-invalid")
    data = _found(
        query["method"], asking.parse_object(asked.body, "40004", "参数解析失败"), book, now
    )
    return {"code": 10000, "msg": "success", "sub_code": "", "sub_msg": "", "data": data}


def refused(no: No) -> Any:
    return {
        "code": int(no.code),
        "msg": "非法的参数",
        "sub_code": no.detail,
        "sub_msg": no.words,
        "log_id": "1",
    }


def _found(method: str, asked: dict[str, Any], book: Book, now: datetime) -> dict[str, Any]:
    invalid = "isv.parameter-invalid"
    if not 1 <= int(asked.get("size", 0)) <= LARGEST[method]:
        raise No("40004", "无效size", f"{invalid}:1031")
    for name, number in (("start_time", "1034"), ("end_time", "1035")):
        if not asked.get(name):
            raise No("40004", f"无效{name}", f"{invalid}:{number}")
    start = asking.parse_time(asked["start_time"], "40004", "无效开始时间")
    end = asking.parse_time(asked["end_time"], "40004", "无效结束时间")
    if book.too_wide(start, end, timedelta(days=90)):
        raise No("40004", "无效时间区间", f"{invalid}:1036")
    if start < now - timedelta(days=90):
        raise No("50002", "起始查询时间超过了最久查询限制", "isv.business-failed:4168")
    if asked.get("time_type") not in {"update", "pay", "settle"}:
        raise No("40004", "无效订单查询时间类型", f"{invalid}:282")
    first, size = int(asked.get("cursor", "0")), int(asked["size"])
    sales = book.between(noted, start, end)
    found: list[Any] = sales if method == ORDERS else _phases(sales)
    render: Callable[[Any], dict[str, Any]] = row if method == ORDERS else phase_row
    more = first + size < len(found)
    return {
        "orders": [render(each) for each in found[first : first + size]],
        "cursor": str(first + size) if more else "",
    }


def row(sale: Sale) -> dict[str, Any]:
    settled = sale.settled is not None
    return {
        "order_id": sale.order,
        "product_id": sale.item_id,
        "product_name": sale.item,
        "item_num": sale.quantity,
        "shop_name": sale.shop,
        "shop_id": 77,
        "flow_point": CODES[sale.phase],
        "pay_success_time": clock_time(sale.paid),
        "settle_time": clock_time(sale.settled) if settled else ("" if sale.creator % 2 else 1),
        "refund_time": clock_time(sale.noted) if sale.phase is Phase.INVALID else "",
        "update_time": clock_time(sale.noted),
        "total_pay_amount": sale.paid_fen,
        "pay_goods_amount": sale.paid_fen,
        "settled_goods_amount": sale.kept_fen,
        "commission_rate": sale.rate,
        "estimated_commission": sale.expected_fen,
        "real_commission": sale.settled_fen if settled else 0,
        "estimated_institution_commission": share(sale.expected_fen, 1000),
        "institution_commission": 0,
        "author_account": f"达人{sale.creator}",
        "author_short_id": str(9000 + sale.creator),
        "author_buyin_id": str(70_000_000_000_000_000 + sale.creator),
        "pid_info": {"pid": "", "external_info": "", "media_type_name": ""},
        "media_type": "live",
        "app": "抖音",
    }


def _phases(sales: list[Sale]) -> list[tuple[Sale, int]]:
    return [(sale, phase) for sale in sales for phase in range(1, len(settlements(sale)) + 1)]


def phase_row(found: tuple[Sale, int]) -> dict[str, Any]:
    sale, phase = found
    at, amount = settlements(sale)[phase - 1]
    return {
        "order_id": sale.order,
        "phase_id": phase,
        "settle_kol_commission": amount,
        "settle_time": clock_time(at),
        "update_time": clock_time(sale.noted),
        "author_account": f"达人{sale.creator}",
        "short_id": str(9000 + sale.creator),
    }


def settlements(sale: Sale) -> list[tuple[datetime, int]]:
    if sale.settled is None:
        return []
    taken = [(each.completed, -share(each.refunded, sale.rate)) for each in sale.disputes]
    return [(sale.settled, sale.settled_fen), *taken]


def truth(sale: Sale) -> tuple[str, dict[str, Any]]:
    """The line's key and what must be known of it."""
    facts: dict[str, Any] = {
        "platform": "douyin",
        "order_number": sale.order,
        "raw_status": {"code": CODES[sale.phase]},
        "shop": sale.shop,
        "item": sale.item,
        "item_id": sale.item_id,
        "quantity": sale.quantity,
        "paid_at": sale.paid.isoformat(),
        "paid_amount": yuan(sale.paid_fen),
        "base_amount": yuan(sale.paid_fen),
        "estimated_commission": yuan(sale.expected_fen),
    }
    if sale.phase is Phase.INVALID:
        facts["refunds"] = [{"kind": "refund", "succeeded_at": sale.noted.isoformat()}]
    if sale.settled:
        facts["settled_at"] = sale.settled.isoformat()
        facts["settled_base"] = yuan(sale.kept_fen)
        facts["settled_commission"] = yuan(sale.settled_fen)
        phases = list(enumerate(settlements(sale), 1))
        facts["settlements"] = [
            {"phase": phase, "commission": yuan(amount), "settled_at": at.isoformat()}
            for phase, (at, amount) in phases
            if amount >= 0
        ]
        if any(amount < 0 for _, (_, amount) in phases):
            facts["balance_changes"] = [
                {"on": at.date().isoformat(), "amount": f"-{yuan(-amount)}"}
                for _, (at, amount) in phases
                if amount < 0
            ]
    return sale.order, facts
