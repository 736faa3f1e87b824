from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.desk.broadcasts import Words, mistakes_of, words_in
from bot.desk.markup import LONGEST_MESSAGE, plain
from bot.desk.segments import Segment
from bot.desk.written_html import Mistake, Wrong, mistakes_in
from bot.simulator.html import parse_html
from tests.examples import examples


@dataclass(frozen=True)
class Case:
    text: str
    mistakes: list[str] = field(default_factory=list)
    note: str = ""


CASES = [
    Case(**each)
    for each in YAML(typ="safe").load(
        Path(__file__).with_name("texts.yaml").read_text(encoding="utf-8")
    )
]
PIECES = st.sampled_from(
    [
        *("<b>", "</b>", "<i>", "</i>", "<code>", "</code>", "<pre>", "</pre>", "</a>", "<div>"),
        *(
            '<a href="https://e.cn/">',
            '<a href="x">',
            "&lt;",
            "&amp;",
            "&",
            "<",
            ">",
            "\n",
            "佣金",
        ),
        *("<blockquote>", "</blockquote>", "<tg-spoiler>", "</tg-spoiler>", "😀", "&#65;", "<B>"),
    ]
)


def said(mistake: Mistake) -> str:
    line = str(mistake.line) if mistake.line > 1 else ""
    return " ".join(filter(None, (mistake.wrong, mistake.what, line)))


@pytest.mark.parametrize("case", CASES, ids=[repr(each.text)[:30] for each in CASES])
def test_mistakes_are_named(case: Case) -> None:
    assert [said(each) for each in mistakes_in(case.text)] == case.mistakes


@given(st.lists(PIECES, max_size=12).map("".join))
@settings(max_examples=examples(100))
def test_what_passes_is_shown_by_telegram_as_it_is_meant(text: str) -> None:
    """The simulator's parser was written from Telegram's own, not from this check."""
    if mistakes_in(text):
        return
    shown = parse_html(text)
    assert shown.text.strip() == plain(text).strip()
    links = [entity for entity in shown.entities if entity.type == "text_link"]
    assert len(links) <= text.count("<a ")


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\ud800", "\u202e", "\t"])
def test_signs_nobody_sees_are_mistakes(sign: str) -> None:
    assert mistakes_in(f"一\n二{sign}") == (Mistake(Wrong.CONTROL, 2),)


def test_length_is_counted_as_telegram_does() -> None:
    longest = "<b>" + "😀" * (LONGEST_MESSAGE // 2) + "</b>"
    assert mistakes_in(longest) == ()
    assert mistakes_in(longest + "a") == (Mistake(Wrong.TOO_LONG, 1, str(LONGEST_MESSAGE + 1)),)


@pytest.mark.parametrize(
    ("words", "segment", "missing"),
    [
        (Words("中文", "English"), Segment(), []),
        (Words("中文"), Segment(), ["en"]),
        (Words("中文"), Segment(languages=("zh", "zh-hant")), []),
        (Words("", "English"), Segment(languages=("en",)), []),
        (Words("", "English"), Segment(languages=("zh-hant",)), ["zh"]),
        (Words("", ""), Segment(), ["zh", "en"]),
        (Words("中文", "<b>"), Segment(languages=("zh",)), ["en"]),
    ],
)
def test_each_language_somebody_reads_has_to_be_written(
    words: Words, segment: Segment, missing: list[str]
) -> None:
    assert list(mistakes_of(words, segment)) == missing


def test_traditional_characters_are_made_from_the_simplified_ones() -> None:
    words = Words("<b>账单</b>：优惠券和软件", "Statement")
    shown: dict[str, Any] = {each: words_in(words, each) for each in ("zh", "zh-hant", "en")}
    assert shown == {
        "zh": "<b>账单</b>：优惠券和软件",
        "zh-hant": "<b>帳單</b>：優惠券和軟體",
        "en": "Statement",
    }
