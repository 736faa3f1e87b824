"""The command menus: by kind of chat and language, and only what the desk knows."""

from datetime import UTC, datetime

import pytest

from bot.desk.commands import COMMANDS, PRIVATE_COMMANDS
from bot.desk.topics import ShowMenu
from bot.simulator.demo import DemoServer
from bot.store.letters import Kind, Outgoing, State
from bot.telegram.menu import LANGUAGES, announce_commands, menu_of_chat, menus
from bot.telegram.policy import judge
from bot.telegram.transport import Accepted, BotApi, Outcome, Refused, Uncertain, Unreachable

PRIVATE = {"type": "all_private_chats"}
GROUPS = {"type": "all_group_chats"}
NAMED = [
    "orders",
    "bind",
    "unbind",
    "reminders",
    "calc",
    "language",
    "privacy",
    "human",
    "cancel",
    "help",
    "commission",
]


@pytest.mark.parametrize("kind", ["private", "groups"])
def test_each_command_is_the_desks_and_has_words_in_every_language(kind: str) -> None:
    for name, words in menus()[kind].items():
        assert name in COMMANDS
        assert set(words) == set(LANGUAGES)
        assert all(words.values())


def test_a_group_is_offered_nothing_of_anybodys() -> None:
    assert not set(menus()["groups"]) & PRIVATE_COMMANDS
    assert set(NAMED) <= set(menus()["private"])


@pytest.mark.parametrize(
    ("scope", "language", "orders"),
    [
        (PRIVATE, "", "我的订单"),
        (PRIVATE, "en", "My orders"),
        (GROUPS, "", None),
        (GROUPS, "en", None),
        (None, "", None),
    ],
)
async def test_telegram_is_told_each_menu(
    server: DemoServer, api: BotApi, scope: object, language: str, orders: str | None
) -> None:
    await announce_commands(api)
    told = server.world.commands.get(scope, language)
    shown = {each["command"]: each["description"] for each in told}
    assert shown.get("orders") == orders
    assert "help" in shown


async def test_a_person_sees_the_private_menu_in_their_language(
    server: DemoServer, api: BotApi
) -> None:
    await announce_commands(api)
    for language_code, word in (
        ("zh-hant", "我的佣金"),
        ("en", "My commission"),
        ("de", "我的佣金"),
    ):
        shown = {
            each["command"]: each["description"]
            for each in server.world.commands.shown_to(1, language_code)
        }
        assert shown["commission"] == word


@pytest.mark.parametrize(
    ("language", "orders"),
    [("zh", "我的订单"), ("zh-hant", "我的訂單"), ("en", "My orders"), (None, None)],
)
async def test_a_person_may_have_a_menu_of_their_own(
    server: DemoServer, api: BotApi, language: str | None, orders: str | None
) -> None:
    await api.call(*menu_of_chat(1, "en"))
    outcome = await api.call(*menu_of_chat(1, language))
    assert isinstance(outcome, Accepted)
    told = server.world.commands.get({"type": "chat", "chat_id": 1}, "")
    shown = {each["command"]: each["description"] for each in told}
    assert shown.get("orders") == orders


@pytest.mark.parametrize(
    "outcome",
    [
        Refused(404, "Not Found"),
        Refused(500, "Internal Server Error"),
        Refused(429, "Too Many Requests", 30),
        Unreachable("no answer"),
        Uncertain("TimeoutError"),
    ],
)
def test_a_menu_that_is_not_accepted_holds_nothing_up(outcome: Outcome) -> None:
    now = datetime(2026, 9, 15, 1, 0, tzinfo=UTC)
    row = Outgoing(1, Kind.EDIT, 7, ShowMenu("en"), None, 1, False, now, now)
    assert judge(row, outcome, now).state is State.DROPPED
