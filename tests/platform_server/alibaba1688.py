"""1688's open platform as its documents describe it: whole days, doubles, months."""

from datetime import date, datetime, time
from typing import Any

from tests.platform_server import asked as asking
from tests.platform_server.asked import Asked, Keys, No
from tests.platform_server.book import Book, Moment, created, received, settled
from tests.platform_server.sales import SHANGHAI, Phase, Sale, yuan

ORDERS = "alibaba.cps.tradeBillList"
BILLS = "alibaba.cps.listCPSSettleInfoDetail"
CODES = {Phase.PAID: 20, Phase.RECEIVED: 50, Phase.SETTLED: 50, Phase.INVALID: 80}


def answer(asked: Asked, keys: Keys, token: str | None, book: Book, now: datetime) -> Any:
    """Answer a request, or raise No."""
    del now
    prefix, _, rest = asked.path.partition("param2/1/com.alibaba.p4p/")
    name, _, app_key = rest.partition("/")
    if prefix not in {"", "openapi/"} or name not in {ORDERS, BILLS}:
        raise No("gw.APINotFoundException", "api not found")
    if app_key != keys.app_key:
        raise No("gw.AppKeyInvalid", "app key not exist")
    form = asked.form
    text = f"param2/1/com.alibaba.p4p/{name}/{app_key}"
    text += "".join(f"{each}{form[each]}" for each in sorted(form) if each != "_aop_signature")
    if form.get("_aop_signature") != asking.keyed(keys.app_secret, text, "sha1").upper():
        raise No("gw.SignatureInvalid", "Invalid signature")
    if form.get("access_token") != token:
        raise No("401", "Request need user authorized")
    asking.required(form, "pageNo", "pageSize", code="400", words="缺少参数")
    if int(form["pageSize"]) > 200:
        raise No("400", "pageSize 不能超过 200")
    return _bills(book, form) if name == BILLS else _orders(book, form)


def refused(no: No) -> Any:
    return {"error_code": no.code, "error_message": no.words, "exception": no.words}


def status_of(no: No) -> int:
    """This gateway refuses by the status too."""
    return int(no.code) if no.code in {"401", "403"} else 400


def _orders(book: Book, form: Any) -> dict[str, Any]:
    names = ("queryOrderType", "queryTimeType", "queryStartTime", "queryEndTime")
    asking.required(form, *names, code="400", words="缺少参数")
    if form["queryTimeType"] not in TIMES or form["queryOrderType"] != "orderAll":
        raise No("400", "queryTimeType 不正确")
    try:
        first, last = (date.fromisoformat(form[each]) for each in names[2:])
    except ValueError:
        raise No("400", "时间格式不正确") from None
    start = datetime.combine(first, time.min, SHANGHAI)
    end = datetime.combine(last, time.max, SHANGHAI)
    found = book.between(TIMES[form["queryTimeType"]], start, end)
    page, size = int(form["pageNo"]), int(form["pageSize"])
    rows = [row(each) for each in found[(page - 1) * size : page * size]]
    # Two generations of the interface name the rows differently.
    return {"tradeBillList" if page % 2 else "result": rows, "totalRow": len(found)}


def dispute_began(sale: Sale) -> datetime | None:
    return sale.disputes[-1].requested if sale.disputes else None


def dispute_ended(sale: Sale) -> datetime | None:
    return sale.disputes[-1].completed if sale.disputes else None


TIMES: dict[str, Moment] = {
    "gmtCreateTime": created,
    "confirmTime": received,
    "settleTime": settled,
    "rightsStartTime": dispute_began,
    "rightsEndTime": dispute_ended,
}


def _bills(book: Book, form: Any) -> dict[str, Any]:
    months = bills(book)
    page, size = int(form["pageNo"]), int(form["pageSize"])
    return {"result": months[(page - 1) * size : page * size], "totalRow": len(months)}


def bills(book: Book) -> list[dict[str, Any]]:
    """A bill for each month in which something was settled."""
    sums: dict[str, list[int]] = {}
    for sale in book.sales.values():
        if sale.settled:
            taken = sum(each.refunded * sale.rate // 10_000 for each in sale.disputes)
            month = sums.setdefault(f"{sale.settled:%Y-%m}", [0, 0])
            month[0] += sale.settled_fen
            month[1] += taken
    return [
        {
            "settleMonth": month,
            "estimateIncome": float(yuan(earned)),
            "refundSuccAmount": float(yuan(taken)),
            "refundAmount": 0.0,
            "freezeAmount": 0.0,
            "redeductAmount": 0.0,
            "realAmount": float(yuan(earned - taken)),
            "taxAmount": 0.0,
            "serviceAmount": 0.0,
        }
        for month, (earned, taken) in sorted(sums.items())
    ]


def stamp(at: datetime | None) -> str | None:
    return f"{at:%Y%m%d%H%M%S}000+0800" if at else None


def row(sale: Sale) -> dict[str, Any]:
    return {
        "bizId": int(sale.parent),
        "bizSubId": int(sale.order),
        "feedId": int(sale.item_id),
        "name": sale.item,
        "tradeAmount": float(yuan(sale.paid_fen)),
        "tradeNumber": sale.quantity,
        "createTime": stamp(sale.created),
        "confirmTime": stamp(sale.received),
        "settleTime": stamp(sale.settled),
        "orderState": CODES[sale.phase],
        "settleState": 1 if sale.settled else 0,
        "rightsState": 30 if sale.disputes else 0,
        "ratio": sale.rate / 100,
        "commission": float(yuan(sale.expected_fen)),
        "mediaId": 81,
        "mediaZoneId": 9000 + sale.creator,
        "platform": 1,
        "type": 0,
    }


def truth(sale: Sale) -> tuple[str, dict[str, Any]]:
    """The line's key and what must be known of it."""
    status: dict[str, Any] = {
        "code": str(CODES[sale.phase]),
        "settle": "1" if sale.settled else "0",
    }
    if sale.disputes:
        status["rights"] = "30"
    facts: dict[str, Any] = {
        "platform": "1688",
        "order_number": sale.parent,
        "sub_order_number": sale.order,
        "raw_status": status,
        "item": sale.item,
        "item_id": sale.item_id,
        "quantity": sale.quantity,
        "created_at": sale.created.isoformat(),
        "paid_amount": yuan(sale.paid_fen),
        "estimated_commission": yuan(sale.expected_fen),
    }
    for name, at in (("received_at", sale.received), ("settled_at", sale.settled)):
        if at:
            facts[name] = at.isoformat()
    return sale.order, facts
