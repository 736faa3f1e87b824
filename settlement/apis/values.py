"""What passes between a platform's order interface (订单接口) and the rest of the program."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from settlement.combining import Statement


class RefusalKind(StrEnum):
    """Why a platform did not answer a question."""

    THROTTLED = "throttled"
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a kind, not a token
    BAD_SIGNATURE = "bad_signature"
    CLOCK_SKEW = "clock_skew"
    WINDOW_TOO_WIDE = "window_too_wide"
    TOO_OLD = "too_old"
    NOT_ALLOWED = "not_allowed"
    SERVER = "server"
    BROKEN = "broken"
    """What came is no answer of this interface: cut off, or another server's page."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ApiRefusal:
    """A question the platform did not answer."""

    kind: RefusalKind
    code: str
    """The platform's own code, as it stands."""
    words: str
    """The platform's own words."""
    remedy: str
    """What the operator can do (zh), with the setting's name."""
    retry_after: float | None = None
    """Seconds to wait before the next try, where a try may help."""


@dataclass(frozen=True, slots=True)
class UnreadRow:
    """A row that could not be read, kept whole."""

    raw: str
    """The row as JSON."""
    field: str | None
    """The member that could not be read; None for the row as such."""
    message: str
    """What is wrong and what to do (zh)."""
    number: str | None = None
    """What the line goes by, if that much could be read."""


@dataclass(frozen=True, slots=True)
class MonthlyBill:
    """A month's bill of 1688 (月账单); amounts in yuan."""

    month: date
    """The first day of the month settled."""
    estimate: Decimal | None
    """Expected income (预估收入)."""
    refund_succeeded: Decimal | None
    """Given back for disputes that succeeded (维权返款)."""
    refund: Decimal | None
    """In dispute (维权金额)."""
    frozen: Decimal | None
    """Held back (冻结金额)."""
    rededucted: Decimal | None
    """Deducted afterwards (补扣金额)."""
    real: Decimal | None
    """Paid out (月结发钱金额)."""
    tax: Decimal | None
    """Withheld for taxes (税费代扣)."""
    service_fee: Decimal | None
    """Technical service fee (技术服务费)."""
    others: Mapping[str, str]
    """What the bill says beside that, by the platform's own names."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an answer."""

    statements: tuple[Statement, ...] = ()
    unread: tuple[UnreadRow, ...] = ()
    bills: tuple[MonthlyBill, ...] = ()
    cursor: str | None = None
    """What to ask the next page with; None after the last page."""
    total: int | None = None
    """How many rows all pages have, where the platform says so."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The keys of one operator on one platform; never shown."""

    app_key: str = field(repr=False)
    app_secret: str = field(repr=False)
    access_token: str | None = field(default=None, repr=False)
    union_key: str | None = field(default=None, repr=False)
    """JD's own key of a promoter's account (授权 key)."""
    sign_secret: str | None = field(default=None, repr=False)
    """Kuaishou signs with a secret of its own."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: what changed in a span of time, and which page of it."""

    start: datetime
    end: datetime
    cursor: str | None = None
    """`Page.cursor` of the page before; None for the first page."""


@dataclass(frozen=True, slots=True)
class HttpCall:
    """A signed request; never logged, as the address may hold a token."""

    address: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    verb: str = "POST"
