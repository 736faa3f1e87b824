"""What was in force, when, by whom (历史): told apart line by line, and taken back to."""

from collections.abc import Iterator, Mapping
from difflib import unified_diff
from typing import NamedTuple

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console.authorship import author_of, folders_of
from bot.console.visit import Visit
from bot.publishing.candidate import Refused
from bot.publishing.editing import Conflict, go_back
from bot.store.revisions import Publication, list_publications, load_revision

__all__ = ["back", "show_revision", "show_revisions"]

ROWS = 50
MOST_LINES = 2_000
"""Of a difference; whoever needs more compares the files."""


class Line(NamedTuple):
    """A line of a difference: `kind` is file, place, added, removed or same."""

    kind: str
    text: str


def show_revisions(visit: Visit) -> Response:
    """All publications, the latest first; the first is in force."""
    first = visit.asked_number("from") or 0
    with visit.reads() as connection:
        found = list_publications(connection)
    further = first + ROWS if len(found) > first + ROWS else None
    return visit.show(
        "pages/knowledge_revisions.html",
        publications=list(enumerate(found))[first : first + ROWS],
        count=len(found),
        further=further,
    )


def show_revision(visit: Visit) -> Response:
    """What a publication changed, against the one before it."""
    number = visit.path("publication")
    with visit.reads() as connection:
        found, place = _publication(connection, number)
        after = _files(connection, found[place])
        before = _files(connection, found[place + 1]) if place + 1 < len(found) else {}
    lines = list(_difference(before, after))
    return visit.show(
        "pages/knowledge_revision.html",
        publication=found[place],
        number=number,
        in_force=place == 0,
        lines=lines[:MOST_LINES],
        more=len(lines) > MOST_LINES,
    )


def back(visit: Visit) -> Response:
    """Put what a publication had put into force into force again."""
    number = visit.path("publication")
    with visit.reads() as connection:
        found, place = _publication(connection, number)
    revision = found[place].revision

    def also(connection: Connection) -> None:
        visit.record(connection, "revision_taken_back", f"revision:{revision or 0}")

    by = author_of(visit, f"← {revision or 0}")
    outcome = go_back(visit.parts.engine, folders_of(visit), revision, by, visit.now, also)
    if isinstance(outcome, Conflict):
        return visit.show("pages/knowledge_stopped.html", 409, problems=(), paths=outcome.paths)
    if isinstance(outcome, Refused):
        return visit.show("pages/knowledge_stopped.html", 422, problems=outcome.problems, paths=())
    if outcome.unwritten:
        return visit.show("pages/knowledge_unwritten.html", unwritten=outcome.unwritten)
    return visit.back("/revisions", said="done_back")


def _publication(connection: Connection, number: int) -> tuple[list[Publication], int]:
    """All of them, and the place of one: they are numbered from the first on."""
    found = list_publications(connection)
    place = len(found) - number
    if not 0 <= place < len(found):
        raise HTTPException(404)
    return found, place


def _files(connection: Connection, publication: Publication) -> Mapping[str, str]:
    if publication.revision is None:
        return {}
    return load_revision(connection, publication.revision) or {}


def _difference(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Line]:
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path, ""), after.get(path, "")
        if old == new:
            continue
        yield Line("file", path)
        for line in list(unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=2))[2:]:
            yield _line(line)


def _line(line: str) -> Line:
    kinds = {"+": "added", "-": "removed", "@": "place"}
    return Line(kinds.get(line[:1], "same"), line)
