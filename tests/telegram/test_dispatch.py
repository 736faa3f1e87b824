import json
from typing import Any

import pytest

from bot.desk.incoming import Attachment
from bot.telegram.dispatch import Me, read_update, unreadable, update_id

ME = Me(42, "mingzhang_bot")
LIN = {"id": 7, "is_bot": False, "first_name": "小林", "language_code": "zh-hans"}
PRIVATE = {"id": 7, "type": "private", "first_name": "小林"}
GROUP = {"id": -100, "type": "supergroup", "title": "带货群"}


def message(**more: Any) -> dict[str, Any]:
    return {"message_id": 5, "from": LIN, "chat": PRIVATE, "date": 1_790_000_000} | more


def update(**more: Any) -> dict[str, Any]:
    return {"update_id": 11} | more


def test_a_message_becomes_what_the_desk_reads() -> None:
    received = read_update(update(message=message(text="佣金呢？")), ME)
    assert received is not None
    assert received.problem is None
    incoming = received.incoming
    assert incoming is not None
    assert (incoming.update, incoming.user, incoming.chat, incoming.message) == (11, 7, 7, 5)
    assert (incoming.text, incoming.private, incoming.name) == ("佣金呢？", True, "小林")
    assert incoming.language_code == "zh-hans"
    assert incoming.button is None


def test_a_forwarded_message_is_a_question_of_who_forwarded_it() -> None:
    bot = {"id": 99, "is_bot": True, "first_name": "商家通知"}
    origin = {"type": "user", "sender_user": bot, "date": 1_700_000_000}
    forwarded = message(text="订单 268301112233 已发货", forward_origin=origin)
    received = read_update(update(message=forwarded), ME)
    assert received is not None
    assert received.incoming is not None
    assert received.incoming.user == 7
    assert received.incoming.text == "订单 268301112233 已发货"


def test_a_button_press_names_its_message() -> None:
    query = {"id": "99", "from": LIN, "message": message(text="x"), "data": "v1abc"}
    received = read_update(update(callback_query=query), ME)
    assert received is not None
    assert received.incoming is not None
    assert (received.incoming.button, received.incoming.button_query) == ("v1abc", "99")
    assert (received.incoming.message, received.incoming.text) == (5, "")


def test_a_press_without_its_message_belongs_to_the_presser() -> None:
    received = read_update(update(callback_query={"id": "99", "from": LIN, "data": "v1"}), ME)
    assert received is not None
    assert received.incoming is not None
    assert (received.incoming.chat, received.incoming.message) == (7, None)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"text": "a\x00b\ud800c"}, "abc"),
        ({"caption": "图里的订单"}, "图里的订单"),
        ({"sticker": {}}, ""),
        ({"text": "长" * 5000}, "长" * 4096),
    ],
)
def test_texts_are_cleaned_and_cut(sent: dict[str, Any], read: str) -> None:
    received = read_update(update(message=message(**sent)), ME)
    assert received is not None
    assert received.incoming is not None
    assert received.incoming.text == read


def test_a_field_nobody_needs_spoils_nothing() -> None:
    received = read_update(update(message=message(text="hi", date=10**18)), ME)
    assert received is not None
    assert received.incoming is not None


@pytest.mark.parametrize(
    "broken",
    [
        {"message": "hello"},
        {"message": message(text=5)},
        {"message": message(text="x", chat=None)},
        {"message": message(text="x", chat={"id": "7", "type": "private"})},
        {"message": message(text="x", **{"from": {"id": 2**70}})},
        {"message": message(text="x", message_id=True)},
        {"callback_query": {"id": 99, "from": LIN}},
        {"callback_query": {"id": "99", "data": "x"}},
        {"callback_query": {"id": "99", "from": LIN, "message": {"chat": PRIVATE}}},
    ],
)
def test_what_cannot_be_read_keeps_its_body(broken: dict[str, Any]) -> None:
    received = read_update(update(**broken), ME)
    assert received is not None
    assert received.problem
    assert json.loads(json.dumps(received.body)) == update(**broken)


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"message": message(text=5)}, True),
        ({"message": message(message_id="?", text="x")}, True),
        ({"callback_query": {"id": 99, "from": LIN, "message": message()}}, True),
        ({"message": message(text=5, chat=GROUP)}, False),
        ({"message": message(text=5, chat=[7])}, False),
        ({"message": message(text=5, **{"from": LIN | {"id": "7"}})}, False),
        ({"message": message(text=5, **{"from": "小林"})}, False),
        ({"message": "hello"}, False),
        ({"callback_query": {"id": "99", "data": "x"}}, False),
        ({"callback_query": {"id": 99, "from": LIN, "message": "?"}}, False),
    ],
)
def test_who_sent_what_cannot_be_read_is_known_in_private(
    broken: dict[str, Any], told: bool
) -> None:
    received = read_update(update(**broken), ME)
    assert received is not None
    assert received.problem
    sender = received.incoming
    assert (sender is not None) is told
    if sender:
        assert (sender.update, sender.user, sender.chat) == (11, 7, 7)
        assert (sender.private, sender.language_code, sender.text) == (True, "zh-hans", "")


@pytest.mark.parametrize("raw", [None, [], {}, {"update_id": "11"}, {"update_id": 2**64}])
def test_what_has_no_usable_id_gets_one_of_its_own(raw: Any) -> None:
    """Telegram's ids are positive; the same thing twice is one update."""
    first, again = read_update(raw, ME), read_update(raw, ME)
    assert first is not None
    assert first == again
    assert -(2**63) <= first.update < 0
    assert first.problem
    assert first.incoming is None
    assert update_id(raw) is None


def test_other_rubbish_is_another_update() -> None:
    numbers = {unreadable(body, "no JSON").update for body in (b"", b"{", b"\xff")}
    assert len(numbers) == 3


@pytest.mark.parametrize(
    "ignored",
    [
        {"channel_post": message(text="x")},
        {"message": message(pinned_message={"message_id": 4})},
        {"message": message(text="已发", via_bot={"id": 42, "is_bot": True})},
        {"my_chat_member": {"chat": GROUP, "new_chat_member": {"status": 1}}},
        {"message": {"message_id": 5, "chat": GROUP, "text": "an anonymous channel post"}},
        {"message": message(text="x", **{"from": LIN | {"is_bot": True}})},
    ],
)
def test_what_needs_no_answer_is_passed_over(ignored: dict[str, Any]) -> None:
    assert read_update(update(**ignored), ME) is None


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length} | more


@pytest.mark.parametrize(
    ("sent", "addressed"),
    [
        ({"text": "大家好"}, False),
        ({"text": "😀 @Mingzhang_Bot 在吗", "entities": [entity("mention", 3, 14)]}, True),
        ({"text": "@other_bot 在吗", "entities": [entity("mention", 0, 10)]}, False),
        ({"text": "/help", "entities": [entity("bot_command", 0, 5)]}, True),
        ({"text": "/help@mingzhang_bot", "entities": [entity("bot_command", 0, 19)]}, True),
        ({"text": "/help@other_bot", "entities": [entity("bot_command", 0, 15)]}, False),
        ({"text": "嗯", "reply_to_message": {"from": {"id": 42}}}, True),
        ({"text": "嗯", "reply_to_message": {"from": {"id": 43}}}, False),
        ({"text": "明账", "entities": [entity("text_mention", 0, 2, user={"id": 42})]}, True),
    ],
)
def test_in_a_group_the_bot_answers_who_addresses_it(
    sent: dict[str, Any], addressed: bool
) -> None:
    received = read_update(update(message=message(chat=GROUP, **sent)), ME)
    assert received is not None
    assert received.incoming is not None
    assert not received.incoming.private
    assert received.incoming.addressed is addressed


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ({"text": "hi"}, "text"),
        ({"photo": [{"file_id": "f"}], "caption": "看"}, "photo"),
        ({"document": {"file_id": "f"}, "animation": {"file_id": "f"}}, "animation"),
        ({"venue": {}, "location": {}}, "venue"),
        ({"sticker": {}}, "sticker"),
        ({"voice": {}}, "voice"),
        ({"poll": {}}, "poll"),
        ({"giveaway": {}}, "other"),
    ],
)
def test_what_a_message_is_beside_its_words(sent: dict[str, Any], kind: str) -> None:
    received = read_update(update(message=message(**sent)), ME)
    assert received is not None
    assert received.incoming is not None
    assert received.incoming.kind == kind


@pytest.mark.parametrize(
    ("document", "file"),
    [
        (
            {"file_id": "AgAD", "file_name": "订单.csv", "file_size": 12, "mime_type": "text/csv"},
            Attachment("AgAD", "订单.csv", 12, "text/csv"),
        ),
        ({"file_id": "AgAD"}, Attachment("AgAD")),
        ({"file_id": "AgAD", "file_name": "\x00\ud800.csv"}, Attachment("AgAD", ".csv")),
        ({"file_id": "AgAD", "file_name": 5, "file_size": "12"}, Attachment("AgAD")),
        ({"file_id": "AgAD", "file_size": -1, "mime_type": None}, Attachment("AgAD")),
        ({"file_id": "AgAD", "file_size": 2**70}, Attachment("AgAD")),
        ({"file_id": None}, None),
        ({}, None),
        ("AgAD", None),
    ],
)
def test_what_a_file_says_of_itself_may_be_anything(
    document: Any, file: Attachment | None
) -> None:
    received = read_update(update(message=message(document=document)), ME)
    assert received is not None
    assert received.problem is None
    assert received.incoming is not None
    assert received.incoming.file == file


def test_an_edited_message_says_so() -> None:
    received = read_update(update(edited_message=message(text="改过")), ME)
    assert received is not None
    assert received.incoming is not None
    assert (received.incoming.text, received.incoming.edited) == ("改过", True)


def test_a_topic_and_the_message_answered_are_known() -> None:
    in_topic = message(
        chat=GROUP,
        text="好的",
        is_topic_message=True,
        message_thread_id=77,
        reply_to_message={"message_id": 78, "from": {"id": 43}},
    )
    received = read_update(update(message=in_topic), ME)
    assert received is not None
    assert received.incoming is not None
    assert (received.incoming.thread, received.incoming.replied_to) == (77, 78)


def test_a_thread_of_replies_is_no_topic() -> None:
    received = read_update(update(message=message(text="嗯", message_thread_id=77)), ME)
    assert received is not None
    assert received.incoming is not None
    assert received.incoming.thread is None


@pytest.mark.parametrize(("speaks_as", "heard"), [(GROUP["id"], True), (-5, False)])
def test_who_writes_as_the_group_itself_is_heard(speaks_as: int, heard: bool) -> None:
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    written = message(chat=GROUP, text="在", sender_chat={"id": speaks_as}, **{"from": anonymous})
    assert (read_update(update(message=written), ME) is not None) is heard


def test_an_inline_query_is_nobodys_chat() -> None:
    received = read_update(update(inline_query={"id": "9", "from": LIN, "query": "佣金"}), ME)
    assert received is not None
    asked = received.incoming
    assert asked is not None
    assert (asked.inline_query, asked.text, asked.private, asked.user) == ("9", "佣金", False, 7)


@pytest.mark.parametrize(
    ("status", "reachable"),
    [("kicked", False), ("left", False), ("member", True), ("administrator", True)],
)
def test_where_the_bot_may_write_is_known(status: str, reachable: bool) -> None:
    changed = {"chat": GROUP, "from": LIN, "new_chat_member": {"status": status}}
    received = read_update(update(my_chat_member=changed), ME)
    assert received is not None
    assert received.standing == (GROUP["id"], reachable)
    assert received.incoming is None
