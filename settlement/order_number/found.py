"""What is said of a number in a text: an order number, or why it is none."""

from dataclasses import dataclass
from enum import StrEnum

from settlement.model import Platform


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
