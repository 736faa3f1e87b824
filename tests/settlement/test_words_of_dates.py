"""The sentences about what a date waits for, and what an editor can get wrong in them."""

import pytest

from settlement.forecast import Waiting
from settlement.waiting import in_words, read_sentences
from settlement.yaml_text import RuleFileError


def test_every_language_but_english_reads_chinese() -> None:
    waiting = Waiting("payout_day", (("day", "15"),))
    assert "15 日" in in_words(waiting, "zh")
    assert in_words(waiting, "zh-hant") == in_words(waiting, "zh")
    assert "on day 15" in in_words(waiting, "en")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", 'the whole file: is not a mapping; write "key: value" lines'),
        ("payout_day: 每月", 'payout_day: is not a mapping; write "key: value" lines'),
        ("payout_day: {zh: 每月}", "payout_day.en: None is not a text; write a text"),
        ("payout_day: {en: monthly}", "payout_day.zh: None is not a text; write a text"),
        (
            "payout_day: {zh: 每月, en: monthly, de: monatlich}",
            "payout_day.de: is not known here; use one of en, zh",
        ),
    ],
)
def test_a_broken_file_says_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(RuleFileError) as caught:
        read_sentences(text, "forecast_words.yaml")
    assert str(caught.value) == f"forecast_words.yaml: {words}"
