"""Changes of an order in words, and that no fact is without a word."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.commands.saying_changes import LONGEST, field_words, said_changes
from settlement.model import Order, RawStatus

CASES: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(
    Path(__file__).with_name("changes_in_words.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["words"])
def test_a_change_is_said_in_words(case: dict[str, Any]) -> None:
    change = (case["field"], case["before"], case["after"])
    assert "；".join(said_changes([change])) == case["words"]


def test_a_long_text_is_cut() -> None:
    (said,) = said_changes([("item", None, "杯" * 1000)])
    assert said == f"商品 （无） → {'杯' * LONGEST}…"


def test_every_fact_of_an_order_has_one_word() -> None:
    words = field_words()
    status, ours = words["status"], ("status", "words")
    named = [name for kind, names in words.items() if kind not in ours for name in names]
    assert sorted([*named, "raw_status"]) == sorted(each.name for each in fields(Order))
    assert set(status) == {each.name for each in fields(RawStatus)}
