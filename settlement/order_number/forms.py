"""The forms of the platforms' order numbers and the words beside a number, read from data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from ruamel.yaml import YAML

from settlement.model import Platform


class Strength(StrEnum):
    """How strongly a form speaks for its platform, strongest first (特征强度)."""

    CERTAIN = "certain"
    LIKELY = "likely"
    SHARED = "shared"
    POSSIBLE = "possible"
    ASSUMED = "assumed"

    @property
    def seen(self) -> bool:
        """Whether order numbers of this form have really been seen."""
        return self in (Strength.CERTAIN, Strength.LIKELY, Strength.SHARED)


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a platform's order numbers: a range of lengths, or groups joined by a hyphen."""

    platform: Platform
    strength: Strength
    shortest: int
    longest: int
    groups: tuple[int, ...] = ()

    def fits(self, number: str) -> bool:
        """Whether a number, written as the platform writes it, has this form."""
        if self.groups:
            sizes = tuple(map(len, number.split("-")))
            return sizes == self.groups and _all_digits(number.replace("-", ""))
        return self.shortest <= len(number) <= self.longest and _all_digits(number)


@dataclass(frozen=True, slots=True)
class NumberWords:
    """Words beside a number, in lower case, and what they say it is."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    order_parameters: tuple[str, ...]
    longest_before: int


@cache
def forms() -> tuple[Form, ...]:
    """Read the forms of every room's ``order_numbers.yaml``, strongest first."""
    rooms = sorted(files("settlement.platforms").iterdir(), key=lambda room: room.name)
    found = [
        form
        for room in rooms
        if (source := room.joinpath("order_numbers.yaml")).is_file()
        for form in _forms_of(source)
    ]
    order, platforms = list(Strength), list(Platform)
    found.sort(key=lambda form: (order.index(form.strength), platforms.index(form.platform)))
    return tuple(found)


@cache
def seen_lengths() -> frozenset[int]:
    """Give the lengths, without a hyphen, in which order numbers have really been seen."""
    return frozenset(form.longest for form in forms() if form.strength.seen and not form.groups)


@cache
def length_range() -> range:
    """Give every length that some platform's order number, without a hyphen, may have."""
    plain = [form for form in forms() if not form.groups]
    return range(min(form.shortest for form in plain), max(form.longest for form in plain) + 1)


def _all_digits(number: str) -> bool:
    # An order number is a counting number: none begins with a zero.
    return number.isascii() and number.isdigit() and not number.startswith("0")


def _forms_of(source: Traversable) -> list[Form]:
    content = YAML(typ="safe").load(source.read_text("utf-8"))
    platform = Platform(content["platform"])
    return [_form(platform, form) for form in content["forms"]]


def _form(platform: Platform, form: Mapping[str, object]) -> Form:
    match form:
        case {"groups": [*groups], "strength": str(strength)}:
            sizes = tuple(int(str(size)) for size in groups)
            total = sum(sizes)
            return Form(platform, Strength(strength), total, total, sizes)
        case {"digits": {"from": int(shortest), "to": int(longest)}, "strength": str(strength)}:
            return Form(platform, Strength(strength), shortest, longest)
    message = f"order_numbers.yaml of {platform}: {form} needs strength, and digits or groups"
    raise ValueError(message)


@cache
def number_words() -> NumberWords:
    """Read ``words.yaml``."""
    source = files("settlement.order_number").joinpath("words.yaml")
    content = YAML(typ="safe").load(source.read_text("utf-8"))
    before = _meaning_by_word(content["before"])
    return NumberWords(
        before=before,
        after=_meaning_by_word(content["after"]),
        order_parameters=tuple(content["order_parameters"]),
        longest_before=max(map(len, before)),
    )


def _meaning_by_word(words: Mapping[str, list[str]]) -> dict[str, str]:
    return {word.lower(): meaning for meaning, listed in words.items() for word in listed}
