"""Formatted text written as Telegram HTML again, safe for tests and people to read."""

from collections.abc import Iterator
from html import escape

from bot.simulator.entities import SPLITTABLE, Entity, FormattedText, utf16_length

__all__ = ["to_html"]

_TAGS = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "spoiler": ("<tg-spoiler>", "</tg-spoiler>"),
    "code": ("<code>", "</code>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ("<blockquote expandable>", "</blockquote>"),
}


def to_html(content: FormattedText) -> str:
    """HTML that parses to the same text and entities; recognised addresses stay plain text."""
    written = ""
    open_entities: list[Entity] = []
    for start, character in _with_offsets(content.text):
        wanted = _covering(content.entities, start)
        if wanted != open_entities:
            written += _change(open_entities, wanted)
            open_entities = wanted
        written += escape(character, quote=False)
    return written + _change(open_entities, [])


def _with_offsets(text: str) -> Iterator[tuple[int, str]]:
    offset = 0
    for character in text:
        yield offset, character
        offset += utf16_length(character)


def _covering(entities: tuple[Entity, ...], offset: int) -> list[Entity]:
    """Links, quotes and code outside, styles inside: only styles may cross a boundary."""
    here = [e for e in entities if e.offset <= offset < e.end and _tags(e) is not None]
    return sorted(here, key=lambda entity: entity.type in SPLITTABLE)


def _change(old: list[Entity], new: list[Entity]) -> str:
    common = 0
    while common < min(len(old), len(new)) and old[common] == new[common]:
        common += 1
    closing = [pair[1] for entity in reversed(old[common:]) if (pair := _tags(entity))]
    opening = [pair[0] for entity in new[common:] if (pair := _tags(entity))]
    return "".join(closing + opening)


def _tags(entity: Entity) -> tuple[str, str] | None:
    match entity.type:
        case "text_link":
            return f'<a href="{escape(entity.url or "")}">', "</a>"
        case "text_mention":
            return f'<a href="tg://user?id={entity.user_id}">', "</a>"
        case "custom_emoji":
            return f'<tg-emoji emoji-id="{escape(entity.custom_emoji_id or "")}">', "</tg-emoji>"
        case "pre" if entity.language:
            return f'<pre><code class="language-{escape(entity.language)}">', "</code></pre>"
        case "pre":
            return "<pre>", "</pre>"
        case kind:
            return _TAGS.get(kind)
