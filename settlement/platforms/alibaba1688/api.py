"""The order interface of 1688分销客: signing, asking, reading orders and monthly bills."""

import hmac
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from settlement.apis.envelopes import an_object, first, page_of, rows_in, whole
from settlement.apis.json_text import as_text, written
from settlement.apis.members import quoted, signed_yuan
from settlement.apis.methods import Answer, ApiMethod, Interface, Refused
from settlement.apis.signing import form_call, run_together, shanghai_text
from settlement.apis.values import Credentials, HttpCall, MonthlyBill, Question, UnreadRow
from settlement.reading import YEARS, Unreadable

BILLS = "alibaba.cps.listCPSSettleInfoDetail"
NAMESPACE = "com.alibaba.p4p"
_MONTH = re.compile(r"([0-9]{4})[-/年]?([0-9]{2})月?(?:[-/]?01)?", re.ASCII)
_AMOUNTS = {
    "estimateIncome": "estimate",
    "refundSuccAmount": "refund_succeeded",
    "refundAmount": "refund",
    "freezeAmount": "frozen",
    "redeductAmount": "rededucted",
    "realAmount": "real",
    "taxAmount": "tax",
    "serviceAmount": "service_fee",
}


def sign(path: str, parameters: Mapping[str, str], secret: str) -> str:
    """Return the signature of a path from ``param2/`` on, and its parameters."""
    signed = hmac.new(secret.encode(), f"{path}{run_together(parameters)}".encode(), "sha1")
    return signed.hexdigest().upper()


def call(
    method: ApiMethod, credentials: Credentials, question: Question, at: datetime, gateway: str
) -> HttpCall:
    """Ask for the order lines of some days, whole days at both ends, or for the bills."""
    del at  # its timestamp may be left out
    name, _, _ = method.name.partition("#")
    path = f"param2/{method.version}/{NAMESPACE}/{name}/{credentials.app_key}"
    parameters = {
        "access_token": credentials.access_token or "",
        "pageNo": str(page_of(question.cursor)),
        "pageSize": str(method.figures.page_size),
    }
    if name != BILLS:
        parameters |= {
            "queryOrderType": "orderAll",
            "queryTimeType": method.time_type,
            "queryStartTime": shanghai_text(question.start)[:10],
            "queryEndTime": shanghai_text(question.end)[:10],
        }
    parameters["_aop_signature"] = sign(path, parameters, credentials.app_secret)
    return form_call(f"{gateway}/{path}", parameters)


def opened(method: ApiMethod, document: Any, question: Question) -> Answer | Refused:
    """Open the envelope: rows below ``tradeBillList`` or ``result``."""
    top = an_object(document)
    code = first(top, "error_code", "errorCode")
    if code:
        words = (
            f"{first(top, 'error_message', 'errorMsg', 'errorMessage')} {first(top, 'exception')}"
        )
        return Refused((code,), words)
    held = top
    if isinstance(top.get("result"), dict):
        held = top["result"]
    found = held.get("tradeBillList", held.get("result"))
    if found is None and "totalRow" not in held:
        raise Unreadable("回答里没有账单，也没有错误代码")
    rows, total = rows_in(found), whole(held.get("totalRow"))
    page, size = page_of(question.cursor), method.figures.page_size
    more = bool(rows) and (len(rows) >= size if total is None else page * size < total)
    return Answer(rows, str(page + 1) if more else None, total)


def read_bill(row: object, asked_at: datetime | None) -> MonthlyBill | UnreadRow:
    """Read a month's bill; when it was asked for does not matter."""
    del asked_at
    try:
        return _bill(an_object(row))
    except Unreadable as error:
        return UnreadRow(written(row), error.field, error.message)


def _bill(row: Mapping[str, Any]) -> MonthlyBill:
    amounts: dict[str, Decimal | None] = dict.fromkeys(_AMOUNTS.values())
    others: dict[str, str] = {}
    for name, value in row.items():
        if value is None or value == "" or name == "settleMonth":
            continue
        if name in _AMOUNTS:
            amounts[_AMOUNTS[name]] = _amount(name, value)
        else:
            others[name] = as_text(value)
    return MonthlyBill(month=_month(row.get("settleMonth")), others=others, **amounts)


def _amount(name: str, value: object) -> Decimal:
    try:
        return signed_yuan(value)
    except Unreadable as error:
        raise error.inside(name) from None


def _month(value: object) -> date:
    match = _MONTH.fullmatch(as_text(value).strip())
    if match and int(match[1]) in YEARS and 1 <= int(match[2]) <= 12:
        return date(int(match[1]), int(match[2]), 1)
    raise Unreadable(f"{quoted(value)}不是月份；应是 2026-08 这样的文本", "settleMonth")


INTERFACE = Interface(call=call, opened=opened, bills={BILLS: read_bill})
