"""What the desk asks the store for, and what it gets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from bot.desk.handoffs import CaseSought, Earlier, HandOff
from bot.desk.imports import DocumentImport
from bot.desk.sought import Sought
from settlement.model import Order, Platform

__all__ = [
    "WAITING_FOR_ACCOUNT",
    "BindingCode",
    "BindingRequest",
    "Creator",
    "Dialogue",
    "Facts",
    "OwnedLine",
    "Preferences",
    "Promoter",
    "RequestKey",
    "RequestState",
    "Role",
    "Scope",
    "Subscription",
    "Wanted",
    "WrongCodes",
]


WAITING_FOR_ACCOUNT = "account"
"""The dialogue waits for the PID or nickname of an account of the platform `given`."""


class RequestKey(NamedTuple):
    """Which request to be bound: whose, and the fingerprint of the account."""

    user: int
    mark: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one message needs loaded before it can be answered; nothing else is read for it."""

    numbers: tuple[str, ...] = ()
    """Order numbers, looked up as order, sub-order, parent and line number."""
    rows: tuple[int, ...] = ()
    """Rows of order lines named by a button."""
    binding_code: str | None = None
    """The clear code of a deep link; the store keeps only its hash."""
    own_lines: int = 0
    """How many of the person's own lines, latest first; 0 for none."""
    subscriptions: bool = False
    """The person's subscriptions, and in `Facts.lines` the lines they name."""
    preferences: bool = False
    """When the person wants to be pushed."""
    remembered: bool = False
    """In `Facts.lines` also the lines the dialogue remembers (`row` and `rows`), if still own."""
    account: str | None = None
    """A text that names the person's account, if the dialogue waits for one: whose it may be."""
    requests: bool = False
    """What the person asked to be bound to of late."""
    request: RequestKey | None = None
    """A request to be bound, for the operator to decide on."""
    kept: bool = False
    """Everything that is kept of the person."""
    handoff: bool = False
    """The person's open case at the operator's."""
    case: CaseSought | None = None
    """The case that a message in the operator's chat is about."""
    earlier: tuple[int, int] | None = None
    """A chat and a message of it that was edited: what was said to it before."""
    sought: tuple[Sought, ...] = ()
    """Own order lines by what they are; `Facts.found` has the lines of each."""
    promoters: bool = False
    """What the platforms call the person: PIDs and the like."""
    awaited: bool = False
    """The order numbers the person waits for."""
    document: int | None = None
    """The import of a document that a button is about."""
    staff: bool = False
    """Whether the person has a role in the operator's console."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What the bot remembers of a conversation between two messages (对话状态).

    `waiting_for` is the one thing asked for ("order_number", "platform"); `topic` the FAQ entry
    or `row` the order line on the table, to which "那什么时候到账？" refers; `rows` the lines of
    the list last shown, through which its buttons page.
    `pending_text` is the question that waits for the missing thing, `given` what was entered of it
    so far; `album` the pictures that were answered last.
    """

    waiting_for: str | None = None
    topic: str | None = None
    row: int | None = None
    pending_text: str | None = None
    rows: tuple[int, ...] = ()
    given: tuple[str, ...] = ()
    album: str | None = None
    missing: tuple[str, ...] = ()
    """Order numbers nothing was found for in the last message; they can be awaited."""

    @property
    def shows_orders(self) -> bool:
        """Whether orders were the last thing shown, and nothing is waited for."""
        shown = self.row is not None or (bool(self.rows) and self.topic is None)
        return shown and self.waiting_for is None


class Promoter(NamedTuple):
    """What a platform calls a creator: the kind of name, such as "pid", and the name itself."""

    platform: Platform
    hint: str
    value: str


@dataclass(frozen=True, slots=True)
class OwnedLine:
    """An order line that belongs to a creator whom the asking person is bound to."""

    row: int
    creator: int
    order: Order
    updated_at: datetime
    covered_until: datetime | None = None
    """Up to when the platform was asked what had changed, if its interface tells of the line."""

    @property
    def as_of(self) -> datetime:
        """When the platform was last asked about the line (数据截至)."""
        said = self.order.data_as_of or self.updated_at
        return max(said, self.covered_until) if self.covered_until else said


class Scope(StrEnum):
    """What a subscription covers (订阅范围)."""

    ORDER = "order"
    """One line: its payout day and every change."""
    EVERYTHING = "everything"
    """The payout days and the changes of all lines."""
    PLATFORM = "platform"
    """The payout days of one platform."""
    CHANGES = "changes"
    """The changes of all lines."""
    DIGEST = "digest"
    """The summary of the week."""
    MUTED = "muted"
    """One line that is left out of all the others."""
    AWAITED = "awaited"
    """One's own line whose number one waited for: told of once, without a subscription."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A wish to be told something: of one order line, a platform, or everything one has."""

    id: int
    user: int
    scope: Scope
    row: int | None
    created_at: datetime
    platform: str = ""


@dataclass(frozen=True, slots=True)
class Preferences:
    """When a person wants to be pushed (推送时间); None is what the installation does.

    `sending_from` and `sending_until` are "09:00" and the like, by the person's own clock in
    `zone`, an IANA name.
    """

    zone: str | None = None
    sending_from: str | None = None
    sending_until: str | None = None
    lead_days: int = 0
    opted_out: bool = False
    """Whether the person wants no broadcasts."""


@dataclass(frozen=True, slots=True)
class BindingCode:
    """A one-time code that binds a person to a creator (绑定码)."""

    creator: int
    creator_name: str
    expires_at: datetime
    used: bool


@dataclass(frozen=True, slots=True)
class WrongCodes:
    """How often in a row a person tried a binding code that nobody made, and when last."""

    count: int
    last_at: datetime


class RequestState(StrEnum):
    """Where a request to be bound stands (绑定申请)."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


class Creator(NamedTuple):
    """A creator's account (达人账号); `sure` if it goes by exactly the name that was sought."""

    id: int
    name: str
    sure: bool = False


@dataclass(frozen=True, slots=True)
class BindingRequest:
    """A person's word that an account is theirs (绑定申请), and where the answer goes.

    `candidates` are the creators that may be meant, the likeliest first.
    """

    key: RequestKey
    platform: str
    account: str
    asked_at: datetime
    state: RequestState = RequestState.ASKED
    settled_at: datetime | None = None
    chat: int = 0
    name: str = ""
    language: str = "zh"
    candidates: tuple[Creator, ...] = ()


class Role(StrEnum):
    """For whom the person sells (身份): some rules concern merchants only."""

    CREATOR = "creator"
    MERCHANT = "merchant"
    ASKED = "asked"
    """The question was put and not answered; it is not put again."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the store knows that bears on one message.

    `lines` holds what `Wanted.numbers`, `rows`, `subscriptions` and `remembered` asked for, each
    line once. It and `own_lines` hold only lines of `creators`, so the desk cannot show anybody
    else's: a foreign number and an unknown one look the same here.
    """

    language: str = "zh"
    creators: tuple[int, ...] = ()
    creator_names: tuple[str, ...] = ()
    dialogue: Dialogue = field(default_factory=Dialogue)
    lines: tuple[OwnedLine, ...] = ()
    own_lines: tuple[OwnedLine, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    preferences: Preferences = Preferences()
    binding_code: BindingCode | None = None
    first_contact: bool = False
    role: Role | None = None
    staff: bool = False
    """With `Wanted.staff`: whether the person has a role in the operator's console."""
    wrong_codes: WrongCodes | None = None
    candidates: tuple[Creator, ...] = ()
    """The creators that `Wanted.account` may mean, the likeliest first."""
    requests: tuple[BindingRequest, ...] = ()
    """The person's own, the latest first."""
    request: BindingRequest | None = None
    kept: Mapping[str, Any] = field(default_factory=dict)
    handoff: HandOff | None = None
    """The person's own, as long as it is open."""
    case: HandOff | None = None
    """The one that `Wanted.case` names, open or closed; only to the chat in which it is read."""
    earlier: tuple[Earlier, ...] = ()
    found: tuple[tuple[OwnedLine, ...], ...] = ()
    """For each of `Wanted.sought` the own lines that fit, the latest first."""
    promoters: tuple[Promoter, ...] = ()
    """Of all creators the person is bound to."""
    awaited: tuple[str, ...] = ()
    document: DocumentImport | None = None
    covered: Mapping[Platform, datetime] = field(default_factory=dict)
    """With `Wanted.numbers`: up to when orders are known of platforms asked by their interface."""
