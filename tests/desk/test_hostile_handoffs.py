"""Whatever somebody writes to a person of the operator's, it arrives as it was written."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings

from bot.desk.desk import Desk
from bot.desk.facts import Dialogue, Facts, OwnedLine
from bot.desk.handoffs import HandOff, HandOffState
from bot.desk.incoming import Incoming
from bot.desk.markup import units
from bot.desk.operators import Operators
from bot.desk.passing import HandOver, PassOn
from bot.desk.replies import Answered, Say
from bot.desk.topics import Copy, InlineAnswer, OpenTopic
from bot.simulator.entities import cleaned
from settlement.model import Order
from tests.conversations.understanding import shipped_snapshot
from tests.desk.sendable import check_html
from tests.desk.test_hostile_fields import HOSTILE, LANGUAGES, ORDERS
from tests.examples import examples

NOW = datetime(2026, 8, 20, 2, 0, tzinfo=UTC)
OPERATORS = -100900
CASE = HandOff(3, "ABCD-EFGH", 7, 7, OPERATORS, HandOffState.TAKEN, NOW)
# NUL and lone surrogates are taken off when an update is read; the two others are our own marks.
UNUSABLE = re.compile("[\x00\ud800-\udfff\ue000\ue001]")
WORDS = HOSTILE.map(lambda text: UNUSABLE.sub("", text))


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(shipped_snapshot, b"secret", "mingzhang_bot", operators=Operators(OPERATORS))


def passed_on(answered: Answered) -> list[PassOn]:
    assert answered.replies == ()
    return [each for each in answered.effects if isinstance(each, PassOn)]


@settings(max_examples=examples(50), deadline=None)
@given(ORDERS, WORDS, WORDS, LANGUAGES)
def test_a_case_is_opened_whatever_is_asked_of_whatever_order(
    desk: Desk, order: Order, text: str, name: str, language: str
) -> None:
    line = OwnedLine(12, 1, order, NOW)
    dialogue = Dialogue(row=12, pending_text=text)
    facts = Facts(language, (1,), (name,), dialogue, lines=(line,))
    answered = desk.answer(Incoming(1, 7, 7, text="/human", name=name), facts, NOW)
    opening = next(each for each in answered.effects if isinstance(each, HandOver))
    for said in (*answered.replies, *opening.briefing, opening.control):
        if isinstance(said, Say):
            check_html(said.html)
        else:
            assert isinstance(said, OpenTopic)
            assert 1 <= units(said.topic) <= 128


@settings(max_examples=examples(80), deadline=None)
@given(WORDS.filter(str.strip), LANGUAGES)
def test_what_a_creator_writes_arrives_whole(desk: Desk, text: str, language: str) -> None:
    text = f"说：{text}"
    facts = Facts(language, handoff=CASE)
    answered = desk.answer(Incoming(1, 7, 7, text=text, message=5), facts, NOW)
    [said] = passed_on(answered)
    assert said.chat == OPERATORS
    assert arrived(said, text)


@settings(max_examples=examples(80), deadline=None)
@given(WORDS.filter(str.strip), LANGUAGES)
def test_what_staff_write_arrives_whole_in_every_language(
    desk: Desk, text: str, language: str
) -> None:
    text = f"说：{text}"
    facts = Facts(case=replace(CASE, language=language))
    incoming = Incoming(1, 9, OPERATORS, private=False, addressed=False, text=text, message=5)
    [said] = passed_on(desk.answer(incoming, facts, NOW))
    assert said.chat == CASE.chat
    assert arrived(said, text)


def arrived(said: PassOn, text: str) -> bool:
    """Whether these words are said as they are, or the message is copied."""
    if isinstance(said.reply, Copy):
        return units(text) > 3900
    assert isinstance(said.reply, Say)
    return cleaned(text).strip() in check_html(said.reply.html)


@settings(max_examples=examples(40), deadline=None)
@given(WORDS, LANGUAGES)
def test_inline_answers_can_be_sent_whatever_is_typed(
    desk: Desk, text: str, language: str
) -> None:
    typed = Incoming(1, 7, 7, False, False, text=text, inline_query="9")
    [answer] = desk.answer(typed, Facts(language), NOW).replies
    assert isinstance(answer, InlineAnswer)
    assert len({each.id for each in answer.results}) == len(answer.results)
    for each in answer.results:
        check_html(each.html)
        assert each.title
        assert len(each.id.encode()) <= 64


def test_a_reply_that_was_edited_after_the_case_is_closed_changes_nothing(desk: Desk) -> None:
    closed = Facts(case=replace(CASE, state=HandOffState.CLOSED))
    edited = Incoming(1, 9, OPERATORS, False, False, text="改", message=5, edited=True)
    answered = desk.answer(edited, closed, NOW)
    assert (answered.replies, answered.effects) == ((), ())
