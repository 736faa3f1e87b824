"""The answers (知识库): browsed, searched, tried, edited with a preview, and taken back."""

from starlette.responses import Response

from bot.console.learning.browsing import Wish, listed
from bot.console.learning.editing import add, edit, new, preview, show_entry, show_new
from bot.console.learning.history import back, show_revision, show_revisions
from bot.console.page import Page, get, post
from bot.console.visit import Visit
from bot.publishing.comparing import described
from bot.store.answered import people_reached
from bot.store.staff import StaffRole
from bot.store.voting import tallies
from knowledge.entry import PLATFORMS

__all__ = ["PAGE"]

ROWS = 25
CANDIDATES = 8
LONGEST_QUESTION = 512


def show(visit: Visit) -> Response:
    """The entries that fit the search, a page at a time."""
    wish = Wish(visit.asked("platform"), visit.asked("q"), visit.asked("only"))
    with visit.reads() as connection:
        reached, voted = people_reached(connection), tallies(connection)
    found = listed(visit.parts.current().knowledge, wish, reached, voted)
    first = visit.asked_number("from") or 0
    more = len(found) > first + ROWS
    further = f"?from={first + ROWS}&{wish.query}" if more else ""
    return visit.show(
        "pages/knowledge.html",
        wish=wish,
        rows=found[first : first + ROWS],
        count=len(found),
        platforms=PLATFORMS,
        further=further,
    )


def ask(visit: Visit) -> Response:
    """What the bot would answer to a question, and which entries came next."""
    text = visit.asked("text")[:LONGEST_QUESTION]
    snapshot = visit.parts.current()
    matcher = snapshot.matcher
    parts = [
        (part.text, described(part.outcome), matcher.ranked(part.text)[:CANDIDATES])
        for part in (matcher.ask(text).parts if text else ())
    ]
    entries = snapshot.knowledge.entries
    return visit.show("pages/knowledge_try.html", text=text, parts_of=parts, entries=entries)


_EDITOR = StaffRole.EDITOR
PAGE = Page(
    "knowledge",
    "book",
    (
        get("", show),
        get("/try", ask),
        get("/new", show_new, _EDITOR),
        post("/new", new, _EDITOR),
        post("/add", add, _EDITOR),
        post("/preview", preview, _EDITOR),
        get("/entry/{entry}", show_entry),
        post("/entry/{entry}", edit, _EDITOR),
        get("/revisions", show_revisions),
        get("/revisions/{publication:int}", show_revision),
        post("/revisions/{publication:int}/back", back, _EDITOR),
    ),
)
