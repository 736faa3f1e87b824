"""Whatever a statement and the orders say, the parts add up to the fen and nothing is lost."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settlement.contract import read_order
from settlement.model import Order, Platform
from settlement.reconciliation.findings import Outcome
from settlement.rulebook import shipped_rulebook
from settlement.statements import StatementLine, stated_by_order
from tests.examples import examples
from tests.settlement.contract_orders import START, orders
from tests.settlement.reconciling import Reconciliation, reconcile

NUMBERS = [f"20260101000{place:03}" for place in range(8)]
numbers = st.sampled_from(NUMBERS)
amounts = st.integers(-2_000, 20_000).map(lambda fen: Decimal(fen) / 100)
stated = st.none() | st.integers(0, 2_000).map(lambda fen: Decimal(fen) / 100)
months = st.sets(st.integers(1, 12).map(lambda month: date(2026, month, 1)), max_size=3)


@st.composite
def ledgers(draw: st.DrawFn) -> list[Order]:
    """Some order lines; several may share a number or a parent, as in a real store."""
    found: list[Order] = []
    for place in range(draw(st.integers(0, 5))):
        said: dict[str, Any] = {**draw(orders()), "order_number": draw(numbers)}
        said["sub_order_number"] = draw(st.none() | st.just(f"{said['order_number']}{place:02}"))
        said["parent_number"] = draw(st.none() | numbers)
        order = read_order(said)
        if isinstance(order, Order):
            found.append(order)
    return found


@st.composite
def statements(draw: st.DrawFn, known: list[Order]) -> list[StatementLine]:
    """Lines about these orders and others, some of them exactly what an order brings."""
    lines: list[StatementLine] = []
    for row in range(2, 2 + draw(st.integers(0, 7))):
        order = draw(st.none() | st.sampled_from(known)) if known else None
        line = StatementLine(
            row=row,
            order_number=order.order_number if order else draw(numbers),
            amount=draw(amounts),
            platform=order.platform if order else draw(st.none() | st.sampled_from(Platform)),
            sub_order_number=order.sub_order_number if order else None,
            phase=draw(st.none() | st.integers(1, 3)),
            month=draw(st.none() | months.map(lambda some: min(some, default=None))),
            base=draw(stated),
            rate=draw(st.none() | st.just(Decimal("0.05"))),
            commission=draw(stated),
            platform_fee=draw(stated),
            technical_fee=draw(stated),
        )
        lines += [line] * draw(st.sampled_from([1, 1, 1, 2]))
    return lines


@st.composite
def reconciled(draw: st.DrawFn) -> tuple[list[StatementLine], list[Order], Reconciliation]:
    known = draw(ledgers())
    lines = draw(statements(known))
    now = START + timedelta(days=draw(st.integers(0, 500)))
    found = reconcile(lines, known, shipped_rulebook(), now, frozenset(draw(months)))
    return lines, known, found


@settings(max_examples=examples(60))
@given(reconciled())
def test_the_parts_add_up_to_the_fen(
    drawn: tuple[list[StatementLine], list[Order], Reconciliation],
) -> None:
    lines, known, found = drawn
    totals = found.totals
    assert totals.statement == sum((line.amount for line in lines), Decimal(0))
    assert sorted(row for each in found.findings for row in each.rows) == sorted(
        line.row for line in lines
    )
    assert totals.difference == totals.statement - totals.due
    assert totals.difference == sum(totals.gap(outcome) for outcome in Outcome)
    for finding in found.findings:
        if finding.outcome is Outcome.DIFFERS:
            assert finding.difference != 0
            assert sum(share.amount for share in finding.shares) == finding.difference
            assert all(share.amount for share in finding.shares)
        else:
            assert finding.shares == ()
    assert totals.difference == sum(total.amount for total in totals.causes.values()) + sum(
        totals.gap(each) for each in Outcome if each is not Outcome.DIFFERS
    )
    missed = [each for each in found.findings if each.outcome is Outcome.ONLY_ORDERS]
    assert len(missed) <= len(known)


@settings(max_examples=examples(40))
@given(st.lists(orders(), max_size=4), st.integers(0, 500))
def test_a_report_agrees_with_the_orders_it_was_read_into(
    said: list[dict[str, object]], days: int
) -> None:
    """An order report taken as a statement differs only by what its own facts do not hold."""
    read = [
        read_order({**each, "order_number": NUMBERS[place]}) for place, each in enumerate(said)
    ]
    known = [order for order in read if isinstance(order, Order)]
    lines = [line for row, order in enumerate(known, 2) for line in stated_by_order(order, row)]
    now = START + timedelta(days=days)
    found = reconcile(lines, known, shipped_rulebook(), now)
    assert found.totals.statement == sum((line.amount for line in lines), Decimal(0))
    assert not [each for each in found.findings if each.outcome is Outcome.ONLY_STATEMENT]


@pytest.mark.parametrize("backwards", [False, True])
def test_the_order_of_lines_changes_no_total(backwards: bool) -> None:
    lines = [
        StatementLine(2, NUMBERS[0], Decimal("5.00"), sub_order_number="1"),
        StatementLine(3, NUMBERS[0], Decimal("3.00")),
        StatementLine(4, NUMBERS[1], Decimal("1.00")),
    ]
    known = [
        Order(Platform.TAOBAO, NUMBERS[0], "1", settled_commission=Decimal("5.00")),
        Order(Platform.TAOBAO, NUMBERS[0], "2", settled_commission=Decimal("3.00")),
    ]
    if backwards:
        lines.reverse()
        known.reverse()
    found = reconcile(lines, known, shipped_rulebook(), START)
    assert sorted(each.outcome for each in found.findings) == ["agrees", "only_statement"]
    assert found.totals.statement == Decimal("9.00")
    assert found.totals.due == Decimal("8.00")
