"""The members of an order line in the contract, and how each is read."""

from settlement import reading
from settlement.model import (
    Audit,
    Backend,
    BalanceChange,
    Cause,
    Channel,
    Click,
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

LINE_AMOUNTS = (
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
)
"""The amounts of one line in yuan; those of its parts add up to them."""

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
    **dict.fromkeys((*LINE_AMOUNTS, "minimum_payout"), reading.money),
    **dict.fromkeys(("commission_rate", "new_buyer_rate", "old_buyer_rate"), reading.rate),
}
