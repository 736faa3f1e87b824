"""The rulebook (规则手册): every figure of a rule, dated and with its source."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from functools import cache, cached_property
from hashlib import sha256

from settlement.workdays import WorkCalendar
from settlement.yaml_text import RuleFileError

__all__ = [
    "Event",
    "Figures",
    "Rule",
    "RuleFileError",
    "RuleUnknownError",
    "Rulebook",
    "Unit",
    "Value",
    "Window",
    "hash_of",
    "overlay_rulebook",
    "shipped_rulebook",
    "shown",
]


class RuleUnknownError(KeyError):
    """A figure that no rule file holds, or that nobody knows yet."""

    def __str__(self) -> str:
        """Say it as written; a KeyError would show it in quotes."""
        return str(self.args[0])


class Unit(StrEnum):
    """What a figure counts; it decides how the figure is read and shown."""

    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"
    MONTHS = "months"
    DAY_OF_MONTH = "day_of_month"
    COUNT = "count"
    YUAN = "yuan"
    RATE = "rate"
    TIME = "time"
    WINDOWS = "windows"


class Event(StrEnum):
    """The event of an order whose day selects the value of a rule."""

    CREATED = "created"
    RECEIVED = "received"
    SETTLED = "settled"
    REFUNDED = "refunded"
    TODAY = "today"


@dataclass(frozen=True, slots=True)
class Window:
    """A big promotion (大促), from one day to another, both included."""

    name: str
    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Tell whether a day lies in the window."""
        return self.first <= day <= self.last


Figure = int | Decimal | time | tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """What a rule says from a day on; None is unknown."""

    figure: Figure | None
    from_operator: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One figure of a rule with where it comes from; `values` are ordered by day."""

    name: str
    """Room and figure, such as ``1688.payout_day``."""
    description: str
    facts: tuple[str, ...]
    source: str
    last_checked: date
    effective: date | None
    """None where the source gives no first day: the earliest value then also holds before."""
    unit: Unit
    judged_by: Event
    days: tuple[date, ...]
    values: tuple[Value, ...]

    def at(self, day: date) -> Value:
        """Return the value that holds on a day."""
        index = bisect_right(self.days, day)
        if index:
            return self.values[index - 1]
        return self.values[0] if self.effective is None else Value(None)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one day, written for people: ``figures["1688.payout_day"]`` is ``"15"``."""

    rulebook: "Rulebook"
    day: date

    def __getitem__(self, name: str) -> str:
        rule = self.rulebook.rule(name)
        figure = rule.at(self.day).figure
        if figure is None:
            raise RuleUnknownError(
                f"{name}: nobody knows this figure on {self.day}; "
                "enter it in the operator's rules or do not quote it"
            )
        return shown(figure, rule.unit)

    def __contains__(self, name: object) -> bool:
        rule = self.rulebook.rules.get(str(name))
        return rule is not None and rule.at(self.day).figure is not None

    def __iter__(self) -> Iterator[str]:
        return (name for name in self.rulebook.rules if name in self)


@dataclass(frozen=True)
class Rulebook:
    """All rules, the working days, and a hash of what they were read from."""

    rules: Mapping[str, Rule]
    calendar: WorkCalendar
    revision: str

    @cached_property
    def timeless(self) -> dict[str, Value]:
        """The values that hold on every day, by name: most rules have only one."""
        return {
            name: value
            for name, rule in self.rules.items()
            if rule.effective is None and len(rule.values) == 1
            for value in rule.values
        }

    def rule(self, name: str) -> Rule:
        """Return a rule by its name."""
        try:
            return self.rules[name]
        except KeyError:
            raise RuleUnknownError(
                f"{name}: no rule file holds this figure; check the name against `mingzhang rules`"
            ) from None

    def at(self, day: date) -> Figures:
        """Return the figures of a day, written for people."""
        return Figures(self, day)

    def value(self, name: str, day: date) -> Value:
        """Return what a rule says on a day, with whether the operator says so."""
        return self.rule(name).at(day)

    def number(self, name: str, day: date) -> int | None:
        """Return a count, a number of days, hours, minutes or months, or a day of the month."""
        figure = self.rule(name).at(day).figure
        return figure if isinstance(figure, int) else None


@cache
def shipped_rulebook() -> Rulebook:
    """Return the rules as they come with the package, without an operator's values."""
    from settlement import rule_files
    from settlement.platforms import packaged_files, room_names

    texts = packaged_files()
    rules: dict[str, Rule] = {}
    for file, prefix in [("rules.yaml", "general"), *room_names().items()]:
        for rule in rule_files.read_rules(texts[file], file, prefix):
            rules[rule.name] = rule
    return Rulebook(rules, WorkCalendar(), hash_of(texts))


def overlay_rulebook(shipped: Rulebook, texts: Mapping[str, str]) -> Rulebook:
    """Return a rulebook under an operator's own files, given by their paths.

    A file with a key ``years`` is the override of working days; any other holds figures.
    Raises RuleFileError.
    """
    from settlement import rule_files

    overlay = rule_files.read_overlay(texts, shipped.rules)
    return Rulebook(
        rules={**shipped.rules, **overlay.rules},
        calendar=WorkCalendar({**shipped.calendar.overrides, **overlay.years}),
        revision=hash_of(texts, since=shipped.revision),
    )


def hash_of(texts: Mapping[str, str], since: str = "") -> str:
    """Return a short hash of files by name and content, on top of an earlier one."""
    digest = sha256(since.encode())
    for name in sorted(texts):
        digest.update(f"\n{name}\n{texts[name]}".encode())
    return digest.hexdigest()[:12]


def shown(figure: Figure, unit: Unit) -> str:
    """Write a figure for people: ``15``, ``0.01``, ``10%``, ``08:00``."""
    if isinstance(figure, Decimal):
        if unit is Unit.RATE:
            return f"{_bare(figure * 100)}%"
        return _bare(figure)
    if isinstance(figure, time):
        return figure.strftime("%H:%M")
    if isinstance(figure, tuple):
        return "、".join(window.name for window in figure)
    return str(figure)


def _bare(number: Decimal) -> str:
    return f"{number.normalize():f}"
