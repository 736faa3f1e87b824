"""What is at stake in a line (tests/reconciliation/radar), and the radar that sums it up."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settlement.contract import read_order
from settlement.diagnosis import Diagnosis, diagnose
from settlement.model import Order, Platform, RawStatus
from settlement.radar import Radar, Span
from settlement.rulebook import shipped_rulebook
from settlement.shanghai import SHANGHAI
from settlement.stakes import Fate, stake_of
from tests.cases.conftest import rules_of
from tests.cases.textual import textual
from tests.examples import examples
from tests.settlement.contract_orders import orders

FOLDER = Path(__file__).parents[1] / "reconciliation" / "radar"
NOW = datetime(2026, 9, 30, 12, tzinfo=SHANGHAI)


def cases() -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in textual(FOLDER / "stakes.yaml")]


@pytest.mark.parametrize("case", cases())
def test_what_is_at_stake(case: dict[str, Any]) -> None:
    order = read_order(case["order"])
    assert isinstance(order, Order), order
    now = datetime.fromisoformat(f"{case['as_of']}T12:00:00+08:00")
    stake = stake_of(diagnose(order, rules_of(case), now), now)
    if stake is None:
        assert case["stake"] is None
        return
    assert {
        "fate": stake.fate.value,
        "cause": stake.cause,
        "amount": None if stake.amount is None else f"{stake.amount:.2f}",
        "on": stake.on.isoformat() if stake.on else None,
    } == case["stake"]


def judged(number: str, platform: str, shop: str | None, day: str, amount: str) -> Diagnosis:
    order = read_order(
        {
            "platform": platform,
            "order_number": number,
            "shop": shop,
            "closed_at": f"{day}T10:00:00+08:00",
            "estimated_commission": amount,
        }
    )
    assert isinstance(order, Order)
    return diagnose(order, shipped_rulebook(), NOW)


def test_the_period_is_compared_with_the_one_before() -> None:
    radar = Radar(Span(date(2026, 9, 24), date(2026, 9, 30)))
    assert (radar.span.days, radar.span.before) == (7, date(2026, 9, 17))
    for number, (platform, shop, day, amount) in enumerate(
        [
            ("jd", "甲店", "2026-09-24", "5.00"),
            ("jd", "甲店", "2026-09-23", "2.00"),
            ("jd", "甲店", "2026-09-16", "100.00"),
            ("taobao", None, "2026-09-30", "7.00"),
            ("jd", "乙店", "2026-09-17", "1.00"),
        ]
    ):
        radar.add(judged(str(number), platform, shop, day, amount), NOW)
    # Nobody knows when: it counts for all time alone.
    undated = Order(Platform.JD, "9", raw_status=RawStatus("3"), shop="乙店")
    radar.add(diagnose(undated, shipped_rulebook(), NOW), NOW)
    worst = [
        (str(spot.platform), spot.shop, spot.cause, sums.lines, sums.amount, sums.before)
        for spot, sums in radar.worst()
    ]
    assert worst == [
        ("taobao", None, "invalid", 1, Decimal("7.00"), Decimal("0.00")),
        ("jd", "甲店", "invalid", 1, Decimal("5.00"), Decimal("2.00")),
        ("jd", "乙店", "invalid", 0, Decimal("0.00"), Decimal("1.00")),
        ("jd", "乙店", "jd_3", 0, Decimal("0.00"), Decimal("0.00")),
    ]
    platforms = radar.by(lambda spot: spot.platform)
    assert [(name, sums.growth) for name, sums in platforms] == [
        (Platform.TAOBAO, Decimal("7.00")),
        (Platform.JD, Decimal("2.00")),
    ]
    total = radar.total
    assert (total.lines, total.lines_before, total.all_lines) == (2, 2, 6)
    assert [total.amount, total.before, total.all_amount] == [12, 3, 115]
    assert radar.looked_at == 6


def test_a_line_whose_amount_nobody_knows_is_counted_beside_the_sums() -> None:
    radar = Radar(Span(date(2026, 9, 24), date(2026, 9, 30)))
    closed_at = datetime(2026, 9, 28, 10, tzinfo=SHANGHAI)
    for number in ("1", "2"):
        closed = Order(Platform.JD, number, closed_at=closed_at)
        radar.add(diagnose(closed, shipped_rulebook(), NOW), NOW)
    assert (radar.total.unknown, radar.total.lines) == (2, 2)
    assert radar.total.amount == Decimal(0)


def test_of_places_with_the_same_money_that_with_more_lines_comes_first() -> None:
    radar = Radar(Span(date(2026, 9, 24), date(2026, 9, 30)))
    closed_at = datetime(2026, 9, 28, 10, tzinfo=SHANGHAI)
    for number, shop in (("1", "乙店"), ("2", "甲店"), ("3", "甲店")):
        closed = Order(Platform.JD, number, shop=shop, closed_at=closed_at)
        radar.add(diagnose(closed, shipped_rulebook(), NOW), NOW)
    worst = [(spot.shop, sums.all_lines) for spot, sums in radar.worst()]
    assert worst == [("甲店", 2), ("乙店", 1)]


@settings(max_examples=examples(30))
@given(st.lists(orders(), max_size=6), st.integers(0, 400))
def test_every_way_of_summing_up_comes_to_the_same(
    said: list[dict[str, object]], days: int
) -> None:
    now = datetime.fromtimestamp(1_767_200_000 + days * 86_400, SHANGHAI)
    radar = Radar(Span(date(2026, 3, 1), now.date()))
    stakes = []
    for each in said:
        order = read_order(each)
        if isinstance(order, Order):
            diagnosis = diagnose(order, shipped_rulebook(), now)
            radar.add(diagnosis, now)
            if stake := stake_of(diagnosis, now):
                stakes.append(stake)
    total = radar.total
    assert total.all_lines == len(stakes)
    assert total.all_amount == sum((stake.amount or 0 for stake in stakes), Decimal(0))
    for part in (lambda spot: spot.platform, lambda spot: spot.shop, lambda spot: spot.fate):
        assert sum(sums.amount for _, sums in radar.by(part)) == total.amount
    assert all(stake.amount is None or stake.amount > 0 for stake in stakes)
    assert {stake.fate for stake in stakes} <= set(Fate)
