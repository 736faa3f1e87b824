"""What the desk answers with: replies for the person, effects for the store."""

from dataclasses import dataclass, field
from datetime import date, datetime

from bot.desk.effects import (
    EraseMe,
    RequestBinding,
    SetRole,
    SettleRequest,
    UnbindCreator,
    WrongCode,
)
from bot.desk.facts import Dialogue, Scope
from bot.desk.pictures import Picture, Sheet
from bot.desk.sought import AwaitNumbers, LeaveNumbers
from bot.desk.topics import CloseTopic, Copy, InlineAnswer, OpenTopic
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
    "PassOn",
    "Photo",
    "Prefer",
    "Rearrange",
    "RecordQuestion",
    "Reply",
    "Say",
    "SetLanguage",
    "Snooze",
    "Subscribe",
    "TakeOver",
    "Tell",
    "Toast",
    "Unsubscribe",
    "Vote",
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
class Rearrange:
    """Other buttons under a message whose words stay as they are."""

    rearranged: int
    buttons: Rows


@dataclass(frozen=True, slots=True)
class Toast:
    """The answer to a button press; `text` (at most 200 characters) may be empty."""

    query: str
    text: str = ""
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Photo:
    """A new message with a picture; `html` says the same in at most 1,024 units (图片)."""

    picture: Picture
    html: str
    buttons: Rows = ()
    template: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Document:
    """A new message with a file: a text as it stands, or a table as a workbook (文件).

    `html` is its caption, at most 1,024 units, and may be empty.
    """

    name: str
    content: str | Sheet
    html: str = ""
    buttons: Rows = ()
    template: str = field(default="", compare=False)


Reply = (
    Say
    | Edit
    | Rearrange
    | Toast
    | Photo
    | Document
    | OpenTopic
    | CloseTopic
    | Copy
    | InlineAnswer
)


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
class HandOver:
    """Open a case at the operator's (转人工): `briefing` is sent there, then `control`."""

    number: str
    question: str
    operator_chat: int
    answer_by: datetime
    briefing: tuple[Reply, ...]
    control: Say


@dataclass(frozen=True, slots=True)
class PassOn:
    """Send to a chat what belongs to a case; `source` is the message it was made from.

    An Edit without a message changes the letter with the key `edits`.
    """

    handoff: int
    chat: int
    reply: Reply
    source: int | None = None
    edits: str | None = None


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Somebody of the operator's answers a case from now on; `control` changes its buttons."""

    handoff: int
    control: Edit


@dataclass(frozen=True, slots=True)
class EndHandOff:
    """Close a case, by the "creator" or the "staff"; `control` loses its buttons."""

    handoff: int
    by: str
    control: Edit


@dataclass(frozen=True, slots=True)
class Vote:
    """Keep what the person thinks of an answer (评价); what is None stays as it was.

    `reason` is "wrong", "unclear" or "not_asked", `words` what the person wrote.
    """

    entry: str
    helpful: bool
    revision: str
    reason: str | None = None
    words: str | None = None


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
    | AwaitNumbers
    | LeaveNumbers
    | Tell
    | HandOver
    | PassOn
    | TakeOver
    | EndHandOff
    | Vote
    | RecordQuestion
    | SetLanguage
)


@dataclass(frozen=True, slots=True)
class Answered:
    """Everything that follows from one message; `dialogue` replaces what was remembered."""

    replies: tuple[Reply, ...]
    effects: tuple[Effect, ...] = ()
    dialogue: Dialogue = field(default_factory=Dialogue)
