"""What the store is to do after a message (后续): keep, change or end something of somebody's."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.desk.facts import RequestKey, Role, Scope
from bot.desk.spoken import Edit, Say
from bot.reminders import PushKind

__all__ = [
    "Arrival",
    "BindCreator",
    "EraseMe",
    "OfferSignIn",
    "OptIn",
    "OptOut",
    "Prefer",
    "RecordQuestion",
    "RequestBinding",
    "SetLanguage",
    "SetRole",
    "SettleRequest",
    "Snooze",
    "Subscribe",
    "Tell",
    "UnbindCreator",
    "Unsubscribe",
    "Vote",
    "WrongCode",
]


@dataclass(frozen=True, slots=True)
class WrongCode:
    """Count a binding code that nobody made; `first` begins to count anew."""

    first: bool


@dataclass(frozen=True, slots=True)
class RequestBinding:
    """Keep that this person says an account is theirs, for the operator to decide (申请绑定)."""

    key: RequestKey
    platform: str
    account: str


@dataclass(frozen=True, slots=True)
class SettleRequest:
    """Decide on a request to be bound; nothing changes if it was decided before.

    Approved, it binds the asker to `creator`, or for 0 to a new one named like the account, and
    reports that name the account are theirs from now on.
    """

    key: RequestKey
    approved: bool
    creator: int = 0


@dataclass(frozen=True, slots=True)
class UnbindCreator:
    """End this person's binding to a creator, and all that depends on it (解绑)."""

    creator: int


@dataclass(frozen=True, slots=True)
class SetRole:
    """Remember for whom the person sells."""

    role: Role


@dataclass(frozen=True, slots=True)
class OfferSignIn:
    """Let a code (clear text) sign this person in to the operator's console, once."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class EraseMe:
    """Erase everything that is kept of this person; the answer itself too, once it is sent."""


@dataclass(frozen=True, slots=True)
class OptOut:
    """Send this person no broadcasts any more (不再接收通知); reminders still come."""


@dataclass(frozen=True, slots=True)
class OptIn:
    """Send this person broadcasts again."""


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
