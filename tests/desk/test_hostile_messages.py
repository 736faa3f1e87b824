"""Whatever stands in a message or an order, finding, following and links answer sendably."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.actions import Action, Signer, Verb, fingerprint
from bot.desk.days import Days, Unit
from bot.desk.desk import Desk
from bot.desk.facts import Dialogue, Facts, OwnedLine, Promoter
from bot.desk.incoming import Incoming
from bot.desk.links import find_links, without_links
from bot.desk.replies import Answered, Toast
from bot.desk.snapshot import Snapshot
from bot.desk.sought import MOST_AWAITED, AwaitNumbers, Sought
from settlement.model import Order, Platform
from tests.conversations.understanding import shipped_snapshot
from tests.desk.sendable import check_reply, tags
from tests.desk.test_hostile_fields import HOSTILE, LANGUAGES, NOW, ORDERS, check
from tests.examples import examples

FOLLOW_UPS = st.sampled_from(
    [
        "那什么时候到账",
        "为什么少了",
        "为什么",
        "那怎么办",
        "依据呢",
        "什么情况",
        "别的订单呢",
        "why",
        "when",
    ]
)
SAID_OF_ORDERS = st.sampled_from(
    ["{}那单", "昨天{}的订单", "上周那单{}怎么还没到账", "the order for {}", "{}", "那天猫{}呢"]
)
SECRET = b"secret"


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return shipped_snapshot()


def say(snapshot: Snapshot, text: str, facts: Facts) -> Answered:
    desk = Desk(lambda: snapshot, SECRET, "mingzhang_bot")
    incoming = Incoming(1, 7, 7, text=text)
    sought = desk.wanted(incoming).sought
    found = tuple(facts.own_lines if place % 2 else facts.lines for place, _ in enumerate(sought))
    return desk.answer(incoming, replace(facts, found=found), NOW)


def facts_of(language: str, lines: list[Order], dialogue: Dialogue) -> Facts:
    owned = tuple(OwnedLine(row, 1, order, NOW) for row, order in enumerate(lines, start=1))
    return Facts(
        language=language,
        creators=(1,),
        creator_names=("小林",),
        lines=owned,
        own_lines=owned,
        dialogue=dialogue,
    )


def check_all(answered: Answered) -> None:
    assert answered.replies
    for reply in answered.replies:
        if isinstance(reply, Toast):
            continue
        check(reply.html)  # type: ignore[union-attr]
        check_reply(reply)


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(ORDERS, min_size=1, max_size=3), FOLLOW_UPS, LANGUAGES, st.booleans())
def test_a_follow_up_about_any_order_is_sendable(
    snapshot: Snapshot, lines: list[Order], text: str, language: str, listed: bool
) -> None:
    rows = tuple(range(1, len(lines) + 1))
    dialogue = Dialogue(row=None if listed else 1, rows=rows)
    check_all(say(snapshot, text, facts_of(language, lines, dialogue)))


@settings(max_examples=examples(25), deadline=None)
@given(
    st.lists(ORDERS, max_size=3),
    SAID_OF_ORDERS,
    HOSTILE,
    LANGUAGES,
    st.sampled_from([None, "order_number"]),
)
def test_whatever_is_said_of_an_order_is_answered(
    snapshot: Snapshot,
    lines: list[Order],
    form: str,
    name: str,
    language: str,
    waiting_for: str | None,
) -> None:
    dialogue = Dialogue(waiting_for=waiting_for)
    check_all(say(snapshot, form.format(name), facts_of(language, lines, dialogue)))


@settings(max_examples=examples(25), deadline=None)
@given(HOSTILE, HOSTILE, LANGUAGES, st.booleans())
def test_any_link_is_answered_with_the_templates_tags(
    snapshot: Snapshot, promoter: str, more: str, language: str, mine: bool
) -> None:
    told = (Promoter(Platform.TAOBAO, "pid", "mm_1_2_3"),) if mine else ()
    facts = replace(facts_of(language, [], Dialogue()), promoters=told)
    link = f"https://uland.taobao.com/x?pid={promoter} 这个链接是我的吗"
    answered = say(snapshot, f"{link} {more}", facts)
    check_all(answered)
    html = answered.replies[0].html  # type: ignore[union-attr]
    assert set(tags(html)) <= {"<b>", "</b>", "<code>", "</code>"}


@settings(max_examples=examples(100))
@given(HOSTILE, st.sampled_from(["https://", "http://", "u.jd.com/", "￥", "mm_", "?pid="]))
def test_any_text_is_looked_through_for_links(text: str, mark: str) -> None:
    said = f"{mark}{text}{mark} {text}"
    assert len(find_links(said)) <= 5
    assert without_links(said) is not None


def test_a_long_message_of_links_takes_no_time_out_of_proportion() -> None:
    for piece in (
        "https://a.com/",
        "a.",
        "a-",
        "mm_1_",
        "￥a",
        "http://[",
        "a.com?",
        "x" * 50 + ".",
    ):
        find_links((piece * 4096)[:4096])


@settings(max_examples=examples(25))
@given(
    st.lists(st.from_regex(r"[0-9]{10,22}", fullmatch=True), max_size=30, unique=True).map(tuple),
    st.lists(st.from_regex(r"[0-9]{10,22}", fullmatch=True), max_size=20, unique=True).map(tuple),
    LANGUAGES,
)
def test_nobody_waits_for_more_numbers_than_one_may(
    snapshot: Snapshot, missing: tuple[str, ...], awaited: tuple[str, ...], language: str
) -> None:
    desk = Desk(lambda: snapshot, SECRET, "mingzhang_bot")
    token = Signer(SECRET).token(7, Action(Verb.AWAIT, f".{fingerprint(*missing)}", "+"))
    facts = facts_of(language, [], Dialogue(missing=missing))
    pressed = Incoming(1, 7, 7, message=3, button=token, button_query="q")
    answered = desk.answer(pressed, replace(facts, awaited=awaited), NOW)
    check_all(answered)
    fresh = [each.numbers for each in answered.effects if isinstance(each, AwaitNumbers)]
    assert len(set(awaited).union(*fresh)) <= MOST_AWAITED
    if missing:
        assert not re.search(r"\{|\}", str(answered.replies))


def test_a_day_that_cannot_be_is_said_without_one(snapshot: Snapshot) -> None:
    never = Sought(days=Days(Unit.MONTH, year=2025, month=2, day=29))
    assert never.days is not None
    assert never.days.range(NOW.date()) is None
    check_all(say(snapshot, "2025年2月29号的订单", facts_of("zh", [], Dialogue())))


@pytest.mark.parametrize(
    "piece",
    [
        "那单",
        "昨天的订单？",
        "上周",
        "9月3号",
        "？",
        "1",
        "268301112233\n",
        "\u202e",
        "<b>",
        "{{ 7*7 }}那单，",
        "什么时候",
        "order ",
        "that order ",
        "last ",
        "mm_1_2_3 ",
        "https://u.jd.com/a ",
        "为什么少了\n",
    ],
)
@pytest.mark.parametrize("dialogue", [Dialogue(row=1), Dialogue(waiting_for="order_number")])
def test_four_thousand_characters_of_anything_are_answered(
    snapshot: Snapshot, piece: str, dialogue: Dialogue
) -> None:
    order = Order(platform=Platform.JD, order_number="268301112233", item="<b>{{ 7*7 }}")
    check_all(say(snapshot, (piece * 4096)[:4096], facts_of("zh", [order], dialogue)))
