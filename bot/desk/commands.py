"""The commands of the menu, and the buttons that do the same."""

import re
from collections.abc import Callable, Mapping

from bot.desk import menus, questions
from bot.desk.actions import Verb, fingerprint
from bot.desk.binding import PAYLOAD, redeem, show_bindings, show_unbinding
from bot.desk.calculating import show_calculators
from bot.desk.console_link import show_console
from bot.desk.earnings import show_commission, show_sheet
from bot.desk.effects import SetLanguage
from bot.desk.handing_over import ask_person, leave
from bot.desk.orders import ask_number, own_orders
from bot.desk.privacy import show_privacy
from bot.desk.reminding import show_reminders
from bot.desk.rendering import LANGUAGE_NAMES, TRADITIONAL
from bot.desk.replies import Answered, Rows
from bot.desk.roles import show_role
from bot.desk.topics import ShowMenu
from bot.desk.turn import NEW_MESSAGE, Turn

__all__ = [
    "COMMANDS",
    "PRIVATE_COMMANDS",
    "cancel",
    "command_in",
    "set_language",
]

_COMMAND = re.compile(r"/([a-z_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_SPOKEN_LANGUAGES = {
    "zh": ("zh", "zh-hans", "cn", "中文", "简体", "简体中文"),
    TRADITIONAL: (TRADITIONAL, "zh-tw", "zh-hk", "tw", "繁體", "繁体", "繁體中文", "繁体中文"),
    "en": ("en", "english", "英文", "英语"),
}


def command_in(text: str) -> tuple[str, str] | None:
    """Return a command and what follows it; None if `text` is no command."""
    found = _COMMAND.fullmatch(text.strip())
    return (found[1], (found[2] or "").strip()) if found else None


def start(turn: Turn, payload: str) -> Answered:
    """Greet, by what is known of the person; the payload of a binding link binds."""
    if payload.startswith(PAYLOAD):
        return redeem(turn, payload.removeprefix(PAYLOAD))
    known = turn.private and not turn.facts.first_contact
    names = turn.facts.creator_names if turn.private else ()
    greeting = turn.say("start", _home(turn), name=turn.incoming.name, known=known, names=names)
    return turn.answered(greeting)


def show_help(turn: Turn, _: str) -> Answered:
    """Say what can be asked, and list the commands."""
    return turn.answered(turn.say("help", _ways_in(turn)))


def show_topics(turn: Turn, _: str) -> Answered:
    """Offer the topics."""
    return turn.answered(questions.topics(turn))


def cancel(turn: Turn, _: str) -> Answered:
    """Drop what was asked for."""
    something = turn.facts.dialogue.waiting_for is not None
    return turn.answered(turn.placed(turn.say("cancelled", something=something)))


def welcome(turn: Turn, _: str) -> Answered:
    """Take thanks."""
    return turn.answered(turn.say("welcome"), dialogue=turn.facts.dialogue)


def choose_language(turn: Turn, named: str) -> Answered:
    """Switch to the language named, or offer the three."""
    for language, names in _SPOKEN_LANGUAGES.items():
        if named.lower() in names:
            return set_language(turn, language)
    buttons = tuple(
        turn.press(name, Verb.LANGUAGE, language) for language, name in LANGUAGE_NAMES.items()
    )
    role = (turn.button("change_role", Verb.ROLE),)
    return turn.answered(turn.say("language", (buttons, role)))


def set_language(turn: Turn, language: str) -> Answered:
    """Speak `language` from now on, beginning with this answer."""
    said = turn.speaking(language).say("language_set", name=LANGUAGE_NAMES[language])
    replies = (turn.placed(said), ShowMenu(language))
    return turn.answered(*replies, effects=(SetLanguage(language),))


def _home(turn: Turn) -> Rows:
    """Offer the examples, what one can do here, and to be bound."""
    tapped = tuple(
        (turn.press(label, Verb.ENTRY, fingerprint(entry.id), NEW_MESSAGE),)
        for label, entry in menus.examples(turn.snapshot.knowledge, turn.voice)
    )
    return (*tapped, *_ways_in(turn), *(() if turn.bound else turn.ways_to_bind()))


def _ways_in(turn: Turn) -> Rows:
    return (
        (
            turn.button("ask", Verb.TOPICS, "", NEW_MESSAGE),
            turn.button("find_order", Verb.FIND_ORDER),
        ),
        (
            turn.button("commission", Verb.COMMISSION, "", NEW_MESSAGE),
            turn.button("reminders", Verb.REMINDERS, "", NEW_MESSAGE),
        ),
    )


COMMANDS: Mapping[str, Callable[[Turn, str], Answered]] = {
    "start": start,
    "help": show_help,
    "ask": show_topics,
    "orders": lambda turn, _: own_orders(turn),
    "find_order": lambda turn, _: ask_number(turn),
    "reminders": lambda turn, _: show_reminders(turn),
    "commission": lambda turn, _: show_commission(turn),
    "sheet": lambda turn, _: show_sheet(turn),
    "bind": lambda turn, _: show_bindings(turn),
    "unbind": lambda turn, _: show_unbinding(turn),
    "role": lambda turn, _: show_role(turn),
    "calc": lambda turn, _: show_calculators(turn),
    "language": choose_language,
    "privacy": lambda turn, _: show_privacy(turn),
    "thanks": welcome,
    "cancel": cancel,
    "person": ask_person,
    "human": ask_person,
    "console": lambda turn, _: show_console(turn),
    "leave_person": lambda turn, _: leave(turn) or cancel(turn, ""),
}
PRIVATE_COMMANDS = frozenset(
    {
        "orders",
        "find_order",
        "commission",
        "sheet",
        "reminders",
        "bind",
        "unbind",
        "calc",
        "language",
        "role",
        "person",
        "human",
        "leave_person",
        "console",
    }
)
"""Commands that show or change what belongs to one person: never in a group."""
