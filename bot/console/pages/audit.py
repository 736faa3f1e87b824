"""What was done and looked at in the console (操作记录), for owners; nothing changes it here."""

from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

from starlette.responses import Response

from bot.console.page import Page, get
from bot.console.visit import Visit
from bot.console.words import words_of
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
        kind_words=partial(_words, visit),
    )


def _further(visit: Visit, before: int) -> dict[str, str]:
    names = ("kind", "days", "user", "about")
    kept = {name: visit.asked(name) for name in names if visit.asked(name)}
    return kept | {"before": str(before)}


def _words(visit: Visit, kind: str) -> str:
    """What a kind of entry is called; one that has no words yet by its own name."""
    return visit.say(f"did_{kind}") if f"did_{kind}" in words_of("") else kind


PAGE = Page("audit", "audit", (get("", show, StaffRole.OWNER),), role=StaffRole.OWNER)
