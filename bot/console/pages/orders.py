"""Orders of everybody (订单): found by number, creator, time or state; each look is recorded."""

from datetime import date
from urllib.parse import urlencode

from starlette.responses import Response

from bot.console.given import member_of
from bot.console.order_search import Found, JudgedLine, Search, judged, search_orders
from bot.console.order_view import OrderView, fact_name, facts_of, shown_fact
from bot.console.page import Page, get
from bot.console.visit import Visit
from bot.console.waterfall import waterfall_chart
from bot.desk.rendering import LANGUAGE_NAMES, Voice
from bot.store.creator_list import creators_listed
from bot.store.creators import creator_named
from bot.store.line_history import changes_of, covered_until, kept_of, readers_of
from bot.store.line_pages import line_of_row, lines_of_order
from bot.store.staff import StaffRole
from settlement.model import Platform
from settlement.states import State

__all__ = ["PAGE"]

LONGEST_NUMBER = 64
NAMES_OFFERED = 8
ASKED = ("number", "creator", "platform", "first", "last", "state")
YEARS = range(2000, 2100)


def show(visit: Visit) -> Response:
    """The lines that fit what was asked, a page at a time; without a question the newest."""
    asked = {name: visit.asked(name) for name in ASKED}
    with visit.reads() as connection:
        name = asked["creator"]
        creator = creator_named(connection, name) if name else None
        offered = (
            [each.name for each in creators_listed(connection, search=name, count=NAMES_OFFERED)]
            if name and creator is None
            else []
        )
        found = Found((), 0)
        if creator is not None or not name:
            search = _search(asked, creator, visit.asked("begin"))
            rulebook = visit.parts.current().rulebook
            found = search_orders(connection, search, rulebook, visit.now)
    _record(visit, asked, found)
    onward = {name: value for name, value in asked.items() if value} | {"begin": found.onward}
    return visit.show(
        "pages/orders.html",
        asked=asked,
        found=found,
        offered=offered,
        unknown_name=bool(name) and creator is None,
        onward="?" + urlencode(onward),
        platforms=list(Platform),
        states=list(State),
    )


def show_order(visit: Visit) -> Response:
    """One line with its diagnosis and all that is kept of it."""
    row: int = visit.path("row")
    with visit.reads() as connection:
        line = line_of_row(connection, row)
        if line is None:
            return visit.not_found()
        same = lines_of_order(connection, line)
        changes, kept = changes_of(connection, row), kept_of(connection, row)
        readers = readers_of(connection, line.creator)
        covered = covered_until(connection, line.platform)
    visit.looked("order_seen", f"order:{row}")
    rulebook = visit.parts.current().rulebook
    _, diagnosis = judged(line, rulebook, visit.now)
    voice = visit.voice
    language = visit.asked("card")
    return visit.show(
        "pages/order.html",
        line=line,
        view=OrderView(line, diagnosis, voice, covered) if diagnosis else None,
        lines=[judged(each, rulebook, visit.now) for each in same if each.row != row],
        card_language=language if language in LANGUAGE_NAMES else visit.language,
        card_languages=LANGUAGE_NAMES,
        waterfall=_waterfall(visit, voice, JudgedLine(line, diagnosis)),
        changes=changes,
        kept=kept,
        readers=readers,
        fact_name=fact_name,
        facts_of=facts_of,
        shown_fact=shown_fact,
    )


def _waterfall(visit: Visit, voice: Voice, line: JudgedLine) -> object:
    if line.diagnosis is None or not line.diagnosis.amounts.lines:
        return None
    return waterfall_chart(
        str(visit.say("waterfall")),
        line.diagnosis.amounts.lines,
        lambda code: voice.word("lines", code),
        visit.manner.yuan,
    )


def _search(asked: dict[str, str], creator: int | None, begin: str) -> Search:
    return Search(
        number="".join(asked["number"].split())[:LONGEST_NUMBER],
        creator=creator,
        platform=member_of(Platform, asked["platform"]),
        first=_month(asked["first"]),
        last=_month(asked["last"]),
        state=member_of(State, asked["state"]),
        begin=begin,
    )


def _month(text: str) -> date | None:
    """A month as browsers send it, such as 2026-09; what is none does not count."""
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return month if month.year in YEARS else None


def _record(visit: Visit, asked: dict[str, str], found: Found) -> None:
    """Write down whose orders were shown; numbers are no business of the log."""
    if not found.lines:
        return
    by = [name for name, value in asked.items() if value]
    rows = [each.line.row for each in found.lines]
    visit.looked("orders_listed", by=by, rows=rows)


PAGE = Page(
    "orders",
    "orders",
    (
        get("", show, StaffRole.AGENT),
        get("/{row:int}", show_order, StaffRole.AGENT),
    ),
    role=StaffRole.AGENT,
)
