from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.desk.replies import Button, Edit, Reply, Say, Toast
from bot.store.letters import Kind, Outgoing, State
from bot.telegram.payloads import UnsendableError, method_and_arguments
from bot.telegram.policy import judge
from bot.telegram.transport import Accepted, Outcome, Refused, Uncertain, Unreachable

NOW = datetime(2026, 9, 15, 1, 0, tzinfo=UTC)
REPLIES: dict[Kind, Reply] = {
    Kind.ANSWER: Say("<b>答</b>"),
    Kind.PUSH: Say("<b>到账</b>"),
    Kind.EDIT: Edit(5, "<b>改</b>"),
    Kind.TOAST: Toast("99", "好"),
}
LOST = Uncertain("ServerDisconnectedError")
DOWN = Unreachable("ClientConnectorError")
BLOCKED = Refused(403, "Forbidden: bot was blocked by the user")
FLOOD = Refused(429, "Too Many Requests: retry after 7", 7)
UNCHANGED = Refused(400, "Bad Request: message is not modified: specified new message content")
TOO_OLD = Refused(400, "Bad Request: query is too old and response timeout expired")
MARKUP = Refused(400, "Bad Request: can't parse entities: unexpected end tag")
GONE = Refused(400, "Bad Request: chat not found")
EMPTY = Refused(400, "Bad Request: text must be non-empty")
UNAUTHORIZED = Refused(401, "Unauthorized")
EVERY = list(Kind)


def row(kind: Kind, **more: Any) -> Outgoing:
    return replace(Outgoing(1, kind, 7, REPLIES[kind], 3, 1, False, NOW, NOW), **more)


@pytest.mark.parametrize(
    ("kinds", "outcome", "state"),
    [
        (EVERY, Accepted({"message_id": 9}), State.SENT),
        (EVERY, DOWN, State.PENDING),
        ([Kind.PUSH], LOST, State.UNCERTAIN),
        ([Kind.PUSH], Uncertain("502 Bad Gateway"), State.UNCERTAIN),
        ([Kind.ANSWER, Kind.EDIT, Kind.TOAST], LOST, State.PENDING),
        (EVERY, FLOOD, State.PENDING),
        (EVERY, BLOCKED, State.FAILED),
        (EVERY, GONE, State.FAILED),
        (EVERY, EMPTY, State.FAILED),
        (EVERY, UNAUTHORIZED, State.PENDING),
        ([Kind.EDIT], UNCHANGED, State.SENT),
        ([Kind.TOAST], TOO_OLD, State.SENT),
        ([Kind.ANSWER, Kind.EDIT, Kind.PUSH], MARKUP, State.PENDING),
    ],
)
def test_what_becomes_of_each_kind(kinds: list[Kind], outcome: Outcome, state: State) -> None:
    assert {judge(row(kind), outcome, NOW).state for kind in kinds} == {state}


def test_a_sent_message_is_known_by_its_id() -> None:
    assert judge(row(Kind.ANSWER), Accepted({"message_id": 9}), NOW).message == 9
    assert judge(row(Kind.TOAST), Accepted(True), NOW).message is None


def test_telegram_says_how_long_to_wait() -> None:
    assert judge(row(Kind.PUSH), FLOOD, NOW).due_at == NOW + timedelta(seconds=7)
    assert not judge(row(Kind.PUSH), FLOOD, NOW).repeated


@pytest.mark.parametrize("asked", [None, 0, -5, 10**30, "soon"])
def test_a_wait_that_makes_no_sense_is_bounded(asked: Any) -> None:
    verdict = judge(row(Kind.ANSWER), Refused(429, "slow", asked), NOW)
    assert timedelta(seconds=1) <= verdict.due_at - NOW <= timedelta(days=1)
    assert verdict.hold == verdict.due_at


def test_a_group_that_moved_is_named() -> None:
    moved = Refused(400, "group chat was upgraded to a supergroup chat", moved_to=-1050)
    verdict = judge(row(Kind.PUSH), moved, NOW)
    assert (verdict.state, verdict.moved_to, verdict.due_at) == (State.PENDING, -1050, NOW)


def test_a_card_that_was_deleted_is_not_missed() -> None:
    gone = Refused(400, "Bad Request: message to edit not found")
    assert judge(row(Kind.EDIT), gone, NOW).state is State.DROPPED


def test_what_never_left_is_tried_again_ever_less_often() -> None:
    waits = [
        judge(row(Kind.PUSH, attempts=attempt), DOWN, NOW).due_at - NOW
        for attempt in (1, 2, 3, 7, 50)
    ]
    assert [wait.total_seconds() for wait in waits] == [1, 2, 4, 60, 60]


@pytest.mark.parametrize("outcome", [DOWN, LOST, UNAUTHORIZED])
def test_what_could_not_be_said_for_two_days_is_given_up(outcome: Outcome) -> None:
    old = row(Kind.ANSWER, created_at=NOW - timedelta(hours=49))
    verdict = judge(old, outcome, NOW)
    assert verdict.state is State.FAILED
    assert verdict.reason
    assert "expired" in verdict.reason


def test_a_second_copy_of_an_answer_replies_to_the_question() -> None:
    verdict = judge(row(Kind.ANSWER), LOST, NOW)
    assert verdict.repeated
    _, first = method_and_arguments(row(Kind.ANSWER))
    _, second = method_and_arguments(row(Kind.ANSWER, repeated=True))
    assert "reply_parameters" not in first
    assert second["reply_parameters"] == {"message_id": 3, "allow_sending_without_reply": True}


def test_only_who_cannot_be_reached_is_marked() -> None:
    assert judge(row(Kind.PUSH), BLOCKED, NOW).unreachable
    assert judge(row(Kind.PUSH), GONE, NOW).unreachable
    assert not judge(row(Kind.PUSH), EMPTY, NOW).unreachable


def test_what_does_not_parse_is_said_once_as_plain_text() -> None:
    broken = row(Kind.ANSWER, reply=Say("<b>5 &lt; 6 & <i>x</b>", ((Button("a", "t"),),)))
    verdict = judge(broken, MARKUP, NOW)
    assert verdict.reply == Say("5 &lt; 6 &amp; x", ((Button("a", "t"),),))
    assert verdict.reply is not None
    assert judge(row(Kind.ANSWER, reply=verdict.reply), MARKUP, NOW).state is State.FAILED


def test_how_each_reply_is_said() -> None:
    buttons = (
        (Button("详情", "v1x"), Button("复制", copy_text="2026")),
        (Button("平台", url="https://example.com"),),
    )
    method, arguments = method_and_arguments(row(Kind.ANSWER, reply=Say("<b>x</b>", buttons)))
    assert (method, arguments["chat_id"], arguments["parse_mode"]) == ("sendMessage", 7, "HTML")
    assert arguments["reply_markup"] == {
        "inline_keyboard": [
            [
                {"text": "详情", "callback_data": "v1x"},
                {"text": "复制", "copy_text": {"text": "2026"}},
            ],
            [{"text": "平台", "url": "https://example.com"}],
        ]
    }
    method, arguments = method_and_arguments(row(Kind.EDIT))
    assert (method, arguments["message_id"]) == ("editMessageText", 5)
    assert "reply_markup" not in arguments
    method, arguments = method_and_arguments(row(Kind.TOAST))
    assert (method, arguments["callback_query_id"]) == ("answerCallbackQuery", "99")


@pytest.mark.parametrize("token", [None, "", "x" * 65, "字" * 22])
def test_a_button_telegram_would_refuse_is_not_sent(token: str | None) -> None:
    with pytest.raises(UnsendableError, match="64 bytes"):
        method_and_arguments(row(Kind.ANSWER, reply=Say("x", ((Button("a", token),),))))
