"""The order interface of JD Union (京东联盟): signing, asking, reading."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from settlement.apis.envelopes import an_object, first, inner, page_of, rows_in
from settlement.apis.json_text import as_text
from settlement.apis.members import day, quoted, signed_yuan, yes_or_no
from settlement.apis.methods import Answer, ApiMethod, Interface, Refused
from settlement.apis.rows import Facts
from settlement.apis.signing import compact, form_call, md5_between_secrets, shanghai_text
from settlement.apis.values import Credentials, HttpCall, Question
from settlement.model import BalanceChange
from settlement.reading import Unreadable

ORDERS = "jd.union.open.order.row.query"
GOOD = "200"
_CHANGE = re.compile(
    r"\"?([0-9]{8})\"?\s{0,3}:\s{0,3}\"?(-?[0-9]{1,9}(?:\.[0-9]{1,4})?)\"?", re.ASCII
)


def sign(parameters: Mapping[str, str], secret: str) -> str:
    """Return the signature of the parameters, without ``sign`` itself."""
    return md5_between_secrets(parameters, secret)


def call(
    method: ApiMethod, credentials: Credentials, question: Question, at: datetime, gateway: str
) -> HttpCall:
    """Ask for the order lines that changed in a span of time."""
    asked = {
        "pageIndex": page_of(question.cursor),
        "pageSize": method.figures.page_size,
        "type": int(method.time_type),
        "startTime": shanghai_text(question.start),
        "endTime": shanghai_text(question.end),
        "fields": "goodsInfo",
    }
    if credentials.union_key:
        asked["key"] = credentials.union_key
    parameters = {
        "method": method.name,
        "app_key": credentials.app_key,
        "access_token": credentials.access_token or "",
        "timestamp": shanghai_text(at),
        "format": "json",
        "v": method.version,
        "sign_method": "md5",
        "360buy_param_json": compact({"orderReq": asked}),
    }
    parameters["sign"] = sign(parameters, credentials.app_secret)
    return form_call(gateway, parameters)


def opened(method: ApiMethod, document: Any, question: Question) -> Answer | Refused:
    """Open the envelope of the present gateway (``…_responce``) or of the old one."""
    top = an_object(document)
    name = method.name.replace(".", "_")
    outer = inner(top, f"{name}_responce") or inner(top, f"{name}_response")
    result = inner(outer, "queryResult") or inner(outer, "result")
    if not result:
        return _refused(inner(top, "error_response") or outer or top)
    code = first(result, "code")
    if code != GOOD:
        return Refused((code,), first(result, "message"))
    page = page_of(question.cursor)
    more = result.get("hasMore") is True
    return Answer(rows_in(result.get("data")), str(page + 1) if more else None)


def _refused(error: Mapping[str, Any]) -> Refused:
    code = first(error, "code", "errorCode")
    if not code:
        raise Unreadable("回答里没有订单，也没有错误代码")
    return Refused((code,), first(error, "zh_desc", "msg", "message", "en_desc"))


def balance_changes(value: object) -> tuple[BalanceChange, ...]:
    """Read ``{20191020:10,20191120:-2}``, which is no JSON: its names have no quotes."""
    inside = as_text(value).strip().removeprefix("{").removesuffix("}")
    return tuple(_change(each) for each in inside.split(",") if each.strip())


def _change(written: str) -> BalanceChange:
    match = _CHANGE.fullmatch(written.strip())
    if match is None:
        raise Unreadable(f"{quoted(written)}不是结算变动；应是 {{20191020:10}} 这样的写法")
    return BalanceChange(day(match[1]), signed_yuan(match[2]))


def complete(facts: Facts) -> None:
    """The line of an order is its product."""
    item = facts.get("item_id")
    if item and "order_number" in facts:
        facts["line_id"] = f"{facts['order_number']}-{item}"


INTERFACE = Interface(
    call=call,
    opened=opened,
    complete={ORDERS: complete},
    readers={
        "balance_changes": balance_changes,
        "shipped": yes_or_no("20", "10", "发货状态；已知 10 待发货、20 已发货"),
    },
)
