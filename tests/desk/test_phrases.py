"""What short texts are taken for, from phrases.yaml: a question never acts."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.desk.desk import Desk
from bot.desk.effects import RecordQuestion
from bot.desk.facts import Dialogue, Facts, OwnedLine, Scope, Subscription
from bot.desk.finding import sought_in
from bot.desk.incoming import Incoming
from bot.desk.list_places import place_in
from bot.desk.phrases import asks_for_person, asks_what_is_to_come, command_of, follow_up
from bot.desk.replies import Effect, Say
from bot.desk.standing import standing_in
from settlement.model import Order, Platform
from tests.benchmarks.calibrate import read_questions
from tests.conversations.understanding import shipped_snapshot

TOLD = YAML(typ="safe").load(Path(__file__).with_name("phrases.yaml").read_text(encoding="utf-8"))
READERS: Mapping[str, Callable[[str], object]] = {
    "commands": command_of,
    "for_a_person": asks_for_person,
    "to_come": asks_what_is_to_come,
    "places": place_in,
}
"""What reads the cases of each part; a command is only a whole phrase, a wish a sentence."""
NOW = datetime(2026, 8, 20, 2, 0, tzinfo=UTC)
LINE = OwnedLine(1, 1, Order(platform=Platform.JD, order_number="268301112233"), NOW)
DIALOGUES = {
    "nothing said before": Dialogue(),
    "a card on the table": Dialogue(row=1, rows=(1,)),
    "which order": Dialogue(waiting_for="order_number", pending_text="佣金呢"),
    "which platform": Dialogue(waiting_for="platform", pending_text="佣金多久结算"),
    "an answer given": Dialogue(topic="1688.payout.when"),
}


def effects_of(text: str, facts: Facts) -> tuple[Effect, ...]:
    desk = Desk(shipped_snapshot, b"secret", "mingzhang_bot")
    incoming = Incoming(1, 7, 7, text=text)
    found = tuple((LINE,) for _ in desk.wanted(incoming).sought)
    return desk.answer(incoming, replace(facts, found=found), NOW).effects


def acting_of(effects: tuple[Effect, ...]) -> list[Effect]:
    """What does more than keep an unanswered question."""
    kept = RecordQuestion
    return [each for each in effects if not isinstance(each, kept) or each.outcome == "person"]


@pytest.mark.parametrize("dialogue", DIALOGUES.values(), ids=DIALOGUES)
@pytest.mark.parametrize("bound", [True, False], ids=["bound", "stranger"])
def test_a_question_never_acts(dialogue: Dialogue, bound: bool) -> None:
    everything = Subscription(1, 7, Scope.EVERYTHING, None, NOW)
    facts = Facts(dialogue=dialogue)
    if bound:
        facts = replace(
            facts,
            creators=(1,),
            creator_names=("小林",),
            lines=(LINE,),
            own_lines=(LINE,),
            subscriptions=(everything,),
        )
    answered = {text: effects_of(text, facts) for text in TOLD["questions"]}
    acting = {text: acts for text, effects in answered.items() if (acts := acting_of(effects))}
    assert acting == {}


@pytest.mark.parametrize(
    ("read", "case"),
    [
        pytest.param(read, case, id=f"{part}-{case['said']}")
        for part, read in READERS.items()
        for case in TOLD[part]
    ],
)
def test_a_text_is_taken_for_what_its_case_says(
    read: Callable[[str], object], case: Mapping[str, Any]
) -> None:
    assert read(case["said"]) == case["is"]


@pytest.mark.parametrize("case", TOLD["follow_ups"], ids=lambda case: str(case["said"]))
def test_the_longest_phrase_says_what_a_follow_up_asks(case: Mapping[str, Any]) -> None:
    assert follow_up(case["said"]) == case["asks"]


@pytest.mark.parametrize("case", TOLD["orders"], ids=lambda case: str(case["said"]))
def test_orders_are_asked_for_by_what_they_are(case: Mapping[str, Any]) -> None:
    sought = sought_in(case["said"])
    if case.get("none"):
        assert sought is None
        return
    assert sought is not None
    assert list(sought.words) == case.get("words", [])
    assert list(sought.platforms) == case.get("platforms", [])
    assert (sought.days is not None) == case.get("day", False)
    assert sought.only_if_asked == case.get("if_asked", False)


@pytest.mark.parametrize("case", TOLD["standings"], ids=lambda case: str(case["said"]))
def test_which_orders_are_meant_is_read_from_how_they_stand(case: Mapping[str, Any]) -> None:
    standing = standing_in(case["said"])
    assert (standing and sorted(standing.states)) == case["is"]


def test_no_question_that_has_an_answer_is_taken_for_ones_own_sums_or_lists() -> None:
    phrasings = [
        question
        for entry in shipped_snapshot().knowledge.entries.values()
        for question in entry.questions
    ]
    asked = [question.ask for question in read_questions()]
    taken = [
        each for each in (*phrasings, *asked) if standing_in(each) or asks_what_is_to_come(each)
    ]
    assert taken == []


def test_what_the_answers_know_is_not_looked_for_among_orders() -> None:
    """Many phrasings have a word for an order or a day; nobody is told "not found" to them."""
    desk = Desk(shipped_snapshot, b"secret", "mingzhang_bot")
    asked = {
        question: Incoming(1, 7, 7, text=question)
        for entry in shipped_snapshot().knowledge.entries.values()
        for question in entry.questions
    }
    sought = {
        question: incoming
        for question, incoming in asked.items()
        if any(not each.only_if_asked for each in desk.wanted(incoming).sought)
    }
    bound = Facts(creators=(1,), creator_names=("小林",))
    in_vain = [
        question
        for question, incoming in sought.items()
        for reply in desk.answer(incoming, bound, NOW).replies
        if isinstance(reply, Say) and reply.template == "nothing_found"
    ]
    assert len(sought) > 100
    assert len(in_vain) <= len(sought) / 100
