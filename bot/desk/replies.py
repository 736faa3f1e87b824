"""What the desk answers with: replies for the person, effects for the store."""

from dataclasses import dataclass, field
from datetime import date, datetime

from bot.desk.effects import (
    EraseMe,
    OfferSignIn,
    OptIn,
    OptOut,
    RequestBinding,
    SetRole,
    SettleRequest,
    UnbindCreator,
    Vote,
    WrongCode,
)
from bot.desk.facts import Dialogue, Scope
from bot.desk.imports import ImportDocument, ImportForGood, UndoDocument
from bot.desk.passing import EndHandOff, HandOver, PassOn, TakeOver
from bot.desk.sought import AwaitNumbers, LeaveNumbers
from bot.desk.spoken import Button, Document, Edit, Photo, Rearrange, Reply, Rows, Say, Toast
from bot.reminders import PushKind

__all__ = [
    "Answered",
    "Arrival",
    "BindCreator",
    "Button",
    "Document",
    "Edit",
    "Effect",
    "EndHandOff",
    "HandOver",
    "ImportDocument",
    "ImportForGood",
    "PassOn",
    "Photo",
    "Prefer",
    "Rearrange",
    "RecordQuestion",
    "Reply",
    "Rows",
    "Say",
    "SetLanguage",
    "Snooze",
    "Subscribe",
    "TakeOver",
    "Tell",
    "Toast",
    "UndoDocument",
    "Unsubscribe",
    "Vote",
]


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Tell this person of one line, of a platform, or of whatever the scope covers."""

    scope: Scope
    row: int | None = None
    platform: str = ""


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """End the subscription to one line or scope; to everything, all of them."""

    scope: Scope
    row: int | None = None
    platform: str = ""


@dataclass(frozen=True, slots=True)
class Prefer:
    """Remember when this person wants to be pushed; what is None stays as it is.

    `zone` is an IANA name, `sending` the hours from and until which to push, as "09:00".
    """

    zone: str | None = None
    sending: tuple[str, str] | None = None
    lead_days: int | None = None


@dataclass(frozen=True, slots=True)
class Snooze:
    """Tell once more, from an instant on, what a reminder told of a payout day.

    `row` is 0 for all of the person's lines that the platform pays on that day.
    """

    kind: PushKind
    platform: str
    day: date
    row: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """Keep whether the money of a payout day arrived; if it did not, as a case (未到账)."""

    platform: str
    day: date
    row: int
    number: str
    arrived: bool


@dataclass(frozen=True, slots=True)
class BindCreator:
    """Consume a binding code (clear text) for this person."""

    code: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Say something elsewhere, once for each `key`; `user` if the chat is a person's own.

    A key that begins with about:<user>: is erased with that user.
    """

    chat: int
    key: str
    reply: Say | Edit
    user: int | None = None


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


Effect = (
    Subscribe
    | Unsubscribe
    | Prefer
    | Snooze
    | Arrival
    | BindCreator
    | WrongCode
    | RequestBinding
    | SettleRequest
    | UnbindCreator
    | SetRole
    | EraseMe
    | OfferSignIn
    | OptOut
    | OptIn
    | AwaitNumbers
    | LeaveNumbers
    | Tell
    | HandOver
    | PassOn
    | TakeOver
    | EndHandOff
    | Vote
    | ImportDocument
    | ImportForGood
    | UndoDocument
    | RecordQuestion
    | SetLanguage
)


@dataclass(frozen=True, slots=True)
class Answered:
    """Everything that follows from one message; `dialogue` replaces what was remembered."""

    replies: tuple[Reply, ...]
    effects: tuple[Effect, ...] = ()
    dialogue: Dialogue = field(default_factory=Dialogue)
