"""Buttons for one person, in one voice: labels from the words, tokens only they can use."""

from dataclasses import dataclass

from bot.desk.actions import Action, Signer, Verb
from bot.desk.rendering import Voice
from bot.desk.replies import Button

__all__ = ["Keys"]


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
        return Button(text, token)
