"""Telegram's HTML, read as strictly as Telegram's own parser reads it."""

import re
from dataclasses import dataclass, replace
from typing import Never

from bot.simulator.entities import Entity, FormattedText, cleaned, settled, utf16_length
from bot.simulator.links import checked_link, mentioned_user

__all__ = ["HtmlError", "parse_html"]

_STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
_TAGS = frozenset({*_STYLES, "a", "code", "pre", "blockquote", "tg-emoji"})
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

# Telegram's white space inside tags; the end of the text ends a name too.
_SPACE = " \t\r\n\v"
_NAME = re.compile(rf"[^{_SPACE}>]*")
_ATTRIBUTE_NAME = re.compile(rf"[^{_SPACE}=>]*")
_BLANK = re.compile(rf"[{_SPACE}]*")
_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]{1,9})|#([0-9]{1,9})|([A-Za-z]+));?")
_PLAIN = re.compile(r"[^<&]+")


class HtmlError(ValueError):
    """Markup that Telegram refuses; the text is what follows "can't parse entities: "."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A tag that waits for its end; `offset` in UTF-16 units, `start` in characters of text."""

    tag: str
    argument: str
    offset: int
    start: int


def parse_html(source: str) -> FormattedText:
    """Reads Telegram HTML: text without markup, entities as Telegram would keep them.

    Raises HtmlError in Telegram's words, with UTF-8 byte offsets. Only &lt; &gt; &amp; &quot;
    and numeric references mean something; any other & stays as it stands, as at Telegram.
    """
    parser = _Parser(cleaned(source))
    parser.run()
    return settled(parser.text, map(_without_idle_language, parser.entities))


class _Parser:
    """One pass over the source; a tag's entity is made when the tag ends."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.text = ""
        self.length = 0
        self.entities: list[Entity] = []
        self.open: list[_Open] = []

    def run(self) -> None:
        while self.position < len(self.source):
            if plain := _PLAIN.match(self.source, self.position):
                self.position = plain.end()
                self.write(plain.group())
            elif self.source[self.position] == "&":
                self.write(self.reference())
            elif self.source.startswith("</", self.position):
                self.end_tag()
            else:
                self.start_tag()
        if self.open:
            raise HtmlError(
                f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"'
            )

    def write(self, text: str) -> None:
        self.text += text
        self.length += utf16_length(text)

    def fail(self, words: str, position: int, more: str = "") -> Never:
        offset = len(self.source[:position].encode())
        raise HtmlError(f"{words} at byte offset {offset}{more}")

    def take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.source, self.position)
        if match is None:
            return ""
        self.position = match.end()
        return match.group()

    def peek(self) -> str:
        return self.source[self.position : self.position + 1]

    def reference(self) -> str:
        match = _REFERENCE.match(self.source, self.position)
        character = _decoded(match) if match else None
        if match is None or character is None:
            self.position += 1
            return "&"
        self.position = match.end()
        return character

    def start_tag(self) -> None:
        begin = self.position
        self.position += 1
        tag = self.take(_NAME).lower()
        if not self.peek():
            self.fail("Unclosed start tag", begin)
        if tag not in _TAGS:
            self.fail(f'Unsupported start tag "{tag}"', begin)
        argument = self.attributes(tag, begin)
        if tag == "span" and argument != "spoiler":
            self.fail('Tag "span" must have class "tg-spoiler"', begin)
        self.open.append(_Open(tag, argument, self.length, len(self.text)))

    def attributes(self, tag: str, begin: int) -> str:
        """Reads up to the closing bracket; returns the one attribute that means something."""
        argument = ""
        while True:
            self.take(_BLANK)
            if self.peek() == ">":
                self.position += 1
                return argument
            name = self.take(_ATTRIBUTE_NAME)
            value = self.value(tag, name, begin)
            argument = _argument(tag, name, value) or argument

    def value(self, tag: str, name: str, begin: int) -> str:
        if not name and self.peek():
            self.fail(f'Empty attribute name in the tag "{tag}"', begin)
        if self.next_sign(tag, begin) != "=":
            return ""
        self.position += 1
        opening = self.next_sign(tag, begin)
        value = self.quoted() if opening in "'\"" else self.token()
        if not self.peek():
            self.fail("Unclosed start tag", begin)
        return value

    def next_sign(self, tag: str, begin: int) -> str:
        self.take(_BLANK)
        return self.peek() or self.fail(f'Unclosed start tag "{tag}"', begin)

    def token(self) -> str:
        begin = self.position
        token = self.take(_TOKEN).lower()
        if self.peek() and self.peek() not in f"{_SPACE}>":
            self.fail("Unexpected end of name token", begin)
        return token

    def quoted(self) -> str:
        quote = self.peek()
        self.position += 1
        value = ""
        while self.peek() not in ("", quote):
            if self.peek() == "&":
                value += self.reference()
            else:
                value += self.peek()
                self.position += 1
        self.position += 1
        return value

    def end_tag(self) -> None:
        begin = self.position
        if not self.open:
            self.fail("Unexpected end tag", begin)
        self.position += 2
        name = self.take(_NAME)
        self.take(_BLANK)
        if self.peek() != ">":
            self.fail("Unclosed end tag", begin)
        self.position += 1
        opened = self.open.pop()
        if name and name.lower() != opened.tag:
            expected = f', expected "</{opened.tag}>", found "</{name}>"'
            self.fail("Unmatched end tag", begin, expected)
        if self.length > opened.offset:
            self.close(opened)

    def close(self, opened: _Open) -> None:
        span = (opened.offset, self.length - opened.offset)
        match opened.tag:
            case "a":
                self.link(opened, span)
            case "code" | "pre":
                self.verbatim(opened, span)
            case "blockquote":
                kind = "expandable_blockquote" if opened.argument else "blockquote"
                self.entities.append(Entity(kind, *span))
            case "tg-emoji":
                if opened.argument:
                    emoji = Entity("custom_emoji", *span, custom_emoji_id=opened.argument)
                    self.entities.append(emoji)
            case tag:
                self.entities.append(Entity(_STYLES[tag], *span))

    def link(self, opened: _Open, span: tuple[int, int]) -> None:
        target = opened.argument or self.text[opened.start :]
        if (user_id := mentioned_user(target)) is not None:
            self.entities.append(Entity("text_mention", *span, user_id=user_id))
        elif (url := checked_link(target)) is not None:
            self.entities.append(Entity("text_link", *span, url=url))

    def verbatim(self, opened: _Open, span: tuple[int, int]) -> None:
        """A pre and a code with a language over the same text are one pre with a language."""
        last = self.entities[-1] if self.entities else None
        if last is not None and (last.offset, last.length) == span:
            code = last.language if last.type == "code" else opened.argument
            if {last.type, opened.tag} == {"pre", "code"} and code:
                self.entities[-1] = Entity("pre", *span, language=code)
                return
        self.entities.append(Entity(opened.tag, *span, language=opened.argument or None))


def _without_idle_language(entity: Entity) -> Entity:
    return replace(entity, language=None) if entity.type == "code" else entity


def _decoded(match: re.Match[str]) -> str | None:
    hexadecimal, decimal, name = match.groups()
    if name is not None:
        return _NAMED.get(name)
    code = int(hexadecimal, 16) if hexadecimal is not None else int(decimal)
    surrogate = 0xD800 <= code <= 0xDFFF
    return cleaned(chr(code)) if 0 < code < 0x10FFFF and not surrogate else None


def _argument(tag: str, name: str, value: str) -> str:
    match tag, name:
        case ("a", "href") | ("tg-emoji", "emoji-id"):
            return value
        case ("code", "class") if value.startswith("language-"):
            return value.removeprefix("language-")
        case ("span", "class") if value.startswith("tg-"):
            return value.removeprefix("tg-")
        case ("blockquote", "expandable"):
            return "expandable"
        case _:
            return ""
