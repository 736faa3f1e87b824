"""The Taobao union as its documents describe it: TOP's gateway, amounts as text, XML made JSON."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.platform_server import asked as asking
from tests.platform_server.asked import Asked, Keys, No
from tests.platform_server.book import Book, created, noted
from tests.platform_server.sales import SHANGHAI, Phase, Sale, clock_time, share, yuan

ORDERS = "taobao.tbk.order.details.get"
REFUNDS = "taobao.tbk.order.refund.get"
PUNISHED = "taobao.tbk.dg.punish.order.get"
CODES = {Phase.PAID: 12, Phase.RECEIVED: 14, Phase.SETTLED: 3, Phase.INVALID: 13}
FEE = 1000
"""alimama_rate, in 1/10000 of the commission."""


def answer(asked: Asked, keys: Keys, token: str | None, book: Book, now: datetime) -> Any:
    """Answer a request, or raise No."""
    form = asked.form
    for name, code in (
        ("method", "21"),
        ("sign", "24"),
        ("app_key", "28"),
        ("timestamp", "30"),
        ("v", "32"),
    ):
        asking.required(form, name, code=code, words=f"Missing {name}")
    if form["app_key"] != keys.app_key:
        raise No("29", "Invalid app Key")
    sent = asking.parse_time(form["timestamp"], "31", "Invalid timestamp")
    asking.check_skew(sent, now, "31", "Invalid timestamp")
    if form["sign"] != asking.signed_between(keys.app_secret, form):
        raise No("25", "Invalid signature")
    if "session" in form and form["session"] != token:
        raise No("27", "Invalid session", "invalid-sessionkey")
    method = form["method"]
    if method not in _METHODS:
        raise No("22", "Invalid method")
    return {
        f"{method.removeprefix('taobao.').replace('.', '_')}_response": _METHODS[method](
            form, book, now
        )
    }


def refused(no: No) -> Any:
    error: dict[str, Any] = {"code": int(no.code), "msg": no.words, "request_id": "r1"}
    if no.detail:
        error |= {"sub_code": no.detail, "sub_msg": no.words}
    return {"error_response": error}


def _invalid(words: str) -> No:
    return No("15", words, "isv.invalid-parameter")


def _window(asked: Mapping[str, Any], book: Book, now: datetime) -> tuple[datetime, datetime]:
    for name in ("start_time", "end_time"):
        asking.required(asked, name, code="40", words="Missing required arguments")
    start = asking.parse_time(asked["start_time"], "41", "Invalid arguments:start_time")
    end = asking.parse_time(asked["end_time"], "41", "Invalid arguments:end_time")
    if book.too_wide(start, end, timedelta(hours=3)):
        raise _invalid("查询时间跨度不能超过3小时")
    if start < now - timedelta(days=90):
        raise _invalid("只能查询最近90天的订单")
    if not 1 <= int(asked.get("page_size", 20)) <= 100:
        raise _invalid("page_size 取值 1-100")
    return start, end


def _slice(sales: list[Sale], asked: Mapping[str, Any]) -> tuple[list[Sale], dict[str, Any]]:
    """A page after the position the caller gives back, else by its number."""
    size, page = int(asked.get("page_size", 20)), int(asked.get("page_no", 1))
    position = str(asked.get("position_index", ""))
    if page > 1 and not (position and str(asked.get("jump_type")) == "1"):
        raise _invalid("翻页要传 position_index 和 jump_type")
    if position:
        second, _, order = position.partition("_")
        after = (datetime.fromtimestamp(int(second), SHANGHAI), order)
        sales = [each for each in sales if (each.noted, each.order) > after]
    found = sales[:size]
    data: dict[str, Any] = {"page_no": page, "page_size": size, "has_pre": page > 1}
    data["has_next"] = len(sales) > size
    if found:
        data["position_index"] = f"{int(found[-1].noted.timestamp())}_{found[-1].order}"
    return found, data


def _listed(name: str, rows: list[Any]) -> dict[str, Any]:
    """XML turned to JSON: no list for a lone row, nothing at all for none."""
    if not rows:
        return {}
    return {"results": {name: rows if len(rows) > 1 else rows[0]}}


def _orders(form: Mapping[str, str], book: Book, now: datetime) -> dict[str, Any]:
    start, end = _window(form, book, now)
    if form.get("query_type", "1") == "4":
        sales = book.between(noted, start, end)
    else:
        sales = book.between(created, start, end)
    found, data = _slice(sales, form)
    return {"data": data | _listed("publisher_order_dto", [row(each) for each in found])}


def _refunds(form: Mapping[str, str], book: Book, now: datetime) -> dict[str, Any]:
    written = form.get("publisher_refund_order_query_option", "")
    asked = asking.parse_object(
        written, "41", "Invalid arguments:publisher_refund_order_query_option"
    )
    start, end = _window(asked, book, now)
    if asked.get("member_type") not in {1, 2, 4} or asked.get("order_scene") != 1:
        raise _invalid("member_type、order_scene 不正确")
    disputed = [each for each in book.between(noted, start, end) if each.disputes]
    found, data = _slice(disputed, asked)
    rows = [refund_row(sale) for sale in found]
    return {
        "result": data
        | ({"results": {"result": rows if len(rows) > 1 else rows[0]}} if rows else {})
    }


def _punished(form: Mapping[str, str], book: Book, now: datetime) -> dict[str, Any]:
    asked = asking.parse_object(
        form.get("af_order_option", ""), "41", "Invalid arguments:af_order_option"
    )
    asking.required(asked, "start_time", "span", code="40", words="Missing required arguments")
    start = asking.parse_time(asked["start_time"], "41", "Invalid arguments:start_time")
    if not 1 <= asked["span"] <= 30:
        raise _invalid("查询时间跨度不超过30天")
    end = start + timedelta(days=asked["span"])
    punished = [each for each in book.between(created, start, end) if each.punished]
    size, page = asked.get("page_size", 20), asked.get("page_no", 1)
    rows = [punished_row(each) for each in punished[(page - 1) * size : page * size]]
    data = {"page_no": page, "page_size": size, "total_count": len(punished)}
    return {"result": {"data": data | _listed("result", rows), "result_code": 200}}


_METHODS = {ORDERS: _orders, REFUNDS: _refunds, PUNISHED: _punished}


def row(sale: Sale) -> dict[str, Any]:
    settled = sale.settled is not None
    return {
        "trade_parent_id": sale.parent,
        "trade_id": sale.order,
        "tk_status": CODES[sale.phase],
        "refund_tag": 1 if sale.disputes else 0,
        "seller_shop_title": sale.shop,
        "seller_nick": sale.shop,
        "item_title": sale.item,
        "item_id": f"nXtQ{sale.item_id}",
        "item_num": sale.quantity,
        "tk_create_time": clock_time(sale.created),
        "tk_paid_time": clock_time(sale.paid),
        "tb_paid_time": clock_time(sale.paid),
        "tk_earning_time": clock_time(sale.settled, "--"),
        "modified_time": clock_time(sale.noted),
        "click_time": clock_time(sale.created - timedelta(minutes=9)),
        "alipay_total_price": yuan(sale.paid_fen),
        "pay_price": yuan(sale.kept_fen) if settled else "0.00",
        "total_commission_rate": yuan(sale.rate),
        "tk_total_rate": yuan(sale.rate),
        "pub_share_rate": "100.00",
        "pub_share_pre_fee": yuan(sale.expected_fen),
        "pub_share_fee": yuan(sale.settled_fen) if settled else "0.00",
        "alimama_rate": yuan(FEE),
        "alimama_share_fee": yuan(share(sale.settled_fen, FEE)) if settled else "0.00",
        "adzone_id": 9000 + sale.creator,
        "adzone_name": f"推广位{sale.creator}",
        "site_id": 81,
        "flow_source": "--",
        "order_type": "天猫",
        "tk_order_role": 2,
    }


def refund_row(sale: Sale) -> dict[str, Any]:
    dispute = sale.disputes[-1]
    return {
        "refund_suit_id": dispute.suit,
        "tb_trade_parent_id": sale.parent,
        "tb_trade_id": sale.order,
        "earning_time": clock_time(sale.settled),
        "tk_refund_time": clock_time(dispute.requested),
        "tk_refund_suit_time": clock_time(dispute.completed),
        "modified_time": clock_time(sale.noted),
        "refund_status": 13,
        "refund_fee": yuan(dispute.refunded),
        "show_return_fee": yuan(share(dispute.refunded, sale.rate)),
        "tb_trade_finish_price": yuan(sale.kept_fen),
        "relation_id": 0,
    }


def punished_row(sale: Sale) -> dict[str, Any]:
    return {
        "tb_trade_id": int(sale.order),
        "tb_trade_parent_id": 0,
        "punish_status": "0",
        "violation_type": "2",
        "settle_month": int(sale.created.strftime("%Y%m")),
        "tk_trade_create_time": clock_time(sale.created),
        "tk_adzone_id": 9000 + sale.creator,
    }


def truth(sale: Sale) -> tuple[str, dict[str, Any]]:
    """The line's key and what must be known of it once orders, refunds and punishments are in."""
    status: dict[str, Any] = {
        "code": str(CODES[sale.phase]),
        "refund_tag": "1" if sale.disputes else "0",
    }
    facts: dict[str, Any] = {
        "platform": "taobao",
        "order_number": sale.parent,
        "sub_order_number": sale.order,
        "raw_status": status,
        "shop": sale.shop,
        "item": sale.item,
        "item_id": f"nXtQ{sale.item_id}",
        "quantity": sale.quantity,
        "created_at": sale.created.isoformat(),
        "paid_at": sale.paid.isoformat(),
        "paid_amount": yuan(sale.paid_fen),
        "estimated_commission": yuan(sale.expected_fen),
    }
    if sale.settled:
        facts["settled_at"] = sale.settled.isoformat()
        facts["settled_base"] = yuan(sale.kept_fen)
        facts["settled_commission"] = yuan(sale.settled_fen)
        facts["technical_fee"] = yuan(share(sale.settled_fen, FEE))
    if sale.disputes:
        status["rights"] = "13"
        facts["refunds"] = [
            {
                "kind": "refund",
                "amount": yuan(each.refunded),
                "requested_at": each.requested.isoformat(),
                "succeeded_at": each.completed.isoformat(),
            }
            for each in sale.disputes
        ]
    if sale.punished:
        status |= {"punished": True, "reason": "订单虚假交易"}
    return sale.order, facts
