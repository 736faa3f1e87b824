"""What was done and looked at in the console (操作记录), for owners; nothing changes it here."""

from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

from starlette.responses import Response

from bot.console.page import Page, get
from bot.console.visit import Visit
from bot.store.audit import Filter, audit_entries, audit_kinds
from bot.store.staff import StaffRole

__all__ = ["PAGE"]

ROWS = 50
DAYS = (1, 7, 30, 90)


def show(visit: Visit) -> Response:
    """The latest entries that fit the filter, a page at a time."""
    days = visit.asked_number("days")
    since = visit.now - timedelta(days=days) if days in DAYS else None
    sought = Filter(
        visit.asked("kind"),
        visit.asked_number("user"),
        visit.asked("about"),
        since,
        visit.asked_number("before"),
    )
    with visit.reads() as connection:
        found = audit_entries(connection, sought, ROWS + 1)
        kinds = audit_kinds(connection)
    more = len(found) > ROWS
    return visit.show(
        "pages/audit.html",
        sought=sought,
        entries=found[:ROWS],
        kinds=kinds,
        days=days,
        spans=DAYS,
        more=more,
        older=urlencode(_further(visit, found[ROWS - 1].id)) if more else "",
        detail_in_words=partial(_in_words, visit),
    )


def _further(visit: Visit, before: int) -> dict[str, str]:
    names = ("kind", "days", "user", "about")
    kept = {name: visit.asked(name) for name in names if visit.asked(name)}
    return kept | {"before": str(before)}


def _in_words(visit: Visit, value: object) -> str:
    """A value of an entry's details; codes of ours have words, numbers stay what they are."""
    if isinstance(value, list):
        return ", ".join(_in_words(visit, each) for each in value)
    if value is None or isinstance(value, bool):
        return visit.say(f"is_{value}".lower())
    return visit.called("detail", str(value))


PAGE = Page("audit", "audit", (get("", show, StaffRole.OWNER),), role=StaffRole.OWNER)
