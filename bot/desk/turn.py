"""One message in its circumstances, as every part of the desk takes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.desk.actions import Action, Signer, Verb
from bot.desk.facts import Dialogue, Facts
from bot.desk.incoming import Incoming
from bot.desk.keys import Keys
from bot.desk.operators import Operators
from bot.desk.rendering import Voice
from bot.desk.replies import Answered, Button, Effect, Reply, Rows, Say, Toast
from bot.desk.snapshot import Snapshot

__all__ = ["NEW_MESSAGE", "Presses", "Turn"]

NEW_MESSAGE = "+"
"""The origin of a button that is answered below its message instead of in its place."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A message, what the store knows about it, and the voice to answer in (一轮对话)."""

    incoming: Incoming
    facts: Facts
    snapshot: Snapshot
    voice: Voice
    now: datetime
    signer: Signer
    bot_name: str | None
    operators: Operators

    @property
    def private(self) -> bool:
        """Whether only this person reads along."""
        return self.incoming.private

    @property
    def bound(self) -> bool:
        """Whether the person may see somebody's orders at all."""
        return bool(self.facts.creators)

    def speaking(self, language: str) -> "Turn":
        """The same turn, answered in another language."""
        return replace(self, voice=self.voice.speaking(language))

    @property
    def keys(self) -> Keys:
        """What makes buttons for this person."""
        return Keys(self.voice, self.signer, self.incoming.user)

    def button(
        self, label: str, verb: Verb, subject: object = "", origin: str = "", **variables: object
    ) -> Button:
        """Make a button with a label from the words."""
        return self.keys.button(label, verb, subject, origin, **variables)

    def press(self, text: str, verb: Verb, subject: object = "", origin: str = "") -> Button:
        """Make a button with `text` on it."""
        return self.keys.press(text, verb, subject, origin)

    def ways_to_bind(self) -> Rows:
        """Offer to ask the operator to be bound, if there is one to ask."""
        return ((self.button("request_binding", Verb.BIND),),) if self.operators.chats else ()

    def unbound(self, rows: Rows = ()) -> Say:
        """Say how to be bound, to someone who is bound to nobody; after other `rows`."""
        ways = self.ways_to_bind()
        shown = (*rows, *ways, self.ways_unbound())
        return self.say("bind", shown, names=(), asked=(), can_ask=bool(ways))

    def ways_unbound(self) -> tuple[Button, ...]:
        """Offer what needs no account: rules can be asked, and a person."""
        return (
            self.button("ask", Verb.TOPICS, "", NEW_MESSAGE),
            self.button("person", Verb.PERSON),
        )

    def cancelling(self) -> tuple[Button, ...]:
        """Offer to drop what is asked for."""
        return (self.button("cancel", Verb.CANCEL),)

    def say(self, template: str, buttons: Rows = (), **variables: object) -> Say:
        """Render a template as a new message."""
        return Say(self.voice.html(template, **variables), buttons, template)

    def placed(self, say: Say, origin: str = "") -> Reply:
        """Show `say` in place of the message whose button was pressed; else as a new one."""
        message = self.incoming.message
        if self.incoming.button is None or message is None or origin == NEW_MESSAGE:
            return say
        return say.as_edit(message)

    def toast(
        self, code: str = "", *, alert: bool = False, **variables: object
    ) -> tuple[Toast, ...]:
        """Answer the press itself, with words or silently; nothing if there was no press."""
        if self.incoming.button_query is None:
            return ()
        text = self.voice.text("toasts", code, **variables) if code else ""
        return (Toast(self.incoming.button_query, text, alert),)

    def answered(
        self,
        *replies: Reply,
        effects: tuple[Effect, ...] = (),
        dialogue: Dialogue | None = None,
    ) -> Answered:
        """Close the turn; without `dialogue` nothing is waited for any more, the rest stays."""
        left = replace(self.facts.dialogue, waiting_for=None, pending_text=None, given=())
        return Answered(replies, effects, left if dialogue is None else dialogue)

    def silent(self, *effects: Effect) -> Answered:
        """Say nothing here; what is on the table stays."""
        return Answered((), effects, self.facts.dialogue)

    def expired(self) -> Answered:
        """Refuse a press: the same words whether forged, another person's or outdated."""
        return Answered(self.toast("expired", alert=True), (), self.facts.dialogue)


Presses = Mapping[Verb, Callable[[Turn, Action], Answered | None]]
"""What answers the buttons of some verbs; None for one that has expired."""
