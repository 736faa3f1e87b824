"""Watches what is rendered: every template keeps its own tags, whatever stands in its fields."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import Any

import pytest
from markupsafe import Markup

from bot.desk.changes import Change
from bot.desk.desk import Desk
from bot.desk.facts import Facts
from bot.desk.incoming import Incoming
from bot.desk.markup import LONGEST_MESSAGE, plain, units
from bot.desk.rendering import Voice
from bot.desk.replies import Answered
from bot.simulator.html import parse_html
from tests.desk.sendable import FOREIGN, check_answered, tags

__all__ = ["Watch", "watching"]

_PARTS = frozenset({"appeal_text", "notes", "source_title_en", "resent"})
"""What is never a message by itself, and may be empty."""


class Watch:
    """Stands before the voice and the desk; keeps what was said, and judges it (旁听)."""

    def __init__(self) -> None:
        self.templates: set[tuple[str, str]] = set()
        """The language and the name of each template that was rendered."""
        self.words: set[tuple[str, str, str]] = set()
        """Language, section and code of each short word."""
        self._html, self._word, self._answer = Voice.html, Voice.word, Desk.answer
        self._rehearsing = False

    def html(self, voice: Voice, template: str, variables: Mapping[str, Any]) -> str:
        given = _kept(variables)
        html = self._html(voice, template, **given)
        if self._rehearsing:
            return html
        self.templates.add((voice.language, template))
        read = parse_html(html)
        assert read.text.strip() or template in _PARTS, template
        assert units(read.text) <= LONGEST_MESSAGE, template
        assert not {entity.type for entity in read.entities} & FOREIGN, (template, html)
        tame = _harmless(given)
        if tame != given:
            with self._silently():
                expected = self._html(voice, template, **tame)
            _same_tags(html, expected, template)
        return html

    def word(self, voice: Voice, section: str, code: str, variables: Mapping[str, Any]) -> Markup:
        given = _kept(variables)
        word = self._word(voice, section, code, **given)
        if self._rehearsing:
            return word
        self.words.add((voice.language, section, code))
        tame = _harmless(given)
        if tame != given:
            with self._silently():
                expected = self._word(voice, section, code, **tame)
            _same_tags(word, expected, f"{section}.{code}")
        return word

    def answer(self, desk: Desk, incoming: Incoming, facts: Facts, now: Any) -> Answered:
        answered = self._answer(desk, incoming, facts, now)
        check_answered(answered)
        return answered

    @contextmanager
    def _silently(self) -> Iterator[None]:
        self._rehearsing = True
        try:
            yield
        finally:
            self._rehearsing = False


@contextmanager
def watching() -> Iterator[Watch]:
    """Watch until the end of the block."""
    watch = Watch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            Voice,
            "html",
            lambda voice, template, **given: watch.html(voice, template, given),
        )
        patch.setattr(
            Voice,
            "word",
            lambda voice, section, code, **given: watch.word(voice, section, code, given),
        )
        patch.setattr(
            Desk,
            "answer",
            lambda desk, incoming, facts, now: watch.answer(desk, incoming, facts, now),
        )
        yield watch


def _same_tags(html: str, expected: str, name: str) -> None:
    """What was cut to Telegram's length may have lost tags, but has no others."""
    if units(plain(html)) < LONGEST_MESSAGE:
        assert tags(html) == tags(expected), (name, html, expected)
    else:
        assert set(tags(html)) <= set(tags(expected)), (name, html)


def _kept(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables so that they can be read twice."""
    return {
        name: tuple(value) if isinstance(value, Iterator) else value
        for name, value in variables.items()
    }


def _harmless(value: Any) -> Any:
    """The same with an x for each text from outside that could be taken for markup."""
    kind = type(value)
    if kind is str:
        return value if _MARKUP.isdisjoint(value) else "x"
    if kind is dict:
        return {name: _harmless(each) for name, each in value.items()}
    if kind is tuple or kind is list:
        return _harmless_each(value)
    if kind is Change:
        return replace(value, **{name: _harmless(getattr(value, name)) for name in _TEXTS})
    return value


def _harmless_each(values: Sequence[Any]) -> Sequence[Any]:
    tame = [_harmless(each) for each in values]
    return values if all(map(_is, tame, values)) else tame


def _is(one: object, other: object) -> bool:
    return one is other


_MARKUP = frozenset("<>&")
_TEXTS = [field.name for field in fields(Change) if field.type in ("str", str)]
