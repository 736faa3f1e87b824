"""An answer of the knowledge base in the chat (知识条目): its question, its button, its words."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache

from markupsafe import Markup

from bot.desk.actions import Verb, fingerprint
from bot.desk.keys import Keys
from bot.desk.rendering import Voice
from bot.desk.replies import Button
from bot.desk.snapshot import Snapshot
from knowledge.entry import Entry, KnowledgeBase
from settlement.model import Platform
from settlement.shanghai import day_of

__all__ = ["answer_with_source", "entry_meant", "question_button", "question_of"]

_LONGEST_LABEL = 60


def question_of(entry: Entry, voice: Voice) -> str:
    """Return how to offer an entry: its first phrasing in the reader's language."""
    if voice.folder != "en":
        return voice.converted(entry.questions[0])[:_LONGEST_LABEL]
    english = next((asked for asked in entry.questions if asked.isascii()), entry.questions[0])
    named = " ".join(_names_in_english().get(word.lower(), word) for word in english.split())
    return (named[:1].upper() + named[1:])[:_LONGEST_LABEL]


def question_button(keys: Keys, entry: Entry, origin: str = "") -> Button:
    """Make the button that asks an entry's question."""
    return keys.press(question_of(entry, keys.voice), Verb.ENTRY, fingerprint(entry.id), origin)


def entry_meant(knowledge: KnowledgeBase, mark: str) -> Entry | None:
    """Return the entry that a button names by its fingerprint; None if it is gone by now."""
    entries = knowledge.entries.values()
    return next((each for each in entries if fingerprint(each.id) == mark), None)


def answer_with_source(
    snapshot: Snapshot, entry: Entry, voice: Voice, now: datetime
) -> dict[str, object]:
    """Return what a template needs to say an entry's answer and where it is from."""
    return {
        "answer": snapshot.answer(entry.id, day_of(now), voice.folder),
        "title": Markup.escape(entry.source.title),
        "as_of": entry.source.as_of,
    }


@cache
def _names_in_english() -> Mapping[str, str]:
    """How platforms are written; phrasings have them as people type them."""
    names = [Voice("en").text("platforms_in_short", each) for each in Platform]
    return {name.lower(): name for name in names}
