"""An order line as its page shows it (订单详情): the creator's card, and all that is behind it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from markupsafe import Markup

from bot.desk.cards import Judged, card
from bot.desk.facts import OwnedLine
from bot.desk.reasons import reason_words
from bot.desk.rendering import Voice
from bot.store.line_pages import FullLine
from settlement.contract import plain
from settlement.diagnosis import DATES, Diagnosis
from settlement.forecast import Forecast
from settlement.reports.own_layout import own_fields
from settlement.timeline import Moment
from settlement.waiting import in_words

__all__ = ["DatedEvent", "Fact", "OrderView", "fact_name", "facts_of", "shown_fact"]


INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)")
"""How the contract writes an instant."""


class Fact(NamedTuple):
    """A fact of the order: its name in the contract, what it is called, and its value."""

    key: str
    name: str
    value: str


class DatedEvent(NamedTuple):
    """A date to come or reached, who vouches for it, and what it waits for."""

    event: Markup
    day: date
    nominal: date
    certainty: Markup
    waits_for: str


@dataclass(frozen=True, slots=True)
class OrderView:
    """A line with its diagnosis, in the words of one language."""

    line: FullLine
    diagnosis: Diagnosis
    voice: Voice
    covered_until: datetime | None = None

    @property
    def as_of(self) -> datetime:
        """When the platform was last asked about the line (数据截至)."""
        line, order = self.line, self.diagnosis.order
        owned = OwnedLine(line.row, line.creator, order, line.recorded_at, self.covered_until)
        return owned.as_of

    def card(self, language: str) -> Markup:
        """The card as the creator reads it in Telegram, in their language."""
        shown = Judged(self.line.row, self.diagnosis.order, self.diagnosis, self.as_of)
        # The templates escape all that is not ours; Telegram's tags are HTML's.
        return Markup(card(self.voice.speaking(language), shown))  # noqa: S704

    @property
    def state(self) -> Markup:
        """The state in a word."""
        return self.voice.word("states", self.diagnosis.state)

    @property
    def reasons(self) -> tuple[Markup, ...]:
        """Why, a sentence each."""
        return reason_words(self.voice, self.diagnosis)

    @property
    def evidence(self) -> list[Fact]:
        """The facts the diagnosis rests on."""
        return [
            Fact(
                key,
                fact_name(key, self.voice.language),
                shown_fact(plain(value), self.voice.zone),
            )
            for key, value in self.diagnosis.evidence.items()
        ]

    @property
    def dates(self) -> list[DatedEvent]:
        """What is expected when, and who says so."""
        return list(self._dates())

    def _dates(self) -> Iterator[DatedEvent]:
        for name in DATES:
            forecast: Forecast | None = getattr(self.diagnosis.dates, name)
            if forecast is None:
                continue
            waiting = forecast.waits_for
            yield DatedEvent(
                self.voice.word("events", name),
                forecast.day,
                forecast.nominal,
                self.voice.word("certainty", forecast.certainty),
                in_words(waiting, self.voice.language) if waiting else "",
            )

    def event(self, moment: Moment) -> Markup:
        """What a moment of the timeline is called."""
        return self.voice.word("events", moment.event)


def facts_of(document: Mapping[str, object], language: str) -> list[Fact]:
    """All facts of a line in the contract's form, each with its name."""
    flat: dict[str, object] = {}
    for key, value in document.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{name}": member for name, member in value.items()}
        else:
            flat[key] = value
    return [_fact(key, value, language) for key, value in flat.items()]


def fact_name(key: str, language: str) -> str:
    """What a fact is called: by our export's column in Chinese, by the contract in English."""
    if language == "en":
        return key.replace("_", " ").replace(".", ": ")
    return _columns().get(key, key)


def shown_fact(value: object, zone: tzinfo | None = None) -> str:
    """A fact's value for people; lists and parts as they stand in the contract.

    With a zone instants are shown in it, else just as they are kept.
    """
    if value is None:
        return "–"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list):
        return "; ".join(shown_fact(item, zone) for item in value) or "[]"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {shown_fact(member, zone)}" for name, member in value.items())
    if zone is not None and isinstance(value, str) and INSTANT.fullmatch(value):
        return datetime.fromisoformat(value).astimezone(zone).strftime("%Y-%m-%d %H:%M")
    return str(value)


def _fact(key: str, value: object, language: str) -> Fact:
    return Fact(key, fact_name(key, language), shown_fact(value))


@cache
def _columns() -> dict[str, str]:
    return {field.name: header for header, field in own_fields().items()}
