"""Telegram HTML: made plain, and cut to Telegram's length without breaking a tag."""

import re
from html import unescape

__all__ = ["LONGEST_CAPTION", "LONGEST_MESSAGE", "fit", "plain", "units"]

LONGEST_MESSAGE = 4096
"""Telegram's limit for a message, in UTF-16 units of what is left once tags are parsed."""

LONGEST_CAPTION = 1024
"""Telegram's limit for the words of a picture or a file, counted likewise."""

_PIECE = re.compile(r"<[^<>]*>|&[^;&<>]*;|[^<&]+|.", re.DOTALL)
_TAG_NAME = re.compile(r"</?([a-z-]+)")


def units(text: str) -> int:
    """Return how many UTF-16 units `text` takes: what Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain(html: str) -> str:
    """Return `html` as a reader sees it, without tags and entities."""
    return unescape(re.sub(r"<[^<>]*>", "", html))


def fit(html: str, limit: int = LONGEST_MESSAGE) -> str:
    """Return `html` cut to `limit` units; what was open is closed after an ellipsis."""
    if units(plain(html)) <= limit:
        return html
    kept: list[str] = []
    still_open: list[str] = []
    left = limit - 1
    for piece in _PIECE.findall(html):
        if piece.startswith("<"):
            _follow(piece, still_open)
            kept.append(piece)
            continue
        shown = _head(unescape(piece), left)
        if shown != unescape(piece):
            kept.append(shown if not piece.startswith("&") else "")
            break
        kept.append(piece)
        left -= units(shown)
    return "".join([*kept, "…", *(f"</{name}>" for name in reversed(still_open))])


def _follow(tag: str, still_open: list[str]) -> None:
    """Keep the stack of open tags while reading past `tag`."""
    found = _TAG_NAME.match(tag)
    if found and tag.startswith("</"):
        still_open.pop()
    elif found:
        still_open.append(found[1])


def _head(text: str, limit: int) -> str:
    """Return the longest beginning of `text` that takes at most `limit` units."""
    taken = 0
    for position, character in enumerate(text):
        taken += units(character)
        if taken > limit:
            return text[:position]
    return text
