"""What the forms of broadcasts say (群发表单): to whom, in what words, when."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from bot.console.visit import Visit
from bot.desk.broadcasts import Words
from bot.desk.segments import LANGUAGES, Segment
from bot.reminders import Appointed
from settlement.model import Platform
from settlement.shanghai import day_of
from settlement.states import State

__all__ = ["Timing", "months_before", "segment_of", "timing_of", "words_of"]

MONTHS = 13
FURTHEST_DAYS = 60
LONGEST_TEXT = 20_000
"""Characters of a text that are kept, so that one too long can be shortened."""

Name = TypeVar("Name", Platform, State)


@dataclass(frozen=True, slots=True)
class Timing:
    """When it is to go out; `problem` is a key of the words that says what is wrong."""

    appointed: Appointed | None = None
    problem: str = ""


def months_before(now: datetime) -> list[str]:
    """The last months as "2026-09", this one first."""
    day = day_of(now)
    count = day.year * 12 + day.month - 1
    return [f"{each // 12:04}-{each % 12 + 1:02}" for each in range(count, count - MONTHS, -1)]


def segment_of(visit: Visit) -> Segment:
    """Whom the form names; what it does not offer is no condition."""
    month = visit.field("month")
    return Segment(
        languages=tuple(each for each in LANGUAGES if each in visit.fields("language")),
        bound=visit.field("bound") == "yes",
        platforms=_chosen(visit, "platform", Platform),
        states=_chosen(visit, "state", State),
        month=month if month in months_before(visit.now) else "",
    )


def words_of(visit: Visit) -> Words:
    """The texts; browsers end lines with two signs where Telegram has one."""
    return Words(*(_text(visit.field(name)) for name in ("zh", "en")))


def timing_of(visit: Visit) -> Timing:
    """When: at once, or on a day at an hour by each person's own clock."""
    if visit.field("when") != "appointed":
        return Timing()
    try:
        day = date.fromisoformat(visit.field("day"))
        hour = time.fromisoformat(visit.field("hour")).replace(
            second=0, microsecond=0, tzinfo=None
        )
    except ValueError:
        return Timing(problem="no_day")
    today = visit.now.astimezone(visit.manner.zone).date()
    if not today <= day <= today + timedelta(days=FURTHEST_DAYS):
        return Timing(problem="no_day")
    return Timing(Appointed(day, hour))


def _text(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")[:LONGEST_TEXT]


def _chosen(visit: Visit, field: str, kind: type[Name]) -> tuple[Name, ...]:
    named = visit.fields(field)
    return tuple(each for each in kind if each.value in named)
