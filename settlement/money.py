"""The one place where money is rounded: Decimal yuan, to the fen (分), half up."""

from decimal import ROUND_HALF_UP, Context, Decimal

FEN = Decimal("0.01")
ZERO = Decimal("0.00")
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
"""Wide enough for any amount times any rate of the contract, whatever the thread's context."""
_multiply, _divide, _quantize = EXACT.multiply, EXACT.divide, EXACT.quantize


def round_fen(amount: Decimal) -> Decimal:
    """Round yuan to the fen, half up (四舍五入到分)."""
    return _quantize(amount, FEN)


def share(amount: Decimal, rate: Decimal) -> Decimal:
    """Return the share of an amount, unrounded."""
    return _multiply(amount, rate)


def share_to_fen(amount: Decimal, rate: Decimal) -> Decimal:
    """Return the share of an amount, rounded to the fen."""
    return _quantize(_multiply(amount, rate), FEN)


def leads_to(base: Decimal, rate: Decimal, amount: Decimal) -> bool:
    """Tell whether a base and a rate give an amount that somebody stated, give or take a fen."""
    return abs(share_to_fen(base, rate) - amount) <= FEN


def part_to_fen(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """Return the share of an amount that a part of a whole stands for, rounded to the fen."""
    return _quantize(_divide(_multiply(amount, part), whole), FEN)
