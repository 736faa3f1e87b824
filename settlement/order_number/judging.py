"""Judging a number by the words beside it, by its look, and by the platforms' forms."""

import re
from collections.abc import Iterable
from functools import cache
from string import ascii_letters

from settlement.order_number.forms import (
    ORDER_NUMBER,
    Form,
    forms,
    length_range,
    matching_forms,
    number_words,
)
from settlement.order_number.found import WhyNot
from settlement.order_number.lookalikes import (
    is_barcode,
    is_identity_number,
    is_phone,
    is_time,
    is_waybill,
)
from settlement.order_number.scanning import Number

_SHORTEST_FRAGMENT = 6
_FROM_WORD = {"part": WhyNot.TOO_SHORT}


def verdict(number: Number, word: str | None, text: str) -> WhyNot | tuple[Form, ...] | None:
    """Judge a number; a form no other number has decides, then the word before it, then its look.

    None for a number that nobody can have meant as an order number.
    """
    if number.form:
        return (number.form,)
    labelled = word == ORDER_NUMBER
    if word and not labelled:
        return _FROM_WORD.get(word) or WhyNot(word)
    if other := _lookalike(number, labelled, text):
        return other
    if matching := matching_forms(number.digits):
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
    if is_identity_number(number.digits + text[number.end : number.end + 1]):
        return WhyNot.IDENTITY_NUMBER
    before = text[: number.start]
    letters = before[len(before.rstrip(ascii_letters)) :]
    whole = letters + number.digits
    return WhyNot.WAYBILL if is_waybill(whole) and not number.letters_after else WhyNot.OTHER


def word_before(text: str, start: int) -> str | None:
    """Find what the words right before a number call it; the longest word decides."""
    match = _label_backwards().match(text[:start][::-1])
    return number_words().before[match["word"][::-1].lower()] if match else None


@cache
def _label_backwards() -> re.Pattern[str]:
    """Match a label from its number backwards, so that nothing but its own end is looked at.

    What was blanked ends a label, and "tel" is no word of its own in "hotel".
    """
    between, copula = r"[^\w¥$\0]*", "[是为]"
    words = _any_of(word[::-1] for word in number_words().before)
    return re.compile(
        rf"{between}(?:{copula}{between})?(?P<word>{words})(?!(?<=[a-z])[a-z])", re.IGNORECASE
    )


def _word_after(text: str, end: int) -> WhyNot | None:
    match = _unit().match(text, end)
    return WhyNot(number_words().after[match["word"].lower()]) if match else None


@cache
def _unit() -> re.Pattern[str]:
    return re.compile(rf" *(?P<word>{_any_of(number_words().after)})", re.IGNORECASE)


def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _wrong_length(digits: str) -> WhyNot | None:
    size, possible = len(digits), length_range()
    if size < possible.start:
        return WhyNot.TOO_SHORT
    if size in possible:
        return WhyNot.OTHER  # no length is wrong with it: it begins with a zero
    if size == possible.stop and digits.endswith("1"):
        return WhyNot.ONE_DIGIT_TOO_MANY
    if any(size == sum(form.groups) for form in forms()):
        return WhyNot.HYPHEN_MISSING
    return WhyNot.TOO_LONG
