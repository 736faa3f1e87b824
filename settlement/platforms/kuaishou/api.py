"""The order interface of Kuaishou's 快分销 for creators: signing, asking, reading."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from settlement.apis.envelopes import an_object, first, inner, rows_in
from settlement.apis.json_text import as_text
from settlement.apis.members import fen, milliseconds
from settlement.apis.methods import Answer, ApiMethod, Interface, Refused
from settlement.apis.rows import Facts
from settlement.apis.signing import compact, md5_of, unix_seconds
from settlement.apis.values import Credentials, HttpCall, Question
from settlement.model import Refund, RefundKind
from settlement.reading import Unreadable

ORDERS = "open.distribution.cps.distributor.order.cursor.list"
GOOD = "1"
NO_MORE = "nomore"
_OF_THE_WHOLE = ("orderTradeAmount", "baseAmount", "settlementAmount", "orderRefundInfo")
"""Members that speak of all items of an order together."""


def sign(parameters: Mapping[str, str], sign_secret: str) -> str:
    """Return the signature of the parameters, without ``sign`` itself."""
    pairs = [f"{name}={value}" for name, value in sorted(parameters.items()) if value]
    return md5_of("&".join([*pairs, f"signSecret={sign_secret}"]))


def call(
    method: ApiMethod, credentials: Credentials, question: Question, at: datetime, gateway: str
) -> HttpCall:
    """Ask for the orders that changed in a span of time, the oldest change first."""
    asked = {
        "cpsOrderStatus": 0,
        "pageSize": method.figures.page_size,
        "sortType": 2,
        "queryType": int(method.time_type),
        "beginTime": unix_seconds(question.start) * 1000,
        "endTime": unix_seconds(question.end) * 1000,
        "pcursor": question.cursor or "",
    }
    parameters = {
        "appkey": credentials.app_key,
        "version": method.version,
        "method": method.name,
        "timestamp": str(unix_seconds(at) * 1000),
        "access_token": credentials.access_token or "",
        "signMethod": "MD5",
        "param": compact(asked),
    }
    parameters["sign"] = sign(parameters, credentials.sign_secret or "")
    path = method.name.replace(".", "/")
    return HttpCall(f"{gateway}/{path}?{urlencode(parameters)}", b"", verb="GET")


def opened(method: ApiMethod, document: Any, question: Question) -> Answer | Refused:
    """Open the envelope; each item of an order is a row."""
    top = an_object(document)
    if first(top, "result") != GOOD:
        codes = tuple(filter(None, (first(top, name) for name in ("sub_code", "code", "result"))))
        words = f"{first(top, 'sub_msg')} {first(top, 'error_msg', 'msg')}"
        return Refused(codes or ("",), words)
    data = inner(top, "data")
    orders, cursor = rows_in(data.get("orderView")), first(data, "pcursor")
    more = cursor not in {"", NO_MORE, question.cursor}
    return Answer([row for order in orders for row in _rows(order)], cursor if more else None)


def _rows(order: object) -> Iterator[object]:
    """Yield a row for each item; with several, the amounts of the whole order are nobody's."""
    items = order.get("cpsOrderProductView") if isinstance(order, dict) else None
    if not isinstance(order, dict) or not isinstance(items, list) or not items:
        yield order
        return
    rest = {name: value for name, value in order.items() if name != "cpsOrderProductView"}
    if len(items) > 1:
        whole = {name: rest.pop(name) for name in _OF_THE_WHOLE if name in rest}
        rest["order"] = whole or None
    for item in items:
        yield rest | {"item": item, "line": _line(rest.get("oid"), item)}


def _line(order: object, item: object) -> str | None:
    """Name a line as the report does, where a row cannot tell whether its order has others."""
    number = item.get("itemId") if isinstance(item, dict) else item
    return None if number is None else f"{order}-{as_text(number)}"


def refunds(value: object) -> tuple[Refund, ...]:
    """Read orderRefundInfo."""
    return tuple(_refund(an_object(each)) for each in rows_in(value))


def _refund(row: Mapping[str, Any]) -> Refund:
    fee, start, end = (row.get(name) for name in ("refundFee", "startRefundTime", "endRefundTime"))
    return Refund(
        kind=RefundKind.REFUND,
        amount=None if fee is None else fen(fee),
        requested_at=milliseconds(start) if start else None,
        succeeded_at=milliseconds(end) if end else None,
    )


def complete(facts: Facts) -> None:
    """What was refunded is at most what was paid."""
    paid = facts.get("paid_amount")
    refunded = [each.amount for each in facts.get("refunds", ()) if each.amount is not None]
    if paid is not None and sum(refunded, Decimal(0)) > paid:
        raise Unreadable("退款比实付还多；请到平台后台核对这一单", "orderRefundInfo")


INTERFACE = Interface(
    call=call, opened=opened, complete={ORDERS: complete}, readers={"refunds": refunds}
)
