"""The command menus (命令菜单) that Telegram shows beside the message field."""

import logging
from collections.abc import Iterator, Mapping
from importlib.resources import files

from ruamel.yaml import YAML
from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
)

from bot.telegram.transport import Accepted, BotApi

__all__ = ["announce_commands", "menus"]

logger = logging.getLogger(__name__)

DEFAULT = "zh"
"""Also what people see whose Telegram speaks a third language."""
LANGUAGES = (DEFAULT, "en")
_SCOPES: Mapping[str, tuple[BotCommandScope, ...]] = {
    "private": (BotCommandScopeAllPrivateChats(),),
    # Where Telegram knows of no narrower scope, what a group may see does no harm.
    "groups": (BotCommandScopeAllGroupChats(), BotCommandScopeDefault()),
}


def menus() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """The commands by kind of chat, each with its words by language."""
    source = files("bot.telegram").joinpath("commands.yaml")
    told: dict[str, dict[str, dict[str, str]]] = YAML(typ="safe").load(source.read_text("utf-8"))
    return told


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
