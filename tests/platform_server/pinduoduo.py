"""Pinduoduo's open platform as its documents describe it: fen, 1/1000, seconds since 1970."""

from datetime import datetime, timedelta
from typing import Any

from tests.platform_server import asked as asking
from tests.platform_server.asked import Asked, Keys, No
from tests.platform_server.book import Book, noted
from tests.platform_server.sales import SHANGHAI, Phase, Sale, yuan

METHOD = "pdd.ddk.order.list.increment.get"
CODES = {Phase.PAID: 1, Phase.RECEIVED: 2, Phase.SETTLED: 5, Phase.INVALID: 4}
WHY = "订单在收货前已退款"


def answer(asked: Asked, keys: Keys, token: str | None, book: Book, now: datetime) -> Any:
    """Answer a request, or raise No."""
    form = asked.form
    names = ("type", "client_id", "timestamp", "sign", "start_update_time", "end_update_time")
    asking.required(form, *names, code="10001", words="公共参数错误")
    if form["client_id"] != keys.app_key:
        raise No("10002", "client_id不存在")
    asking.check_skew(_moment(form["timestamp"]), now, "10003", "timestamp超时")
    if form["sign"] != asking.signed_between(keys.app_secret, form):
        raise No("20004", "签名sign校验失败")
    if "access_token" in form and form["access_token"] != token:
        raise No("10019", "access_token已过期")
    if form["type"] != METHOD:
        raise No("10016", "接口type不存在")
    return {"order_list_get_response": _found(form, book, now)}


def refused(no: No) -> Any:
    error = {
        "error_code": int(no.code),
        "error_msg": no.words,
        "sub_code": None,
        "sub_msg": no.words,
    }
    return {"error_response": error}


def _moment(seconds: str) -> datetime:
    if not seconds.isdigit():
        raise No("50001", "时间不是秒数")
    return datetime.fromtimestamp(int(seconds), SHANGHAI)


def _found(form: Any, book: Book, now: datetime) -> dict[str, Any]:
    start, end = _moment(form["start_update_time"]), _moment(form["end_update_time"])
    if book.too_wide(start, end, timedelta(hours=24)):
        raise No("50001", "查询时间间隔不能超过24小时")
    if start < now - timedelta(days=90):
        raise No("50001", "只能查询最近90天的订单")
    size, page = int(form.get("page_size", 100)), int(form.get("page", 1))
    if not 10 <= size <= 100 or page < 1:
        raise No("50001", "page_size 范围为10到100")
    sales = book.between(noted, start, end)
    rows = [row(each) for each in sales[(page - 1) * size : page * size]]
    return {"order_list": rows, "total_count": len(sales), "request_id": "1"}


def number(sale: Sale) -> str:
    """Six digits of the day, a hyphen, fifteen digits."""
    return f"{sale.created:%y%m%d}-{sale.order}"


def seconds(at: datetime | None) -> int | None:
    return int(at.timestamp()) if at else None


def row(sale: Sale) -> dict[str, Any]:
    return {
        "order_sn": number(sale),
        "goods_id": int(sale.item_id),
        "goods_name": sale.item,
        "goods_quantity": sale.quantity,
        "goods_price": sale.paid_fen,
        "mall_name": sale.shop,
        "order_amount": sale.paid_fen,
        "promotion_rate": sale.rate // 10,
        "promotion_amount": sale.expected_fen,
        "order_status": CODES[sale.phase],
        "fail_reason": WHY if sale.phase is Phase.INVALID else "",
        "order_create_time": seconds(sale.created),
        "order_pay_time": seconds(sale.paid),
        "order_group_success_time": seconds(sale.paid),
        "order_receive_time": seconds(sale.received),
        "order_verify_time": None,
        "order_settle_time": seconds(sale.settled),
        "order_modify_at": seconds(sale.noted),
        "p_id": f"9000_{9000 + sale.creator}",
        "custom_parameters": "",
        "price_compare_status": 0,
    }


def truth(sale: Sale) -> tuple[str, dict[str, Any]]:
    """The line's key and what must be known of it."""
    status: dict[str, Any] = {"code": str(CODES[sale.phase])}
    if sale.phase is Phase.INVALID:
        status["reason"] = WHY
    facts: dict[str, Any] = {
        "platform": "pinduoduo",
        "order_number": number(sale),
        "raw_status": status,
        "shop": sale.shop,
        "item": sale.item,
        "item_id": sale.item_id,
        "quantity": sale.quantity,
        "created_at": sale.created.isoformat(),
        "paid_at": sale.paid.isoformat(),
        "paid_amount": yuan(sale.paid_fen),
        "estimated_commission": yuan(sale.expected_fen),
    }
    if sale.received:
        facts["received_at"] = sale.received.isoformat()
    if sale.settled:
        facts["settled_at"] = sale.settled.isoformat()
    return number(sale), facts
