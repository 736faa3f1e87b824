"""What is worth waking somebody for (告警缘由): pure, from what was looked up."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk.alarming import Cause
from bot.store.gauges import Gauges
from settlement.shanghai import day_of
from settlement.workdays import WorkCalendar

__all__ = ["NOTICE_MONTH", "Delivery", "Seen", "causes_of"]

LATE_ANSWER = timedelta(minutes=5)
LATE_PUSH = timedelta(hours=2)
"""Ten thousand pushes take seven minutes at 25 a second; that much is a queue, not a fault."""
LATE_PLAN = timedelta(minutes=30)
RECENT = timedelta(hours=1)
NOTICE_MONTH = 11
"""The State Council publishes next year's days off in October or November."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What Telegram last complained of about the webhook, and when."""

    message: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that was looked up; `late` are the platforms whose orders lag behind.

    `alone` says that nobody else tells the operator of quarantine and lags.
    """

    gauges: Gauges
    calendar: WorkCalendar
    delivery: Delivery | None
    late: Collection[str]
    alone: bool


def causes_of(seen: Seen, now: datetime) -> tuple[Cause, ...]:
    """What is wrong now."""
    return (*_of_letters(seen.gauges, now), *_of_others(seen, now))


def _of_letters(gauges: Gauges, now: datetime) -> Iterator[Cause]:
    for kind, since, patience in (
        ("answers", gauges.due_answer, LATE_ANSWER),
        ("pushes", gauges.due_letter, LATE_PUSH),
        ("planner", gauges.due_push, LATE_PLAN),
    ):
        if since is not None and now - since > patience:
            yield Cause(kind, minutes=(now - since) // timedelta(minutes=1))
    uncertain = sum(count for (state, _), count in gauges.outbox.items() if state == "uncertain")
    if uncertain:
        yield Cause("uncertain", count=uncertain)


def _of_others(seen: Seen, now: datetime) -> Iterator[Cause]:
    if seen.delivery is not None and now - seen.delivery.at < RECENT:
        yield Cause("webhook", detail=seen.delivery.message)
    today = day_of(now)
    if today.month >= NOTICE_MONTH and not seen.calendar.is_official(today.year + 1):
        yield Cause("holidays", str(today.year + 1))
    if seen.alone:
        yield from (Cause("sync", platform) for platform in sorted(seen.late))
        at = seen.gauges.quarantined_at
        if at is not None and now - at < RECENT:
            yield Cause("quarantine", count=seen.gauges.quarantined)
