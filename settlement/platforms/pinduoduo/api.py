"""The order interface of Pinduoduo's 多多客: signing, asking, reading."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from settlement.apis.envelopes import an_object, first, inner, page_of, rows_in, whole
from settlement.apis.methods import Answer, ApiMethod, Interface, Refused
from settlement.apis.signing import form_call, md5_between_secrets, unix_seconds
from settlement.apis.values import Credentials, HttpCall, Question
from settlement.reading import Unreadable


def sign(parameters: Mapping[str, str], secret: str) -> str:
    """Return the signature of the parameters, without ``sign`` itself."""
    return md5_between_secrets(parameters, secret)


def call(
    method: ApiMethod, credentials: Credentials, question: Question, at: datetime, gateway: str
) -> HttpCall:
    """Ask for the orders that changed in a span of time."""
    parameters = {
        "type": method.name,
        "client_id": credentials.app_key,
        "access_token": credentials.access_token or "",
        "timestamp": str(unix_seconds(at)),
        "data_type": "JSON",
        "version": method.version,
        "start_update_time": str(unix_seconds(question.start)),
        "end_update_time": str(unix_seconds(question.end)),
        "query_order_type": method.time_type,
        "return_count": "true",
        "page": str(page_of(question.cursor)),
        "page_size": str(method.figures.page_size),
    }
    parameters["sign"] = sign(parameters, credentials.app_secret)
    return form_call(gateway, parameters)


def opened(method: ApiMethod, document: Any, question: Question) -> Answer | Refused:
    """Open the envelope.

    After the first answer, which counts, the pages are read from the last to the first: lines that
    change while they are read leave the span, and those behind them move to a page still to come.
    """
    top = an_object(document)
    error = inner(top, "error_response")
    if error:
        codes = tuple(filter(None, (first(error, "sub_code"), first(error, "error_code"))))
        words = f"{first(error, 'sub_msg')} {first(error, 'error_msg')}"
        return Refused(codes or ("",), words)
    response = inner(top, "order_list_get_response")
    if not response:
        raise Unreadable("回答里没有订单，也没有错误代码")
    total = whole(response.get("total_count")) or 0
    rows = rows_in(response.get("order_list"))
    return Answer(rows, _next(total, method.figures.page_size, question), total)


def _next(total: int, size: int, question: Question) -> str | None:
    if question.cursor is not None:
        page = page_of(question.cursor)
        return str(page - 1) if page > 1 else None
    last = -(-total // size)
    return str(last) if last > 1 else None


INTERFACE = Interface(call=call, opened=opened)
