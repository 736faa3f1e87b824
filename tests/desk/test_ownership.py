"""Nobody sees or changes what is not theirs, whichever button they press and wherever."""

from datetime import UTC, datetime

import pytest

from bot.desk.actions import Action, Signer, Verb
from bot.desk.desk import Desk
from bot.desk.facts import Dialogue, Facts, OwnedLine, Wanted
from bot.desk.incoming import Incoming
from bot.desk.replies import Answered, Toast
from settlement.model import Order, Platform
from tests.conversations.understanding import shipped_snapshot

NOW = datetime(2026, 8, 20, 2, 0, tzinfo=UTC)
SECRET = b"secret"
OWNER, OTHER = 7, 8
LINE = OwnedLine(12, 1, Order(Platform.JD, "268301112233", item="秘密商品", shop="秘密小店"), NOW)
OF_THE_OWNER = Facts(creators=(1,), creator_names=("小王",), lines=(LINE,), own_lines=(LINE,))
OF_ANOTHER = Facts(creators=(2,), creator_names=("小李",))
OF_A_STRANGER = Facts()
ABOUT_A_LINE = (
    Verb.CARD,
    Verb.AMOUNTS,
    Verb.TIMELINE,
    Verb.SOURCES,
    Verb.SUBSCRIBE,
    Verb.UNSUBSCRIBE,
    Verb.MUTE,
    Verb.MORE,
    Verb.WHAT_IF,
    Verb.IF_RECEIVED,
)
REMINDING = (
    Verb.FOLLOW,
    Verb.UNFOLLOW,
    Verb.SNOOZE,
    Verb.ARRIVED,
    Verb.NOT_ARRIVED,
    Verb.PREFERENCES,
    Verb.HOURS,
    Verb.ZONES,
)
PERSONAL = (
    *ABOUT_A_LINE,
    *REMINDING,
    Verb.REMINDERS,
    Verb.FIND_ORDER,
    Verb.OWN_ORDERS,
    Verb.LISTED_ORDERS,
    Verb.COMMISSION,
    Verb.IF_ALL_RECEIVED,
    Verb.SHEET,
    Verb.IF_REFUNDED,
    Verb.PUSH_MORE,
    Verb.BIND,
    Verb.ACCOUNT,
    Verb.UNBIND,
    Verb.ROLE,
    Verb.EXPORT,
    Verb.ERASE,
    Verb.CALCULATE,
    Verb.AWAIT,
    Verb.LEAVE_AWAITED,
)


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(shipped_snapshot, SECRET, "mingzhang_bot")


def press(verb: Verb, user: int = OWNER, made_for: int = OWNER, private: bool = True) -> Incoming:
    token = Signer(SECRET).token(made_for, Action(verb, "12"))
    return Incoming(1, user, user, private, message=5, button=token, button_query="q")


def refused(answered: Answered) -> bool:
    reply = answered.replies[0]
    alone = len(answered.replies) == 1 and not answered.effects
    return alone and isinstance(reply, Toast) and "已过期" in reply.text


@pytest.mark.parametrize("verb", ABOUT_A_LINE)
def test_the_owner_is_answered(desk: Desk, verb: Verb) -> None:
    assert desk.wanted(press(verb)).rows == (12,)
    answered = desk.answer(press(verb), OF_THE_OWNER, NOW)
    assert not refused(answered)
    assert verb is Verb.MUTE or answered.dialogue.row == 12


@pytest.mark.parametrize("verb", Verb)
def test_a_button_made_for_somebody_else_is_refused(desk: Desk, verb: Verb) -> None:
    pressed = press(verb, user=OTHER, made_for=OWNER)
    assert desk.wanted(pressed) == Wanted()
    assert refused(desk.answer(pressed, OF_THE_OWNER, NOW))


@pytest.mark.parametrize("verb", ABOUT_A_LINE)
@pytest.mark.parametrize("facts", [OF_ANOTHER, OF_A_STRANGER], ids=["unbound since", "stranger"])
def test_a_line_that_is_not_ones_own_any_more_is_refused(
    desk: Desk, verb: Verb, facts: Facts
) -> None:
    assert refused(desk.answer(press(verb), facts, NOW))


@pytest.mark.parametrize("verb", [Verb.FOLLOW, Verb.SNOOZE, Verb.ARRIVED, Verb.NOT_ARRIVED])
def test_a_button_of_another_release_is_outdated(desk: Desk, verb: Verb) -> None:
    assert refused(desk.answer(press(verb), OF_THE_OWNER, NOW))


@pytest.mark.parametrize("verb", REMINDING)
def test_who_is_bound_to_nobody_changes_nothing(desk: Desk, verb: Verb) -> None:
    assert desk.answer(press(verb), OF_A_STRANGER, NOW).effects == ()


@pytest.mark.parametrize("verb", PERSONAL)
def test_in_a_group_nothing_personal_is_loaded_or_said(desk: Desk, verb: Verb) -> None:
    pressed = press(verb, private=False)
    assert desk.wanted(pressed) == Wanted()
    assert refused(desk.answer(pressed, OF_THE_OWNER, NOW))


@pytest.mark.parametrize(
    "text",
    [
        "268301112233",
        "/orders",
        "/commission",
        "到账 12 元是哪些单",
        "/reminders",
        "我的佣金怎么没到",
        "/start b_code",
        "查订单",
        "昨天的订单",
        "别的订单呢",
        "https://uland.taobao.com/x?pid=mm_1_2_3 是我的吗",
    ],
)
def test_in_a_group_no_text_loads_or_says_anything_personal(desk: Desk, text: str) -> None:
    said = Incoming(1, OWNER, -100, private=False, text=text)
    assert desk.wanted(said) == Wanted()
    shown = repr(desk.answer(said, OF_THE_OWNER, NOW).replies)
    assert "秘密" not in shown
    assert "小王" not in shown


@pytest.mark.parametrize("number", ["268301112233", "268309990000"])
def test_a_stranger_reads_the_same_whether_an_order_exists_or_not(desk: Desk, number: str) -> None:
    asked = Incoming(1, OTHER, OTHER, text=number)
    refusal = desk.answer(Incoming(1, OTHER, OTHER, text="268300000001"), OF_A_STRANGER, NOW)
    assert desk.answer(asked, OF_A_STRANGER, NOW) == refusal


def test_lines_that_were_not_asked_for_are_not_shown(desk: Desk) -> None:
    asked = Incoming(1, OWNER, OWNER, text="268309990000")
    assert "秘密" not in repr(desk.answer(asked, OF_THE_OWNER, NOW).replies)


def test_what_is_remembered_belongs_to_the_person_alone(desk: Desk) -> None:
    remembered = Facts(creators=(2,), dialogue=Dialogue(row=12, rows=(12,)))
    answered = desk.answer(Incoming(1, OTHER, OTHER, text="查订单"), remembered, NOW)
    assert "秘密" not in repr(answered.replies)


@pytest.mark.parametrize(
    ("verb", "subject", "origin"),
    [
        (Verb.SNOOZE, "gone.1.jd.20260915.12", ""),
        (Verb.PREFERENCES, "on.gone", ""),
        (Verb.ZONES, "3", ""),
        (Verb.CARD, "12", "?0"),
    ],
)
def test_what_only_another_release_knows_ends_nothing(
    desk: Desk, verb: Verb, subject: str, origin: str
) -> None:
    token = Signer(SECRET).token(OWNER, Action(verb, subject, origin))
    pressed = Incoming(1, OWNER, OWNER, message=5, button=token, button_query="q")
    answered = desk.answer(pressed, OF_THE_OWNER, NOW)
    assert answered.replies
    assert answered.effects == ()
