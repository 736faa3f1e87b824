"""Buttons for one person, in one voice: labels from the words, tokens only they can use."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import escape

from bot.desk.actions import Action, Signer, Verb
from bot.desk.markup import fit, plain, units
from bot.desk.rendering import Voice
from bot.desk.replies import Button, Rows

__all__ = ["Keys", "in_rows"]

_LONGEST_LABEL = 64
"""UTF-16 units of a label; a phone shows fewer, and names from outside may be longer."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Makes buttons (按钮)."""

    voice: Voice
    signer: Signer
    user: int

    def button(
        self, label: str, verb: Verb, subject: object = "", origin: str = "", **variables: object
    ) -> Button:
        """Make a button with a label from the words."""
        return self.press(self.voice.text("buttons", label, **variables), verb, subject, origin)

    def press(self, text: str, verb: Verb, subject: object = "", origin: str = "") -> Button:
        """Make a button with `text` on it."""
        token = self.signer.token(self.user, Action(verb, str(subject), origin))
        return Button(_label(text), token)


def in_rows(buttons: Sequence[Button], width: int = 2) -> Rows:
    """Put buttons side by side, so many in a row."""
    return tuple(tuple(buttons[at : at + width]) for at in range(0, len(buttons), width))


def _label(text: str) -> str:
    """Cut a label that nobody could read; Telegram refuses a message with an empty one."""
    if units(text) > _LONGEST_LABEL:
        text = plain(fit(str(escape(text)), _LONGEST_LABEL))
    return text if text.strip() else "…"
