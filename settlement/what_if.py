"""What if (假设): the same order line, had something more happened."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from settlement.model import Order, RawStatus, Refund, RefundKind
from settlement.platforms import room_of
from settlement.shanghai import in_shanghai
from settlement.statuses import Progress


def what_if(
    order: Order,
    now: datetime,
    received: datetime | None = None,
    refund: Decimal | None = None,
) -> tuple[Order, datetime]:
    """Return the order as it would be, and the instant from which that could be said.

    `received` is when the buyer would confirm receipt, `refund` the yuan that would have been
    refunded by then. A status code from before the receipt no longer holds after it.
    """
    if received is not None:
        now = max(now, received)
        planned = order.shipped_at is not None and order.shipped_at > received
        order = replace(
            order,
            received_at=in_shanghai(received),
            shipped=True,
            shipped_at=None if planned else order.shipped_at,
            raw_status=_after_receipt(order),
        )
    if refund is not None:
        added = Refund(kind=RefundKind.REFUND, amount=refund, requested_at=now, succeeded_at=now)
        order = replace(order, refunds=(*(order.refunds or ()), added))
    return order, now


def _after_receipt(order: Order) -> RawStatus | None:
    raw = order.raw_status
    if raw is None or not raw.code:
        return raw
    meaning = room_of(order.platform).statuses.tables["code"].get(raw.code)
    if meaning is None or meaning.progress is None or meaning.progress >= Progress.RECEIVED:
        return raw
    return replace(raw, code=None, text=None)
