"""A case answered in the console (运营页面接待): the same letters as from the operator's chat.

Whoever reads the case in that chat sees there what was said in the console.
"""

from dataclasses import replace

from bot.desk import staff
from bot.desk.actions import Action, Verb
from bot.desk.handoffs import HandOff, HandOffState
from bot.desk.markup import units
from bot.desk.passing import PassOn
from bot.desk.relaying import LONGEST_QUOTE
from bot.desk.rendering import quoted
from bot.desk.replies import Answered, Say
from bot.desk.turn import Turn

__all__ = ["close", "is_sayable", "reply", "take"]

FROM_CONSOLE = "operator/from_console"


def is_sayable(text: str) -> bool:
    """Whether an answer says something and fits one message."""
    return bool(text.strip()) and units(text) <= LONGEST_QUOTE


def reply(turn: Turn) -> Answered | None:
    """Pass on to the creator what was written, whatever it begins with; None if it is closed."""
    case = turn.facts.case
    if case is None or case.state is HandOffState.CLOSED:
        return None
    answered = staff.pass_on(turn, case)
    return replace(answered, effects=(*answered.effects, _shown(turn, case)))


def take(turn: Turn) -> Answered | None:
    """Take a case that waits; None if it does not any more."""
    return staff.press(turn, Action(Verb.TAKE_CASE, _number(turn)))


def close(turn: Turn) -> Answered | None:
    """Close a case; None if it is closed."""
    return staff.press(turn, Action(Verb.CLOSE_CASE, _number(turn)))


def _number(turn: Turn) -> str:
    return turn.facts.case.number if turn.facts.case else ""


def _shown(turn: Turn, case: HandOff) -> PassOn:
    text = quoted(turn.incoming.text)
    html = turn.voice.speaking("zh").html(FROM_CONSOLE, name=turn.incoming.name, text=text)
    return PassOn(case.id, case.operator_chat, Say(html, template=FROM_CONSOLE))
