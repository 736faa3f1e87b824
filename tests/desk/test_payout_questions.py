"""A question which orders a payout is made of is told from what only looks like it."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.desk.earnings import LINES
from bot.desk.facts import Wanted
from bot.desk.payout_match import wanted

QUESTIONS = YAML(typ="safe").load(Path(__file__).parent / "payout_questions.yaml")


@pytest.mark.parametrize("text", QUESTIONS["asks"])
def test_a_sum_is_looked_for_among_ones_own_lines(text: str) -> None:
    assert wanted(text) == Wanted(own_lines=LINES)


@pytest.mark.parametrize("text", QUESTIONS["others"])
def test_nothing_is_loaded_for_another_question(text: str) -> None:
    assert wanted(text) is None
