"""For whom somebody sells (身份): asked once, when an answer concerns merchants only."""

from dataclasses import replace

from bot.desk.actions import Action, Verb
from bot.desk.effects import SetRole
from bot.desk.facts import Role
from bot.desk.replies import Answered, Button, Edit, Say
from bot.desk.turn import Turn
from knowledge.entry import Entry

__all__ = ["ask_once", "change_role", "role_note", "show_role"]

_MERCHANTS = "merchant"
"""The topic of entries that concern merchants only."""
_CHOICES = (Role.CREATOR, Role.MERCHANT)


def role_note(turn: Turn, entry: Entry) -> str | None:
    """What a creator should know before reading what concerns merchants only."""
    if not turn.private or turn.facts.role is not Role.CREATOR or entry.topic != _MERCHANTS:
        return None
    return turn.voice.text("role", "not_you")


def ask_once(turn: Turn, answered: Answered) -> Answered:
    """Ask below an answer that concerns merchants whether the person is one, if never asked."""
    if not turn.private or turn.facts.role is not None:
        return answered
    entry = turn.snapshot.knowledge.entries.get(answered.dialogue.topic or "")
    if entry is None or entry.topic != _MERCHANTS or not _has_answer(answered):
        return answered
    asked = turn.say("ask_role", (_buttons(turn),))
    return replace(
        answered,
        replies=(*answered.replies, asked),
        effects=(*answered.effects, SetRole(Role.ASKED)),
    )


def show_role(turn: Turn) -> Answered:
    """Say what the person is taken for, and offer to change it."""
    return turn.answered(turn.placed(_page(turn, turn.facts.role)))


def change_role(turn: Turn, action: Action) -> Answered | None:
    """Take the person's word; without one show the page."""
    if not action.subject:
        return show_role(turn)
    if action.subject not in {str(role) for role in _CHOICES}:
        return None
    role = Role(action.subject)
    said = turn.placed(turn.say("role_set", ((_change(turn),),), role=str(role)))
    return turn.answered(said, effects=(SetRole(role),), dialogue=turn.facts.dialogue)


def _page(turn: Turn, role: Role | None) -> Say:
    known = role if role in _CHOICES else None
    return turn.say("role", (_buttons(turn),), role=str(known) if known else None)


def _buttons(turn: Turn) -> tuple[Button, ...]:
    return tuple(turn.button(f"role_{role}", Verb.ROLE, str(role)) for role in _CHOICES)


def _change(turn: Turn) -> Button:
    return turn.button("change_role", Verb.ROLE)


def _has_answer(answered: Answered) -> bool:
    return any(
        isinstance(reply, Say | Edit) and reply.template == "answer" for reply in answered.replies
    )
