"""Statements compared with orders, case by case (tests/reconciliation/*.yaml).

A case holds a `statement` (lines: order, amount and what else it states), the `orders` of the
contract, and what is `expect`ed: every finding, in order, and the totals. `platform`, `month` and
`as_of` stand for all of them; `rules` are figures an operator entered. Of a finding, members that
are not named are not looked at; causes that are not named must not be there. `unknown` counts
orders that are due and whose amount nobody knows.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from settlement.contract import read_order
from settlement.model import Order, Platform
from settlement.reconciliation.findings import Finding, Outcome
from settlement.shanghai import SHANGHAI, end_of
from settlement.statements import StatementLine
from tests.cases.conftest import rules_of
from tests.cases.textual import textual
from tests.settlement.reconciling import Reconciliation, reconcile

FOLDER = Path(__file__).parents[1] / "reconciliation"
KEYS = {"name", "platform", "month", "as_of", "rules", "statement", "orders", "expect"}
NUMBERS = {"order": "order_number", "sub": "sub_order_number", "line": "line_id"}
AMOUNTS = ("amount", "base", "rate", "commission", "refunded", "platform_fee", "technical_fee")
FURTHER = ("special_fee", "agency_share", "tax_withheld", "clawback")


def cases() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.yaml")):
        for case in textual(path):
            assert set(case) <= KEYS, case["name"]
            yield pytest.param(case, id=f"{path.stem}-{case['name']}")


@pytest.mark.parametrize("case", list(cases()))
def test_a_statement_is_explained(case: dict[str, Any]) -> None:
    found = outcome(case)
    said = [_said(finding) for finding in found.findings]
    wanted = case["expect"]["findings"]
    assert len(said) == len(wanted), said
    for one, expected in zip(said, wanted, strict=True):
        assert {name: one[name] for name in expected} == expected
        assert "causes" in expected or not one["causes"], one
    totals = found.totals
    told = {"statement": totals.statement, "due": totals.due, "difference": totals.difference}
    assert {name: f"{amount:.2f}" for name, amount in told.items()} == case["expect"]["totals"]
    assert totals.unknown == case["expect"].get("unknown", 0)
    assert_parts_add_up(found)


def test_there_are_enough_cases_of_every_platform() -> None:
    platforms = [each.values[0]["platform"] for each in cases()]
    assert len(platforms) >= 40
    assert {platforms.count(platform) >= 3 for platform in Platform} == {True}


def assert_parts_add_up(found: Reconciliation) -> None:
    for finding in found.findings:
        assert finding.platform is not None, finding
        if finding.shares:
            assert sum(share.amount for share in finding.shares) == finding.difference, finding
    totals = found.totals
    assert totals.difference == sum(totals.gap(each) for each in totals.findings)
    assert totals.statement == sum(each.paid or 0 for each in found.findings)
    outcomes = Counter(each.outcome for each in found.findings)
    assert totals.findings == {outcome: outcomes[outcome] for outcome in Outcome}
    causes = Counter(share.cause for each in found.findings for share in each.shares)
    assert {cause: total.findings for cause, total in totals.causes.items()} == causes


def outcome(case: dict[str, Any]) -> Reconciliation:
    month = date.fromisoformat(f"{case['month']}-01") if "month" in case else None
    if "as_of" in case:
        now = datetime.combine(date.fromisoformat(case["as_of"]), datetime.min.time(), SHANGHAI)
    else:
        assert month is not None
        now = end_of(month.replace(day=28))
    platform = Platform(case["platform"])
    return reconcile(
        [_line(row, said, platform) for row, said in enumerate(case["statement"], start=2)],
        [_order(each, platform) for each in case["orders"]],
        rules_of(case),
        now,
        frozenset([month] if month else []),
    )


def _line(row: int, said: dict[str, Any], platform: Platform) -> StatementLine:
    facts: dict[str, Any] = {}
    for name, value in said.items():
        if name in NUMBERS:
            facts[NUMBERS[name]] = value
        elif name in (*AMOUNTS, *FURTHER):
            facts[name] = Decimal(value)
        elif name == "paid_on":
            facts[name] = date.fromisoformat(value)
        elif name == "month":
            facts[name] = date.fromisoformat(f"{value}-01")
        else:
            assert name == "phase", name
            facts[name] = value
    return StatementLine(row=row, platform=platform, **facts)


def _order(said: dict[str, Any], platform: Platform) -> Order:
    order = read_order({"platform": platform.value, **said})
    assert isinstance(order, Order), order
    return order


def _said(finding: Finding) -> dict[str, Any]:
    return {
        "outcome": finding.outcome.value,
        "order": finding.order_number,
        "sub": finding.sub_order_number,
        "shop": finding.shop,
        "item": finding.item,
        "rows": list(finding.rows),
        "paid": _yuan(finding.paid),
        "expected": _yuan(finding.expected),
        "state": finding.state.value if finding.state else None,
        "causes": {share.cause.value: f"{share.amount:.2f}" for share in finding.shares},
        "stated": [share.cause.value for share in finding.shares if share.stated],
        "may_be": [cause.value for share in finding.shares for cause in share.candidates],
    }


def _yuan(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"
