"""Random orders of the public contract whose amounts the rules settle."""

from datetime import datetime, timedelta
from random import Random

from tests.oracle.ledger import NEVER_PAYS, SHANGHAI, Raw, fen, share

NOW = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)
CREATED = datetime(2026, 8, 1, 10, tzinfo=SHANGHAI)
PLATFORMS = ("1688", "jd", "taobao", "douyin", "pinduoduo", "kuaishou")
RATES = ("0.01", "0.015", "0.05", "0.075", "0.10", "0.123", "0.2", "0.35", "0.5", "0.9999", "1")

STATUSES = {
    "1688": ("20", "50"),
    "jd": ("16", "17", "18"),
    "taobao": ("12", "14", "3"),
    "douyin": ("PAY_SUCC", "CONFIRM", "SETTLE"),
    "pinduoduo": ("0", "1", "2", "3", "5"),
    "kuaishou": ("30", "50", "60"),
}
"""Status codes that leave the amounts as they are."""
UNPAYABLE = (
    {"via_own_link": False},
    {"union_bound": False},
    {"order_audit": "rejected"},
    {"commission_audit": "rejected"},
    {"quantity": 2, "return_count": 2},
)


def yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def random_order(random: Random) -> Raw:
    """One order: a bare sale, and upon it at random refunds, phases, fees, clawbacks, rates."""
    order = sale(random)
    extra = random.choice(
        (bare, refunded, refunded, refunded, settled, in_phases, two_rates, clawed_back, unpayable)
    )
    extra(order, random)
    if extra is not unpayable and random.random() < 0.3:
        order["raw_status"] = {"code": random.choice(STATUSES[order["platform"]])}
    if random.random() < 0.2:
        order["minimum_payout"] = yuan(random.randint(1, 2_000))
    # More taken back than was left over would speak of other orders' money.
    if random.random() < 0.3 and (extra is not clawed_back or brings_in_plenty(order)):
        with_deductions(order, random)
    return order


def sale(random: Random) -> Raw:
    paid = random.choice((random.randint(100, 2_000), random.randint(100, 1_000_000)))
    received = CREATED + timedelta(days=random.randint(1, 40), seconds=random.randint(0, 86_399))
    order: Raw = {
        "platform": random.choice(PLATFORMS),
        "order_number": str(random.randint(10**17, 10**18)),
        "created_at": CREATED.isoformat(),
        "paid_at": CREATED.isoformat(),
        "received_at": received.isoformat(),
        "paid_amount": yuan(paid),
        "commission_rate": random.choice(RATES),
        "refunds": [],
    }
    if random.random() < 0.3:
        order["base_amount"] = yuan(random.randint(100, paid))
        order["discounts"] = "0.00"
    return order


def bare(order: Raw, random: Random) -> None:
    if random.random() < 0.5:
        order["received_at"] = None


def refunded(order: Raw, random: Random) -> None:
    """One to three refunds that together stay within what was paid, freight included."""
    if random.random() < 0.2:
        order["freight"] = yuan(random.randint(0, 1_200))
    left = paid_fen(order) + fen(order.get("freight", "0"))
    if order["platform"] == "taobao":
        agreement(order, random)
    for _ in range(random.randint(1, 3)):
        amount = random.choice((left, random.randint(0, left)))
        left -= amount
        if amount:
            order["refunds"].append(refund(order, amount, random))


def paid_fen(order: Raw) -> int:
    return fen(order["paid_amount"])


def base_fen(order: Raw) -> int:
    return fen(order.get("base_amount") or order["paid_amount"])


def agreement(order: Raw, random: Random) -> None:
    order["channel"] = random.choice(("taobaoke", "kol", None))
    order["settlement_mode"] = random.choice(("cps", "cps", "cps", "cpc", "cpm"))
    order["protection_days"] = random.choice((None, 0, 7, 15))


def refund(order: Raw, amount: int, random: Random) -> Raw:
    received = datetime.fromisoformat(order["received_at"])
    asked = received + timedelta(days=random.randint(-10, 30), seconds=random.randint(0, 86_399))
    done = asked + timedelta(days=random.randint(0, 60))
    kind = random.choice(("refund", "refund", "return", "return", "exchange"))
    return {
        "kind": kind,
        "stage": random.choice(("unshipped", "shipped", "after_sale")),
        "cause": random.choice(("merchant", "personal", "unknown", None)),
        "amount": None if kind == "exchange" else yuan(amount),
        "requested_at": asked.isoformat(),
        "succeeded_at": random.choice((None, done.isoformat(), done.isoformat())),
    }


def settled(order: Raw, random: Random) -> None:
    """The platform has named the settled commission: all else is already in it."""
    order["settled_commission"] = yuan(random.randint(1, max(1, paid_fen(order) // 2)))
    order["settled_at"] = (NOW - timedelta(days=random.randint(0, 9))).isoformat()
    order["creator_fee_taken"] = random.choice((True, False, None))


def in_phases(order: Raw, random: Random) -> None:
    """Part of the commission is settled, part still to come; some phases lie ahead."""
    left = share(base_fen(order), str(order["commission_rate"]))
    order["creator_fee_taken"] = random.choice((True, False, None))
    order["settlements"] = []
    for phase in range(1, random.randint(2, 4)):
        commission = random.randint(0, left)
        left -= commission
        at = NOW + timedelta(days=random.randint(-20, 5))
        order["settlements"].append(
            {"phase": phase, "commission": yuan(commission), "settled_at": at.isoformat()}
        )


def unpayable(order: Raw, random: Random) -> None:
    """The platform or the facts say that it will never pay."""
    if random.random() < 0.5:
        codes = sorted(NEVER_PAYS[order["platform"]])
        order["raw_status"] = {"code": random.choice(codes)}
    else:
        order |= random.choice(UNPAYABLE)
    order["refunds"] = None


def two_rates(order: Raw, random: Random) -> None:
    """1688: a rate for new and one for old buyers, around the sixty days."""
    order["platform"] = "1688"
    order["commission_rate"] = None
    order["new_buyer_rate"] = random.choice(RATES)
    order["old_buyer_rate"] = random.choice(RATES)
    first = CREATED - timedelta(days=60, seconds=random.choice((-1, 0, 1, 86_400, -86_400)))
    order["prior_orders"] = random.choice(
        (
            None,
            [],
            [{"succeeded_at": first.isoformat(), "refund_stage": None}],
            [{"succeeded_at": first.isoformat(), "refund_stage": "shipped"}],
            [{"succeeded_at": first.isoformat(), "refund_stage": "after_sale"}],
        )
    )


def clawed_back(order: Raw, random: Random) -> None:
    """A later change of the commission, at most what the order brought (上限是这笔佣金)."""
    day = (NOW + timedelta(days=random.randint(-30, 30))).date()
    most = share(base_fen(order) // 2, str(order["commission_rate"]))
    amount = yuan(random.randint(-most, 500))
    order["balance_changes"] = [{"on": day.isoformat(), "amount": amount}]


def brings_in_plenty(order: Raw) -> bool:
    return share(base_fen(order), str(order["commission_rate"])) > 1_000


def with_deductions(order: Raw, random: Random) -> None:
    names = ("technical_fee", "special_fee", "agency_share", "tax_withheld")
    for name in random.sample(names, random.randint(1, 4)):
        order[name] = yuan(random.randint(0, 50))
