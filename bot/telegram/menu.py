"""The command menus (命令菜单) that Telegram shows beside the message field."""

import logging
from collections.abc import Iterator, Mapping
from functools import cache

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)

from bot.desk.rendering import TRADITIONAL
from bot.shipped_tables import shipped_table
from bot.telegram.transport import Accepted, BotApi
from knowledge.traditional import traditional

__all__ = ["announce_commands", "menu_of_chat", "menus"]

logger = logging.getLogger(__name__)

DEFAULT = "zh"
"""Also what people see whose Telegram speaks a third language."""
LANGUAGES = (DEFAULT, "en")
_SCOPES: Mapping[str, tuple[BotCommandScope, ...]] = {
    "private": (BotCommandScopeAllPrivateChats(),),
    # Where Telegram knows of no narrower scope, what a group may see does no harm.
    "groups": (BotCommandScopeAllGroupChats(), BotCommandScopeDefault()),
}


@cache
def menus() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """The commands by kind of chat, each with its words by language."""
    told: dict[str, dict[str, dict[str, str]]] = shipped_table("telegram", "commands.yaml")
    return told


def menu_of_chat(chat: int, language: str | None) -> tuple[str, dict[str, object]]:
    """The method and arguments that show a person's menu in a language they chose themselves.

    Telegram knows no traditional characters by a language's code, but a chat may have its own.
    """
    scope = BotCommandScopeChat(chat).to_dict()
    if language is None:
        return "deleteMyCommands", {"scope": scope}
    spoken = language if language in LANGUAGES else DEFAULT
    words = traditional if language == TRADITIONAL else str
    shown = [
        BotCommand(name, words(said[spoken])).to_dict()
        for name, said in menus()["private"].items()
    ]
    return "setMyCommands", {"commands": shown, "scope": scope}


async def announce_commands(api: BotApi) -> None:
    """Tell Telegram the menus; if it refuses one, that is only a warning."""
    for arguments in _announcements():
        outcome = await api.call("setMyCommands", arguments)
        if not isinstance(outcome, Accepted):
            logger.warning("a command menu was not accepted: %s", outcome)
            return


def _announcements() -> Iterator[dict[str, object]]:
    for kind, commands in menus().items():
        for language in LANGUAGES:
            shown = [BotCommand(name, said[language]).to_dict() for name, said in commands.items()]
            for scope in _SCOPES[kind]:
                spoken = {} if language == DEFAULT else {"language_code": language}
                yield {"commands": shown, "scope": scope.to_dict(), **spoken}
