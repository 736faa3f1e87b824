"""What the desk asks the store for, and what it gets."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from settlement.model import Order

__all__ = [
    "BindingCode",
    "Dialogue",
    "Facts",
    "OwnedLine",
    "Preferences",
    "Scope",
    "Subscription",
    "Wanted",
]


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


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What the bot remembers of a conversation between two messages (对话状态).

    `waiting_for` is the one thing asked for ("order_number", "platform"); `topic` the FAQ entry
    or `row` the order line on the table, to which "那什么时候到账？" refers; `rows` the lines of
    the list last shown, through which its buttons page.
    `pending_text` is the question that waits for the missing thing, `given` what was entered of it
    so far.
    """

    waiting_for: str | None = None
    topic: str | None = None
    row: int | None = None
    pending_text: str | None = None
    rows: tuple[int, ...] = ()
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnedLine:
    """An order line that belongs to a creator whom the asking person is bound to."""

    row: int
    creator: int
    order: Order
    updated_at: datetime


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


@dataclass(frozen=True, slots=True)
class BindingCode:
    """A one-time code that binds a person to a creator (绑定码)."""

    creator: int
    creator_name: str
    expires_at: datetime
    used: bool


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
