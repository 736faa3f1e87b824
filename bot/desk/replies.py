"""What the desk answers with: replies for the person, effects for the store."""

from dataclasses import dataclass, field

from bot.desk.facts import Dialogue, Scope

__all__ = [
    "Answered",
    "BindCreator",
    "Button",
    "Edit",
    "Effect",
    "RecordQuestion",
    "Reply",
    "Say",
    "SetLanguage",
    "Subscribe",
    "Toast",
    "Unsubscribe",
]


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: a signed action token (≤ 64 bytes), a text to copy, or a link."""

    label: str
    token: str | None = None
    copy_text: str | None = None
    url: str | None = None


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Say:
    """A new message; `html` is Telegram HTML of at most 4,096 UTF-16 units once parsed.

    `template` is what it was made from, for the operator to find should Telegram refuse it.
    """

    html: str
    buttons: Rows = ()
    template: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Edit:
    """A message changed in place; None if it is known only by the letter that carries it."""

    message: int | None
    html: str
    buttons: Rows = ()
    template: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Toast:
    """The answer to a button press; `text` (at most 200 characters) may be empty."""

    query: str
    text: str = ""
    alert: bool = False


Reply = Say | Edit | Toast


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Remind this person of the payout of one line, or of everything."""

    scope: Scope
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """End the subscription to one line, or to everything."""

    scope: Scope
    row: int | None = None


@dataclass(frozen=True, slots=True)
class BindCreator:
    """Consume a binding code (clear text) for this person."""

    code: str


@dataclass(frozen=True, slots=True)
class RecordQuestion:
    """Keep a question for the operator (未答问题).

    `outcome` as in `mingzhang ask`, or "person" when the asker wants a person to read it.
    """

    text: str
    outcome: str


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """Remember the person's language: zh, zh-hant or en."""

    language: str


Effect = Subscribe | Unsubscribe | BindCreator | RecordQuestion | SetLanguage


@dataclass(frozen=True, slots=True)
class Answered:
    """Everything that follows from one message; `dialogue` replaces what was remembered."""

    replies: tuple[Reply, ...]
    effects: tuple[Effect, ...] = ()
    dialogue: Dialogue = field(default_factory=Dialogue)
