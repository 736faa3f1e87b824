"""The contract with other programs (JSON): order lines in, diagnoses out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from settlement import reading
from settlement.diagnosis import Diagnosis
from settlement.forecast import Dates, Forecast
from settlement.model import Order
from settlement.money import ZERO
from settlement.order_members import NESTED, ORDER
from settlement.waiting import in_words
from settlement.waterfall import Amounts


@dataclass(frozen=True, slots=True)
class OrderError:
    """Why an order line cannot be read (zh); `field` is None when all of it is unreadable."""

    field: str | None
    message: str


def read_order(raw: Mapping[str, object]) -> Order | OrderError:
    """Read one order line of the contract; unknown members are ignored."""
    if not isinstance(raw, Mapping):
        return OrderError(None, "这一行不是 JSON 对象；每行写一个订单 {…}")
    for name in ("platform", "order_number"):
        if raw.get(name) is None:
            return OrderError(name, f"缺少 {name}；每个订单都要有")
    try:
        order = Order(**reading.members(raw, ORDER))  # type: ignore[arg-type]
    except reading.Unreadable as error:
        return OrderError(error.field, error.message)
    return _refunds_too_large(order) or order


def unknown_members(raw: Mapping[str, object]) -> Iterator[str]:
    """Name the members the contract does not know, nested ones as ``refunds[].sum``."""
    for name, value in raw.items():
        if name not in ORDER:
            yield name
        elif value and (readers := NESTED.get(name)):
            yield from _unknown_inside(name, value, readers)


def _unknown_inside(
    name: str, value: object, readers: Mapping[str, reading.Reader]
) -> Iterator[str]:
    brackets = "[]" if isinstance(value, list) else ""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, Mapping):
            for member in item:
                if member not in readers:
                    yield f"{name}{brackets}.{member}"


def _refunds_too_large(order: Order) -> OrderError | None:
    if not order.refunds or order.paid_amount is None:
        return None
    limit = order.paid_amount + (order.freight or ZERO)
    refunded = ZERO
    for index, refund in enumerate(order.refunds):
        if refund.amount is None:
            continue
        refunded += refund.amount if refund.succeeded_at else ZERO
        if max(refund.amount, refunded) > limit:
            return OrderError(
                f"refunds[{index}].amount",
                f"退款 {max(refund.amount, refunded)} 超过实付加运费 {limit}；请核对这两个金额",
            )
    return None


def order_json(order: Order) -> dict[str, object]:
    """Write the known facts of an order line, such that `read_order` gives the same order."""
    return {name: plain(value) for name, value in _known_members(order)}


def plain(value: object) -> object:
    """Turn a fact into plain JSON: Decimals as text, instants with their offset."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return str(value)
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if is_dataclass(value):
        return {name: plain(member) for name, member in _known_members(value)}
    return value


def _known_members(fact: object) -> Iterator[tuple[str, object]]:
    names: tuple[str, ...] = type(fact).__slots__  # type: ignore[attr-defined]
    for name in names:
        member = getattr(fact, name)
        if member is not None:
            yield name, member


def diagnosis_json(diagnosis: Diagnosis, language: str = "zh") -> dict[str, object]:
    """Write a diagnosis as the contract has it; `language` (zh, en) is that of ``waits_for``."""
    order, buyer = diagnosis.order, diagnosis.buyer
    return {
        "platform": order.platform.value,
        "order_number": order.order_number,
        "sub_order_number": order.sub_order_number,
        "line_id": order.line_id,
        "parent_number": order.parent_number,
        "state": diagnosis.state.value,
        "reasons": [str(reason) for reason in diagnosis.reasons],
        "buyer": buyer.kind.value if buyer.kind else None,
        "buyer_boundary": buyer.boundary,
        "amounts": _amounts_json(diagnosis.amounts),
        "dates": _dates_json(diagnosis.dates, language),
        "payout_account": diagnosis.payout_account,
        "service_fee_verdict": _value(diagnosis.service_fee_verdict),
        "next_steps": list(diagnosis.next_steps),
        "evidence": {name: plain(value) for name, value in diagnosis.evidence.items()},
        "timeline": [
            {"event": moment.event, "at": moment.at.isoformat()} for moment in diagnosis.timeline
        ],
        "sources": list(diagnosis.sources),
        "rules_revision": diagnosis.rules_revision,
    }


def _amounts_json(amounts: Amounts) -> dict[str, object]:
    """Write the amounts; a platform's estimate only stands beside a settled figure."""
    members: dict[str, object] = {
        "lines": [{"code": line.code, "amount": _yuan(line.amount)} for line in amounts.lines],
        "commission": _yuan(amounts.commission),
        "returned": _yuan(amounts.returned),
        "platform_fee": _yuan(amounts.platform_fee),
        "net": _yuan(amounts.net),
        "net_range": None,
    }
    if amounts.net_range is not None:
        low, high = amounts.net_range
        members["net_range"] = {"low": _yuan(low), "high": _yuan(high)}
    if amounts.estimated_commission is not None:
        members["estimated_commission"] = _yuan(amounts.estimated_commission)
    return members


def _dates_json(dates: Dates, language: str) -> dict[str, object]:
    """Write the dates; the agency's payout only appears where the operator set its day."""
    members: dict[str, object] = {
        "visible": _forecast_json(dates.visible, language),
        "settles": _forecast_json(dates.settles, language),
        "payout": _forecast_json(dates.payout, language),
        "closes": _forecast_json(dates.closes, language),
    }
    if dates.has_agency_day:
        members["agency_payout"] = _forecast_json(dates.agency_payout, language)
    return members


def _forecast_json(forecast: Forecast | None, language: str) -> dict[str, object] | None:
    if forecast is None:
        return None
    return {
        "date": forecast.day.isoformat(),
        "nominal": forecast.nominal.isoformat(),
        "certainty": forecast.certainty.value,
        "waits_for": in_words(forecast.waits_for, language) if forecast.waits_for else None,
    }


def _yuan(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _value(word: StrEnum | None) -> str | None:
    return None if word is None else word.value
