"""A table in letters of one width (对齐): names on the left, figures on the right."""

from collections.abc import Sequence
from unicodedata import east_asian_width

from markupsafe import Markup

from bot.desk.markup import plain

__all__ = ["aligned"]


def aligned(lines: Sequence[tuple[Markup, str]]) -> Markup:
    """Align names and figures; a Chinese character is two wide."""
    left = max((_width(name) for name, _ in lines), default=0)
    right = max((len(figure) for _, figure in lines), default=0)
    rows = [
        name + " " * (left - _width(name)) + "  " + figure.rjust(right) for name, figure in lines
    ]
    return Markup("\n").join(rows)


def _width(name: Markup) -> int:
    return sum(1 + (east_asian_width(character) in "WF") for character in plain(name))
