"""Order numbers in free text, and whose they may be (订单号识别)."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

from settlement.order_number.folding import FoldedText, fold
from settlement.order_number.forms import Form, Strength
from settlement.order_number.found import FoundNumber, WhyNot
from settlement.order_number.judging import verdict, word_before
from settlement.order_number.scanning import Number, blank_surely_other, numbers_in

__all__ = [
    "FoundNumber",
    "WhyNot",
    "find_order_numbers",
    "numbers_beyond",
    "why_not",
    "without_numbers",
]

MOST_NUMBERS = 50
"""As many as one message is answered for."""
_LIST_COMMA = re.compile(r" ?(?:[,、/;]|和) ?")
# What a person most likely meant as an order number comes first.
_TELLING = (
    WhyNot.ONE_DIGIT_TOO_MANY,
    WhyNot.HYPHEN_MISSING,
    WhyNot.DAMAGED,
    WhyNot.TOO_LONG,
    WhyNot.TOO_SHORT,
)


@lru_cache(maxsize=512)
def find_order_numbers(text: str) -> tuple[FoundNumber, ...]:
    """Find up to fifty order numbers in a message, in their order, each as often as it stands.

    Full-width digits, invisible characters, blanks and hyphens inside a number are understood;
    nothing is repaired. A number in a link counts behind an order parameter only.
    """
    found = (item for item in _read(text) if isinstance(item, FoundNumber))
    return tuple(islice(found, MOST_NUMBERS))


def numbers_beyond(text: str) -> int:
    """Count the order numbers in a message that `find_order_numbers` leaves out."""
    return max(sum(isinstance(item, FoundNumber) for item in _read(text)) - MOST_NUMBERS, 0)


def without_numbers(text: str, found: Sequence[FoundNumber]) -> str:
    """Take order numbers that were found in a text out of it."""
    for number in reversed(found):
        text = f"{text[: number.start]} {text[number.end :]}"
    return text


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
    yield from surely_other
    previous: Number | None = None
    word: str | None = None
    for number in numbers_in(plain):
        listed = previous and _LIST_COMMA.fullmatch(plain, previous.end, number.start)
        word = word_before(plain, number.start) or (word if listed else None)
        previous = number
        judged = verdict(number, word, plain)
        if isinstance(judged, WhyNot):
            yield judged
        elif judged:
            yield _found(number, judged, folded)


def _found(number: Number, matching: tuple[Form, ...], folded: FoldedText) -> FoundNumber:
    start, end = folded.original_span(number.start, number.end)
    certain = any(form.strength is Strength.CERTAIN for form in matching)
    platforms = tuple(dict.fromkeys(form.platform for form in matching))
    return FoundNumber(number.written, platforms, start, end, certain)
