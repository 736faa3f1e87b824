"""The bot's command menus, per scope and language."""

import re
from collections.abc import Iterable, Mapping

from bot.simulator.refusal import bad_request

__all__ = ["CommandMenus"]

Command = dict[str, str]

_NAME = re.compile(r"[a-z0-9_]{1,32}")
_SCOPES = frozenset(
    {
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    }
)
MAX_COMMANDS = 100
MAX_DESCRIPTION = 256


class CommandMenus:
    """What setMyCommands set, and what a person therefore sees."""

    def __init__(self) -> None:
        """Start without commands."""
        self._menus: dict[tuple[str, str], list[Command]] = {}

    def put(self, commands: object, scope: object, language: str) -> None:
        """Set the commands of one scope and language; an empty list removes them."""
        place = (_scope_name(scope), _language(language))
        accepted = _accepted(commands)
        if accepted:
            self._menus[place] = accepted
        else:
            self._menus.pop(place, None)

    def get(self, scope: object, language: str) -> list[Command]:
        """The commands of exactly this scope and language."""
        return self._menus.get((_scope_name(scope), _language(language)), [])

    def shown_to(self, person: int, language_code: str | None) -> list[Command]:
        """The menu in a person's private chat: the narrowest scope wins, then the language."""
        return self._first((f"chat {person}", "all_private_chats", "default"), language_code)

    def shown_in_group(self, chat: int, language_code: str | None) -> list[Command]:
        """The menu a member of a group has there."""
        return self._first((f"chat {chat}", "all_group_chats", "default"), language_code)

    def _first(self, scopes: Iterable[str], language_code: str | None) -> list[Command]:
        language = (language_code or "").partition("-")[0].lower()
        for scope in scopes:
            for spoken in (language, ""):
                if menu := self._menus.get((scope, spoken)):
                    return menu
        return []


def _scope_name(scope: object) -> str:
    if scope is None:
        return "default"
    if not isinstance(scope, Mapping) or scope.get("type") not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    members = (scope["type"], scope.get("chat_id"), scope.get("user_id"))
    return " ".join(str(member) for member in members if member is not None)


def _language(code: str) -> str:
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("invalid language code specified")
    return code


def _accepted(commands: object) -> list[Command]:
    if not isinstance(commands, list):
        raise bad_request("can't parse commands JSON object")
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return [_command(command) for command in commands]


def _command(command: object) -> Command:
    if not isinstance(command, Mapping):
        raise bad_request("can't parse BotCommand: expected an Object")
    name = str(command.get("command", "")).removeprefix("/")
    description = str(command.get("description", ""))
    if not _NAME.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= MAX_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}
