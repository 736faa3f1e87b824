"""Pages of a list, as buttons below it."""

from bot.desk.actions import Verb
from bot.desk.replies import Button
from bot.desk.turn import Turn

__all__ = ["pager", "pages_of"]


def pages_of(count: int, size: int) -> int:
    """Return how many pages of `size` hold `count` items; an empty list has one."""
    return max(1, -(-count // size))


def pager(
    turn: Turn, verb: Verb, prefix: str, page: int, pages: int, suffix: str = ""
) -> tuple[Button, ...]:
    """Offer the page before and the page after; the page number stands inside the subject."""
    around = (("previous", page - 1), ("next", page + 1))
    return tuple(
        turn.button(label, verb, f"{prefix}{number}{suffix}", page=number + 1, pages=pages)
        for label, number in around
        if 0 <= number < pages
    )
