"""Requests to be bound are decided by the operator alone, wherever the button is pressed."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.desk.actions import Action, Signer, Verb
from bot.desk.desk import Desk
from bot.desk.effects import SettleRequest, Tell
from bot.desk.facts import (
    BindingRequest,
    Creator,
    Dialogue,
    Facts,
    RequestKey,
    RequestState,
)
from bot.desk.incoming import Incoming
from bot.desk.operators import Operators
from bot.desk.replies import Answered, Edit, Say, Toast
from tests.conversations.understanding import shipped_snapshot

NOW = datetime(2026, 8, 20, 2, 0, tzinfo=UTC)
SECRET = b"secret"
ASKER, ADMIN, STAFF, STRANGER = 7, 900, 901, 8
OPERATOR_GROUP, OTHER_GROUP = -500, -600
KEY = RequestKey(ASKER, "markmark")
REQUEST = BindingRequest(
    KEY, "douyin", "小雅", NOW - timedelta(hours=1), chat=ASKER, name="雅", language="en"
)
DECISIONS = {Verb.APPROVE: "7.markmark.0", Verb.REFUSE: "7.markmark"}


def desk() -> Desk:
    operators = Operators(OPERATOR_GROUP, (ADMIN,))
    return Desk(shipped_snapshot, SECRET, "mingzhang_bot", operators=operators)


def press(verb: Verb, user: int, chat: int, made_for: int, subject: str = "") -> Incoming:
    token = Signer(SECRET).token(made_for, Action(verb, subject or DECISIONS[verb]))
    return Incoming(9, user, chat, private=chat == user, message=5, button=token, button_query="q")


def settled(answered: Answered) -> list[SettleRequest]:
    return [each for each in answered.effects if isinstance(each, SettleRequest)]


def refused(answered: Answered) -> bool:
    (reply,) = answered.replies
    return isinstance(reply, Toast) and "已过期" in reply.text and not answered.effects


@pytest.mark.parametrize("verb", DECISIONS)
@pytest.mark.parametrize(
    ("user", "chat", "made_for"),
    [(STAFF, OPERATOR_GROUP, OPERATOR_GROUP), (ADMIN, ADMIN, ADMIN)],
    ids=["anybody in the operator's chat", "one of the operator's people in private"],
)
def test_the_operator_decides(verb: Verb, user: int, chat: int, made_for: int) -> None:
    pressed = press(verb, user, chat, made_for)
    assert desk().wanted(pressed).request == KEY
    answered = desk().answer(pressed, Facts(request=REQUEST), NOW)
    (decision,) = settled(answered)
    assert decision == SettleRequest(KEY, verb is Verb.APPROVE)
    tells = [each for each in answered.effects if isinstance(each, Tell)]
    to_asker = [each for each in tells if each.chat == ASKER]
    in_place = [each.reply for each in tells if each.chat == chat]
    assert len(to_asker) == len(in_place) == 1
    assert isinstance(to_asker[0].reply, Say)
    assert isinstance(in_place[0], Edit)
    assert in_place[0].buttons == ()


@pytest.mark.parametrize("verb", DECISIONS)
@pytest.mark.parametrize(
    ("user", "chat", "made_for"),
    [
        (STRANGER, STRANGER, STRANGER),
        (STRANGER, STRANGER, ADMIN),
        (STRANGER, STRANGER, OPERATOR_GROUP),
        (ASKER, ASKER, ASKER),
        (STRANGER, OTHER_GROUP, OTHER_GROUP),
        (STRANGER, OTHER_GROUP, OPERATOR_GROUP),
        (STRANGER, OTHER_GROUP, STRANGER),
    ],
)
def test_nobody_else_decides(verb: Verb, user: int, chat: int, made_for: int) -> None:
    pressed = press(verb, user, chat, made_for)
    assert refused(desk().answer(pressed, Facts(request=REQUEST), NOW))


@pytest.mark.parametrize("verb", sorted(set(Verb) - set(DECISIONS)))
def test_a_button_of_the_operators_chat_does_nothing_personal(verb: Verb) -> None:
    pressed = press(verb, STAFF, OPERATOR_GROUP, OPERATOR_GROUP, "12")
    answered = desk().answer(pressed, Facts(creators=(1,), creator_names=("x",)), NOW)
    assert not any(isinstance(reply, Say) for reply in answered.replies)


@pytest.mark.parametrize("verb", DECISIONS)
@pytest.mark.parametrize("state", [RequestState.APPROVED, RequestState.REFUSED])
def test_whoever_presses_later_only_reads_what_was_decided(
    verb: Verb, state: RequestState
) -> None:
    done = BindingRequest(KEY, "douyin", "小雅", NOW, state, NOW, ASKER)
    pressed = press(verb, ADMIN, ADMIN, ADMIN)
    answered = desk().answer(pressed, Facts(request=done), NOW)
    assert settled(answered) == []
    (shown,) = (each for each in answered.effects if isinstance(each, Tell))
    assert shown.chat == ADMIN
    assert isinstance(shown.reply, Edit)


@pytest.mark.parametrize(
    ("creator", "candidates"),
    [(0, (Creator(3, "小雅", True),)), (4, (Creator(3, "小雅", True),)), (4, ())],
    ids=["a namesake has come up", "another is meant now", "that creator is none of them"],
)
def test_a_choice_that_no_longer_holds_is_made_again(
    creator: int, candidates: tuple[Creator, ...]
) -> None:
    request = BindingRequest(KEY, "douyin", "小雅", NOW, chat=ASKER, candidates=candidates)
    pressed = press(Verb.APPROVE, ADMIN, ADMIN, ADMIN, f"7.markmark.{creator}")
    answered = desk().answer(pressed, Facts(request=request), NOW)
    assert settled(answered) == []
    (shown,) = (each for each in answered.effects if isinstance(each, Tell))
    assert isinstance(shown.reply, Edit)
    assert len(shown.reply.buttons) == 2


@pytest.mark.parametrize("subject", ["", "7", "7.short", "x.markmark.0", "7.markmark.x"])
def test_a_decision_of_another_form_is_outdated(subject: str) -> None:
    pressed = press(Verb.APPROVE, ADMIN, ADMIN, ADMIN, subject or "-")
    assert desk().wanted(pressed).request is None
    assert refused(desk().answer(pressed, Facts(request=REQUEST), NOW))


@pytest.mark.parametrize(
    ("operators", "chats"),
    [
        (Operators(OPERATOR_GROUP, (ADMIN,)), [OPERATOR_GROUP]),
        (Operators(None, (ADMIN, STAFF)), [ADMIN, STAFF]),
    ],
)
def test_a_request_goes_to_the_operators_chat_or_else_to_their_people(
    operators: Operators, chats: list[int]
) -> None:
    asking = Desk(shipped_snapshot, SECRET, operators=operators)
    waiting = Facts(dialogue=Dialogue(waiting_for="account", given=("jd",)))
    answered = asking.answer(Incoming(1, ASKER, ASKER, text="小雅好物"), waiting, NOW)
    tells = [each for each in answered.effects if isinstance(each, Tell)]
    assert [each.chat for each in tells] == chats
    assert len({each.key for each in tells}) == len(chats)
    for each in tells:
        assert isinstance(each.reply, Say)
        tokens = [button.token for row in each.reply.buttons for button in row]
        assert all(token and Signer(SECRET).read(each.chat, token) for token in tokens)


@pytest.mark.parametrize("given", [(), ("nowhere",)])
def test_a_dialogue_of_another_release_is_no_trap(given: tuple[str, ...]) -> None:
    for waiting_for in ("account", "figure"):
        facts = Facts(dialogue=Dialogue(waiting_for=waiting_for, given=given))
        answered = desk().answer(Incoming(1, ASKER, ASKER, text="谢天谢地"), facts, NOW)
        assert answered.replies
        assert answered.dialogue.waiting_for is None


def test_without_an_operator_nobody_can_apply() -> None:
    alone = Desk(shipped_snapshot, SECRET)
    (said,) = alone.answer(Incoming(1, ASKER, ASKER, text="/bind"), Facts(), NOW).replies
    assert isinstance(said, Say)
    assert "申请" not in f"{said.html}{said.buttons}"
    pressed = press(Verb.ACCOUNT, ASKER, ASKER, ASKER, "jd")
    assert refused(alone.answer(pressed, Facts(), NOW))
