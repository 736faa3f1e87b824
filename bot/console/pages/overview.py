"""How things stand (概览): what was asked and sent, what waits, in numbers and drawings."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from bot.console.money_waiting import Waiting
from bot.console.overview_charts import Draws
from bot.console.page import Page, get
from bot.console.visit import Visit
from bot.store.gauges import Gauges, read_gauges
from bot.store.hourly_counts import HourlyCount, counts_since
from bot.store.overview import (
    Begun,
    HandOffs,
    begun,
    disliked,
    handoffs_since,
    top_entries,
)
from bot.store.sync_cursors import all_cursors
from bot.sync.standing import Standing, standings

__all__ = ["PAGE"]

SPANS = (7, 30, 90)
TOPICS = 8
ANSWERED = ("answer",)
OFFERED = ("choices", "clarify", "menu")
UNKNOWN = ("unknown",)
ORDERS = ("order",)
SERIES = (ANSWERED, ORDERS, OFFERED, UNKNOWN)
PUSHED = ("sent", "uncertain", "failed")


@dataclass(frozen=True, slots=True)
class Looked:
    """What the store said."""

    begun: Begun
    counts: Sequence[HourlyCount]
    topics: Sequence[tuple[str, int]]
    disliked: Sequence[tuple[str, int]]
    handoffs: HandOffs
    gauges: Gauges
    syncs: Sequence[Standing]


def show(visit: Visit) -> Response:
    """The figures of the last days."""
    asked = visit.asked_number("days")
    span = asked if asked in SPANS else SPANS[0]
    days = _days_of(visit.now, visit.manner.zone, span)
    with visit.reads() as connection:
        looked = _look(visit, connection, _start(days[0], visit.manner.zone))
    parts = visit.parts
    waiting = parts.money.look(parts.engine, parts.current(), visit.now)
    return visit.show(
        "pages/overview.html",
        span=span,
        spans=SPANS,
        looked=looked,
        outcomes=_outcomes(looked.counts),
        pushed=_pushed(looked.counts),
        waiting=waiting,
        **_drawings(visit, looked, waiting, days),
    )


def _days_of(now: datetime, zone: tzinfo, count: int) -> list[date]:
    """The last days of the reader's calendar, today last."""
    today = now.astimezone(zone).date()
    return [today - timedelta(days=back) for back in reversed(range(count))]


def _start(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _look(visit: Visit, connection: Connection, since: datetime) -> Looked:
    cursors = all_cursors(connection)
    return Looked(
        begun(connection),
        counts_since(connection, since),
        top_entries(connection, since, TOPICS),
        disliked(connection, since, TOPICS),
        handoffs_since(connection, since),
        read_gauges(connection),
        standings(visit.parts.settings, cursors, visit.now),
    )


def _outcomes(counts: Sequence[HourlyCount]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for _, kind, count in counts:
        found[kind] += count
    sums = [sum(found[f"answer:{name}"] for name in names) for names in SERIES]
    return dict(zip(("answered", "orders", "offered", "unknown"), sums, strict=True)) | {
        "all": sum(sums)
    }


def _pushed(counts: Sequence[HourlyCount]) -> dict[str, int]:
    found: Counter[str] = Counter({each: 0 for each in PUSHED})
    for _, kind, count in counts:
        of, _, state = kind.partition(":")
        if of == "push" and state in found:
            found[state] += count
    return dict(found)


def _drawings(
    visit: Visit, looked: Looked, waiting: Waiting, days: Sequence[date]
) -> dict[str, Any]:
    draws, knowledge = Draws(visit.manner), visit.parts.current().knowledge
    pushed = [(each,) for each in PUSHED]
    return {
        "questions_chart": draws.over_time("answer", looked.counts, days, SERIES),
        "pushes_chart": draws.over_time("push", looked.counts, days, pushed),
        "topics_chart": draws.entries("topics", looked.topics, knowledge, 1),
        "disliked_chart": draws.entries("disliked", looked.disliked, knowledge, 3),
        "handoffs_chart": draws.handoffs(looked.handoffs),
        "syncs_chart": draws.syncs(looked.syncs),
        "money_chart": draws.money(waiting),
        "platforms_chart": draws.platforms(waiting),
        "money_rows": draws.rows(waiting),
    }


PAGE = Page("overview", "overview", (get("", show),))
