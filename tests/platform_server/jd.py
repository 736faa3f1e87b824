"""JD Union as its documents describe it: gateway ``routerjson`` with its misspelt envelope."""

import json
from datetime import datetime, timedelta
from typing import Any

from tests.platform_server import asked as asking
from tests.platform_server.asked import Asked, Keys, No
from tests.platform_server.book import Book, Moment, created, noted, received
from tests.platform_server.sales import Phase, Sale, clock_time, yuan

METHOD = "jd.union.open.order.row.query"
SHARE = 9000
"""finalRate, in 1/10000: what of the commission goes to the promoter."""
TIMES: dict[int, Moment] = {1: created, 2: received, 3: noted}
CODES = {Phase.PAID: 16, Phase.RECEIVED: 17, Phase.SETTLED: 17, Phase.INVALID: 3}


def answer(asked: Asked, keys: Keys, token: str | None, book: Book, now: datetime) -> Any:
    """Answer a request, or raise No."""
    form = asked.form
    asking.required(
        form, "method", "app_key", "timestamp", "v", "sign", "360buy_param_json",
        code="14", words="缺少参数",
    )  # fmt: skip
    if form["method"] != METHOD:
        raise No("15", "不存在的方法名")
    if form["app_key"] != keys.app_key:
        raise No("21", "无效app_key")
    sent = asking.parse_time(form["timestamp"], "8", "非法的时间戳参数")
    asking.check_skew(sent, now, "8", "非法的时间戳参数")
    if form["sign"] != asking.signed_between(keys.app_secret, form):
        raise No("12", "无效签名")
    if "access_token" in form and form["access_token"] != token:
        raise No("19", "无效access_token")
    try:
        return _enveloped(_result(form, book, now))
    except No as no:
        raise No(no.code, no.words, INSIDE) from None


INSIDE = "inside"
"""A refusal of the union's own, not of the gateway: it comes in an ordinary envelope."""


def _enveloped(result: dict[str, Any]) -> Any:
    inside = json.dumps(result, ensure_ascii=False)
    return {"jd_union_open_order_row_query_responce": {"queryResult": inside, "code": "0"}}


def refused(no: No) -> Any:
    if no.detail == INSIDE:
        return _enveloped({"code": int(no.code), "message": no.words, "requestId": "o_1"})
    return {"error_response": {"code": no.code, "zh_desc": no.words, "en_desc": "refused"}}


def _result(form: Any, book: Book, now: datetime) -> dict[str, Any]:
    outer = asking.parse_object(form["360buy_param_json"], "400", "参数不是JSON")
    order_req = outer.get("orderReq") or {}
    asking.required(
        order_req, "pageIndex", "pageSize", "type", "startTime", "endTime",
        code="402", words="缺少参数",
    )  # fmt: skip
    start = asking.parse_time(order_req["startTime"], "403", "startTime格式不正确")
    end = asking.parse_time(order_req["endTime"], "403", "endTime格式不正确")
    if not 1 <= order_req["pageSize"] <= 500 or order_req["pageIndex"] < 1:
        raise No("404", "pageSize上限500")
    if book.too_wide(start, end, timedelta(hours=1)):
        raise No("405", "查询开始时间和结束时间的时间间隔不能超过1小时")
    if start < now - timedelta(days=90):
        raise No("406", "只能查询最近90天的订单")
    sales = book.between(TIMES[order_req["type"]], start, end)
    first = (order_req["pageIndex"] - 1) * order_req["pageSize"]
    rows = [row(sale) for sale in sales[first : first + order_req["pageSize"]]]
    result: dict[str, Any] = {"code": 200, "message": "success", "requestId": "o_0"}
    result["hasMore"] = first + len(rows) < len(sales)
    if rows:
        result["data"] = rows
    return result


def row(sale: Sale) -> dict[str, Any]:
    done = sale.phase in (Phase.RECEIVED, Phase.SETTLED)
    base = sale.kept_fen if sale.settled else sale.paid_fen
    return {
        "id": f"{sale.order[:18]}{sale.item_id}",
        "orderId": int(sale.parent),
        "parentId": 0,
        "orderTime": clock_time(sale.created),
        "finishTime": clock_time(sale.received),
        "modifyTime": clock_time(sale.noted),
        "skuId": int(sale.item_id),
        "skuName": sale.item,
        "skuNum": sale.quantity,
        "skuReturnNum": 0,
        "skuFrozenNum": 0,
        "validCode": CODES[sale.phase],
        "payMonth": int(pay_day(sale).strftime("%Y%m%d")) if sale.settled else 0,
        "price": float(yuan(sale.paid_fen)),
        "commissionRate": sale.rate / 100,
        "finalRate": SHARE / 100,
        "subSideRate": SHARE / 100,
        "subsidyRate": 0.0,
        "estimateCosPrice": float(yuan(sale.paid_fen)),
        "estimateFee": float(yuan(fee(sale.paid_fen, sale))),
        "actualCosPrice": float(yuan(base)) if done else 0,
        "actualFee": float(yuan(fee(base, sale))) if done else 0,
        "balanceExt": balance(sale),
        "goodsInfo": {"shopName": sale.shop, "owner": "p", "shopId": 7},
        "positionId": 9000 + sale.creator,
        "siteId": 0,
        "subUnionId": "",
        "unionId": 1000,
        "unionTag": "00000000",
        "traceType": 2,
    }


def pay_day(sale: Sale) -> datetime:
    assert sale.settled
    return sale.settled + timedelta(days=20)


def fee(base: int, sale: Sale) -> int:
    return (base * sale.rate * SHARE * 2 + 10**8) // (2 * 10**8)


def balance(sale: Sale) -> str:
    changes = [
        f"{each.completed:%Y%m%d}:-{yuan(fee(each.refunded, sale))}" for each in sale.disputes
    ]
    if changes:
        changes.insert(0, f"{pay_day(sale):%Y%m%d}:{yuan(fee(sale.kept_fen, sale))}")
    return "{" + ",".join(changes) + "}" if changes else ""


def truth(sale: Sale) -> tuple[str, dict[str, Any]]:
    """The line's key and what must be known of it."""
    facts: dict[str, Any] = {
        "platform": "jd",
        "order_number": sale.parent,
        "line_id": f"{sale.parent}-{sale.item_id}",
        "raw_status": {"code": str(CODES[sale.phase])},
        "shop": sale.shop,
        "item": sale.item,
        "item_id": sale.item_id,
        "quantity": sale.quantity,
        "created_at": sale.created.isoformat(),
        "base_amount": yuan(sale.paid_fen),
        "estimated_commission": yuan(fee(sale.paid_fen, sale)),
    }
    if sale.received and sale.phase is not Phase.INVALID:
        base = sale.kept_fen if sale.settled else sale.paid_fen
        facts["received_at"] = sale.received.isoformat()
        facts["settled_base"] = yuan(base)
        facts["settled_commission"] = yuan(fee(base, sale))
    if sale.settled:
        facts["platform_settles_on"] = pay_day(sale).date().isoformat()
    if sale.disputes:
        facts["balance_changes"] = [
            {"on": pay_day(sale).date().isoformat(), "amount": yuan(fee(sale.kept_fen, sale))},
            *(
                {
                    "on": each.completed.date().isoformat(),
                    "amount": f"-{yuan(fee(each.refunded, sale))}",
                }
                for each in sale.disputes
            ),
        ]
    return facts["line_id"], facts
