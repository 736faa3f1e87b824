"""A message as Telegram shows it (消息预览), from checked Telegram HTML."""

import re
from html import unescape

from markupsafe import Markup, escape

from bot.desk.written_html import mistakes_in

__all__ = ["preview"]

_AROUND_BLOCKS = re.compile(r"\n(<(?:pre|blockquote)>)|(</(?:pre|blockquote)>)\n")
"""A block begins a new line by itself."""
_PIECE = re.compile(r'<(/?)(b|i|u|s|code|pre|blockquote|tg-spoiler|a)(?: href="([^"<>]*)")?>')


def preview(html: str) -> Markup:
    """The message as markup of our own; a text with mistakes as the letters that it is.

    Nothing of the text becomes markup but the tags we know, written anew.
    """
    if mistakes_in(html):
        return escape(html)
    shown, end = Markup(), 0
    for piece in _PIECE.finditer(html):
        shown += escape(unescape(html[end : piece.start()])) + _tag(piece)
        end = piece.end()
    shown += escape(unescape(html[end:]))
    return Markup(_AROUND_BLOCKS.sub(_block, shown))  # noqa: S704 (only ends of lines are taken out)


def _block(found: re.Match[str]) -> str:
    return found[1] or found[2]


def _tag(piece: re.Match[str]) -> Markup:
    closing, name, address = piece.groups()
    written = "span" if name == "tg-spoiler" else name
    if closing:
        return Markup("</{}>").format(written)
    if name == "a":
        link = Markup('<a href="{}" rel="noopener noreferrer" target="_blank">')
        return link.format(unescape(address or ""))
    if name == "tg-spoiler":
        return Markup('<span class="spoiler">')
    return Markup("<{}>").format(written)
