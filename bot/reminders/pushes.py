"""What is planned for a person, and the messages it becomes (推送)."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.reminders.hours import QuietHours
from bot.reminders.standing import Standing
from settlement.diagnosis import Diagnosis
from settlement.model import Order

__all__ = [
    "LEADS",
    "AnsweredQuestion",
    "DueLine",
    "Judged",
    "Outlook",
    "Planned",
    "Push",
    "PushKind",
    "Recipient",
    "due_day",
]


class PushKind(StrEnum):
    """What a push is about."""

    AHEAD = "ahead"
    """The payout day is near (提前提醒)."""
    PAYOUT = "payout"
    """The payout day of commission has come (到账提醒)."""
    ARRIVED = "arrived"
    """The payout day has passed: did the money arrive (到账了吗)?"""
    UPDATE = "update"
    """State, amount or payout day are not what the person was told (状态变化)."""
    DIGEST = "digest"
    """The week's summary (每周小结)."""
    MISSED = "missed"
    """What should have been told while the bot was away (补报)."""
    FOUND = "found"
    """There is data for an order number the person waited for (有数据了)."""
    GIVEN_UP = "given_up"
    """There was none in all the time one may wait (没等到)."""
    ANSWERED = "answered"
    """A question that could not be answered when they asked it can be by now (有答案了)."""


LEADS = (1, 3)
"""Days ahead of the payout day at which a person may want to be told."""
_OFFSETS = {PushKind.PAYOUT: 0, PushKind.ARRIVED: 1}
"""Days after the payout day, Shanghai, at which a kind becomes due."""


def due_day(kind: PushKind, day: date, lead: int) -> date:
    """The Shanghai day on which a push about a payout day becomes due; `lead` days ahead of it."""
    return day + timedelta(days=_OFFSETS.get(kind, -lead))


class Planned(NamedTuple):
    """A push that is planned once, whoever plans it and however often.

    The first five make its key: `line` is 0 for what concerns all of a person's lines, `day` the
    payout day (or the day of the change, or the digest's Monday), `version` tells what may come
    again for the same day: the line's changes, snoozes, and awaited numbers and questions by
    their row.
    """

    user: int
    kind: PushKind
    line: int
    day: date
    version: int
    platform: str
    due_from: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who may be told something (收件人), and when.

    `lead` is how many days ahead of a payout day they want to be told, 0 for not at all.
    """

    user: int
    chat: int
    language: str
    zone: ZoneInfo
    quiet: QuietHours
    lead: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """A line as it stands now."""

    row: int
    order: Order
    diagnosis: Diagnosis


@dataclass(frozen=True, slots=True)
class DueLine:
    """A line a push is about, as it stands now, and what the person was told of it before."""

    row: int
    order: Order
    diagnosis: Diagnosis
    before: Standing | None = None
    before_day: date | None = None


class Outlook(NamedTuple):
    """Lines of one person that stand alike: how many, how they stand, when they are paid."""

    standing: Standing
    platform: str
    day: date | None
    fresh: bool
    """Whether they came within the week."""


class AnsweredQuestion(NamedTuple):
    """What somebody asked, and the id of the entry that answers it."""

    question: str
    entry: str


@dataclass(frozen=True, slots=True)
class Push:
    """One message nobody just asked for (推送).

    `planned` is what it settles. `late` counts from the moment it could have gone out.
    """

    recipient: Recipient
    kind: PushKind
    platform: str
    day: date
    planned: tuple[Planned, ...]
    lines: tuple[DueLine, ...] = ()
    late: timedelta = timedelta()
    outlooks: tuple[Outlook, ...] = field(default=(), repr=False)
    numbers: tuple[str, ...] = ()
    """The order numbers that were awaited in vain."""
    answers: tuple[AnsweredQuestion, ...] = ()
    """The questions that can be answered by now."""

    @property
    def key(self) -> str:
        """The outbox key: what makes this push the same one, whenever it is released."""
        # What it settles besides may have had a push of its own before.
        own = [each for each in self.planned if each.kind is self.kind]
        first = min(own or self.planned)
        about = f"{first.line}:{first.version}:{len(self.planned)}"
        return f"push:{self.recipient.user}:{self.kind}:{self.day.isoformat()}:{about}"
