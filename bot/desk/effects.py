"""What first contact leaves behind for the store: requests, bindings, roles, leave-taking."""

from dataclasses import dataclass

from bot.desk.facts import RequestKey, Role

__all__ = [
    "EraseMe",
    "OfferSignIn",
    "OptIn",
    "OptOut",
    "RequestBinding",
    "SetRole",
    "SettleRequest",
    "UnbindCreator",
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
