"""Planning payout days for everybody at once, and for lines that came later (集合式计划)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.planner.work import Work
from bot.reminders import LEADS, PushKind, due_day, midnight_of, monday_of, payout_of
from bot.store.clocks import Clock, leads_wished, zones_summed_up
from bot.store.lines import stored_order
from bot.store.outlooks import lines_judged_before
from bot.store.payout_days import (
    PayoutDay,
    days_between,
    days_moved,
    days_of_lines,
    days_of_other_rules,
    lines_paid_on,
    mark_planned,
    move_day,
    planned_kinds,
)
from bot.store.pushes import (
    Lines,
    next_range,
    plan_day,
    plan_digest,
    plan_moves,
)
from settlement.diagnosis import diagnose
from settlement.rulebook import Rulebook
from settlement.shanghai import day_of

__all__ = [
    "day_by_rule",
    "first_day",
    "next_digest",
    "plan_days",
    "plan_digest_of",
    "plan_digests",
    "plan_for_lines",
    "work_out_days",
]

LINES_AT_ONCE = 2_000
"""Lines planned in one transaction: so long the answers of this process wait."""
LOOKING_BACK = timedelta(days=31)
"""What is older is not told any more, however long the bot was away."""
AHEAD_OF_TIME = timedelta(minutes=10)
"""A line that comes shortly before its hour is planned by itself: the others may be by then."""
_WEEK = timedelta(days=7)
WITNESSES = 5
"""Lines asked for the day of their month, until one knows it."""


class _Wave(NamedTuple):
    """A kind of push about a payout day, for people who want it so many days ahead."""

    kind: PushKind
    lead: int = 0

    @property
    def name(self) -> str:
        return f"{self.kind}{self.lead or ''}"

    def due_from(self, day: date) -> datetime:
        return midnight_of(due_day(self.kind, day, self.lead))


_WAVES = (
    *(_Wave(PushKind.AHEAD, lead) for lead in LEADS),
    _Wave(PushKind.PAYOUT),
    _Wave(PushKind.ARRIVED),
)


def plan_for_lines(work: Work, connection: Connection, lines: Lines) -> int:
    """Plan what is due for lines that came, or were subscribed to, after everybody's turn."""
    first, last = _window(work.now)
    days = days_of_lines(connection, lines.rows or (), first, last)
    return sum(
        plan_day(connection, day, wave.kind, lines, work.first_loud(due_from), wave.lead)
        for day in days
        for wave in _WAVES
        if (due_from := wave.due_from(day.day)) <= work.now + AHEAD_OF_TIME
    )


def plan_days(work: Work) -> int:
    """Plan each payout day whose time has come for everybody who watches it; once."""
    window = _window(work.now)
    with work.reading() as connection:
        days = days_between(connection, *window)
        done = planned_kinds(connection, *window)
        moved = days_moved(connection, PushKind.UPDATE, window[0])
        leads = leads_wished(connection) | {0}
    waves = [
        (day, wave)
        for day in days
        for wave in _WAVES
        if wave.lead in leads
        and wave.name not in done.get((day.cycle, day.day), ())
        and wave.due_from(day.day) <= work.now
    ]
    news = [(day, _Wave(PushKind.UPDATE)) for day in moved]
    return sum(_plan_wave(work, day, wave) for day, wave in news + waves)


def _plan_wave(work: Work, day: PayoutDay, wave: _Wave) -> int:
    news = wave.kind is PushKind.UPDATE
    due_from = work.now if news else wave.due_from(day.day)
    due = work.first_loud(due_from)

    def plan(lines: Lines, connection: Connection) -> int:
        if news:
            return plan_moves(connection, day, lines, due_from, due)
        return plan_day(connection, day, wave.kind, lines, due, wave.lead)

    planned = sum(work.run(partial(plan, lines)) for lines in _ranges(work, day.cycle))
    work.carry_out(
        partial(mark_planned, cycle=day.cycle, kind=wave.name, day=day.day, now=work.now)
    )
    return planned


def _ranges(work: Work, cycle: str) -> Iterator[Lines]:
    after = 0
    while True:
        with work.reading() as connection:
            upto = next_range(connection, cycle, after, LINES_AT_ONCE)
        if upto is None:
            return
        yield Lines(after=after, upto=upto)
        after = upto


def work_out_days(work: Work) -> None:
    """Move the payout days that follow from rules to where the rules in force put them."""
    with work.reading() as connection:
        outdated = days_of_other_rules(connection, work.rulebook.revision, first_day(work.now))
        days = [
            (known, day_by_rule(connection, known, work.rulebook, work.now)) for known in outdated
        ]

    def move(connection: Connection) -> int:
        for known, day in days:
            move_day(connection, known, day, work.rulebook.revision)
        return len(days)

    if days:
        work.run(move)


def day_by_rule(
    connection: Connection, known: PayoutDay, rulebook: Rulebook, now: datetime
) -> date:
    """The day of a month by these rules, as one of its lines tells; else the known one."""
    rows = lines_paid_on(connection, known.cycle, WITNESSES)
    for line in lines_judged_before(connection, rows):
        order = stored_order(line.line, line.facts)
        payout = payout_of(diagnose(order, rulebook, now))
        if payout is not None and payout.cycle == known.cycle:
            return payout.day
    return known.day


def plan_digests(work: Work) -> None:
    """Plan the summary of the week that has begun, for everybody who wants one; once."""
    today = day_of(work.now)
    with work.reading() as connection:
        done = planned_kinds(connection, today - _WEEK, today + _WEEK)
    for clock in work.clocks():
        name, day = f"digest/{clock.name}", _week(work, clock)[1]
        if (name, day) not in done:
            work.run(partial(_plan_digests_of, work, clock, name, day))


def _plan_digests_of(
    work: Work, clock: Clock, name: str, day: date, connection: Connection
) -> int:
    mark_planned(connection, name, PushKind.DIGEST, day, work.now)
    return plan_digest_of(work, connection, clock)


def plan_digest_of(
    work: Work, connection: Connection, clock: Clock, user: int | None = None
) -> int:
    """Plan this week's summary for the people of a clock, or for one of them."""
    monday, day = _week(work, clock)
    due_at = work.quiet_of(clock).first_loud(monday, work.zone_of(clock.zone))
    return plan_digest(connection, clock, monday, day, due_at, user)


def _week(work: Work, clock: Clock) -> tuple[datetime, date]:
    zone = work.zone_of(clock.zone)
    monday = monday_of(work.now, zone)
    return monday, monday.astimezone(zone).date()


def next_digest(work: Work) -> datetime | None:
    """When the next week begins for somebody who wants its summary."""
    with work.reading() as connection:
        zones = [work.zone_of(name) for name in zones_summed_up(connection)]
    return min((_next_monday(work.now, zone) for zone in zones), default=None)


def _next_monday(now: datetime, zone: ZoneInfo) -> datetime:
    """When the next week begins; a week in which clocks change is not seven times 24 hours."""
    return monday_of(monday_of(now, zone) + timedelta(days=7, hours=12), zone)


def first_day(now: datetime) -> date:
    """The first payout day that is still told."""
    return day_of(now) - LOOKING_BACK


def _window(now: datetime) -> tuple[date, date]:
    return first_day(now), day_of(now) + timedelta(days=max(LEADS) + 1)
