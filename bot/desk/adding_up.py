"""Which amounts add up to a sum (凑数): counted over all choices, within a bounded effort."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Choice", "choose"]

_MOST_BITS = 64_000_000
"""Sums kept at once, all steps together: eight megabytes, some tens of milliseconds."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Places of amounts that add up to the sum; with `several` it is only one of the ways."""

    places: tuple[int, ...]
    several: bool


def choose(amounts: Sequence[int], total: int) -> Choice | None:
    """Choose amounts (fen, above zero) that add up to `total`; None if no choice does.

    Raises OverflowError where trying all choices would take too long.
    """
    if total <= 0 or total * len(amounts) > _MOST_BITS:
        if total > 0 and amounts:
            raise OverflowError(f"{len(amounts)} amounts up to {total} are too many to try")
        return None
    # Bit s of the first number says that some choice adds up to s, of the second: more than one.
    mask = (1 << total + 1) - 1
    steps, once, often = [1], 1, 0
    for amount in amounts:
        with_it = once << amount & mask
        often = (often | often << amount | once & with_it) & mask
        once |= with_it
        steps.append(once)
    if not once >> total & 1:
        return None
    return Choice(_back(amounts, steps, total), bool(often >> total & 1))


def _back(amounts: Sequence[int], steps: Sequence[int], total: int) -> tuple[int, ...]:
    """Walk back through the steps: an amount without which the sum could not be is in it."""
    places: list[int] = []
    for place in range(len(amounts) - 1, -1, -1):
        if not steps[place] >> total & 1:
            places.append(place)
            total -= amounts[place]
    return tuple(reversed(places))
