"""Order numbers in free text, and whose they may be (订单号识别)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from settlement.model import Platform
from settlement.order_number.folding import FoldedText, fold
from settlement.order_number.forms import (
    Form,
    Strength,
    forms,
    length_range,
    number_words,
)
from settlement.order_number.lookalikes import (
    is_barcode,
    is_identity_number,
    is_phone,
    is_time,
    is_waybill,
)
from settlement.order_number.scanning import Number, blank_surely_other, numbers_in

__all__ = ["FoundNumber", "WhyNot", "find_order_numbers", "platforms_of", "why_not"]

MOST_NUMBERS = 50
"""As many as one message is answered for."""
_SHORTEST_FRAGMENT = 6
_ORDER_NUMBER = "order_number"
_LIST_COMMA = re.compile(r" ?(?:[,、/;]|和) ?")
_BETWEEN = re.compile(r"[^\w¥$]+$")
_WORD = re.compile(r"[A-Za-z]*[0-9]+[A-Za-z]?")
_LONGEST_PREFIX = 12


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """An order number found in a text, as the platforms write it (订单号).

    `start` and `end` are its place in the original text, separators inside it included.
    """

    number: str
    platforms: tuple[Platform, ...]
    """Whose it may be, the strongest first; never empty."""
    start: int
    end: int
    certain: bool
    """Whether the form alone says whose it is."""


class WhyNot(StrEnum):
    """Why a number is no order number, told by its form and the words beside it alone."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    ONE_DIGIT_TOO_MANY = "one_digit_too_many"
    """Twenty digits that end in 1: a Douyin number with one digit too many, seen in the wild."""
    HYPHEN_MISSING = "hyphen_missing"
    """As many digits as a hyphenated number has: its hyphen got lost."""
    DAMAGED = "damaged"
    """Written by a spreadsheet as a decimal (1.87E+18); its last digits are lost."""
    PHONE_NUMBER = "phone_number"
    IDENTITY_NUMBER = "identity_number"
    WAYBILL = "waybill"
    BARCODE = "barcode"
    DATE = "date"
    AMOUNT = "amount"
    LINK = "link"
    """An id in a link, of goods or a page."""
    OTHER = "other"
    """An account, a goods id, a part of a longer word."""


_FROM_WORD = {"part": WhyNot.TOO_SHORT}
# What a person most likely meant as an order number comes first.
_TELLING = (
    WhyNot.ONE_DIGIT_TOO_MANY,
    WhyNot.HYPHEN_MISSING,
    WhyNot.DAMAGED,
    WhyNot.TOO_LONG,
    WhyNot.TOO_SHORT,
)


def find_order_numbers(text: str) -> tuple[FoundNumber, ...]:
    """Find up to fifty order numbers in a message, in their order, each as often as it stands.

    Full-width digits, invisible characters, blanks and hyphens inside a number are understood;
    nothing is repaired. A number in a link counts behind an order parameter only.
    """
    found = (item for item in _read(text) if isinstance(item, FoundNumber))
    return tuple(islice(found, MOST_NUMBERS))


def platforms_of(number: str) -> tuple[Platform, ...]:
    """Whose order number this may be by its form, the strongest first; empty for nobody's."""
    return _platforms(_matching_forms(number))


def why_not(text: str) -> WhyNot | None:
    """Say why a text holds no order number: the most telling cause, None if it holds one.

    None too when no number in it is worth a word ("3天了").
    """
    causes = []
    for item in _read(text):
        if isinstance(item, FoundNumber):
            return None
        causes.append(item)
    return next((cause for cause in _TELLING if cause in causes), causes[0] if causes else None)


def _read(text: str) -> Iterator[FoundNumber | WhyNot]:
    folded = fold(text)
    plain, surely_other = blank_surely_other(folded.text)
    yield from map(WhyNot, surely_other)
    previous_end, previous_word = 0, None
    for number in numbers_in(plain):
        word = _word_before(plain, number.start)
        if word is None and _LIST_COMMA.fullmatch(plain, previous_end, number.start):
            word = previous_word
        previous_end, previous_word = number.end, word
        verdict = _verdict(number, word, plain)
        if isinstance(verdict, WhyNot):
            yield verdict
        elif verdict:
            yield _found(number, verdict, folded)


def _found(number: Number, matching: tuple[Form, ...], folded: FoldedText) -> FoundNumber:
    start, end = folded.original_span(number.start, number.end)
    certain = matching[0].strength is Strength.CERTAIN
    return FoundNumber(number.written, _platforms(matching), start, end, certain)


def _verdict(number: Number, word: str | None, text: str) -> WhyNot | tuple[Form, ...] | None:
    """Judge a number by the word before it, then by its look, then by the platforms' forms."""
    labelled = word == _ORDER_NUMBER
    if word and not labelled:
        return _FROM_WORD.get(word) or WhyNot(word)
    if number.form:
        return (number.form,)
    if other := _lookalike(number, labelled, text):
        return other
    if matching := _matching_forms(number.digits):
        weak = not matching[0].strength.seen
        return (_word_after(text, number.end) if weak else None) or matching
    worth_a_word = labelled or len(number.digits) >= _SHORTEST_FRAGMENT or number.digits == text
    return _wrong_length(number.digits) if worth_a_word else None


def _lookalike(number: Number, labelled: bool, text: str) -> WhyNot | None:
    digits = number.digits
    if number.letters_after or (number.letters_before and not labelled):
        return _part_of_word(number, text)
    if is_phone(digits):
        return WhyNot.PHONE_NUMBER
    if labelled:
        return None
    if is_barcode(digits):
        return WhyNot.BARCODE
    if is_identity_number(digits):
        return WhyNot.IDENTITY_NUMBER
    return WhyNot.DATE if is_time(digits) else None


def _part_of_word(number: Number, text: str) -> WhyNot:
    match = _WORD.search(text, max(0, number.start - _LONGEST_PREFIX), number.end + 1)
    token = match.group() if match else ""
    if is_identity_number(number.digits + text[number.end : number.end + 1]):
        return WhyNot.IDENTITY_NUMBER
    return WhyNot.WAYBILL if is_waybill(token) else WhyNot.OTHER


def _word_before(text: str, start: int) -> str | None:
    """Find what the words right before a number call it; the longest word decides."""
    words = number_words()
    before = text[max(0, start - words.longest_before - 8) : start].lower()
    if before.endswith("=") and before[:-1].endswith(words.order_parameters):
        return _ORDER_NUMBER
    for copula in ("是", "为"):
        before = _BETWEEN.sub("", before).removesuffix(copula)
    fitting = (
        word
        for size in range(min(len(before), words.longest_before), 0, -1)
        if (word := before[-size:]) in words.before
    )
    return next((words.before[word] for word in fitting), None)


def _word_after(text: str, end: int) -> WhyNot | None:
    words = number_words()
    after = text[end : end + 8].lower().lstrip(" ")
    return next(
        (WhyNot(kind) for word, kind in words.after.items() if after.startswith(word)), None
    )


def _wrong_length(digits: str) -> WhyNot | None:
    size, possible = len(digits), length_range()
    if size < possible.start:
        return WhyNot.TOO_SHORT
    if size == possible.stop and digits.endswith("1"):
        return WhyNot.ONE_DIGIT_TOO_MANY
    if any(size == sum(form.groups) for form in forms()):
        return WhyNot.HYPHEN_MISSING
    return WhyNot.TOO_LONG


def _matching_forms(number: str) -> tuple[Form, ...]:
    return tuple(form for form in forms() if form.fits(number))


def _platforms(matching: tuple[Form, ...]) -> tuple[Platform, ...]:
    return tuple(dict.fromkeys(form.platform for form in matching))
