"""New and old buyers (新客、老客), decided when an order is created."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from settlement.model import Order, PriorOrder, RefundStage

if TYPE_CHECKING:
    from settlement.situation import Situation

ONE_DAY = timedelta(days=1)


class BuyerKind(StrEnum):
    """Whether the merchant's rate for new or for old buyers holds."""

    NEW = "new"
    OLD = "old"


@dataclass(frozen=True, slots=True)
class Buyer:
    """The kind of a buyer; None where the history is not known."""

    kind: BuyerKind | None = None
    boundary: bool = False
    """Within a day after the last new day, where the source can be read either way (AMB-01)."""


UNKNOWN = Buyer()
NEW = Buyer(BuyerKind.NEW)
OLD = Buyer(BuyerKind.OLD)


def judge_buyer(first_success_at: datetime | None, created_at: datetime, days: int) -> Buyer:
    """Judge a buyer whose first success is known, or known to be none; the last day is new."""
    if first_success_at is None:
        return NEW
    past = created_at - first_success_at - timedelta(days=days)
    if past <= timedelta():
        return NEW
    return Buyer(BuyerKind.OLD, boundary=past < ONE_DAY)


def buyer_of(situation: Situation) -> Buyer:
    """Judge the buyer of an order, as far as the history in this shop is known."""
    order = situation.order
    if order.prior_orders is None and order.buyer_first_success_at is None:
        return UNKNOWN
    counting = [prior for prior in order.prior_orders or () if _counts(prior)]
    known = [prior.succeeded_at for prior in counting if prior.succeeded_at is not None]
    if order.buyer_first_success_at is not None:
        known.append(order.buyer_first_success_at)
    buyer = _judged(order, min(known, default=None), situation)
    if len(known) < len(counting) and buyer.kind is not BuyerKind.OLD:
        return UNKNOWN
    return buyer


def _counts(prior: PriorOrder) -> bool:
    """Tell whether an earlier order stays a success: refunds before receipt undo it."""
    return prior.refund_stage in {None, RefundStage.AFTER_SALE}


def _judged(order: Order, first: datetime | None, situation: Situation) -> Buyer:
    days = situation.number("1688.new_buyer_days")
    if first is None:
        return NEW
    if order.created_at is None or days is None:
        return UNKNOWN
    return judge_buyer(first, order.created_at, days)
