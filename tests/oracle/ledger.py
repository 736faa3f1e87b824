"""A second opinion on every amount, in whole fen and fractions.

Written from the rules alone: nothing of `settlement` is imported, and no Decimal is used, so that
the two can only agree by both being right. An order is the JSON of the public contract.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from typing import Any

SHANGHAI = timezone(timedelta(hours=8))
CREATOR_FEE = Fraction(1, 10)
NEW_BUYER_WINDOW = timedelta(days=60)
NEVER_PAYS = {
    "1688": {"80"},
    "jd": {"3", "5", "13", "14", "20", "25", "28", "31", "35", "36"},
    "taobao": {"13"},
    "douyin": {"REFUND"},
    "pinduoduo": {"4"},
    "kuaishou": {"80"},
}
"""Status codes that say no commission will ever come, some of each platform."""

Raw = dict[str, Any]


@dataclass(frozen=True)
class Ledger:
    """What the amounts of one order must be, in fen; None where they cannot be known."""

    commission: int | None
    returned: int | None
    platform_fee: int | None
    net: int | None
    net_range: tuple[int, int] | None = None


def fen(yuan: str) -> int:
    """Whole fen of an amount such as "12.3"."""
    sign = -1 if yuan.startswith("-") else 1
    whole, _, cents = yuan.lstrip("-").partition(".")
    return sign * (int(whole) * 100 + int(cents.ljust(2, "0") or "0"))


def half_up(amount: Fraction) -> int:
    """The nearest whole fen, halves away from zero; amounts here are never negative."""
    return int((amount * 2 + 1) // 2)


def share(base_fen: int, rate: str) -> int:
    return half_up(base_fen * Fraction(rate))


def ledger(order: Raw, now: datetime) -> Ledger:
    """The amounts of an order that is neither split nor unknown."""
    base = fen(order.get("base_amount") or order["paid_amount"])
    rates = possible_rates(order)
    if pays_nothing(order):
        # What it would have been stays on show, and nothing is left of it.
        return Ledger(share(base, rates[0]) if len(rates) == 1 else None, None, None, 0)
    if len(rates) > 1:
        outcomes = {settle(order, base, rate, now)[0] for rate in rates}
        if len(outcomes) == 1:
            return outcomes.pop()
        nets = sorted(outcome.net or 0 for outcome in outcomes)
        return Ledger(None, None, None, None, (nets[0], nets[-1]))
    lower, upper = settle(order, base, rates[0], now)
    if lower == upper:
        return lower
    assert lower.net is not None
    assert upper.net is not None
    commission = lower.commission
    nets = sorted((lower.net, upper.net))
    return Ledger(commission, None, None, None, (nets[0], nets[1]))


def pays_nothing(order: Raw) -> bool:
    """The platform or the facts say that it will never pay."""
    code = (order.get("raw_status") or {}).get("code")
    audits = (order.get("order_audit"), order.get("commission_audit"))
    foreign = order.get("via_own_link") is False or order.get("union_bound") is False
    returned = order.get("return_count") and order["return_count"] == order["quantity"]
    told = code in NEVER_PAYS[order["platform"]]
    return bool(told or foreign or returned or "rejected" in audits)


def settle(order: Raw, base: int, rate: str, now: datetime) -> tuple[Ledger, Ledger]:
    """The least and the most that can be left, which differ when a verdict is open."""
    commission = share(base, rate)
    if order.get("settled_commission") is not None:
        kept = fen(order["settled_commission"])
        fee = 0
        if order["platform"] == "douyin" and order.get("creator_fee_taken") is False:
            fee = half_up(kept * CREATOR_FEE)
        certain = Ledger(commission, commission - kept, fee, kept - fee - deductions(order))
        return certain, certain
    surely, perhaps = refunded(order, base, now)
    return (
        after_refund(order, commission, base - perhaps, rate, now),
        after_refund(order, commission, base - surely, rate, now),
    )


def after_refund(order: Raw, commission: int, left: int, rate: str, now: datetime) -> Ledger:
    kept = share(left, rate)
    if left == 0:
        # Nothing is paid for a sale refunded in full, so nothing can be taken from it either.
        return Ledger(commission, commission, 0, 0)
    fee = creator_fee(order, kept, now)
    net = kept - fee - deductions(order) - clawbacks(order, now)
    return Ledger(commission, commission - kept, fee, net)


def creator_fee(order: Raw, kept: int, now: datetime) -> int:
    """Taken once: what was settled in phases has it out already, unless it says otherwise."""
    if order["platform"] != "douyin":
        return 0
    settled = sum(
        fen(phase["commission"])
        for phase in order.get("settlements") or []
        if datetime.fromisoformat(phase["settled_at"]) <= now
    )
    due = kept if order.get("creator_fee_taken") is False else max(kept - settled, 0)
    return half_up(due * CREATOR_FEE)


def deductions(order: Raw) -> int:
    names = ("technical_fee", "special_fee", "agency_share", "tax_withheld")
    return sum(fen(order[name]) for name in names if order.get(name) is not None)


def clawbacks(order: Raw, now: datetime) -> int:
    """Negative changes up to today; beside refunds they are those refunds' own shadow."""
    if order.get("refunds"):
        return 0
    today = now.astimezone(SHANGHAI).date()
    changes = order.get("balance_changes") or []
    happened = [c for c in changes if date.fromisoformat(c["on"]) <= today]
    return sum(-fen(c["amount"]) for c in happened if c["amount"].startswith("-"))


def refunded(order: Raw, base: int, now: datetime) -> tuple[int, int]:
    """How much of the base is surely, and how much perhaps, no longer paid for."""
    surely = perhaps = 0
    for refund in succeeded(order, now):
        amount = fen(refund["amount"])
        verdict = verdict_of(order, refund)
        if verdict == "reversed":
            surely += amount
        if verdict in {"reversed", "reversed_likely", "depends"}:
            perhaps += amount
    return min(surely, base), min(perhaps, base)


def succeeded(order: Raw, now: datetime) -> list[Raw]:
    """The refunds by which money has gone back; goods exchanged are paid for like before."""
    return [
        refund
        for refund in order.get("refunds") or []
        if refund["kind"] != "exchange"
        and refund.get("succeeded_at") is not None
        and datetime.fromisoformat(refund["succeeded_at"]) <= now
    ]


def verdicts(order: Raw, now: datetime) -> set[str]:
    """What the table says of each refund that succeeded, where there is a table."""
    if order["platform"] != "taobao":
        return set()
    return {verdict_of(order, refund) for refund in succeeded(order, now)}


def verdict_of(order: Raw, refund: Raw) -> str:
    """The table for Taobao and Tmall; everywhere else the refunded share goes."""
    if order["platform"] != "taobao":
        return "reversed"
    if order.get("settlement_mode") in {"cpc", "cpm"}:
        return "minor_effect"
    if refund.get("stage") == "unshipped":
        return "reversed"
    cause = refund.get("cause") or "unknown"
    promoter = "reversed" if cause == "merchant" else "reversed_likely"
    creator = creator_verdict(refund["stage"], cause, protection(order, refund))
    if order["channel"] is None:
        return promoter if promoter == creator else "depends"
    return promoter if order["channel"] == "taobaoke" else creator


def creator_verdict(stage: str, cause: str, within: str) -> str:
    """A contracted creator (达人) paid by sales; the goods were shipped."""
    if within == "within":
        return "reversed"
    if cause == "merchant" and stage == "shipped":
        return "reversed"
    if cause == "merchant":
        return "reversed_likely" if within == "unknown" else "depends"
    if cause == "personal" and within != "unknown":
        return "kept"
    return "depends"


def protection(order: Raw, refund: Raw) -> str:
    """Whether the request came inside the agreed days, counted by Shanghai dates from receipt."""
    days = order.get("protection_days")
    if days is None:
        return "unknown"
    if days == 0:
        return "none"
    received = order.get("received_at")
    if received is None:
        return "within"
    start = datetime.fromisoformat(received).astimezone(SHANGHAI).date()
    asked = datetime.fromisoformat(refund["requested_at"]).astimezone(SHANGHAI).date()
    return "within" if asked <= start + timedelta(days=days) else "past"


def possible_rates(order: Raw) -> list[str]:
    """The one rate that holds, or both where the buyer is not known."""
    if order.get("commission_rate") is not None:
        return [order["commission_rate"]]
    new, old = order["new_buyer_rate"], order["old_buyer_rate"]
    known = buyer_is_new(order)
    if known is None and new != old:
        return [new, old]
    return [new] if known else [old]


def buyer_is_new(order: Raw) -> bool | None:
    """60 × 24 hours from the first success that counts, the last instant included."""
    prior = order.get("prior_orders")
    alone = order.get("buyer_first_success_at")
    if prior is None and alone is None:
        return None
    successes = [
        datetime.fromisoformat(p["succeeded_at"])
        for p in prior or []
        if p.get("succeeded_at") and p.get("refund_stage") in {None, "after_sale"}
    ]
    if alone is not None:
        successes.append(datetime.fromisoformat(alone))
    if not successes:
        return True
    created = datetime.fromisoformat(order["created_at"])
    return created - min(successes) <= NEW_BUYER_WINDOW
