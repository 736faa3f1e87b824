"""The command menu (命令菜单) that Telegram shows beside the message field."""

import logging
from importlib.resources import files

from ruamel.yaml import YAML
from telegram import BotCommand

from bot.telegram.transport import Accepted, BotApi

__all__ = ["announce_commands"]

logger = logging.getLogger(__name__)

DEFAULT = "zh"
"""Also what people see whose Telegram speaks a third language."""


async def announce_commands(api: BotApi) -> None:
    """Tell Telegram the commands in each language; if it refuses, that is only a warning."""
    source = files("bot.telegram").joinpath("commands.yaml")
    menu: dict[str, dict[str, str]] = YAML(typ="safe").load(source.read_text("utf-8"))
    for language in ("zh", "en"):
        commands = [BotCommand(name, said[language]).to_dict() for name, said in menu.items()]
        arguments: dict[str, object] = {"commands": commands}
        if language != DEFAULT:
            arguments["language_code"] = language
        outcome = await api.call("setMyCommands", arguments)
        if not isinstance(outcome, Accepted):
            logger.warning("the command menu was not accepted: %s", outcome)
            return
