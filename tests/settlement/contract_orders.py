"""Random order lines of the contract: plausible ones, and any JSON at all."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from settlement.model import Platform
from settlement.platforms import room_of
from settlement.shanghai import SHANGHAI

Json = dict[str, object]

START = datetime(2026, 1, 1, tzinfo=SHANGHAI)
instants = st.integers(0, 400 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
texts = instants.map(datetime.isoformat) | instants.map(
    lambda at: at.astimezone(UTC).isoformat().replace("+00:00", "Z")
)
days = instants.map(lambda at: at.date().isoformat())
money = st.integers(0, 1_000_000).map(lambda fen: f"{fen // 100}.{fen % 100:02d}")
small = st.integers(0, 500).map(lambda fen: f"{fen // 100}.{fen % 100:02d}")
rates = st.sampled_from(["0", "0.00", "0.0001", "0.01", "0.05", "0.075", "0.1", "0.333", "1"])


def maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """The value, or unknown."""
    return st.none() | strategy


def members(**strategies: st.SearchStrategy[object]) -> st.SearchStrategy[Json]:
    """An object some of whose members are absent, some null."""
    return st.fixed_dictionaries(
        {}, optional={name: maybe(strategy) for name, strategy in strategies.items()}
    )


def lists(strategy: st.SearchStrategy[Json]) -> st.SearchStrategy[object]:
    """A list of up to three such objects."""
    return st.lists(strategy, max_size=3)


def codes(platform: Platform, table: str) -> st.SearchStrategy[object]:
    """A code of the platform, sometimes none of its own."""
    known = sorted(room_of(platform).statuses.tables.get(table, {}))
    return st.sampled_from([*known, *known, "", "999"])


def raw_statuses(platform: Platform) -> st.SearchStrategy[object]:
    return members(
        code=codes(platform, "code"),
        settle=codes(platform, "settle"),
        rights=codes(platform, "rights"),
        refund_tag=st.sampled_from(["0", "1"]),
        text=st.sampled_from(["", "已付款", "当前页面已过期", "失效"]),
        reason=st.just("超时未结算"),
        frozen_ratio=st.just("20%"),
        punished=st.booleans(),
    )


refunds = members(
    kind=st.sampled_from(["refund", "return", "exchange"]),
    stage=st.sampled_from(["unshipped", "shipped", "after_sale"]),
    cause=st.sampled_from(["merchant", "personal", "unknown"]),
    amount=small,
    requested_at=texts,
    succeeded_at=texts,
    closed_at=texts,
)
audits = st.sampled_from(["pending", "passed", "rejected"])
AMOUNTS = (
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
)
EVENTS = (
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
)
FLAGS = (
    "via_alliance",
    "payment_failed",
    "shipped",
    "waybill_valid",
    "shown_in_backend",
    "creator_fee_taken",
    "union_bound",
    "via_own_link",
)


def facts_of(platform: Platform) -> dict[str, st.SearchStrategy[object]]:
    """Every fact a line of this platform may have."""
    return dict(
        raw_status=raw_statuses(platform),
        item=st.just("手机壳"),
        quantity=st.integers(0, 3),
        return_count=st.integers(0, 3),
        frozen_count=st.integers(0, 2),
        shop_type=st.sampled_from(["self_operated", "third_party"]),
        channel=st.sampled_from(["taobaoke", "kol"]),
        settlement_mode=st.sampled_from(["cps", "cpc", "cpm"]),
        platform_settles_on=days,
        protection_days=st.integers(0, 30),
        promoter=st.just("me"),
        order_audit=audits,
        commission_audit=audits,
        backend=st.sampled_from(["old", "new"]),
        commission_rate=rates,
        new_buyer_rate=rates,
        old_buyer_rate=rates,
        refunds=lists(refunds),
        prior_orders=lists(
            members(succeeded_at=texts, refund_stage=st.sampled_from(["shipped", "after_sale"]))
        ),
        settlements=lists(members(phase=st.integers(1, 3), commission=small, settled_at=texts)),
        balance_changes=lists(members(on=days, amount=small.map(lambda yuan: f"-{yuan}"))),
        clicks=lists(members(promoter=st.sampled_from(["me", "other"]), at=texts)),
        payout_accounts=lists(members(account=st.just("a"), bound_at=texts, unbound_at=texts)),
        **dict.fromkeys(EVENTS, texts),
        **dict.fromkeys(FLAGS, st.booleans()),
        **{name: money if name in AMOUNTS[:6] else small for name in AMOUNTS},
    )


FACTS = {platform: facts_of(platform) for platform in Platform}
USUAL = ("created_at", "paid_at", "received_at", "paid_amount", "commission_rate", "raw_status")


@st.composite
def orders(draw: st.DrawFn) -> Json:
    """An order line with most of the usual facts and a few of all others."""
    platform = draw(st.sampled_from(list(Platform)))
    facts = FACTS[platform]
    further = draw(st.lists(st.sampled_from(sorted(facts)), max_size=9, unique=True))
    usual = draw(st.sets(st.sampled_from(USUAL), min_size=3))
    names = dict.fromkeys((*sorted(usual), *further))
    known = {name: draw(maybe(facts[name]) if name in further else facts[name]) for name in names}
    return {"platform": platform.value, "order_number": "20260101000001", **known}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | money | texts,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
names = st.sampled_from([*AMOUNTS, *EVENTS, *FLAGS, "refunds", "raw_status", "clicks", "x"])
broken_orders = st.builds(
    lambda order, wrong: {**order, **wrong}, orders(), st.dictionaries(names, anything, max_size=3)
)
