"""Bills without order numbers beside the orders (tests/reconciliation/months)."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settlement.contract import read_order
from settlement.model import Order, Platform
from settlement.reconciliation.months import (
    MonthFinding,
    MonthSums,
    compare_month,
    months_together,
)
from settlement.reconciliation.movements import judge
from settlement.rulebook import shipped_rulebook
from settlement.shanghai import end_of
from settlement.statements import MonthTotals
from tests.cases.textual import textual
from tests.examples import examples
from tests.settlement.contract_orders import orders

FOLDER = Path(__file__).parents[1] / "reconciliation" / "months"


def cases() -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in textual(FOLDER / "months.yaml")]


def compared(bill: MonthTotals, known: list[Order]) -> MonthFinding:
    sums, now = MonthSums(), end_of(bill.month.replace(day=28))
    for order in known:
        sums.add(judge(order, shipped_rulebook(), now), bill.month)
    return compare_month(bill, sums)


@pytest.mark.parametrize("case", cases())
def test_a_month_is_explained(case: dict[str, Any]) -> None:
    said: dict[str, Any] = {
        name: Decimal(amount) for name, amount in case["bill"].items() if name != "month"
    }
    month = date.fromisoformat(f"{case['bill']['month']}-01")
    known = [read_order({"platform": case["platform"], **each}) for each in case["orders"]]
    bill = MonthTotals(2, month, **said)
    found = compared(bill, [order for order in known if isinstance(order, Order)])
    outcome = {
        "due": f"{found.sums.due:.2f}",
        "difference": f"{found.difference:.2f}",
        "other": f"{found.other:.2f}",
        "lines": found.sums.lines,
        "unknown": found.sums.unknown,
        "parts": {part.name: f"{part.explains:.2f}" for part in found.parts if part.explains},
        "stated": {part.name: _yuan(part.stated) for part in found.parts},
        "reckoned": {part.name: _yuan(part.reckoned) for part in found.parts},
    }
    assert {name: outcome[name] for name in case["expect"]} == case["expect"]


def _yuan(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


stated = st.none() | st.integers(0, 50_000).map(lambda fen: Decimal(fen) / 100)


@settings(max_examples=examples(40))
@given(
    st.lists(orders(), max_size=4),
    st.integers(1, 12),
    st.integers(-5_000, 50_000).map(lambda fen: Decimal(fen) / 100),
    st.lists(stated, min_size=7, max_size=7),
)
def test_the_parts_of_a_month_add_up(
    said: list[dict[str, object]], month: int, real: Decimal, amounts: list[Decimal | None]
) -> None:
    known = [order for each in said if isinstance(order := read_order(each), Order)]
    found = compared(MonthTotals(2, date(2026, month, 1), real, None, *amounts), known)
    assert sum((part.explains for part in found.parts), found.other) == found.difference


def test_payouts_of_one_month_are_one_bill() -> None:
    september, october = date(2026, 9, 1), date(2026, 10, 1)
    bills = months_together(
        [
            MonthTotals(5, october, Decimal(8), Platform.JD),
            MonthTotals(2, october, Decimal(1), tax=Decimal("0.10")),
            MonthTotals(3, september, Decimal(2)),
            MonthTotals(6, october, Decimal(16), Platform.ALIBABA_1688),
            MonthTotals(4, october, Decimal(4), tax=Decimal("0.20"), service=Decimal(1)),
        ]
    )
    assert [(each.month, each.platform, each.real) for each in bills] == [
        (september, None, Decimal(2)),
        (october, None, Decimal(5)),
        (october, Platform.ALIBABA_1688, Decimal(16)),
        (october, Platform.JD, Decimal(8)),
    ]
    assert (bills[1].tax, bills[1].service, bills[1].estimate) == (
        Decimal("0.30"),
        Decimal(1),
        None,
    )
