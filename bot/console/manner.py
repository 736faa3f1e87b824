"""How a page speaks and looks to one reader (语言与外观): language, zone, light or dark."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup, escape
from starlette.requests import Request

from bot.console.words import word

__all__ = ["LANGUAGES", "THEMES", "Manner", "manner_of"]

LANGUAGES = ("zh", "en")
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class Manner:
    """The reader's language and zone, the theme they chose, and when they read."""

    language: str
    theme: str
    zone: tzinfo
    now: datetime

    def say(self, page: str, key: str, variables: Mapping[str, object]) -> Markup:
        """Words of a page, or of all pages; variables are escaped."""
        return Markup(word(page, key, self.language)).format(**variables)  # noqa: S704 (our own words)

    def day(self, day: date) -> Markup:
        """A day; an instant's is that of the reader's zone."""
        if isinstance(day, datetime):
            day = day.astimezone(self.zone).date()
        return escape(format_date(day, "medium", locale=self.language))

    def moment(self, instant: datetime) -> Markup:
        """An instant to the minute, in the reader's zone, as an element that says it exactly."""
        local = instant.astimezone(self.zone)
        written = format_datetime(local, "yyyy-MM-dd HH:mm", locale=self.language)
        return Markup('<time datetime="{}">{}</time>').format(instant.isoformat(), written)

    def ago(self, instant: datetime) -> Markup:
        """How long ago something was, roughly; the exact instant as a tip."""
        written = self.lasting(self.now - instant)
        shown = word("", "ago", self.language).format(written)
        local = instant.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            instant.isoformat(), local, shown
        )

    def lasting(self, span: timedelta) -> Markup:
        """A span of time, roughly."""
        span = max(span, timedelta())
        return escape(format_timedelta(span, locale=self.language, threshold=1.2))

    def number(self, number: int | Decimal) -> Markup:
        """A number with its thousands apart."""
        return escape(format_decimal(number, locale=self.language))

    def yuan(self, amount: int | Decimal) -> Markup:
        """An amount of money."""
        return escape("¥" + format_decimal(amount, "#,##0.00", locale=self.language))

    def percent(self, part: int, whole: int) -> Markup:
        """What share a part is of a whole; a dash where there is no whole."""
        if not whole:
            return Markup("–")
        return escape(format_percent(Decimal(part) / whole, "0%", locale=self.language))


def manner_of(request: Request, zone: tzinfo, now: datetime) -> Manner:
    """What the reader chose, else what their browser says."""
    language = request.cookies.get("language", "")
    if language not in LANGUAGES:
        language = _accepted(request.headers.get("accept-language", ""))
    theme = request.cookies.get("theme", "")
    return Manner(language, theme if theme in THEMES else "auto", zone, now)


def _accepted(header: str) -> str:
    """The first of our languages that a browser names; zh where it names none."""
    for tag in header.lower().split(","):
        if found := re.match(r"\s*(zh|en)\b", tag):
            return found[1]
    return "zh"
