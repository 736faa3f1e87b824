"""Combining what rows and sources say of one line: reviewed lines, and what always holds."""

from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from settlement.combining import ALL_STATES, Rows, combined, joined
from settlement.contract import order_json, read_order
from settlement.model import Order
from tests.examples import examples

LINES = YAML(typ="safe").load(
    (Path(__file__).parents[1] / "combining" / "lines.yaml").read_text("utf-8")
)
Document = dict[str, Any]


def by_name(case: Document) -> str:
    return str(case["name"])


@pytest.mark.parametrize("case", LINES["combined"], ids=by_name)
def test_what_is_known_after_a_source_has_spoken(case: Document) -> None:
    states = frozenset(case["states"])
    assert combined(case["known"], case["said"], states, Rows(case["rows"])) == case["gives"]


@pytest.mark.parametrize("case", LINES["joined"], ids=by_name)
def test_what_rows_of_one_line_say_together(case: Document) -> None:
    found = case["said"][0]
    for row in case["said"][1:]:
        assert found is not None
        found = joined(found, row, Rows(case["rows"]), ALL_STATES)
    assert found == case["gives"]


@pytest.mark.parametrize("case", LINES["joined"], ids=by_name)
def test_no_row_is_changed_by_being_joined(case: Document) -> None:
    before = repr(case["said"])
    joined(case["said"][0], case["said"][1], Rows(case["rows"]), ALL_STATES)
    assert repr(case["said"]) == before


amounts = st.integers(0, 10**7).map(lambda fen: f"{fen // 100}.{fen % 100:02}")
days = st.integers(1, 28).map(lambda day: f"2026-10-{day:02}T00:00:00+08:00")
refunds = st.lists(
    st.fixed_dictionaries({}, optional={"amount": amounts, "requested_at": days}), max_size=3
)
phases = st.lists(
    st.fixed_dictionaries({"phase": st.integers(1, 4)}, optional={"commission": amounts}),
    max_size=3,
    unique_by=lambda item: item["phase"],
)
some_phases = phases.filter(bool)
statuses = st.fixed_dictionaries(
    {},
    optional={
        "code": st.sampled_from(["12", "14", "3"]),
        "text": st.sampled_from(["已付款", "已收货"]),
        "rights": st.sampled_from(["2", "3", "4", "12"]),
        "refund_tag": st.sampled_from("01"),
        "reason": st.sampled_from("甲乙"),
    },
).filter(bool)
documents = st.fixed_dictionaries(
    {"platform": st.just("taobao"), "order_number": st.just("1876057285106350796")},
    optional={
        "raw_status": statuses,
        "item": st.sampled_from(["茶杯", "杯盖"]),
        "quantity": st.integers(0, 3),
        "created_at": st.just("2026-10-01T00:00:00+08:00"),
        "settled_at": days,
        "paid_amount": amounts,
        "estimated_commission": amounts,
        "settled_commission": amounts,
        "commission_rate": st.sampled_from(["0.1", "0.2"]),
        "refunds": refunds.filter(bool),
        "settlements": some_phases,
    },
)
without_refunds = documents.map(lambda line: {k: v for k, v in line.items() if k != "refunds"})
"""Refunds without a day are told apart by what else is said, so their grouping can matter."""
some_states = st.frozensets(st.sampled_from(sorted(ALL_STATES)))
rows = st.sampled_from(Rows)
several = settings(max_examples=examples(40))


@several
@given(documents, documents, some_states, rows)
def test_saying_it_twice_says_it_once(
    known: Document, said: Document, states: frozenset[str], rows: Rows
) -> None:
    once = combined(known, said, states, rows)
    assert combined(once, said, states, rows) == once


@several
@given(documents, documents)
def test_a_source_of_all_facts_replaces_what_was_known(known: Document, said: Document) -> None:
    assert combined(known, said, ALL_STATES) == said


@several
@given(documents, documents, rows)
def test_a_source_of_no_fact_changes_nothing(known: Document, said: Document, rows: Rows) -> None:
    assert combined(known, said, frozenset(), rows) == known


@several
@given(documents, documents, some_states, rows)
def test_what_nobody_states_stays_absent(
    known: Document, said: Document, states: frozenset[str], rows: Rows
) -> None:
    after = combined(known, said, states, rows)
    assert after.keys() <= known.keys() | said.keys()
    together = joined(known, said, rows, ALL_STATES)
    assert together is None or together.keys() <= known.keys() | said.keys()
    for name in known.keys() - states - {"raw_status"}:
        assert after[name] == known[name]


def _all(rows: Rows, *parts: Document | None) -> Document | None:
    def step(first: Document | None, second: Document | None) -> Document | None:
        if first is None or second is None:
            return None
        return joined(first, second, rows, ALL_STATES)

    return reduce(step, parts)


@several
@given(
    st.sampled_from([Rows.SUM, Rows.REPLACE, Rows.SINGLE]),
    *([without_refunds] * 3),
)
def test_rows_may_be_joined_in_any_grouping(
    rows: Rows, first: Document, second: Document, third: Document
) -> None:
    left = _all(rows, _all(rows, first, second), third)
    assert left == _all(rows, first, _all(rows, second, third))


@several
@given(
    st.lists(
        st.builds(lambda line, said: {**line, "settlements": said}, without_refunds, some_phases),
        min_size=3,
        max_size=3,
    )
)
def test_phases_may_be_joined_in_any_grouping(lines: list[Document]) -> None:
    first, second, third = lines
    left = _all(Rows.PHASES, _all(Rows.PHASES, first, second), third)
    assert left == _all(Rows.PHASES, first, _all(Rows.PHASES, second, third))


@several
@given(documents, documents, some_states, rows)
def test_what_comes_out_is_an_order_again(
    known: Document, said: Document, states: frozenset[str], rows: Rows
) -> None:
    said.pop("refunds", None)
    order = read_order(combined(known, said, states, rows))
    if isinstance(order, Order):
        assert read_order(order_json(order)) == order
    else:
        assert order.field is not None
        assert order.field.startswith("refunds")
