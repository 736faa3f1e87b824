"""Wanting no broadcasts any more, and wanting them again (不再接收通知): one tap each."""

from dataclasses import replace

from bot.desk.actions import Action, Verb
from bot.desk.broadcasts import LISTED, OPT_IN, OPT_OUT
from bot.desk.effects import OptIn, OptOut
from bot.desk.reminding import reminders
from bot.desk.replies import Answered, Rearrange, Reply
from bot.desk.turn import Presses, Turn

__all__ = ["PRESSES"]


def _press(turn: Turn, action: Action) -> Answered | None:
    """Change it, and offer the way back in the place of the button."""
    wish, _, place = action.subject.partition(".")
    if wish not in (OPT_OUT, OPT_IN):
        return None
    out = wish == OPT_OUT
    shown = _listed(turn, out) if place == LISTED else _turned(turn, out)
    toast = turn.toast("opted_out" if out else "opted_in")
    return turn.answered(
        *toast, *shown, effects=(OptOut() if out else OptIn(),), dialogue=turn.facts.dialogue
    )


def _turned(turn: Turn, out: bool) -> tuple[Reply, ...]:
    message = turn.incoming.message
    if message is None:
        return ()
    label, subject = ("broadcasts_again", OPT_IN) if out else ("no_more_broadcasts", OPT_OUT)
    return (Rearrange(message, ((turn.button(label, Verb.OPT_OUT, subject),),)),)


def _listed(turn: Turn, out: bool) -> tuple[Reply, ...]:
    """The page of reminders, as it is then."""
    preferences = replace(turn.facts.preferences, opted_out=out)
    after = replace(turn, facts=replace(turn.facts, preferences=preferences))
    return (turn.placed(reminders(after)),)


PRESSES: Presses = {Verb.OPT_OUT: _press}
