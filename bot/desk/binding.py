"""Binding a person to a creator's account by a one-time code (绑定)."""

from bot.desk.actions import Verb
from bot.desk.replies import Answered, BindCreator
from bot.desk.turn import NEW_MESSAGE, Turn

__all__ = ["PAYLOAD", "redeem", "show_bindings"]

PAYLOAD = "b_"
"""What the payload of a binding link begins with: /start b_<code>."""


def show_bindings(turn: Turn) -> Answered:
    """Say what the person is bound to and how to bind."""
    return turn.answered(turn.say("bind", names=turn.facts.creator_names))


def redeem(turn: Turn, code: str) -> Answered:
    """Bind with a link's code, or say clearly why that cannot be."""
    offered = turn.facts.binding_code
    if offered is None:
        return _refuse(turn, "unknown")
    if offered.creator in turn.facts.creators:
        return _refuse(turn, "already", offered.creator_name)
    if offered.used:
        return _refuse(turn, "used")
    if offered.expires_at <= turn.now:
        return _refuse(turn, "expired")
    buttons = (
        turn.button("own_orders", Verb.OWN_ORDERS, 0, NEW_MESSAGE),
        turn.button("reminders", Verb.REMINDERS, "", NEW_MESSAGE),
    )
    welcome = turn.say("bound", (buttons,), name=offered.creator_name)
    return turn.answered(welcome, effects=(BindCreator(code),))


def _refuse(turn: Turn, problem: str, name: str = "") -> Answered:
    return turn.answered(turn.say("binding_problem", problem=problem, name=name))
