"""What is told of a question that can be answered by now (有答案了): the answer itself."""

from collections.abc import Callable
from datetime import datetime

from bot.desk.actions import Verb
from bot.desk.entries import answer_with_source, question_button
from bot.desk.keys import Keys
from bot.desk.replies import Button, Rows, Say
from bot.desk.snapshot import Snapshot
from bot.desk.turn import NEW_MESSAGE
from bot.reminders import Push
from knowledge.entry import Entry

__all__ = ["say_answered"]

_MOST_QUOTED = 5
_MOST_BUTTONS = 5


def say_answered(
    keys: Keys, push: Push, current: Callable[[], Snapshot] | None, now: datetime
) -> Say:
    """Say what the person asked and the answer to it; of several answers, a button for each."""
    snapshot = current() if current else None
    entries = _entries(push, snapshot)
    asked = [each.question for each in push.answers[:_MOST_QUOTED]]
    said = {"questions": asked, "found": bool(entries), "answer": None, "title": "", "as_of": ""}
    several = entries
    if snapshot is not None and len(entries) == 1:
        said |= answer_with_source(snapshot, entries[0], keys.voice, now)
        several = []
    html = keys.voice.html("push_answered", **said)
    return Say(html, (*_into(keys, several), _ways_on(keys)), "push_answered")


def _entries(push: Push, snapshot: Snapshot | None) -> list[Entry]:
    """The entries that answer, each once; one that is gone by now is left out."""
    known = snapshot.knowledge.entries if snapshot else {}
    return [known[name] for name in dict.fromkeys(a.entry for a in push.answers) if name in known]


def _into(keys: Keys, entries: list[Entry]) -> Rows:
    return tuple((question_button(keys, each, NEW_MESSAGE),) for each in entries[:_MOST_BUTTONS])


def _ways_on(keys: Keys) -> tuple[Button, ...]:
    person = keys.button("person", Verb.PERSON, "", NEW_MESSAGE)
    return person, keys.button("manage_reminders", Verb.REMINDERS, "", NEW_MESSAGE)
