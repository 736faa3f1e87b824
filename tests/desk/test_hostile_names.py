"""Names and accounts of people may hold anything, and what is said of them can be sent."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.desk import Desk
from bot.desk.facts import WAITING_FOR_ACCOUNT, Creator, Dialogue, Facts
from bot.desk.incoming import Incoming
from bot.desk.operators import Operators
from bot.desk.replies import Say
from tests.conversations.understanding import shipped_snapshot
from tests.desk.sendable import check_answered
from tests.desk.test_hostile_fields import HOSTILE, LANGUAGES
from tests.examples import examples

NOW = datetime(2026, 8, 20, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(shipped_snapshot, b"secret", operators=Operators(-1_000_000_000_500))


@settings(max_examples=examples(60), deadline=None)
@given(name=HOSTILE, account=HOSTILE, language=LANGUAGES)
def test_whatever_is_sent_for_an_account_what_follows_can_be_sent(
    desk: Desk, name: str, account: str, language: str
) -> None:
    waiting = Dialogue(waiting_for=WAITING_FOR_ACCOUNT, given=("douyin",))
    candidates = (Creator(2**62, "小雅好物"), Creator(2, name))
    facts = Facts(language=language, dialogue=waiting, candidates=candidates)
    # What came from Telegram has no NUL and no lone surrogates left.
    said = re.sub("[\x00\ud800-\udfff]", "", account)
    incoming = Incoming(1, 2**52, 2**52, text=said, name=name)
    answered = desk.answer(incoming, facts, NOW)
    assert answered.replies
    check_answered(answered)


@settings(max_examples=examples(40), deadline=None)
@given(names=st.lists(HOSTILE, min_size=1, max_size=3).map(tuple), language=LANGUAGES)
def test_accounts_of_any_name_can_be_left(
    desk: Desk, names: tuple[str, ...], language: str
) -> None:
    facts = Facts(language, tuple(range(1, len(names) + 1)), names)
    asked = desk.answer(Incoming(1, 7, 7, text="/unbind"), facts, NOW)
    check_answered(asked)
    [said] = asked.replies
    assert isinstance(said, Say)
    for row in said.buttons:
        token = row[0].token
        pressed = Incoming(1, 7, 7, message=3, button=token, button_query="q")
        check_answered(desk.answer(pressed, facts, NOW))


@pytest.mark.parametrize(("name", "label"), [("\u200b", "…"), ("长" * 90, "长" * 63 + "…")])
def test_a_label_is_never_empty_nor_longer_than_a_phone_shows(
    desk: Desk, name: str, label: str
) -> None:
    [said] = desk.answer(
        Incoming(1, 7, 7, text="/unbind"), Facts("zh", (1,), (name,)), NOW
    ).replies
    assert isinstance(said, Say)
    assert said.buttons[0][0].label == label
