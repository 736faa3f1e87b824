"""The order interface of Douyin's 精选联盟 for agencies (MCN): signing, asking, reading."""

import hmac
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from settlement.apis.envelopes import an_object, first, inner, rows_in
from settlement.apis.methods import Answer, ApiMethod, Interface, Refused
from settlement.apis.rows import Facts
from settlement.apis.signing import JSON, compact, shanghai_text
from settlement.apis.values import Credentials, HttpCall, Question
from settlement.model import RefundKind
from settlement.shanghai import day_of

ORDERS = "buyin.instituteOrderMCN"
PHASES = "buyin.MCNMultiSettlementOrders"
GOOD = "10000"
FIRST = "0"


def sign(app_key: str, method: str, asked: str, timestamp: str, version: str, secret: str) -> str:
    """Return the signature; `asked` is the body as it is sent."""
    text = f"app_key{app_key}method{method}param_json{asked}timestamp{timestamp}v{version}"
    signed = hmac.new(secret.encode(), f"{secret}{text}{secret}".encode(), "sha256")
    return signed.hexdigest()


def call(
    method: ApiMethod, credentials: Credentials, question: Question, at: datetime, gateway: str
) -> HttpCall:
    """Ask for the orders or settlements that the union noted in a span of time."""
    asked = compact(
        {
            "size": method.figures.page_size,
            "cursor": question.cursor or FIRST,
            "start_time": shanghai_text(question.start),
            "end_time": shanghai_text(question.end),
            "time_type": method.time_type,
        }
    )
    timestamp = shanghai_text(at)
    query = {
        "app_key": credentials.app_key,
        "method": method.name,
        "access_token": credentials.access_token or "",
        "timestamp": timestamp,
        "v": method.version,
        "sign_method": "hmac-sha256",
        "sign": sign(
            credentials.app_key,
            method.name,
            asked,
            timestamp,
            method.version,
            credentials.app_secret,
        ),
    }
    path = method.name.replace(".", "/")
    return HttpCall(f"{gateway}/{path}?{urlencode(query)}", asked.encode(), JSON)


def opened(method: ApiMethod, document: Any, question: Question) -> Answer | Refused:
    """Open the envelope; after the last page there is no cursor, or it stays the same."""
    top = an_object(document)
    code = first(top, "code")
    if code != GOOD:
        codes = tuple(filter(None, (first(top, "sub_code"), code)))
        return Refused(codes or ("",), f"{first(top, 'sub_msg')} {first(top, 'msg')}")
    data = inner(top, "data")
    data = inner(data, "data") or data
    rows, cursor = rows_in(data.get("orders")), first(data, "cursor")
    more = rows and cursor not in {"", question.cursor or FIRST}
    return Answer(rows, cursor if more else None)


def complete_order(facts: Facts) -> None:
    """The time of a refund tells of this line's only where its status is one (B-11)."""
    refunded = facts.pop("refunds[].succeeded_at", None)
    if refunded and facts.get("raw_status.code") == "REFUND":
        facts["refunds[].kind"] = RefundKind.REFUND
        facts["refunds[].succeeded_at"] = refunded


def complete_phase(facts: Facts) -> None:
    """A phase below zero takes back what an earlier one paid."""
    amount = facts.get("settlements[].commission")
    if amount is None or amount >= 0:
        return
    settled = facts.pop("settlements[].settled_at", None)
    facts.pop("settlements[].phase", None)
    facts["balance_changes[].amount"] = facts.pop("settlements[].commission")
    if settled:
        facts["balance_changes[].on"] = day_of(settled)


INTERFACE = Interface(
    call=call, opened=opened, complete={ORDERS: complete_order, PHASES: complete_phase}
)
