"""The working days of a year (放假日历): the State Council's notice pasted in, and its effects."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from starlette.responses import Response

from bot.console.page import get, post
from bot.console.rules.effects import effects_of, further_effects
from bot.console.rules.months import MarkedYear, month_drawings
from bot.console.rules.showing import showing
from bot.console.rules.trials import Files, Outcome, Trial, publish, rules_in_force, try_out
from bot.console.visit import Visit
from bot.publishing.editing import Edit
from bot.publishing.rule_edits import calendar_edit
from bot.publishing.rule_effects import moved_payouts, payouts_in
from bot.store.staff import StaffRole
from settlement.holiday_notice import Doubt, Notice, read_notice
from settlement.notice_checks import doubts_of, usable, years_of
from settlement.rulebook import Rulebook
from settlement.shanghai import day_of
from settlement.workdays import WorkCalendar

__all__ = ["ENDPOINTS", "years_known"]

FIRST_YEAR, LAST_YEAR = 2004, 2099
LARGEST_NOTICE = 128 * 1024


class YearKnown(NamedTuple):
    """A year, and whether the notice for it is known."""

    number: int
    official: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A pasted notice as it was understood, with what is wrong with it."""

    notice: Notice
    doubts: tuple[Doubt, ...]
    usable: bool


def years_known(visit: Visit) -> list[YearKnown]:
    """This year and the next: without next year's notice its dates are only expected."""
    calendar, year = rules_in_force(visit).calendar, day_of(visit.now).year
    return [YearKnown(each, calendar.is_official(each)) for each in (year, year + 1)]


def show(visit: Visit) -> Response:
    """A year of working days, and the place for next year's notice."""
    return _calendar(visit, visit.asked_number("year") or 0)


def try_notice(visit: Visit) -> Response:
    """Show how a notice is understood, what is wrong with it, and which payout days move."""
    reading, trial = _read(visit)
    year, before = reading.notice.year, rules_in_force(visit)
    if trial.rulebook is None or year is None:
        return _calendar(visit, 0, reading, trial.problem, 422)
    return visit.show(
        "pages/rules_notice.html",
        reading=reading,
        trial=trial,
        text=visit.field("text"),
        year=year,
        payouts=moved_payouts(year, before, trial.rulebook),
        effects=effects_of(visit, trial.rulebook, None),
        **_drawn(visit, year, trial.rulebook),
        **showing(visit),
    )


def try_further(visit: Visit) -> Response:
    """The next piece of the lines that a notice would touch; without htmx all is shown anew."""
    _, trial = _read(visit)
    if trial.rulebook is None or not visit.wants_part:
        return try_notice(visit)
    effects = further_effects(visit, trial.rulebook, None)
    text = visit.field("text")
    shown = showing(visit)
    return visit.show("pages/rules_notice_lines.html", effects=effects, text=text, **shown)


def put_notice(visit: Visit) -> Response:
    """Put a year's working days into force; doubts must have been looked at."""
    reading, trial = _read(visit)
    if trial.rulebook is None:
        return _calendar(visit, 0, reading, trial.problem, 422)
    if trial.mark != visit.field("mark"):
        return _ended(visit, trial, Outcome(done=False, conflict=True))
    if reading.doubts and not visit.field("compared"):
        return _ended(visit, trial, Outcome(done=False, problems=(str(visit.say("compare")),)))
    year = reading.notice.year
    outcome = publish(visit, trial, reading.notice.title, "calendar_changed", f"year:{year}")
    if outcome.done and not outcome.problems:
        # `back` adds its own to what stands after the question mark
        return visit.back(f"/calendar?year={year}", "done_calendar")
    return _ended(visit, trial, outcome)


def _read(visit: Visit) -> tuple[Reading, Trial]:
    notice = read_notice(visit.field("text"))
    reading = Reading(notice, doubts_of(notice), usable(notice))
    if not reading.usable:
        return reading, Trial()
    return reading, try_out(visit, _edit(notice, rules_in_force(visit).calendar))


def _edit(notice: Notice, calendar: WorkCalendar) -> Callable[[Files], tuple[str, Edit]]:
    return lambda files: calendar_edit(files, years_of(notice, calendar), notice.title)


def _calendar(
    visit: Visit, year: int, reading: Reading | None = None, problem: str = "", status: int = 200
) -> Response:
    rulebook = rules_in_force(visit)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        year = day_of(visit.now).year
    return visit.show(
        "pages/rules_calendar.html",
        status,
        year=year,
        official=rulebook.calendar.is_official(year),
        years=years_known(visit),
        text=visit.field("text"),
        reading=reading,
        problem=problem,
        **_drawn(visit, year, rulebook),
        **showing(visit),
    )


def _ended(visit: Visit, trial: Trial, outcome: Outcome) -> Response:
    status = 200 if outcome.done else 409
    back = "/console/rules/calendar"
    return visit.show("pages/rules_outcome.html", status, outcome=outcome, back=back, trial=trial)


def _drawn(visit: Visit, year: int, rulebook: Rulebook) -> dict[str, Any]:
    days = rulebook.calendar.year(year)
    marked = MarkedYear(year, days, payouts_in(year, rulebook))
    return {"months": month_drawings(marked, visit.language)}


ENDPOINTS = (
    get("/calendar", show),
    post("/calendar/try", try_notice, StaffRole.EDITOR, largest_body=LARGEST_NOTICE),
    post("/calendar/further", try_further, StaffRole.EDITOR, largest_body=LARGEST_NOTICE),
    post("/calendar/publish", put_notice, StaffRole.EDITOR, largest_body=LARGEST_NOTICE),
)
