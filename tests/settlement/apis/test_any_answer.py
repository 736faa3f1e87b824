"""Whatever a platform sends, an answer is a page or a refusal, and every order can be stored."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settlement.apis import ApiMethod, ApiRefusal, Page, methods
from settlement.contract import order_json, read_order
from tests.examples import examples
from tests.settlement.apis.cases import BY_NAME, QUESTION, body_of, cases

ANSWERS = [(BY_NAME[case["method"]], body_of(case)) for case in cases("answers_*.yaml")]
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.decimals(allow_nan=False, places=3, min_value=-(10**9), max_value=10**9).map(float),
    st.text(max_size=12),
    st.sampled_from(
        ["--", "", "0", "2026-08-01 10:00:00", "1e400", "-0.0", "\ud800", "\x00", 1.5]
    ),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


def check(method: ApiMethod, body: bytes) -> None:
    answer = method.decode(body, QUESTION)
    if isinstance(answer, ApiRefusal):
        assert answer.remedy
        return
    assert isinstance(answer, Page)
    for statement in answer.statements:
        document: dict[str, Any] = order_json(statement.order)
        assert read_order(json.loads(json.dumps(document))) == statement.order
        assert all(isinstance(each, str) for each in statement.others.values())
    for unread in answer.unread:
        assert unread.raw
        assert unread.raw.encode()


@pytest.mark.parametrize("method", methods(), ids=lambda method: str(method.name))
@settings(max_examples=examples(20))
@given(body=st.binary(max_size=60) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_page_or_a_refusal(method: ApiMethod, body: bytes) -> None:
    check(method, body)


@settings(max_examples=examples(100))
@given(answer=st.sampled_from(ANSWERS), data=st.data())
def test_any_value_in_place_of_another_is_a_page_or_a_refusal(
    answer: tuple[ApiMethod, bytes], data: st.DataObject
) -> None:
    method, body = answer
    document = json.loads(body)
    if "jd_union_open_order_row_query_responce" in document:
        envelope = document["jd_union_open_order_row_query_responce"]
        envelope["queryResult"] = json.loads(envelope["queryResult"])
    holder, key = data.draw(st.sampled_from(list(places(document))))
    holder[key] = data.draw(VALUES)

    check(method, json.dumps(document).encode())


def places(value: Any) -> Any:
    """Every place of a document whose value can be replaced."""
    if isinstance(value, dict | list):
        keys = value.keys() if isinstance(value, dict) else range(len(value))
        for key in keys:
            yield value, key
            yield from places(value[key])
