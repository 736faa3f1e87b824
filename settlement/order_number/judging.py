"""Judging a number by the words beside it, by its look, and by the platforms' forms."""

import re

from settlement.order_number.forms import Form, forms, length_range, matching_forms, number_words
from settlement.order_number.found import WhyNot
from settlement.order_number.lookalikes import (
    is_barcode,
    is_identity_number,
    is_phone,
    is_time,
    is_waybill,
)
from settlement.order_number.scanning import Number

ORDER_NUMBER = "order_number"
_SHORTEST_FRAGMENT = 6
_LONGEST_PREFIX = 12
_BETWEEN = re.compile(r"[^\w¥$]+$")
_WORD = re.compile(r"[A-Za-z]*[0-9]+[A-Za-z]?")
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
    match = _WORD.search(text, max(0, number.start - _LONGEST_PREFIX), number.end + 1)
    token = match.group() if match else ""
    if is_identity_number(number.digits + text[number.end : number.end + 1]):
        return WhyNot.IDENTITY_NUMBER
    return WhyNot.WAYBILL if is_waybill(token) else WhyNot.OTHER


def word_before(text: str, start: int) -> str | None:
    """Find what the words right before a number call it; the longest word decides."""
    words = number_words()
    before = text[max(0, start - words.longest_before - 8) : start].lower()
    if before.endswith("=") and before[:-1].endswith(words.order_parameters):
        return ORDER_NUMBER
    for copula in ("是", "为"):
        before = _BETWEEN.sub("", before).removesuffix(copula)
    for size in range(min(len(before), words.longest_before), 0, -1):
        word, ahead = before[-size:], before[:-size][-1:]
        if word in words.before and not (_is_letter(word[0]) and _is_letter(ahead)):
            return words.before[word]
    return None


def _is_letter(character: str) -> bool:
    """Tell a Latin letter: "tel" is no word of its own in "hotel"."""
    return character.isascii() and character.isalpha()


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
