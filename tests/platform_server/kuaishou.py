"""Kuaishou's open platform as its documents describe it: a signed address, a cursor."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from tests.platform_server import asked as asking
from tests.platform_server.asked import Asked, Keys, No
from tests.platform_server.book import Book, noted
from tests.platform_server.sales import SHANGHAI, Phase, Sale, yuan

METHOD = "open.distribution.cps.distributor.order.cursor.list"
NAMES = (
    *("appkey", "version", "method", "timestamp"),
    *("access_token", "signMethod", "param", "sign"),
)
CODES = {Phase.PAID: 30, Phase.RECEIVED: 50, Phase.SETTLED: 60, Phase.INVALID: 80}


def answer(asked: Asked, keys: Keys, token: str | None, book: Book, now: datetime) -> Any:
    """Answer a request, or raise No."""
    query = asked.query
    asking.required(query, *NAMES, code="13", words="缺少参数")
    if query["appkey"] != keys.app_key:
        raise No("14", "appkey不存在")
    asking.check_skew(_moment(query["timestamp"]), now, "15", "timestamp超时")
    pairs = "&".join(f"{name}={query[name]}" for name in sorted(query) if name != "sign")
    text = f"{pairs}&signSecret={keys.sign_secret}"
    if query["sign"] != hashlib.new("md5", text.encode(), usedforsecurity=False).hexdigest():
        raise No("28", "签名校验失败")
    if query["access_token"] != token:
        raise No("24", "access_token已过期")
    if query["method"] != METHOD or asked.path.replace("/", ".") != METHOD:
        raise No("12", "接口不存在")
    data = _found(asking.parse_object(query["param"], "21", "param不是JSON"), book, now)
    return {"result": 1, "code": "1", "msg": "success", "error_msg": "SUCCESS", "data": data}


def refused(no: No) -> Any:
    return {"result": int(no.code), "code": no.code, "msg": "error", "error_msg": no.words}


def _moment(written: object) -> datetime:
    if not str(written).isdigit():
        raise No("21", "时间不是毫秒数")
    return datetime.fromtimestamp(int(str(written)) // 1000, SHANGHAI)


def _found(asked: dict[str, Any], book: Book, now: datetime) -> dict[str, Any]:
    names = ("sortType", "queryType", "beginTime", "endTime", "pageSize")
    asking.required(asked, *names, code="21", words="缺少参数")
    start, end = _moment(asked["beginTime"]), _moment(asked["endTime"])
    if book.too_wide(start, end, timedelta(days=7)):
        raise No("21", "时间跨度不超过7天")
    if start < now - timedelta(days=90):
        raise No("21", "起始时间为90天内")
    if not 1 <= asked["pageSize"] <= 100 or asked["queryType"] != 2 or asked["sortType"] != 2:
        raise No("21", "分页大小不超过100")
    sales = book.between(noted, start, end)
    if asked.get("pcursor"):
        at, _, order = str(asked["pcursor"]).partition("-")
        after = (datetime.fromtimestamp(int(at), SHANGHAI), order)
        sales = [each for each in sales if (each.noted, each.order) > after]
    found = sales[: asked["pageSize"]]
    cursor = "nomore"
    if len(sales) > len(found):
        cursor = f"{int(found[-1].noted.timestamp())}-{found[-1].order}"
    return {"pcursor": cursor, "orderView": [row(each) for each in found]}


def milliseconds(at: datetime | None) -> int:
    return int(at.timestamp()) * 1000 if at else 0


def row(sale: Sale) -> dict[str, Any]:
    item = {
        "oid": int(sale.order),
        "itemId": int(sale.item_id),
        "itemTitle": sale.item,
        "itemPrice": sale.paid_fen,
        "estimatedIncome": sale.expected_fen,
        "commissionRate": sale.rate // 10,
        "serviceAmount": 0,
        "sellerId": 5,
        "sellerNickName": sale.shop,
        "num": sale.quantity,
    }
    return {
        "oid": int(sale.order),
        "distributorId": 9000 + sale.creator,
        "cpsOrderStatus": CODES[sale.phase],
        "orderCreateTime": milliseconds(sale.created),
        "payTime": milliseconds(sale.paid),
        "sendTime": 0,
        "sendStatus": 0,
        "recvTime": milliseconds(sale.received),
        "settlementSuccessTime": milliseconds(sale.settled),
        "settlementAmount": sale.settled_fen if sale.settled else 0,
        "orderTradeAmount": sale.paid_fen,
        "baseAmount": sale.paid_fen,
        "updateTime": milliseconds(sale.noted),
        "cpsOrderProductView": [item],
        "orderRefundInfo": [
            {
                "startRefundTime": milliseconds(each.requested),
                "endRefundTime": milliseconds(each.completed),
                "refundFee": each.refunded,
                "refundStatus": "退款成功",
            }
            for each in sale.disputes
        ],
    }


def truth(sale: Sale) -> tuple[str, dict[str, Any]]:
    """The line's key and what must be known of it."""
    facts: dict[str, Any] = {
        "platform": "kuaishou",
        "order_number": sale.order,
        "line_id": f"{sale.order}-{sale.item_id}",
        "raw_status": {"code": str(CODES[sale.phase])},
        "shop": sale.shop,
        "item": sale.item,
        "item_id": sale.item_id,
        "quantity": sale.quantity,
        "created_at": sale.created.isoformat(),
        "paid_at": sale.paid.isoformat(),
        "paid_amount": yuan(sale.paid_fen),
        "base_amount": yuan(sale.paid_fen),
        "estimated_commission": yuan(sale.expected_fen),
    }
    for name, at in (("received_at", sale.received), ("settled_at", sale.settled)):
        if at:
            facts[name] = at.isoformat()
    if sale.disputes:
        facts["refunds"] = [
            {
                "kind": "refund",
                "amount": yuan(each.refunded),
                "requested_at": each.requested.isoformat(),
                "succeeded_at": each.completed.isoformat(),
            }
            for each in sale.disputes
        ]
    return str(facts["line_id"]), facts
