"""Every fact of the sources is used and tested, or excluded for a reason."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.commands.fact_table import cases_naming, uses_of_facts
from knowledge.entry import PLATFORMS
from knowledge.loader import shipped_knowledge
from settlement.model import Platform
from settlement.rulebook import shipped_rulebook

TESTS = Path(__file__).parent.parent
FACTS = [
    f"{source}-{number:02d}"
    for source, last in {"SJD": 16, "S1688": 23, "SDY2": 19, "SDY3": 18, "STM": 21}.items()
    for number in range(1, last + 1)
]
AMBIGUITIES = [f"AMB-{number:02d}" for number in range(1, 24)]
PUBLIC = re.compile(r"(?:B|P)-\d{2}")
"""Public rules, and the platforms' order interfaces: each is quoted where it is used."""
EXCLUDED = YAML(typ="safe").load((TESTS / "facts/excluded.yaml").read_text("utf-8"))
USES = uses_of_facts(shipped_rulebook(), shipped_knowledge())
CASES = cases_naming(TESTS / "cases")


@pytest.fixture(scope="module")
def asked_for() -> frozenset[str]:
    """The entries that some test question must reach."""
    texts = (path.read_text("utf-8") for path in (TESTS / "questions").glob("*.yaml"))
    return frozenset(
        name for text in texts for name in re.findall(r"[a-z0-9]+(?:\.[a-z0-9_]+)+", text)
    )


@pytest.mark.parametrize("fact", [fact for fact in FACTS if fact not in EXCLUDED])
def test_a_fact_is_used_and_tested(fact: str, asked_for: frozenset[str]) -> None:
    assert fact in USES, "nothing in settlement/ or knowledge/ rests on it"
    answers = {use.removeprefix("answer:") for use in USES[fact] if use.startswith("answer:")}
    assert fact in CASES or answers & asked_for, "no case names it and no question asks for it"


def test_answers_and_diagnoses_are_of_the_same_platforms() -> None:
    assert set(PLATFORMS) == {*Platform, "general"}


@pytest.mark.parametrize("ambiguity", AMBIGUITIES)
def test_an_ambiguity_has_a_case_that_names_it(ambiguity: str) -> None:
    assert ambiguity in CASES


def test_what_rests_on_a_fact_names_one_there_is() -> None:
    known = {*FACTS, *AMBIGUITIES}
    assert not [fact for fact in USES if fact not in known and not PUBLIC.fullmatch(fact)]


def test_an_exclusion_has_a_reason_and_is_needed() -> None:
    for fact, reason in EXCLUDED.items():
        assert fact in FACTS
        assert len(reason) > 20
        assert fact not in USES
