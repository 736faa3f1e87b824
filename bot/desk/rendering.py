"""The bot's words in one language: templates in, Telegram HTML out (话术).

Whatever is a plain `str` comes from outside (an order's shop, a person's name): it is cleaned,
escaped and left alone by the conversion to traditional characters. Our own words are `Markup`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, parse_pattern
from jinja2 import PackageLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from bot.desk.markup import fit, plain
from bot.shipped_tables import shipped_table
from knowledge.traditional import traditional

__all__ = [
    "DEFAULT_ZONE",
    "LANGUAGE_NAMES",
    "TRADITIONAL",
    "Voice",
    "language_of",
    "menu_language_of",
    "presentable",
    "quoted",
]

TRADITIONAL = "zh-hant"
DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")
LANGUAGE_NAMES = {"zh": "简体中文", TRADITIONAL: "繁體中文", "en": "English"}
"""Each in its own script, whatever language is spoken."""

_LONGEST = 200
"""Characters of a text from outside that are shown; nothing may crowd out our own words."""
_AMOUNT = parse_pattern("#,##0.00")
"""Parsed once: that takes longer than writing an amount."""
_OPEN, _CLOSE = "\ue000", "\ue001"
_OURS = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
# Controls, directional marks and zero-width characters hide or reorder what a reader sees.
_NOISE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ue000\ue001]+"
)


def language_of(code: str | None) -> str:
    """Return the language to speak to someone whose Telegram is set to `code` (IETF tag)."""
    tag = (code or "zh").lower()
    if not tag.startswith("zh"):
        return "en"
    return TRADITIONAL if re.search("hant|tw|hk|mo", tag) else "zh"


def menu_language_of(code: str | None) -> str:
    """The language in which Telegram shows its menus to someone whose app is set to `code`."""
    return "en" if (code or "").lower().startswith("en") else "zh"


def _outside(value: object) -> object:
    """Mark a text from outside so that nothing but cleaning and escaping happens to it."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return escape(_OPEN + presentable(value) + _CLOSE)


def presentable(text: str) -> str:
    """Return a text from outside without what hides or reorders, and not too long to read."""
    text = _NOISE.sub(" ", text[: 2 * _LONGEST]).strip()
    return f"{text[:_LONGEST]}…" if len(text) > _LONGEST else text


def quoted(text: str) -> Markup:
    """Return a person's words as a template may say them whole, their lines kept."""
    return escape(_OPEN + re.sub(f"[{_OPEN}{_CLOSE}]", "", text) + _CLOSE)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=PackageLoader("bot", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_outside,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _words(folder: str) -> Mapping[str, Mapping[str, Template]]:
    """Compile the short words of a language: section → code → template."""
    sections = shipped_table("templates", folder, "words.yaml")
    return {
        section: {code: _environment().from_string(word) for code, word in words.items()}
        for section, words in sections.items()
    }


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks one language; days of the year of `now` are said without the year.

    `zone` is where clock times are shown.
    """

    language: str
    now: datetime | None = None
    zone: tzinfo = DEFAULT_ZONE

    def speaking(self, language: str) -> "Voice":
        """Return the same voice in another language."""
        return replace(self, language=language)

    def html(self, template: str, **variables: object) -> str:
        """Render a message template as Telegram HTML that fits one message."""
        # A template of its own for each language, or one of words alone for all of them.
        names = (f"{self.folder}/{template}.html", f"{template}.html")
        text = _environment().select_template(names).render(self._context(variables))
        return fit(self._finish(text).strip())

    def text(self, section: str, code: str, **variables: object) -> str:
        """Render a short word as plain text: a button's label, a toast."""
        if not variables:
            return _fixed_text(self.language, section, code)
        return plain(self._finish(self.word(section, code, **variables)))

    def word(self, section: str, code: str, **variables: object) -> Markup:
        """Render a short word for use inside a template."""
        if not variables:
            return _fixed_word(self.folder, section, code)
        return _rendered(_words(self.folder)[section][code], self._context(variables))

    def day(self, day: date) -> Markup:
        """Write a day with its weekday; the year only if it is not this year."""
        pattern = "day" if day.year == self._year else "day_of_year"
        return escape(format_date(day, self._pattern(pattern), locale=self.folder))

    def month(self, day: date) -> Markup:
        """Write the month of a day; the year only if it is not this year."""
        pattern = "month" if day.year == self._year else "month_of_year"
        return escape(format_date(day, self._pattern(pattern), locale=self.folder))

    def moment(self, instant: datetime) -> Markup:
        """Write an instant to the minute, in the reader's zone."""
        local = instant.astimezone(self.zone)
        pattern = "moment" if local.year == self._year else "moment_of_year"
        return escape(format_datetime(local, self._pattern(pattern), locale=self.folder))

    def yuan(self, amount: Decimal) -> Markup:
        """Write an amount of money with its unit."""
        written = format_decimal(amount, _AMOUNT, locale=self.folder)
        return self.word("formats", "yuan", amount=written)

    def converted(self, ours: str) -> str:
        """Put a text of the knowledge base into the reader's script."""
        return self._finish(ours)

    @property
    def folder(self) -> str:
        """The language whose templates are spoken; traditional characters are made from zh."""
        return "en" if self.language == "en" else "zh"

    @property
    def _year(self) -> int | None:
        return self.now.astimezone(self.zone).year if self.now else None

    def _pattern(self, name: str) -> str:
        return str(self.word("formats", name))

    def _context(self, variables: Mapping[str, object]) -> dict[str, Any]:
        """Give templates the voice's own functions beside their variables."""
        spoken = {
            "word": self.word,
            "day": self.day,
            "month": self.month,
            "moment": self.moment,
            "yuan": self.yuan,
        }
        return spoken | dict(variables)

    def _finish(self, marked: str) -> str:
        """Convert our own words if need be, and take the marks off everybody else's."""
        if self.language != TRADITIONAL:
            return marked.replace(_OPEN, "").replace(_CLOSE, "")
        pieces = _OURS.split(marked)
        return "".join(
            traditional(piece) if i % 2 == 0 else piece for i, piece in enumerate(pieces)
        )


def _rendered(word: Template, context: Mapping[str, Any]) -> Markup:
    return Markup(word.render(context).strip())  # noqa: S704 (rendered with autoescape)


# Most words are given nothing: labels, states, the forms of dates. Each is said many times.
@cache
def _fixed_word(folder: str, section: str, code: str) -> Markup:
    return _rendered(_words(folder)[section][code], Voice(folder)._context({}))


@cache
def _fixed_text(language: str, section: str, code: str) -> str:
    voice = Voice(language)
    return plain(voice._finish(voice.word(section, code)))
