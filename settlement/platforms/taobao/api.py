"""The order interface of the Taobao union (淘宝联盟): signing, asking, reading."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from settlement.apis.envelopes import an_object, first, inner, page_of, rows_in, whole
from settlement.apis.json_text import as_text
from settlement.apis.members import yes_or_no
from settlement.apis.methods import Answer, ApiMethod, Interface, Refused
from settlement.apis.rows import Facts
from settlement.apis.signing import (
    compact,
    form_call,
    md5_between_secrets,
    shanghai_text,
)
from settlement.apis.values import Credentials, HttpCall, Question
from settlement.model import Platform, RefundKind
from settlement.platforms import room_of
from settlement.reading import Unreadable
from settlement.statuses import Dispute

ORDERS = "taobao.tbk.order.details.get"
REFUNDS = "taobao.tbk.order.refund.get"
PUNISHED = "taobao.tbk.dg.punish.order.get"
_VIOLATIONS = {"1": "店铺淘宝客", "2": "订单虚假交易"}


def sign(parameters: Mapping[str, str], secret: str) -> str:
    """Return the signature of the parameters, without ``sign`` itself."""
    return md5_between_secrets(parameters, secret)


def call(
    method: ApiMethod, credentials: Credentials, question: Question, at: datetime, gateway: str
) -> HttpCall:
    """Ask for orders, refunds or punished orders of a span of time."""
    parameters = {
        "method": method.name,
        "app_key": credentials.app_key,
        "session": credentials.access_token or "",
        "timestamp": shanghai_text(at),
        "format": "json",
        "v": method.version,
        "sign_method": "md5",
        **_ASKING[method.name](method, question),
    }
    parameters["sign"] = sign(parameters, credentials.app_secret)
    return form_call(gateway, parameters)


def _page(method: ApiMethod, question: Question) -> dict[str, str]:
    """Return which page; the position is the platform's own mark of where the last one ended."""
    page, position = _place(question)
    asked = {"page_no": str(page), "page_size": str(method.figures.page_size)}
    if position:
        asked |= {"position_index": position, "jump_type": "1"}
    return asked


def _place(question: Question) -> tuple[int, str]:
    """Read the page and the position of a cursor, such as `2|2048_1`."""
    page, _, position = (question.cursor or "").partition("|")
    return page_of(page), position


def _orders(method: ApiMethod, question: Question) -> dict[str, str]:
    return {
        **_page(method, question),
        "query_type": method.time_type,
        "start_time": shanghai_text(question.start),
        "end_time": shanghai_text(question.end),
        "order_scene": "1",
    }


def _refunds(method: ApiMethod, question: Question) -> dict[str, str]:
    asked = {
        name: int(value) if value.isdigit() and name != "position_index" else value
        for name, value in (_orders(method, question) | {"member_type": "4"}).items()
    }
    return {"publisher_refund_order_query_option": compact(asked)}


def _punished(method: ApiMethod, question: Question) -> dict[str, str]:
    days = max(1, -((question.start - question.end) // timedelta(days=1)))
    asked = {
        "start_time": shanghai_text(question.start),
        "span": days,
        "page_no": page_of(question.cursor),
        "page_size": method.figures.page_size,
    }
    return {"af_order_option": compact(asked)}


_ASKING = {ORDERS: _orders, REFUNDS: _refunds, PUNISHED: _punished}


def opened(method: ApiMethod, document: Any, question: Question) -> Answer | Refused:
    """Open the envelope; an empty page has no ``results``, a lone row no list."""
    top = an_object(document)
    error = inner(top, "error_response")
    if error:
        return _refused(error)
    name = f"{method.name.removeprefix('taobao.').replace('.', '_')}_response"
    response = an_object(top.get(name))
    data = (
        inner(response, "data") or inner(response, "result", "data") or inner(response, "result")
    )
    if not data:
        return _refused(response) if _code(response) else Answer(())
    if _code(data) not in {"", "0", "200"} and "results" not in data:
        return _refused(data)
    rows = _rows(data.get("results", data.get("result")))
    return Answer(rows, _next(method, data, len(rows), question), whole(data.get("total_count")))


def _rows(results: object) -> list[Any]:
    """Return the rows below ``results``: under their type's name, or as they are."""
    if isinstance(results, dict) and len(results) == 1:
        ((name, inside),) = results.items()
        if name in {"publisher_order_dto", "publisher_refund_order_dto", "result"}:
            return rows_in(inside)
    return rows_in(results)


def _next(
    method: ApiMethod, data: Mapping[str, Any], count: int, question: Question
) -> str | None:
    page, _ = _place(question)
    total, has_next = whole(data.get("total_count")), data.get("has_next")
    if has_next is None and total is not None:
        has_next = page * method.figures.page_size < total
    if as_text(has_next).lower() != "true" or not count:
        return None
    position = first(data, "position_index")
    return f"{page + 1}|{position}" if position else str(page + 1)


def _code(response: Mapping[str, Any]) -> str:
    return first(response, "biz_error_code", "result_code", "error_code")


def _refused(error: Mapping[str, Any]) -> Refused:
    codes = tuple(filter(None, (first(error, "sub_code"), first(error, "code"), _code(error))))
    if not codes:
        raise Unreadable("回答里没有订单，也没有错误代码")
    words = (
        first(error, "sub_msg", "biz_error_desc"),
        first(error, "msg", "result_msg", "error_msg"),
    )
    return Refused(codes, " ".join(filter(None, words)))


def complete_refund(facts: Facts) -> None:
    """A refund has succeeded, or ended without one, when its dispute was completed."""
    facts["refunds[].kind"] = RefundKind.REFUND
    completed = facts.pop("refunds[].closed_at", None)
    dispute = room_of(Platform.TAOBAO).statuses.dispute(facts.get("raw_status.rights"))
    if completed and dispute is Dispute.WON:
        facts["refunds[].succeeded_at"] = completed
    elif completed and dispute is Dispute.OVER:
        facts["refunds[].closed_at"] = completed


def complete_punished(facts: Facts) -> None:
    """The interface no longer gives the order's own number; the line's says which it is."""
    if "sub_order_number" in facts:
        facts.setdefault("order_number", facts["sub_order_number"])


def violation(value: object) -> str:
    """Read violation_type in the platform's words; one that is not listed as it stands."""
    return _VIOLATIONS.get(as_text(value), as_text(value))


INTERFACE = Interface(
    call=call,
    opened=opened,
    complete={REFUNDS: complete_refund, PUNISHED: complete_punished},
    readers={
        "frozen": yes_or_no("0", "1", "处罚状态；已知 0 冻结、1 解冻"),
        "violation": violation,
    },
)
