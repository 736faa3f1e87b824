"""Cases (工单): creators who asked for a person, answered from here; money that did not come."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from markupsafe import Markup
from sqlalchemy import Connection
from starlette.responses import Response

from bot.console.case_desk import Act, act_in_case
from bot.console.page import Page, get, post
from bot.console.visit import Visit
from bot.desk import console_cases
from bot.desk.cards import Judged, card
from bot.desk.facts import OwnedLine
from bot.store.case_list import (
    CaseDetails,
    ListedCase,
    MissingMoney,
    Said,
    case_details,
    close_missing,
    conversation_of,
    handed_over,
    missing_money,
)
from bot.store.lines import find_lines
from bot.store.staff import StaffRole
from settlement.diagnosis import diagnose
from settlement.order_number import find_order_numbers

__all__ = ["PAGE"]

ROWS = 50
MOST_ORDERS = 5
_LONGEST_FIELD = 8000
_LISTS: Mapping[str, Callable[..., Sequence[ListedCase | MissingMoney]]] = {
    "open": partial(handed_over, is_open=True),
    "closed": partial(handed_over, is_open=False),
    "missing": partial(missing_money, is_open=True),
    "settled": partial(missing_money, is_open=False),
}
"""What each view lists."""


def show(visit: Visit) -> Response:
    """The cases of one view, a page at a time."""
    view = visit.asked("view") if visit.asked("view") in _LISTS else "open"
    before = visit.asked_number("before")
    with visit.reads() as connection:
        found = _LISTS[view](connection, before=before, count=ROWS + 1)
    return visit.show(
        "pages/cases.html",
        view=view,
        views=list(_LISTS),
        rows=found[:ROWS],
        older=found[ROWS - 1].id if len(found) > ROWS else None,
    )


def one(visit: Visit, problem: str = "", text: str = "", status: int = 200) -> Response:
    """One case: what was said, the orders meant, and what can be done; the look is recorded."""
    number: int = visit.path("case")
    with visit.reads() as connection:
        found = case_details(connection, number)
        if found is None:
            return visit.not_found()
        said = conversation_of(connection, found.case)
        lines = _lines_meant(connection, found, said)
    visit.writes(partial(_looked, visit, number, lines))
    return visit.show(
        "pages/case.html",
        status,
        found=found,
        letters=said,
        cards=[(line.row, _card(visit, line)) for line in lines],
        problem=problem,
        text=text,
        once=secrets.token_urlsafe(9),
    )


def talk(visit: Visit) -> Response:
    """The conversation alone, for a page that watches it."""
    with visit.reads() as connection:
        found = case_details(connection, visit.path("case"))
        said = conversation_of(connection, found.case) if found else []
    return visit.show("pages/case_talk.html", found=found, letters=said)


def reply(visit: Visit) -> Response:
    """Answer the creator; by that the case is taken."""
    text = visit.field("text")[:_LONGEST_FIELD]
    if not console_cases.is_sayable(text):
        return one(visit, "unsayable", text, 422)
    return _acted(visit, console_cases.reply, "case_answered", text)


def take(visit: Visit) -> Response:
    """Take a case: the bot is silent in it from now on."""
    return _acted(visit, console_cases.take, "case_taken")


def close(visit: Visit) -> Response:
    """Close a case, and tell the creator."""
    return _acted(visit, console_cases.close, "case_closed")


def close_money(visit: Visit) -> Response:
    """Put away what was said not to have arrived."""
    number = visit.path("case")

    def work(connection: Connection) -> bool:
        closed = close_missing(connection, number)
        if closed:
            visit.record(connection, "missing_closed", f"missing:{number}")
        return closed

    visit.writes(work)
    return visit.back("?view=missing", "done_missing")


def _acted(visit: Visit, act: Act, kind: str, text: str = "") -> Response:
    number: int = visit.path("case")
    if act_in_case(visit, number, act, kind, text):
        return visit.back(f"/{number}", f"done_{kind}")
    return one(visit, "too_late", text, 409)


def _looked(visit: Visit, number: int, lines: Sequence[OwnedLine], connection: Connection) -> None:
    visit.record(connection, "case_read", f"case:{number}")
    for line in lines:
        visit.record(connection, "order_seen", f"order:{line.row}")


def _lines_meant(
    connection: Connection, found: CaseDetails, said: list[Said]
) -> tuple[OwnedLine, ...]:
    """The creator's own lines whose numbers stand in what they asked and wrote."""
    words = [found.listed.question, *(each.words for each in said if each.by_creator)]
    numbers = dict.fromkeys(each.number for text in words for each in find_order_numbers(text))
    if not numbers:
        return ()
    lines = find_lines(connection, [found.case.user], list(numbers), [])
    return tuple(each.line for each in lines[:MOST_ORDERS])


def _card(visit: Visit, line: OwnedLine) -> Markup:
    """The card that the creator reads, in the language of the page."""
    rulebook = visit.parts.current().rulebook
    judged = Judged(line.row, line.order, diagnose(line.order, rulebook, visit.now), line.as_of)
    voice = visit.voice
    # The templates escape all that is not ours; Telegram's tags are HTML's.
    return Markup(card(voice, judged))  # noqa: S704


PAGE = Page(
    "cases",
    "cases",
    (
        get("", show, StaffRole.AGENT),
        get("/{case:int}", one, StaffRole.AGENT),
        get("/{case:int}/talk", talk, StaffRole.AGENT),
        post("/{case:int}/reply", reply, StaffRole.AGENT),
        post("/{case:int}/take", take, StaffRole.AGENT),
        post("/{case:int}/close", close, StaffRole.AGENT),
        post("/missing/{case:int}/close", close_money, StaffRole.AGENT),
    ),
    role=StaffRole.AGENT,
)
