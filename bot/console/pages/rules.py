"""The figures of the rules (规则): where each is from, how old, and what another would change."""

from datetime import date
from io import BytesIO
from itertools import groupby
from zipfile import ZipFile, ZipInfo

from starlette.responses import Response

from bot.console.given import member_of
from bot.console.page import Page, get, post
from bot.console.pages import rules_calendar
from bot.console.rules.effects import effects_of, further_effects
from bot.console.rules.showing import OLD, showing
from bot.console.rules.trials import (
    Change,
    Outcome,
    Trial,
    edit_of,
    looked,
    publish,
    rules_in_force,
    try_out,
)
from bot.console.visit import Visit
from bot.publishing.candidate import RULES
from bot.publishing.publisher import files_in_force
from bot.store.staff import StaffRole
from settlement.model import Platform
from settlement.rulebook import Rule, Unit
from settlement.shanghai import day_of

__all__ = ["PAGE"]

LONGEST = 4_000


def show(visit: Visit) -> Response:
    """All figures by platform, or those behind a fact, or those not checked for long."""
    today, fact, only_old = day_of(visit.now), visit.asked("fact"), bool(visit.asked("old"))
    rules = list(rules_in_force(visit).rules.values())
    old = [rule for rule in rules if today - rule.last_checked > OLD]
    wanted = [rule for rule in (old if only_old else rules) if not fact or fact in rule.facts]
    rooms = groupby(wanted, lambda rule: rule.name.partition(".")[0])
    return visit.show(
        "pages/rules.html",
        rooms=[(room, list(group)) for room, group in rooms],
        old=len(old),
        count=len(rules),
        fact=fact,
        only_old=only_old,
        years=rules_calendar.years_known(visit),
        has_folder=visit.parts.settings.rules_dir is not None,
        **showing(visit),
    )


def show_figure(visit: Visit, problem: str = "", status: int = 200) -> Response:
    """One figure with its values, and what an editor can do about it."""
    rule = _rule(visit)
    if rule is None:
        return visit.not_found()
    return visit.show(
        "pages/rules_figure.html",
        status,
        rule=rule,
        values=list(zip(rule.days, rule.values, strict=True)),
        problem=problem,
        sent={name: visit.field(name) for name in ("first", "figure", "source")},
        is_text=rule.unit is Unit.WINDOWS,
        **showing(visit),
    )


def confirm(visit: Visit) -> Response:
    """Write down that the figure was looked up today and still holds."""
    rule = _rule(visit)
    if rule is None:
        return visit.not_found()
    trial = try_out(visit, looked(rule, day_of(visit.now)))
    note = f"{rule.name}: {visit.say('note_looked')}"
    outcome = publish(visit, trial, note, "rule_looked_up", f"rule:{rule.name}")
    return _ended(visit, rule, trial, outcome, "done_looked")


def try_change(visit: Visit) -> Response:
    """Show what a new value, or one taken out, changes on stored orders and payout days."""
    return _tried(visit, further=False)


def try_further(visit: Visit) -> Response:
    """The next piece of the lines that a change would touch."""
    return _tried(visit, further=True)


def _tried(visit: Visit, *, further: bool) -> Response:
    rule, change = _rule(visit), _change(visit)
    if rule is None:
        return visit.not_found()
    if change is None:
        return show_figure(visit, str(visit.say("no_day")), 422)
    trial = try_out(visit, edit_of(rule, change, day_of(visit.now)))
    if trial.rulebook is None:
        return show_figure(visit, trial.problem, 422)
    find = further_effects if further else effects_of
    platform = member_of(Platform, rule.name.partition(".")[0])
    shown = showing(visit) | {"rule": rule, "change": change, "trial": trial}
    effects = find(visit, trial.rulebook, platform)
    if further and visit.wants_part:
        return visit.show("pages/rules_trial_lines.html", effects=effects, **shown)
    return visit.show("pages/rules_trial.html", effects=effects, **shown)


def put(visit: Visit) -> Response:
    """Put a change into force, unless its file is not as it was when its effects were shown."""
    rule, change = _rule(visit), _change(visit)
    if rule is None or change is None:
        return visit.not_found()
    trial = try_out(visit, edit_of(rule, change, day_of(visit.now)))
    if trial.mark != visit.field("mark"):
        return _ended(visit, rule, trial, Outcome(done=False, conflict=True), "")
    note = visit.field("note")[:LONGEST] or rule.name
    outcome = publish(visit, trial, note, "rule_changed", f"rule:{rule.name}")
    return _ended(visit, rule, trial, outcome, "done_published")


def download(visit: Visit) -> Response:
    """The operator's rules in force, as the files they would be in a folder."""
    with visit.reads() as connection:
        files = files_in_force(connection)
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for path, text in files.items():
            if path.startswith(RULES):
                # without a time: the same rules are the same file
                archive.writestr(ZipInfo(path), text)
    return visit.download(packed.getvalue(), "rules.zip", "application/zip")


def _ended(visit: Visit, rule: Rule, trial: Trial, outcome: Outcome, said: str) -> Response:
    if outcome.done and not outcome.problems:
        return visit.back(f"/figure/{rule.name}", said)
    status = 200 if outcome.done else 409
    back = f"/console/rules/figure/{rule.name}"
    return visit.show("pages/rules_outcome.html", status, outcome=outcome, back=back, trial=trial)


def _rule(visit: Visit) -> Rule | None:
    return rules_in_force(visit).rules.get(visit.path("name"))


def _change(visit: Visit) -> Change | None:
    """What the form asks; None without a day."""
    try:
        first = date.fromisoformat(visit.field("first"))
    except ValueError:
        return None
    figure = None if visit.field("unknown") else visit.field("figure")[:LONGEST]
    source = visit.field("source")[:LONGEST] or str(visit.say("operator"))
    return Change(first, figure, source, bool(visit.field("taken_out")))


PAGE = Page(
    "rules",
    "rules",
    (
        get("", show),
        get("/download", download, StaffRole.EDITOR),
        get("/figure/{name}", show_figure),
        post("/figure/{name}/looked", confirm, StaffRole.EDITOR),
        post("/figure/{name}/try", try_change, StaffRole.EDITOR),
        post("/figure/{name}/further", try_further, StaffRole.EDITOR),
        post("/figure/{name}/publish", put, StaffRole.EDITOR),
        *rules_calendar.ENDPOINTS,
    ),
)
