"""A conversation handed to a person of the operator's, as the desk sees it (转人工)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.reminders import QuietHours

__all__ = ["CaseSought", "Earlier", "HandOff", "HandOffState", "HelpDesk"]


_SHANGHAI = ZoneInfo("Asia/Shanghai")
_NIGHT = QuietHours(time(21), time(9))


class HandOffState(StrEnum):
    """Where a case stands."""

    WAITING = "waiting"
    """Nobody has taken it yet; the bot is silent, but in the hours when nobody can."""
    OVERDUE = "overdue"
    """Nobody took it in time; the bot answers too until somebody does."""
    TAKEN = "taken"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class HandOff:
    """A case: whose it is, where the operator reads it, and in which language to tell of it.

    `operator_chat` is 0 once the operator's chat is not known any more.
    """

    id: int
    number: str
    user: int
    chat: int
    operator_chat: int
    state: HandOffState
    opened_at: datetime
    answer_by: datetime | None = None
    language: str = "zh"

    @property
    def is_open(self) -> bool:
        """Whether what the person writes goes to the operator."""
        return self.state is not HandOffState.CLOSED

    def silences(self, *, asleep: bool) -> bool:
        """Whether the bot says nothing meanwhile; `asleep` while nobody else would either."""
        waits = self.state is HandOffState.WAITING and not asleep
        return waits or self.state is HandOffState.TAKEN


@dataclass(frozen=True, slots=True)
class CaseSought:
    """A case as the operator's chat names it: by its number, its topic or a message answered."""

    chat: int
    number: str | None = None
    thread: int | None = None
    replied_to: int | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was said to a message before it was edited: a letter, known by its key.

    With a `handoff` it was passed on in that case. Only what is `plain` words can be edited.
    """

    key: str
    handoff: int | None
    plain: bool


@dataclass(frozen=True, slots=True)
class HelpDesk:
    """How people answer (人工服务): within which time, outside which hours, under their names?"""

    zone: ZoneInfo = _SHANGHAI
    quiet: QuietHours = _NIGHT
    within: timedelta = timedelta(minutes=30)
    anonymous: bool = True

    def asleep(self, now: datetime) -> bool:
        """Whether nobody is there at an instant."""
        return self.quiet.silent_at(now, self.zone)

    def opens_at(self, now: datetime) -> datetime:
        """When somebody is there, from an instant on."""
        return self.quiet.first_loud(now, self.zone)

    def answer_by(self, now: datetime) -> datetime:
        """Until when a case opened now should have been taken; never in the quiet hours."""
        until = self.opens_at(now) + self.within
        return self.opens_at(until) + self.within if self.asleep(until) else until
