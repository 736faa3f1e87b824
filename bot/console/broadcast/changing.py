"""What is done to broadcasts (群发操作): each on record, and only as it was shown."""

from collections.abc import Callable

from sqlalchemy import Connection
from starlette.responses import Response

from bot.console.broadcast.forms import segment_of, timing_of, words_of
from bot.console.broadcast.showing import asked_for, show_check, show_running
from bot.console.visit import Visit
from bot.desk.broadcasts import BroadcastState, broadcast_message, mistakes_of
from bot.desk.segments import LANGUAGES
from bot.store import broadcasts
from bot.store.broadcasts import Broadcast, ChangedMeanwhileError
from bot.store.letters import Kind, Letter
from bot.store.outbox import enqueue
from bot.store.people import known_people

__all__ = ["cancel", "pause", "remove", "resume", "save", "save_new", "send", "send_test"]

_MOST_PEOPLE = 10**9


def save_new(visit: Visit) -> Response:
    """Keep a new draft, mistakes and all."""
    segment, words = segment_of(visit), words_of(visit)

    def work(connection: Connection) -> int:
        number = broadcasts.new_draft(connection, visit.user, segment, words, visit.now)
        visit.record(connection, "broadcast_saved", f"broadcast:{number}")
        return number

    return visit.back(f"/{visit.writes(work)}{_then(visit)}", "done_saved")


def save(visit: Visit) -> Response:
    """Keep what was changed of a draft."""
    segment, words = segment_of(visit), words_of(visit)

    def work(connection: Connection, draft: Broadcast) -> None:
        broadcasts.change_draft(connection, draft, segment, words)

    return _changed(visit, work, "saved", then=_then(visit))


def remove(visit: Visit) -> Response:
    """Throw a draft away."""
    return _changed(visit, broadcasts.remove_draft, "removed", then=None)


def send_test(visit: Visit) -> Response:
    """Send a draft to oneself alone, in one language."""
    draft, language = asked_for(visit), visit.field("language")
    if draft is None or draft.state is not BroadcastState.DRAFT:
        return visit.not_found()
    spoken = "en" if language == "en" else "zh"
    if language not in LANGUAGES or spoken in mistakes_of(draft.words, draft.segment):
        return show_check(visit, "has_mistakes", 422)
    said = broadcast_message(draft.words, language, visit.user, visit.parts.secret)
    key = f"broadcast-test:{draft.id}:{visit.user}:{visit.now.isoformat()}"
    letter = Letter(key, Kind.PUSH, visit.user, said, visit.user)

    def work(connection: Connection) -> bool:
        if visit.user not in known_people(connection, [visit.user]):
            return False
        enqueue(connection, [letter], visit.now)
        visit.record(connection, "broadcast_tested", f"broadcast:{draft.id}")
        return True

    if not visit.writes(work):
        return show_check(visit, "write_first", 422)
    return visit.back(f"/{draft.id}/check", "done_tested")


def send(visit: Visit) -> Response:
    """Begin what was just checked, at once or by appointment."""
    draft, timing, expected = asked_for(visit), timing_of(visit), visit.number("expected")
    if draft is None:
        return visit.not_found()
    if draft.state is BroadcastState.DRAFT and mistakes_of(draft.words, draft.segment):
        return show_check(visit, "has_mistakes", 422)
    if timing.problem or not expected or expected > _MOST_PEOPLE:
        return show_check(visit, timing.problem or "nobody", 422)

    def work(connection: Connection, draft: Broadcast) -> None:
        broadcasts.schedule(connection, draft, timing.appointed, expected, visit.now)

    return _changed(visit, work, "begun", people=expected)


def pause(visit: Visit) -> Response:
    """Hold it up."""
    return _changed(visit, broadcasts.pause, "paused")


def resume(visit: Visit) -> Response:
    """Go on."""
    return _changed(visit, broadcasts.resume, "resumed")


def cancel(visit: Visit) -> Response:
    """End it for good."""

    def work(connection: Connection, broadcast: Broadcast) -> None:
        broadcasts.cancel(connection, broadcast, visit.now)

    return _changed(visit, work, "cancelled")


def _changed(
    visit: Visit,
    work: Callable[[Connection, Broadcast], object],
    what: str,
    *,
    then: str | None = "",
    **detail: object,
) -> Response:
    """Do it to the broadcast as its page showed it; one that is not so any more is shown anew.

    `then` is the page below its own that follows; None is the list.
    """
    broadcast = asked_for(visit)
    if broadcast is None:
        return visit.not_found()

    def change(connection: Connection) -> None:
        if visit.number("version") not in (None, broadcast.version):
            raise ChangedMeanwhileError(broadcast.id)
        work(connection, broadcast)
        visit.record(connection, f"broadcast_{what}", f"broadcast:{broadcast.id}", **detail)

    try:
        visit.writes(change)
    except ChangedMeanwhileError:
        return show_running(visit, broadcast, "changed_meanwhile", 409)
    return visit.back("" if then is None else f"/{broadcast.id}{then}", f"done_{what}")


def _then(visit: Visit) -> str:
    """Where whoever saves a draft wants to go on."""
    return "/check" if visit.field("then") == "check" else ""
