"""How broadcasts are put into words (群发措辞): to whom, how it looks, how far, what is wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup
from sqlalchemy import Connection

from bot.console.broadcast.preview import preview
from bot.console.visit import Visit
from bot.desk.broadcasts import Words, mistakes_of, words_in
from bot.desk.markup import plain, units
from bot.desk.segments import LANGUAGES, Segment
from bot.store.broadcasts import Broadcast
from bot.store.recipient_outcomes import Figures, figures_of
from bot.telegram.limiter import TELEGRAM

__all__ = [
    "Progress",
    "Version",
    "lasting_at_pace",
    "mistakes_said",
    "people_said",
    "progress_of",
    "versions",
]

_LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class Version:
    """The message in one language, as it looks, and its length as Telegram counts it."""

    language: str
    shown: Markup
    length: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A broadcast and how far it has come; `expected` is what it was, or has proved, to be for."""

    broadcast: Broadcast
    figures: Figures
    title: str

    @property
    def expected(self) -> int:
        """How many people it is for: known for sure once all are planned."""
        planned = self.figures.planned
        sure = self.broadcast.planned_at is not None or self.broadcast.finished_at is not None
        return planned if sure else max(planned, self.broadcast.expected or 0)

    @property
    def done(self) -> int:
        """How many people nothing is to be done for any more."""
        return self.figures.planned - self.figures.waiting - self.figures.handed

    @property
    def left(self) -> int:
        """How many people are still to be written to."""
        return max(0, self.expected - self.done)


def progress_of(connection: Connection, broadcast: Broadcast, language: str) -> Progress:
    """How far one has come: as it was at its end, or as it is; its title in a language, if any."""
    figures = broadcast.figures or figures_of(connection, broadcast.id)
    zh, en = broadcast.words.zh, broadcast.words.en
    words = plain((en or zh) if language == "en" else (zh or en)).strip().partition("\n")[0]
    return Progress(broadcast, figures, words[:_LONGEST_TITLE])


def lasting_at_pace(people: int) -> timedelta:
    """How long so many take, if nothing else is pushed; their quiet hours come on top."""
    return max(people * TELEGRAM.push_interval, timedelta(seconds=1))


def versions(words: Words, segment: Segment) -> list[Version]:
    """The message in each language that somebody of the segment reads, if it is written."""
    spoken = segment.languages or LANGUAGES
    texts = ((each, words_in(words, each)) for each in LANGUAGES if each in spoken)
    return [Version(each, preview(text), units(plain(text))) for each, text in texts if text]


def mistakes_said(visit: Visit, words: Words, segment: Segment) -> list[Markup]:
    """What is wrong with the words, one sentence each, with what to do."""
    return [
        visit.say(
            f"wrong_{each.wrong}", text=visit.say(f"in_{language}"), line=each.line, what=each.what
        )
        for language, mistakes in mistakes_of(words, segment).items()
        for each in mistakes
    ]


def people_said(visit: Visit, segment: Segment) -> list[Markup]:
    """Whom it is for, a phrase for each condition."""
    said = []
    if segment.languages:
        names = (visit.say(f"speaks_{each}") for each in segment.languages)
        said.append(visit.say("for_languages", names=_listed(visit, names)))
    if segment.platforms:
        platforms = (visit.voice.text("platforms_in_short", each) for each in segment.platforms)
        said.append(visit.say("for_platforms", names=_listed(visit, platforms)))
    if segment.states:
        states = (visit.voice.text("states", each) for each in segment.states)
        said.append(visit.say("for_states", names=_listed(visit, states)))
    if segment.month:
        said.append(visit.say("for_month", month=segment.month))
    if segment.bound and not segment.asks_for_orders:
        said.append(visit.say("for_bound"))
    return said or [visit.say("for_everybody")]


def _listed(visit: Visit, names: Iterable[str]) -> str:
    return str(visit.say("comma")).join(names)
