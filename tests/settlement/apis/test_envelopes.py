"""What the envelopes of the platforms have in common."""

from decimal import Decimal

import pytest

from settlement.apis.envelopes import first, inner, page_of, whole


@pytest.mark.parametrize(
    ("written", "count"),
    [
        (0, 0),
        (999_999_999, 999_999_999),
        (10**9, None),
        (-1, None),
        (True, None),
        (Decimal("1.5"), None),
        (None, None),
        ("0", 0),
        ("999999999", 999_999_999),
        ("0000000001", None),
        ("-1", None),
        ("", None),
        ("\u0661", None),
    ],
)
def test_a_count_may_be_written_as_text(written: object, count: int | None) -> None:
    assert whole(written) == count


def test_the_first_page_is_the_one_without_a_cursor() -> None:
    assert [page_of(cursor) for cursor in (None, "", "0", "1", "7", "x")] == [1, 1, 1, 1, 7, 1]


def test_the_first_member_that_says_something_counts() -> None:
    assert first({"a": "", "b": None, "c": 0, "d": 1}, "a", "b", "c", "d") == "0"
    assert first({"a": ""}, "a", "b") == ""


def test_an_object_may_be_sent_as_a_text() -> None:
    assert inner({"a": '{"b": {"c": 1}}'}, "a", "b") == {"c": 1}
    assert inner({"a": ""}, "a", "b") == inner({}, "a") == {}
