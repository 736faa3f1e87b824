"""What holds for every order line, whatever is known of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from settlement.contract import OrderError, diagnosis_json, order_json, read_order
from settlement.diagnosis import diagnose
from settlement.fact_index import next_steps, reasons
from settlement.model import Order
from settlement.reckoning import DEDUCTIONS
from settlement.rulebook import shipped_rulebook
from settlement.states import NEVER_PAYS, NOTHING_KNOWN, State
from settlement.timeline import EVENTS
from settlement.waterfall import LINES
from tests.examples import examples
from tests.settlement.contract_orders import Json, anything, broken_orders, instants, orders

many = settings(
    max_examples=examples(100),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
RULES = shipped_rulebook()
Diagnosis = dict[str, Any]
"""A diagnosis as JSON."""
WAY = [
    {State.NOT_YET_VISIBLE},
    {State.WAIT_CYCLE},
    {State.WAIT_PAYOUT},
    {State.NO_ACCOUNT, State.WITHDRAWABLE},
]


def read(raw: Json) -> Order:
    order = read_order(raw)
    assume(isinstance(order, Order))
    assert isinstance(order, Order)
    return order


def outcome(raw: Json, now: datetime) -> Diagnosis:
    return diagnosis_json(diagnose(read(raw), RULES, now))


def sum_of(lines: list[Mapping[str, str]]) -> Decimal:
    return sum((Decimal(line["amount"]) for line in lines), Decimal())


def the_lines_from_the_commission_on_add_up_to_the_net(diagnosis: Diagnosis) -> None:
    amounts = diagnosis["amounts"]
    codes = [line["code"] for line in amounts["lines"]]
    if amounts["net"] is None:
        assert "net" not in codes
        return
    assert codes[-1] == "net"
    assert amounts["lines"][-1]["amount"] == amounts["net"]
    if "commission" in codes:
        summed = amounts["lines"][codes.index("commission") : -1]
        assert sum_of(summed) == Decimal(amounts["net"])


def lines_and_events_are_those_that_are_listed(diagnosis: Diagnosis) -> None:
    codes = [line["code"] for line in diagnosis["amounts"]["lines"]]
    assert codes == sorted(codes, key=LINES.index)
    assert {moment["event"] for moment in diagnosis["timeline"]} <= set(EVENTS)
    assert set(diagnosis["reasons"]) <= set(reasons())
    assert set(diagnosis["next_steps"]) <= set(next_steps())


def top_level_amounts_are_those_of_the_lines(diagnosis: Diagnosis) -> None:
    amounts = diagnosis["amounts"]
    lines = {line["code"]: line["amount"] for line in amounts["lines"]}
    for name, sign in (("commission", 1), ("returned", -1), ("platform_fee", -1)):
        if name in lines:
            assert Decimal(lines[name]) == sign * Decimal(amounts[name])


def a_state_that_never_pays_leaves_nothing_and_says_so(diagnosis: Diagnosis) -> None:
    codes = [line["code"] for line in diagnosis["amounts"]["lines"]]
    never = State(diagnosis["state"]) in NEVER_PAYS
    assert ("not_payable" in codes) is never
    if never:
        assert diagnosis["amounts"]["net"] == "0.00"
        assert diagnosis["dates"]["payout"] is None
    if State(diagnosis["state"]) in NOTHING_KNOWN:
        assert diagnosis["amounts"]["lines"] == []
        assert diagnosis["amounts"]["net"] is None


ALWAYS = (
    the_lines_from_the_commission_on_add_up_to_the_net,
    lines_and_events_are_those_that_are_listed,
    top_level_amounts_are_those_of_the_lines,
    a_state_that_never_pays_leaves_nothing_and_says_so,
)


@given(orders(), instants)
@many
def test_what_always_holds_of_a_diagnosis(raw: Json, now: datetime) -> None:
    """All of it for each order, since making one up costs more than judging it."""
    order, diagnosis = read(raw), outcome(raw, now)
    for holds in ALWAYS:
        holds(diagnosis)
    no_date_stands_without_certainty(diagnosis, now)
    nothing_falls_below_zero(outcome({**raw, "balance_changes": None}, now))
    assert orjson.dumps(outcome(raw, now)) == orjson.dumps(diagnosis)
    assert read_order(orjson.loads(orjson.dumps(order_json(order)))) == order


def no_date_stands_without_certainty(diagnosis: Diagnosis, now: datetime) -> None:
    for forecast in diagnosis["dates"].values():
        if forecast is not None:
            assert forecast["certainty"] in {"official", "provisional", "platform", "operator"}
            assert forecast["date"]
            assert forecast["nominal"]
            ahead = datetime.fromisoformat(forecast["date"]).date() > now.date()
            assert not ahead or forecast["waits_for"]


def nothing_falls_below_zero(diagnosis: Diagnosis) -> None:
    """Before clawbacks, and where no more is deducted than is kept."""
    amounts = diagnosis["amounts"]
    lines = {line["code"]: Decimal(line["amount"]) for line in amounts["lines"]}
    kept = ("commission", "returned", "platform_fee")
    left = sum((lines.get(name, Decimal()) for name in kept), Decimal())
    deducted = -sum((lines.get(name, Decimal()) for name in DEDUCTIONS), Decimal())
    if "net" in lines and deducted <= left:
        assert Decimal(amounts["net"]) >= 0


def most(amounts: dict[str, Any]) -> Decimal | None:
    if amounts["net"] is not None:
        return Decimal(amounts["net"])
    return Decimal(amounts["net_range"]["high"]) if amounts["net_range"] else None


@given(orders(), instants, st.integers(0, 1000), st.integers(0, 1000))
@many
def test_more_refund_never_leaves_more(raw: Json, now: datetime, one: int, other: int) -> None:
    """Deductions are left out: they are not asked for where nothing is left."""
    at = (now - timedelta(days=1)).isoformat()
    bare = {**raw, **dict.fromkeys(DEDUCTIONS), "balance_changes": None, "paid_amount": "10.00"}

    def left(fen: int) -> Decimal | None:
        refund = {
            "amount": f"{fen // 100}.{fen % 100:02d}",
            "requested_at": at,
            "succeeded_at": at,
        }
        return most(outcome({**bare, "refunds": [refund]}, now)["amounts"])

    less, more = left(min(one, other)), left(max(one, other))
    assume(less is not None)
    assume(more is not None)
    assert less is not None
    assert more is not None
    assert more <= less


@given(orders(), instants, st.integers(0, 200 * 24 * 60))
@many
def test_time_alone_moves_a_state_only_forward(raw: Json, now: datetime, minutes: int) -> None:
    order = read(raw)
    before = diagnose(order, RULES, now).state
    after = diagnose(order, RULES, now + timedelta(minutes=minutes)).state
    steps = {state: step for step, states in enumerate(WAY) for state in states}
    if before in steps and after in steps:
        assert steps[before] <= steps[after]
    if before in {State.WITHDRAWABLE, State.NO_ACCOUNT, State.NOT_YET_VISIBLE}:
        assert after is not State.OVERDUE or before is State.NOT_YET_VISIBLE


@given(broken_orders | anything, instants)
@many
def test_any_json_gives_a_diagnosis_or_a_clear_error(raw: Any, now: datetime) -> None:
    order = read_order(raw)
    if isinstance(order, OrderError):
        assert order.message
        order.message.encode()
        return
    orjson.dumps(diagnosis_json(diagnose(order, RULES, now)))
