"""Formatted text as Telegram keeps it: plain text and entities with UTF-16 offsets."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

__all__ = [
    "Entity",
    "FormattedText",
    "cleaned",
    "settled",
    "utf16_length",
    "with_detected",
]

SPLITTABLE = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
"""Styles of characters: they may overlap anything but code, and equal ones merge."""

VERBATIM = frozenset({"pre", "code"})
QUOTES = frozenset({"blockquote", "expandable_blockquote"})

# Of two entities over the same characters the lower one is the outer one, as in Telegram.
_PRIORITY = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 10,
    "code": 20,
    "text_link": 49,
    "text_mention": 49,
    "url": 50,
    "bot_command": 50,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}

# Telegram turns control characters into blanks, and drops carriage returns and bidi overrides.
_CLEANING = {code: " " for code in range(32) if code not in (10, 13)} | dict.fromkeys(
    [13, *range(0x2028, 0x202F)]
)

_DETECTED = (
    (
        "url",
        re.compile(
            r"https?://[^\s<>\"'，。；、！？（）【】《》“”]+[^\s<>\"'，。；、！？（）【】《》“”.,;:!?)]"
        ),
    ),
    (
        "bot_command",
        re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])", re.ASCII),
    ),
)


@dataclass(frozen=True, slots=True)
class Entity:
    """One stretch of special text; `offset` and `length` count UTF-16 code units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None
    user_id: int | None = None

    @property
    def end(self) -> int:
        """The first code unit after it."""
        return self.offset + self.length

    @classmethod
    def from_json(cls, shape: Mapping[str, Any]) -> "Entity":
        """Read Telegram's MessageEntity."""
        return cls(
            type=shape["type"],
            offset=shape["offset"],
            length=shape["length"],
            url=shape.get("url"),
            language=shape.get("language"),
            custom_emoji_id=shape.get("custom_emoji_id"),
            user_id=shape.get("user", {}).get("id"),
        )

    def as_json(self) -> dict[str, object]:
        """Telegram's MessageEntity."""
        shape: dict[str, object] = {
            "type": self.type,
            "offset": self.offset,
            "length": self.length,
        }
        optional = {
            "url": self.url,
            "language": self.language,
            "custom_emoji_id": self.custom_emoji_id,
        }
        shape |= {name: value for name, value in optional.items() if value is not None}
        if self.user_id is not None:
            shape["user"] = {"id": self.user_id, "is_bot": False, "first_name": ""}
        return shape


@dataclass(frozen=True, slots=True)
class FormattedText:
    """A message's text without markup, and its entities in Telegram's order."""

    text: str
    entities: tuple[Entity, ...] = ()


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, Telegram's measure: 😀 counts two, 账 one."""
    return len(text) + sum(character > "\uffff" for character in text)


def cleaned(text: str) -> str:
    """The text without the characters that Telegram does not carry."""
    return text.translate(_CLEANING)


def settled(text: str, entities: Iterable[Entity]) -> FormattedText:
    """What Telegram keeps of properly nested entities: trimmed, merged, sorted.

    Nothing lives inside code or pre, quotes do not nest, equal styles merge, and white space
    at both ends goes, except leading white space that carries an entity.
    """
    kept = _without_verbatim_content(_without_nested(list(entities)))
    merged = [entity for entity in kept if entity.type not in SPLITTABLE]
    for style in sorted(SPLITTABLE):
        merged += _merged([entity for entity in kept if entity.type == style])
    return _trimmed(text, merged)


def with_detected(formatted: FormattedText) -> FormattedText:
    """Adds the addresses and commands that Telegram recognises by itself."""
    taken = [e for e in formatted.entities if e.type in VERBATIM | {"text_link", "text_mention"}]
    found = list(formatted.entities)
    for kind, pattern in _DETECTED:
        for match in pattern.finditer(formatted.text):
            start = utf16_length(formatted.text[: match.start()])
            entity = Entity(kind, start, utf16_length(match.group()))
            if not any(_touch(entity, other) for other in taken):
                found.append(entity)
                taken.append(entity)
    return FormattedText(formatted.text, tuple(sorted(found, key=_order)))


def _order(entity: Entity) -> tuple[int, int, int]:
    return entity.offset, -entity.length, _PRIORITY.get(entity.type, 50)


def _touch(one: Entity, other: Entity) -> bool:
    return one.offset < other.end and other.offset < one.end


def _without_nested(entities: list[Entity]) -> list[Entity]:
    """Drops the inner one of two links or codes, and of two quotes."""
    kept: list[Entity] = []
    for entity in sorted(entities, key=_order):
        rivals = [other for other in kept if _excludes(other, entity)]
        if not any(_touch(entity, other) for other in rivals):
            kept.append(entity)
    return kept


def _excludes(outer: Entity, inner: Entity) -> bool:
    free = SPLITTABLE | {"custom_emoji"}
    if outer.type in free or inner.type in free:
        return False
    if outer.type in QUOTES:
        return inner.type in QUOTES
    return True


def _without_verbatim_content(entities: list[Entity]) -> list[Entity]:
    """Cuts styles and emoji out of code and pre."""
    walls = [entity for entity in entities if entity.type in VERBATIM]
    kept: list[Entity] = []
    for entity in entities:
        if entity.type in SPLITTABLE:
            kept += _outside(entity, walls)
        elif entity.type != "custom_emoji" or not any(_touch(entity, wall) for wall in walls):
            kept.append(entity)
    return kept


def _outside(entity: Entity, walls: list[Entity]) -> list[Entity]:
    pieces = [entity]
    for wall in walls:
        pieces = [part for piece in pieces for part in _cut(piece, wall)]
    return pieces


def _cut(piece: Entity, wall: Entity) -> list[Entity]:
    if not _touch(piece, wall):
        return [piece]
    before = replace(piece, length=max(0, wall.offset - piece.offset))
    start = min(max(wall.end, piece.offset), piece.end)
    after = replace(piece, offset=start, length=piece.end - start)
    return [part for part in (before, after) if part.length]


def _merged(entities: list[Entity]) -> list[Entity]:
    """Unites overlapping and adjacent stretches of one style."""
    united: list[Entity] = []
    for entity in sorted(entities, key=_order):
        if united and entity.offset <= united[-1].end:
            end = max(united[-1].end, entity.end)
            united[-1] = replace(united[-1], length=end - united[-1].offset)
        else:
            united.append(entity)
    return united


def _trimmed(text: str, entities: list[Entity]) -> FormattedText:
    text = text.rstrip(" \n")
    size = utf16_length(text)
    inside = [replace(e, length=min(e.end, size) - e.offset) for e in entities if e.offset < size]
    leading = len(text) - len(text.lstrip(" \n"))
    cut = min([leading, *(entity.offset for entity in inside)])
    moved = [replace(entity, offset=entity.offset - cut) for entity in inside]
    return FormattedText(text[cut:], tuple(sorted(moved, key=_order)))
