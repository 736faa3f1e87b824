"""Days in people's words, from days.yaml, and days that cannot be."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.desk.days import DayRange, Days, Unit
from bot.desk.saying_days import find_days
from knowledge.normalise import cleaned

CASES = YAML(typ="safe").load(Path(__file__).with_name("days.yaml").read_text(encoding="utf-8"))
TODAY = date(2026, 8, 20)


def meant(told: Any) -> DayRange | None:
    if told is None:
        return None
    first, last = told if isinstance(told, list) else (told, told)
    return DayRange(first, last)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['said']} {case.get('today', '')}")
def test_days_are_understood(case: dict[str, Any]) -> None:
    said = cleaned(case["said"])
    found = find_days(said)
    days = found.days.range(case.get("today", TODAY)) if found else None
    assert days == meant(case["days"])
    if "rest" in case:
        assert found is not None
        assert said[: found.start] + said[found.end :] == case["rest"]


@given(st.text(max_size=60), st.dates(min_value=date(1970, 1, 1)))
def test_any_text_is_read_without_an_error(text: str, today: date) -> None:
    found = find_days(cleaned(text))
    days = found.days.range(today) if found else None
    assert days is None or days.first <= days.last


@given(
    st.lists(
        st.sampled_from("零一二两三四五六七八九十0123456789月号日年周天上本前双近个-/ 的那末"),
        max_size=12,
    ),
    st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)),
)
def test_words_of_days_in_any_order_are_read_without_an_error(
    words: list[str], today: date
) -> None:
    found = find_days("".join(words))
    days = found.days.range(today) if found else None
    assert days is None or days.first <= days.last


def test_a_week_back_from_the_first_day_there_is_has_no_range() -> None:
    assert Days(Unit.MONTH, back=99).range(date(5, 1, 1)) is None
