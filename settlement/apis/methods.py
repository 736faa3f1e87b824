"""The order interfaces (订单接口) the platforms offer: what each is asked, and how it answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from settlement.apis.json_text import NoJson, parsed
from settlement.apis.members import MemberReader
from settlement.apis.refusals import RefusalCodes, refusal
from settlement.apis.rows import Complete
from settlement.apis.values import (
    ApiRefusal,
    Credentials,
    HttpCall,
    MonthlyBill,
    Page,
    Question,
    RefusalKind,
    UnreadRow,
)
from settlement.combining import Statement
from settlement.model import Platform
from settlement.reading import Unreadable

ReadRow = Callable[[object, datetime | None], Statement | MonthlyBill | UnreadRow]
"""Reads a row of an answer, given when it was asked for."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The limits of a method, from ``api.yaml``."""

    page_size: int
    pages_shift: bool
    """Whether a row can move to another page while the pages are read."""
    window: timedelta | None
    """The longest span of time one question may ask for; None where none is asked for."""
    narrowest_window: timedelta | None
    """The same in the big sales (大促)."""
    history: timedelta | None
    """How far back the platform answers; None where that is not known."""
    overlap: timedelta
    """How much of what was asked already is asked again each time."""
    sweep_every: timedelta
    sweep_back: timedelta
    """How far back is asked again now and then, for what the platform noted late."""
    calls_per_second: int
    asks_by: str
    """What the span of time is about: ``update``, ``created``, ``settled``, ``month``."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an envelope holds: the rows, and where the next ones are."""

    rows: Sequence[object]
    cursor: str | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """An envelope that holds a refusal; the most particular code first."""

    codes: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Interface:
    """What only one platform knows of its interface: the code beside its ``api.yaml``."""

    call: Callable[["ApiMethod", Credentials, Question, datetime, str], HttpCall]
    """Asks a method of a gateway; the instant is now."""
    opened: Callable[["ApiMethod", Any, Question], Answer | Refused]
    """Takes the rows out of the envelope. Raises Unreadable if it is not this interface's."""
    complete: Mapping[str, Complete] = field(default_factory=dict)
    """By method: what only this platform knows of a row's facts."""
    readers: Mapping[str, MemberReader] = field(default_factory=dict)
    """Further kinds of members."""
    bills: Mapping[str, ReadRow] = field(default_factory=dict)
    """By method: how a row that is no order is read."""


@dataclass(frozen=True, slots=True)
class ApiMethod:
    """One method of a platform's interface."""

    platform: Platform
    name: str
    title: str
    gateway: str
    """The address of the platform's own gateway."""
    version: str
    time_type: str
    """The platform's word for what the span of time is about."""
    needs: tuple[str, ...]
    """Members of `Credentials` without which it cannot be asked."""
    renew: str
    """Where the operator gets a new token (zh)."""
    figures: Figures
    refusals: RefusalCodes
    hints: Mapping[str, str]
    """What kind of hint at the creator a member of a row is, by its name."""
    read: ReadRow
    interface: Interface

    @property
    def tells_of_months(self) -> bool:
        """Whether its rows are bills of months, not orders."""
        return self.figures.asks_by == "month"

    def call(
        self,
        credentials: Credentials,
        question: Question,
        at: datetime,
        gateway: str | None = None,
    ) -> HttpCall:
        """Return the signed request.

        Args:
            credentials: the operator's keys; those in `needs` must be there.
            question: the span of time and the page.
            at: now, for the signature's timestamp.
            gateway: another address than the platform's own.
        """
        return self.interface.call(self, credentials, question, at, gateway or self.gateway)

    def decode(
        self, body: bytes, question: Question, asked_at: datetime | None = None
    ) -> Page | ApiRefusal:
        """Read an answer to a question; any bytes give a page or a refusal.

        Args:
            body: the body of the HTTP answer, whatever its status.
            question: what was asked: some answers do not say which page they are.
            asked_at: when, which becomes `data_as_of` of every order.
        """
        try:
            opened = self.interface.opened(self, parsed(body), question)
            if isinstance(opened, Refused):
                kind = self.refusals.kind(opened.codes, opened.words)
                return refusal(self.platform, kind, opened.codes[0], opened.words)
            return self._page(opened, asked_at)
        except Unreadable as error:
            return refusal(self.platform, RefusalKind.BROKEN, "", error.message)
        except (NoJson, RecursionError):
            return refusal(self.platform, RefusalKind.BROKEN, "", "回答不是 JSON")

    def _page(self, answer: Answer, asked_at: datetime | None) -> Page:
        read = [self.read(row, asked_at) for row in answer.rows]
        return Page(
            statements=tuple(each for each in read if isinstance(each, Statement)),
            unread=tuple(each for each in read if isinstance(each, UnreadRow)),
            bills=tuple(each for each in read if isinstance(each, MonthlyBill)),
            cursor=answer.cursor,
            total=answer.total,
        )
