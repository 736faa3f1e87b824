"""Whatever stands in an order or a message, every template yields HTML that Telegram takes."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk import details
from bot.desk.cards import Judged, card, diagnosis_text
from bot.desk.desk import Desk
from bot.desk.facts import Facts, OwnedLine
from bot.desk.incoming import Incoming
from bot.desk.pushes import render_push
from bot.desk.rendering import LANGUAGE_NAMES, Voice
from bot.desk.replies import Answered, Document, Photo, Say, Toast
from bot.desk.snapshot import Snapshot
from bot.reminders import (
    DueLine,
    Planned,
    Push,
    PushKind,
    QuietHours,
    Recipient,
    Standing,
)
from settlement.diagnosis import Diagnosis, diagnose
from settlement.forecast import Certainty, Dates, Forecast, Waiting
from settlement.model import Order, Platform, RawStatus
from settlement.reckoning import Ledger
from settlement.rulebook import shipped_rulebook
from settlement.states import Reason, State
from settlement.timeline import Moment
from settlement.waterfall import Amounts, Line
from tests.conversations.understanding import shipped_snapshot
from tests.desk.sendable import check_html, check_reply, tags
from tests.examples import examples

NOW = datetime(2026, 8, 20, 2, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
BEFORE = Standing(State.WAIT_CYCLE, Decimal("12.40"), settled=False)
TRICKS = (
    "<b>", "</b>", "</code>", "<pre>", "<u>", "</u>", "<s>!</s>", '<a href="tg://user?id=7">!</a>',
    "&lt;", "&", '"', "'", "{{ 7*7 }}", "{% raw %}", "\n", "\r",
    "\u202e", "\u2066", "\u200b", "\ufeff", "\ue000", "\ue001", "\x00", "\ud800", "😀", "发", "𠮷",
)  # fmt: skip
LONG = ("<b>" * 200, "佣" * 5000, "😀" * 3000, "{{ cycler.__init__.__globals__ }}")
HOSTILE = st.lists(st.characters() | st.sampled_from(TRICKS), max_size=20).map("".join) | (
    st.sampled_from(LONG)
)
MONEY = st.decimals("-99999999.99", "99999999.99", places=2)
DAYS = st.dates(date(2018, 1, 1), date(2030, 12, 31))
INSTANTS = st.builds(datetime.combine, DAYS, st.times(), st.just(UTC))
LANGUAGES = st.sampled_from(list(LANGUAGE_NAMES))
FORECASTS = st.none() | st.builds(
    Forecast,
    DAYS | INSTANTS,
    DAYS,
    st.sampled_from(Certainty),
    st.sampled_from([None, Waiting("settlement"), Waiting("payout_day", (("day", "15"),))]),
)
ORDERS = st.builds(
    Order,
    platform=st.sampled_from(Platform),
    order_number=st.from_regex(r"[0-9]{10,20}", fullmatch=True),
    sub_order_number=st.none() | st.from_regex(r"[0-9]{10,20}", fullmatch=True),
    raw_status=st.none() | st.builds(RawStatus, *[st.none() | HOSTILE] * 6),
    shop=st.none() | HOSTILE,
    item=st.none() | HOSTILE,
    gross_amount=st.none() | MONEY,
    paid_amount=st.none() | MONEY,
    minimum_payout=st.none() | MONEY,
    tax_withheld=st.none() | MONEY,
    settled_commission=st.none() | MONEY,
    data_as_of=st.none() | INSTANTS,
)
LEDGERS = st.builds(Ledger, MONEY, MONEY, MONEY)
AMOUNTS = st.builds(
    Amounts,
    lines=st.lists(
        st.builds(Line, st.sampled_from(["paid_amount", "commission", "net"]), MONEY), max_size=12
    ).map(tuple),
    commission=st.none() | MONEY,
    returned=st.none() | MONEY,
    platform_fee=st.none() | MONEY,
    net=st.none() | MONEY,
    net_range=st.none() | st.tuples(MONEY, MONEY),
    estimated_commission=st.none() | MONEY,
    base=st.none() | MONEY,
    rate=st.none() | st.decimals("0", "1", places=4),
    ends=st.none() | st.tuples(LEDGERS, LEDGERS),
    taken_beyond=MONEY,
    later_taken=MONEY,
)
MOMENTS = st.builds(
    Moment,
    st.sampled_from(["created", "received", "refunded", "payout", "closes"]),
    DAYS | INSTANTS,
    st.none() | MONEY,
    st.booleans(),
)


@cache
def known_of(platform: Platform) -> Diagnosis:
    return diagnose(Order(platform=platform, order_number="1"), shipped_rulebook(), NOW)


@st.composite
def judged_lines(draw: st.DrawFn) -> Judged:
    """A line in any state, with any reasons, steps, amounts and dates beside it."""
    order = draw(ORDERS)
    diagnosis = replace(
        known_of(order.platform),
        order=order,
        state=draw(st.sampled_from(State)),
        reasons=tuple(draw(st.lists(st.sampled_from(Reason), max_size=6, unique=True))),
        amounts=draw(AMOUNTS),
        dates=Dates(*draw(st.tuples(*[FORECASTS] * 5))),
        next_steps=tuple(draw(st.lists(st.sampled_from(["appeal", "wait", "withdraw"])))),
        evidence=draw(st.dictionaries(st.just("raw_status.reason"), HOSTILE)),
        timeline=tuple(draw(st.lists(MOMENTS, max_size=8))),
        sources=tuple(draw(st.lists(st.sampled_from(["S1688-15", "SJD-05", "none"])))),
    )
    return Judged(draw(st.integers(1, 2**40)), order, diagnosis, draw(st.none() | INSTANTS))


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return shipped_snapshot()


def check(html: str) -> None:
    text = check_html(html)
    assert not set(text) & set("\u202e\u2066\u200b\ue000\ue001\x00")


def harmless(judged: Judged) -> Judged:
    """The same line with an x for every text of its order."""
    order, raw = judged.order, judged.order.raw_status
    tame = replace(
        order,
        shop=order.shop and "x",
        item=order.item and "x",
        raw_status=raw and RawStatus(code=raw.code and "x", text=raw.text and "x"),
    )
    evidence = {name: "x" for name, said in judged.diagnosis.evidence.items() if said}
    return replace(
        judged, order=tame, diagnosis=replace(judged.diagnosis, order=tame, evidence=evidence)
    )


@settings(max_examples=examples(50), deadline=None)
@given(judged_lines(), LANGUAGES)
def test_a_card_of_any_order_is_sendable_and_has_the_templates_tags(
    judged: Judged, language: str
) -> None:
    voice = Voice(language, NOW)
    html = card(voice, judged, "reminder")
    check(html)
    assert tags(html) == tags(card(voice, harmless(judged), "reminder"))


@settings(max_examples=examples(12))
@given(judged_lines(), LANGUAGES)
def test_the_pages_behind_a_card_are_sendable(
    snapshot: Snapshot, judged: Judged, language: str
) -> None:
    voice = Voice(language, NOW)
    check(details.amounts(voice, judged))
    check(details.timeline(voice, judged))
    check(details.sources(voice, snapshot, judged, NOW))


@settings(max_examples=examples(12))
@given(judged_lines(), LANGUAGES)
def test_the_text_for_a_terminal_has_no_markup_of_ours(judged: Judged, language: str) -> None:
    tame = harmless(judged)
    text = diagnosis_text(tame.diagnosis, tame.order, language)
    assert not re.search("[<>&]", text)


@settings(max_examples=examples(12))
@given(st.lists(judged_lines(), min_size=1, max_size=12), LANGUAGES, st.sampled_from(PushKind))
def test_a_push_of_any_lines_is_sendable(
    lines: list[Judged], language: str, kind: PushKind
) -> None:
    due = tuple(
        DueLine(each.row, each.order, each.diagnosis, BEFORE, date(2026, 8, 1)) for each in lines
    )
    recipient = Recipient(7, 7, language, ZONE, QuietHours(time(21), time(9)))
    planned = Planned(7, kind, lines[0].row, date(2026, 8, 20), 0, "jd", NOW, NOW)
    late = timedelta(hours=5)
    push = Push(recipient, kind, "jd", date(2026, 8, 20), (planned,), due, late)
    said = render_push(push, NOW, secret=b"secret")
    check(said.html)
    check_reply(said)


@settings(max_examples=examples(60), deadline=None)
@given(ORDERS, HOSTILE, HOSTILE, LANGUAGES, st.booleans())
def test_the_desk_answers_any_text_about_any_order(
    snapshot: Snapshot, order: Order, text: str, name: str, language: str, number: bool
) -> None:
    said = f"{text} {order.order_number}" if number else text
    answered = ask(snapshot, Incoming(1, 7, 7, text=said, name=name), order, language)
    assert answered.replies
    for reply in answered.replies:
        assert isinstance(reply, Say | Photo | Document)
        check(reply.html)


@settings(max_examples=examples(60), deadline=None)
@given(ORDERS, st.text(max_size=80), st.booleans())
def test_a_button_nobody_made_expires(
    snapshot: Snapshot, order: Order, token: str, versioned: bool
) -> None:
    forged = f"v1{token}" if versioned else token
    pressed = Incoming(1, 7, 7, message=3, button=forged, button_query="q")
    (reply,) = ask(snapshot, pressed, order, "zh").replies
    assert isinstance(reply, Toast)
    assert "已过期" in reply.text


def ask(snapshot: Snapshot, incoming: Incoming, order: Order, language: str) -> Answered:
    """Let somebody who owns `order` write or press."""
    desk = Desk(lambda: snapshot, b"secret", "mingzhang_bot")
    desk.wanted(incoming)
    line = OwnedLine(1, 1, order, NOW)
    facts = Facts(
        language=language,
        creators=(1,),
        creator_names=(incoming.name,),
        lines=(line,),
        own_lines=(line,),
    )
    return desk.answer(incoming, facts, NOW)
