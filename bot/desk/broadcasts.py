"""A message to many people (群发): its words in two languages, and the button to want no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from bot.desk.actions import Action, Signer, Verb
from bot.desk.rendering import TRADITIONAL, Voice
from bot.desk.replies import Button, Say
from bot.desk.segments import Segment
from bot.desk.written_html import Mistake, mistakes_in
from knowledge.traditional import traditional

__all__ = [
    "LISTED",
    "OPT_IN",
    "OPT_OUT",
    "BroadcastState",
    "Words",
    "broadcast_message",
    "mistakes_of",
    "words_in",
]

OPT_OUT, OPT_IN = "out", "in"
"""What a button to want no broadcasts, or to want them again, is about."""
LISTED = "r"
"""After a dot: the button stands on the page of reminders, which is shown anew."""


class BroadcastState(StrEnum):
    """Where a broadcast stands (群发状态)."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    """Nobody is planned yet."""
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    """Cancelled; what was being sent is not settled yet."""
    CANCELLED = "cancelled"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Words:
    """What a broadcast says, as Telegram HTML; traditional characters are made from zh."""

    zh: str = ""
    en: str = ""


def mistakes_of(words: Words, segment: Segment) -> Mapping[str, tuple[Mistake, ...]]:
    """What is wrong with the words, by language; what nobody there reads may be empty."""
    found = {
        language: mistakes_in(text)
        for language, text in (("zh", words.zh), ("en", words.en))
        if text.strip() or language in segment.spoken
    }
    return {language: mistakes for language, mistakes in found.items() if mistakes}


def words_in(words: Words, language: str) -> str:
    """What somebody who speaks zh, zh-hant or en reads."""
    if language == "en":
        return words.en
    return _traditional(words.zh) if language == TRADITIONAL else words.zh


def broadcast_message(words: Words, language: str, user: int, secret: bytes) -> Say:
    """The message as one person gets it, with the one button to get no more of them."""
    token = Signer(secret).token(user, Action(Verb.OPT_OUT, OPT_OUT))
    button = Button(_label(language), token)
    return Say(words_in(words, language), ((button,),), "broadcast")


@lru_cache(maxsize=32)
def _traditional(text: str) -> str:
    """Converted once, not for each of many people."""
    return traditional(text)


@lru_cache
def _label(language: str) -> str:
    return Voice(language).text("buttons", "no_more_broadcasts")
