"""The contract of an order line (JSON): reading it, writing it, and what is wrong with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from datetime import date
from decimal import Decimal

from settlement import reading
from settlement.model import (
    Audit,
    Backend,
    BalanceChange,
    Cause,
    Channel,
    Click,
    Order,
    PayoutAccount,
    Platform,
    PriorOrder,
    RawStatus,
    Refund,
    RefundKind,
    RefundStage,
    SettlementMode,
    SettlementPhase,
    ShopType,
)
from settlement.money import ZERO

RAW_STATUS: dict[str, reading.Reader] = {
    "code": reading.code,
    "settle": reading.code,
    "rights": reading.code,
    "text": reading.text,
    "reason": reading.text,
    "frozen_ratio": reading.text,
    "punished": reading.boolean,
    "refund_tag": reading.code,
}
PRIOR_ORDER: dict[str, reading.Reader] = {
    "succeeded_at": reading.instant,
    "refund_stage": reading.word(RefundStage),
}
SETTLEMENT: dict[str, reading.Reader] = {
    "phase": reading.count,
    "commission": reading.money,
    "settled_at": reading.instant,
}
BALANCE_CHANGE: dict[str, reading.Reader] = {
    "on": reading.day,
    "amount": reading.signed_money,
}
REFUND: dict[str, reading.Reader] = {
    "kind": reading.word(RefundKind),
    "stage": reading.word(RefundStage),
    "cause": reading.word(Cause),
    "amount": reading.money,
    "requested_at": reading.instant,
    "succeeded_at": reading.instant,
    "closed_at": reading.instant,
}
CLICK: dict[str, reading.Reader] = {
    "promoter": reading.text,
    "at": reading.instant,
    "item_id": reading.text,
}
PAYOUT_ACCOUNT: dict[str, reading.Reader] = {
    "account": reading.text,
    "bound_at": reading.instant,
    "unbound_at": reading.instant,
}
NESTED = {
    "raw_status": RAW_STATUS,
    "prior_orders": PRIOR_ORDER,
    "settlements": SETTLEMENT,
    "balance_changes": BALANCE_CHANGE,
    "refunds": REFUND,
    "clicks": CLICK,
    "payout_accounts": PAYOUT_ACCOUNT,
}
ORDER: dict[str, reading.Reader] = {
    "platform": reading.word(Platform),
    "order_number": reading.number_text,
    "sub_order_number": reading.number_text,
    "line_id": reading.number_text,
    "parent_number": reading.number_text,
    "raw_status": reading.record(RawStatus, RAW_STATUS),
    "prior_orders": reading.records(PriorOrder, PRIOR_ORDER),
    "settlements": reading.records(SettlementPhase, SETTLEMENT),
    "balance_changes": reading.records(BalanceChange, BALANCE_CHANGE),
    "refunds": reading.records(Refund, REFUND),
    "clicks": reading.records(Click, CLICK),
    "payout_accounts": reading.records(PayoutAccount, PAYOUT_ACCOUNT),
    "shop_type": reading.word(ShopType),
    "channel": reading.word(Channel),
    "settlement_mode": reading.word(SettlementMode),
    "order_audit": reading.word(Audit),
    "commission_audit": reading.word(Audit),
    "backend": reading.word(Backend),
    "platform_settles_on": reading.day,
    **dict.fromkeys(("shop", "item", "item_id", "promoter"), reading.text),
    **dict.fromkeys(
        ("quantity", "return_count", "frozen_count", "protection_days"), reading.count
    ),
    **dict.fromkeys(
        (
            "via_alliance",
            "payment_failed",
            "shipped",
            "waybill_valid",
            "shown_in_backend",
            "creator_fee_taken",
            "union_bound",
            "via_own_link",
        ),
        reading.boolean,
    ),
    **dict.fromkeys(
        (
            "created_at",
            "paid_at",
            "shipped_at",
            "ship_by",
            "received_at",
            "closed_at",
            "settled_at",
            "paid_out_at",
            "withdrawn_at",
            "data_as_of",
            "buyer_first_success_at",
        ),
        reading.instant,
    ),
    **dict.fromkeys(
        (
            "gross_amount",
            "discounts",
            "freight",
            "paid_amount",
            "base_amount",
            "settled_base",
            "estimated_commission",
            "settled_commission",
            "technical_fee",
            "special_fee",
            "agency_share",
            "tax_withheld",
            "minimum_payout",
        ),
        reading.money,
    ),
    **dict.fromkeys(("commission_rate", "new_buyer_rate", "old_buyer_rate"), reading.rate),
}


@dataclass(frozen=True, slots=True)
class OrderError:
    """Why an order line cannot be read; `field` is None when the whole line is unreadable."""

    field: str | None
    message: str


def read_order(raw: Mapping[str, object]) -> Order | OrderError:
    """Read one order line of the contract; unknown members are ignored."""
    if not isinstance(raw, Mapping):
        return OrderError(None, "the line is not a JSON object; write one order per line")
    for name in ("platform", "order_number"):
        if raw.get(name) is None:
            return OrderError(name, f"{name} is missing; every order line needs it")
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
                f"refunds of {max(refund.amount, refunded)} exceed the {limit} paid with freight; "
                "check both amounts",
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
