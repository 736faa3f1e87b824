"""Orders that are asked for by what they are, not by their number (按商品、店铺、日期找单)."""

from dataclasses import dataclass
from datetime import timedelta

from bot.desk.days import Days

__all__ = ["AWAITED_FOR", "MOST_AWAITED", "MOST_FOUND", "AwaitNumbers", "LeaveNumbers", "Sought"]

MOST_FOUND = 50
"""As many as one answer lists, like order numbers in one message."""
MOST_AWAITED = 20
"""Order numbers a person may wait for at a time."""
AWAITED_FOR = timedelta(days=90)
"""How long a number is waited for; the platforms give no older orders."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody said of their orders: all of it must fit.

    `words` stand in the item's or the shop's name; `pointed` if it is about certain orders, and
    not a word about orders as such. With `only_if_asked` the text says something of an order only
    as the answer to the question which one is meant; one that `follows` also after an order was
    shown ("那天猫呢？").
    """

    words: tuple[str, ...] = ()
    days: Days | None = None
    platforms: tuple[str, ...] = ()
    pointed: bool = False
    only_if_asked: bool = False
    follows: bool = False


@dataclass(frozen=True, slots=True)
class AwaitNumbers:
    """Tell this person once when there is data for a number among their own (有数据时告诉我)."""

    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeaveNumbers:
    """Wait for these numbers no longer."""

    numbers: tuple[str, ...]
