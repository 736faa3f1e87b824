"""Everything one can press or type × who does it × where: nobody learns what is not theirs."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.desk.actions import Action, Signer, Verb
from bot.desk.commands import COMMANDS
from bot.desk.desk import Desk
from bot.desk.effects import SetLanguage
from bot.desk.facts import Facts
from bot.desk.incoming import Incoming
from bot.desk.passing import HandOver
from bot.desk.replies import Answered, Say, Toast
from tests.conversations.understanding import shipped_snapshot
from tests.conversations.world import SECRET, World
from tests.desk.test_ownership import ABOUT_A_LINE

NOW = datetime(2026, 8, 20, 2, 0, tzinfo=UTC)
WORLD = Path(__file__).parents[1] / "conversations" / "world.yaml"
OWNER, OTHER, STRANGER = 101, 102, 103
GROUP, OPERATORS = -100200, -100900
ROW, NO_ROW = 1, 9999
NUMBER, NO_NUMBER = "2483920174658301", "2483920174650000"
NOT_OWNERS = pytest.mark.parametrize("user", [OTHER, STRANGER], ids=["other creator", "stranger"])
EVERYBODY = pytest.mark.parametrize(
    "user", [OWNER, OTHER, STRANGER], ids=["owner", "other creator", "stranger"]
)
ABOUT_LINES = {*ABOUT_A_LINE, Verb.IF_REFUNDED, Verb.PERSON}
SUBJECTS = ("", "{row}", "{row}.ask", "1688.20260915.{row}", "x.y.z")
TEXTS = (
    "{number}",
    "订单 {number} 为什么没佣金",
    "我的佣金怎么没到",
    "上周那单水杯",
    "永康杯业那单",
    "昨天的订单",
    "那什么时候到账",
    "为什么少了",
    "到账 10 元，是哪些单",
    "你好",
)
SAID = tuple(f"/{name}" for name in COMMANDS) + TEXTS


@pytest.fixture(scope="module")
def told() -> dict[str, object]:
    read: dict[str, object] = YAML(typ="safe").load(WORLD.read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="module")
def world(told: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(told, tmp_path_factory.mktemp("world"), lambda: NOW)
    opening = HandOver("ABCD-EFGH", "为什么", OPERATORS, NOW, (), Say("x"))
    asked = Incoming(0, OWNER, OWNER, text="/human")
    world.write(asked, Facts(), Answered((), (opening,)))
    yield world
    world.close()


@pytest.fixture(scope="module")
def secrets(told: dict[str, object]) -> set[str]:
    """Whatever only the owner's people may read: shops, items, numbers, the account's name."""
    lines = told["lines"]
    assert isinstance(lines, list)
    orders = [each["order"] for each in lines if each["creator"] == "小王好物"]
    fields = ("shop", "item", "order_number", "sub_order_number", "line_id", "parent_number")
    found = {order[field] for order in orders for field in fields if order.get(field)}
    return found | {"小王好物"}


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(shipped_snapshot, SECRET, "mingzhang_bot")


def pressed(verb: Verb, subject: str, user: int, *, private: bool) -> Incoming:
    token = Signer(SECRET).token(user, Action(verb, subject))
    chat = user if private else GROUP
    return Incoming(1, user, chat, private, message=5, button=token, button_query="q")


def written(text: str, user: int, *, private: bool) -> Incoming:
    return Incoming(1, user, user if private else GROUP, private, text=text, message=5)


def answer(desk: Desk, world: World, incoming: Incoming) -> Answered:
    """The answer, but that somebody's language is kept when they first write."""
    facts = world.facts(incoming, desk.wanted(incoming))
    answered = desk.answer(incoming, facts, NOW)
    effects = tuple(each for each in answered.effects if not isinstance(each, SetLanguage))
    return replace(answered, effects=effects)


def shown(answered: Answered) -> str:
    """All that is said, done and remembered, but for the seals of the buttons."""
    return re.sub(r"token='v1.{16}", "token='", repr(answered))


def without_number(text: str) -> str:
    return text.replace(NUMBER, "№").replace(NO_NUMBER, "№")


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("verb", Verb)
@NOT_OWNERS
def test_a_press_on_anothers_order_is_as_one_on_none(
    desk: Desk, world: World, secrets: set[str], verb: Verb, subject: str, user: int
) -> None:
    """The token is good, as if its order had been theirs once."""
    theirs = pressed(verb, subject.format(row=ROW), user, private=True)
    nobodys = pressed(verb, subject.format(row=NO_ROW), user, private=True)
    said, said_of_none = answer(desk, world, theirs), answer(desk, world, nobodys)
    assert not [each for each in secrets if each in shown(said)]
    if verb in ABOUT_LINES:
        assert shown(said) == shown(said_of_none)


@pytest.mark.parametrize("subject", ["{row}", "1688.{row}.0"])
@pytest.mark.parametrize("verb", Verb)
@EVERYBODY
def test_in_a_group_a_press_shows_nobodys_orders(
    desk: Desk, world: World, secrets: set[str], verb: Verb, subject: str, user: int
) -> None:
    incoming = pressed(verb, subject.format(row=ROW), user, private=False)
    assert not [each for each in secrets if each in shown(answer(desk, world, incoming))]


@pytest.mark.parametrize("text", SAID)
@NOT_OWNERS
def test_a_text_about_anothers_order_is_as_one_about_none(
    desk: Desk, world: World, secrets: set[str], text: str, user: int
) -> None:
    said = answer(desk, world, written(text.format(number=NUMBER), user, private=True))
    none = answer(desk, world, written(text.format(number=NO_NUMBER), user, private=True))
    assert not [
        each for each in secrets if each in without_number(shown(said)) and each not in text
    ]
    assert without_number(shown(said)) == without_number(shown(none))


@pytest.mark.parametrize("text", SAID)
@EVERYBODY
def test_in_a_group_a_text_shows_nobodys_orders(
    desk: Desk, world: World, secrets: set[str], text: str, user: int
) -> None:
    said = answer(desk, world, written(text.format(number=NUMBER), user, private=False))
    assert not [each for each in secrets if each in without_number(shown(said))]


@pytest.mark.parametrize("text", SAID)
def test_in_a_group_the_owner_reads_what_strangers_read(
    desk: Desk, world: World, text: str
) -> None:
    read = {
        shown(answer(desk, world, written(text.format(number=NUMBER), user, private=False)))
        for user in (OWNER, OTHER, STRANGER)
    }
    assert len(read) == 1


@pytest.mark.parametrize("text", SAID)
@EVERYBODY
def test_what_is_not_said_to_the_bot_stays_unanswered(
    desk: Desk, world: World, text: str, user: int
) -> None:
    incoming = written(text.format(number=NUMBER), user, private=False)
    overheard = answer(desk, world, replace(incoming, addressed=False))
    assert (overheard.replies, overheard.effects) == ((), ())


@pytest.mark.parametrize("text", SAID)
@EVERYBODY
def test_inline_nobodys_orders_are_offered(
    desk: Desk, world: World, secrets: set[str], text: str, user: int
) -> None:
    typed = written(text.format(number=NUMBER), user, private=False)
    asked = replace(typed, addressed=False, message=None, inline_query="9")
    assert not [
        each for each in secrets if each in without_number(shown(answer(desk, world, asked)))
    ]


FORGED = (
    "",
    "v1",
    "v0" + "A" * 16 + "c1",
    "v1" + "A" * 16 + "c1",
    "v2" + "A" * 16 + "c1",
    "c:1",
    "订单",
    "v1" + "\x00" * 40,
    "x" * 64,
)


@pytest.mark.parametrize("token", FORGED)
@pytest.mark.parametrize("private", [True, False], ids=["private", "group"])
@EVERYBODY
def test_what_we_did_not_make_has_expired(
    desk: Desk, world: World, token: str, private: bool, user: int
) -> None:
    """Forged, mangled or of another release: the same words, byte for byte."""
    incoming = replace(pressed(Verb.CARD, "1", user, private=private), button=token)
    said = answer(desk, world, incoming)
    assert said.replies == (Toast("q", "按钮已过期，请重新发送订单号或问题", True),)
    assert said.effects == ()


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("private", [True, False], ids=["private", "group"])
def test_anothers_button_has_expired(desk: Desk, world: World, verb: Verb, private: bool) -> None:
    made_for_the_owner = pressed(verb, str(ROW), OWNER, private=private)
    incoming = replace(made_for_the_owner, user=OTHER, chat=OTHER if private else GROUP)
    said = answer(desk, world, incoming)
    assert said.replies == (Toast("q", "按钮已过期，请重新发送订单号或问题", True),)
    assert said.effects == ()


def test_a_verb_of_an_older_release_has_expired(desk: Desk, world: World) -> None:
    unused = next(each for each in "0123456789" if each not in set(Verb))
    signer = Signer(SECRET)
    seal = signer._seal(OWNER, f"{unused}1")
    incoming = replace(pressed(Verb.CARD, "1", OWNER, private=True), button=f"v1{seal}{unused}1")
    assert answer(desk, world, incoming).replies == (
        Toast("q", "按钮已过期，请重新发送订单号或问题", True),
    )


@pytest.mark.parametrize("verb", [Verb.TAKE_CASE, Verb.CLOSE_CASE])
@pytest.mark.parametrize("chat", [OTHER, GROUP], ids=["private", "another group"])
def test_the_operators_buttons_work_only_where_the_operator_is(
    desk: Desk, world: World, verb: Verb, chat: int
) -> None:
    """Neither the operator's own token elsewhere, nor one made for who presses it."""
    for made_for in (OPERATORS, OTHER, chat):
        token = Signer(SECRET).token(made_for, Action(verb, "ABCD-EFGH"))
        incoming = Incoming(
            1, OTHER, chat, chat == OTHER, message=5, button=token, button_query="q"
        )
        said = answer(desk, world, incoming)
        assert said.replies == (Toast("q", "按钮已过期，请重新发送订单号或问题", True),)
        assert said.effects == ()
