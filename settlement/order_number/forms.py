"""The forms of the platforms' order numbers and the words beside a number, read from data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from settlement.model import Platform
from settlement.platforms import folder
from settlement.yaml_text import (
    RuleFileError,
    mapping,
    one_word,
    only,
    packaged,
    texts,
    whole_mapping,
)

ORDER_NUMBER = "order_number"
_FORM_KEYS = frozenset({"digits", "groups", "strength", "example", "source", "last_checked"})
_WORD_KEYS = frozenset({"before", "after", "order_parameters"})


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
    """One form of a platform's order numbers: some lengths, or groups joined by a hyphen."""

    platform: Platform
    strength: Strength
    lengths: Sequence[int] = ()
    groups: tuple[int, ...] = ()

    def fits(self, number: str) -> bool:
        """Whether a number, written as the platform writes it, has this form."""
        if self.groups:
            sizes = tuple(map(len, number.split("-")))
            return sizes == self.groups and _all_digits(number.replace("-", ""))
        return len(number) in self.lengths and _all_digits(number)


@dataclass(frozen=True, slots=True)
class NumberWords:
    """Words beside a number, in lower case, and what they say it is."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    order_parameters: tuple[str, ...]
    """Names in a link whose value is an order number."""


@cache
def forms() -> tuple[Form, ...]:
    """Read the forms of every room's ``order_numbers.yaml``, strongest first."""
    found = [form for platform in Platform for form in _forms_of(platform)]
    order = list(Strength)
    return tuple(sorted(found, key=lambda form: order.index(form.strength)))


@cache
def seen_lengths() -> frozenset[int]:
    """Give the lengths, without a hyphen, in which order numbers have really been seen."""
    return frozenset(length for form in forms() if form.strength.seen for length in form.lengths)


@cache
def length_range() -> range:
    """Give every length that some platform's order number, without a hyphen, may have."""
    lengths = [length for form in forms() for length in form.lengths]
    return range(min(lengths), max(lengths) + 1)


def matching_forms(number: str) -> tuple[Form, ...]:
    """Give the forms a number has, written as its platform writes it, strongest first."""
    return tuple(form for form in forms() if form.fits(number))


def _all_digits(number: str) -> bool:
    # An order number is a counting number: none begins with a zero.
    return number.isascii() and number.isdigit() and not number.startswith("0")


def _forms_of(platform: Platform) -> Iterator[Form]:
    file = f"platforms/{folder(platform)}/order_numbers.yaml"
    for name, raw in whole_mapping(packaged(file), file).items():
        entry = mapping(raw, file, name)
        only(entry, _FORM_KEYS, file, name)
        strength = one_word(Strength, entry.get("strength"), file, f"{name}.strength")
        match entry:
            case {"groups": [int(first), int(second)]}:
                yield Form(platform, strength, groups=(first, second))
            case {"digits": [int(shortest), int(longest)]}:
                yield Form(platform, strength, lengths=range(shortest, longest + 1))
            case _:
                remedy = "write digits: [shortest, longest] or groups: [6, 15]"
                raise RuleFileError(file, name, "says no length", remedy)


@cache
def number_words() -> NumberWords:
    """Read ``words.yaml``."""
    file = "order_number/words.yaml"
    content = whole_mapping(packaged(file), file)
    only(content, _WORD_KEYS, file, "the whole file")
    before = _meaning_by_word(content.get("before"), file, "before")
    after = _meaning_by_word(content.get("after"), file, "after")
    parameters = texts(content.get("order_parameters"), file, "order_parameters")
    return NumberWords(before | dict.fromkeys(parameters, ORDER_NUMBER), after, parameters)


def _meaning_by_word(raw: object, file: str, place: str) -> dict[str, str]:
    return {
        word.lower(): meaning
        for meaning, listed in mapping(raw, file, place).items()
        for word in texts(listed, file, f"{place}.{meaning}")
    }
