"""Telegram HTML that a person has written, checked before anybody is sent it (消息格式检查).

Stricter than Telegram: what it would quietly leave out or take for plain text is a mistake here.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from bot.desk.markup import LONGEST_MESSAGE, plain, units

__all__ = ["Mistake", "Wrong", "mistakes_in"]

_PLAIN_TAGS = frozenset({"b", "i", "u", "s", "code", "pre", "blockquote", "tg-spoiler"})
_PIECE = re.compile(r"<(/?)([A-Za-z-]*)([^<>]*)>|&(?:lt|gt|amp|quot|#[0-9]{1,6});|[<>&]")
_LINK = re.compile(r' href="([^"<>\s]*)"')


class Wrong(StrEnum):
    """What is wrong with a text."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNKNOWN_TAG = "unknown_tag"
    BAD_LINK = "bad_link"
    NOT_OPEN = "not_open"
    NOT_CLOSED = "not_closed"
    BARE_SIGN = "bare_sign"
    CONTROL = "control"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake, the line it is in (from 1), and the piece of text or the number meant."""

    wrong: Wrong
    line: int = 1
    what: str = ""


def mistakes_in(html: str) -> tuple[Mistake, ...]:
    """All mistakes of a text, in its order; none if Telegram shows it as it is meant."""
    if not plain(html).strip():
        return (Mistake(Wrong.EMPTY),)
    found = [*_controls(html), *_mistaken_markup(html)]
    if (length := units(plain(html))) > LONGEST_MESSAGE:
        found.append(Mistake(Wrong.TOO_LONG, 1, str(length)))
    return tuple(found)


def _controls(html: str) -> list[Mistake]:
    """Signs no database keeps, or that hide others."""
    found = re.search(r"[^\S \n]|[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e]", html)
    return [Mistake(Wrong.CONTROL, _line(html, found.start()))] if found else []


def _mistaken_markup(html: str) -> list[Mistake]:
    found: list[Mistake] = []
    still_open: list[tuple[str, int]] = []
    for piece in _PIECE.finditer(html):
        line = _line(html, piece.start())
        if piece[0] in "<>&":
            found.append(Mistake(Wrong.BARE_SIGN, line, piece[0]))
        elif piece[0].startswith("</"):
            found.extend(_closing(piece, still_open, line))
        elif piece[0].startswith("<"):
            found.extend(_opening(piece, line))
            still_open.append((piece[2], line))
    return [*found, *_unclosed(still_open)]


def _opening(piece: re.Match[str], line: int) -> list[Mistake]:
    name, attributes = piece[2], piece[3]
    if name == "a":
        link = _LINK.fullmatch(attributes)
        good = link is not None and _leads_somewhere(link[1])
        return [] if good else [Mistake(Wrong.BAD_LINK, line, piece[0])]
    if name not in _PLAIN_TAGS or attributes:
        return [Mistake(Wrong.UNKNOWN_TAG, line, piece[0])]
    return []


def _closing(piece: re.Match[str], still_open: list[tuple[str, int]], line: int) -> list[Mistake]:
    """A tag ends the last one that is open; one that is open further out leaves those within."""
    if piece[2] not in (name for name, _ in still_open) or piece[3].strip():
        return [Mistake(Wrong.NOT_OPEN, line, piece[0])]
    left: list[tuple[str, int]] = []
    while (last := still_open.pop())[0] != piece[2]:
        left.append(last)
    return _unclosed(left)


def _unclosed(left: Iterable[tuple[str, int]]) -> list[Mistake]:
    """A tag that is unknown is a mistake already."""
    known = _PLAIN_TAGS | {"a"}
    return [Mistake(Wrong.NOT_CLOSED, line, f"<{name}>") for name, line in left if name in known]


def _leads_somewhere(address: str) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in (parts.hostname or "")


def _line(html: str, position: int) -> int:
    return html.count("\n", 0, position) + 1
