"""Telegram's HTML: the table of cases, and what holds for any text."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.simulator.entities import Entity, FormattedText, utf16_length
from bot.simulator.html import HtmlError, parse_html
from bot.simulator.html_output import to_html

CASES = YAML(typ="safe").load((Path(__file__).parent / "html.yaml").read_text("utf-8"))

TAGS = ("b", "i", "u", "s", "tg-spoiler", "code", "pre", "blockquote", 'a href="x.example"')
texts = st.text("ab 账😀&<>\"'\n", max_size=8)


def _entity(kind: str, offset: int, length: int, more: dict[str, Any] | None = None) -> Entity:
    return Entity(kind, offset, length, **(more or {}))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    if words := case.get("refused"):
        with pytest.raises(HtmlError) as refusal:
            parse_html(case["html"])
        assert str(refusal.value) == words
    else:
        expected = [_entity(*entity) for entity in case.get("entities", [])]
        assert parse_html(case["html"]) == FormattedText(case["text"], tuple(expected))


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@settings(deadline=None)
@given(st.text())
def test_escaped_text_comes_back_without_entities(text: str) -> None:
    """Whatever an order's fields hold, escaping the three signs makes it harmless."""
    carried = "".join(
        " " if c < " " and c != "\n" else c
        for c in text
        if c != "\r" and c not in "\u2028\u2029\u202a\u202b\u202c\u202d\u202e"
    )
    assert parse_html(escaped(text)) == FormattedText(carried.strip(" \n"))


trees = st.recursive(
    texts.map(lambda text: (escaped(text), text)),
    lambda inner: st.tuples(st.sampled_from(TAGS), st.lists(inner, max_size=3)).map(
        lambda node: (
            f"<{node[0]}>{''.join(child[0] for child in node[1])}</{node[0].split()[0]}>",
            "".join(child[1] for child in node[1]),
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.lists(trees, max_size=4))
def test_nested_tags_keep_the_text_and_survive_a_second_reading(
    nodes: list[tuple[str, str]],
) -> None:
    """Any well-formed nesting parses, and writing it again gives the same entities."""
    content = parse_html("".join(source for source, _ in nodes))
    text = "".join(text for _, text in nodes)
    assert content.text.strip(" \n") == text.strip(" \n")
    assert all(0 <= e.offset < e.end <= utf16_length(content.text) for e in content.entities)
    assert parse_html(to_html(content)) == content


@settings(deadline=None)
@given(st.text("<>/&;\"'= abpre#x1账", max_size=40))
def test_any_signs_are_either_refused_or_understood(source: str) -> None:
    """No text makes the parser fail in another way, and what it accepts is stable."""
    try:
        content = parse_html(source)
    except HtmlError:
        return
    assert parse_html(to_html(content)) == content
