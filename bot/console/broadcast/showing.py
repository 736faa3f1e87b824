"""What the pages of broadcasts show (群发展示): the list, a draft, its check, how far one is."""

from typing import Any

from starlette.responses import Response

from bot.console.broadcast.forms import months_before, segment_of, words_of
from bot.console.broadcast.saying import (
    lasting_at_pace,
    mistakes_said,
    people_said,
    progress_of,
    versions,
)
from bot.console.visit import Visit
from bot.desk.broadcasts import BroadcastState, Words
from bot.desk.segments import EVERYBODY, LANGUAGES, Segment
from bot.store.broadcasts import Broadcast, latest_broadcasts, read_broadcast
from bot.store.people import known_people
from bot.store.recipient_outcomes import uncertain_recipients
from bot.store.segments import count_people
from settlement.model import Platform
from settlement.states import State

__all__ = [
    "asked_for",
    "show",
    "show_all",
    "show_check",
    "show_preview",
    "show_progress",
    "show_running",
    "write",
]

LISTED = 50
UNCERTAIN_LISTED = 100


def show_all(visit: Visit) -> Response:
    """The latest broadcasts."""
    with visit.reads() as connection:
        found = [
            progress_of(connection, each, visit.language)
            for each in latest_broadcasts(connection, LISTED)
        ]
    return visit.show("pages/broadcast.html", broadcasts=found)


def write(visit: Visit) -> Response:
    """An empty form."""
    return _form(visit, None, EVERYBODY, Words())


def show(visit: Visit) -> Response:
    """A draft to be written on, or how far one has come."""
    broadcast = asked_for(visit)
    if broadcast is None:
        return visit.not_found()
    if broadcast.state is BroadcastState.DRAFT and visit.is_editor:
        return _form(visit, broadcast, broadcast.segment, broadcast.words)
    return show_running(visit, broadcast)


def show_progress(visit: Visit) -> Response:
    """How far one has come, as the part of its page that asks again by itself."""
    broadcast = asked_for(visit)
    if broadcast is None:
        return visit.not_found()
    return visit.show("pages/broadcast_progress.html", **_progress(visit, broadcast))


def show_preview(visit: Visit) -> Response:
    """What is being written, as Telegram will show it; nothing is kept."""
    segment, words = segment_of(visit), words_of(visit)
    return visit.show("pages/broadcast_preview.html", **_text(visit, words, segment))


def show_check(visit: Visit, problem: str = "", status: int = 200) -> Response:
    """How many a draft is for and how long it takes, before it is sent."""
    draft = asked_for(visit)
    if draft is None or draft.state is not BroadcastState.DRAFT:
        return visit.not_found()
    with visit.reads() as connection:
        rulebook = visit.parts.current().rulebook
        audience = count_people(connection, draft.segment, rulebook, visit.now)
        knows_us = visit.user in known_people(connection, [visit.user])
    return visit.show(
        "pages/broadcast_check.html",
        status,
        broadcast=draft,
        audience=audience,
        takes=lasting_at_pace(audience.people),
        people=people_said(visit, draft.segment),
        languages=[each for each in LANGUAGES if each in (draft.segment.languages or LANGUAGES)],
        knows_us=knows_us,
        problem=problem,
        today=visit.now.astimezone(visit.manner.zone).date(),
        **_text(visit, draft.words, draft.segment),
    )


def show_running(
    visit: Visit, broadcast: Broadcast, problem: str = "", status: int = 200
) -> Response:
    """One that is not a draft any more."""
    return visit.show(
        "pages/broadcast_run.html",
        status,
        people=people_said(visit, broadcast.segment),
        problem=problem,
        **_text(visit, broadcast.words, broadcast.segment),
        **_progress(visit, broadcast),
    )


def asked_for(visit: Visit) -> Broadcast | None:
    """The broadcast that the address names."""
    with visit.reads() as connection:
        return read_broadcast(connection, visit.path("broadcast"))


def _form(visit: Visit, draft: Broadcast | None, segment: Segment, words: Words) -> Response:
    return visit.show(
        "pages/broadcast_draft.html",
        broadcast=draft,
        segment=segment,
        words=words,
        languages=LANGUAGES,
        platforms=list(Platform),
        states=list(State),
        months=months_before(visit.now),
        **_text(visit, words, segment),
    )


def _text(visit: Visit, words: Words, segment: Segment) -> dict[str, Any]:
    unwritten = words == Words()
    return {
        "versions": versions(words, segment),
        "mistakes": [] if unwritten else mistakes_said(visit, words, segment),
    }


def _progress(visit: Visit, broadcast: Broadcast) -> dict[str, Any]:
    with visit.reads() as connection:
        progress = progress_of(connection, broadcast, visit.language)
        uncertain = uncertain_recipients(connection, broadcast.id, UNCERTAIN_LISTED)
    return {
        "broadcast": broadcast,
        "progress": progress,
        "takes": lasting_at_pace(progress.left),
        "uncertain": uncertain,
    }
