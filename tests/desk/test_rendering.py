"""The voice: languages, scripts, dates and amounts, and names from outside."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bot.desk.commission import Share
from bot.desk.rendering import Voice, language_of

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "language"),
    [
        (None, "zh"),
        ("zh", "zh"),
        ("zh-hans", "zh"),
        ("zh-CN", "zh"),
        ("zh-hant", "zh-hant"),
        ("zh-TW", "zh-hant"),
        ("zh-HK", "zh-hant"),
        ("en", "en"),
        ("de", "en"),
    ],
)
def test_the_first_language_follows_telegrams(code: str | None, language: str) -> None:
    assert language_of(code) == language


def test_names_are_escaped_cleaned_and_kept_in_their_own_script() -> None:
    html = Voice("zh-hant", NOW).html("bound", name="发财<b>{{ 7*7 }}\u202e\n小店")
    assert "发财&lt;b&gt;{{ 7*7 }} 小店" in html
    assert "綁" in html or "繫" in html


def test_a_person_cannot_unmark_a_name() -> None:
    html = Voice("zh-hant", NOW).html("bound", name="发\ue001发\ue000发")
    assert "<b>发 发 发</b>" in html


@pytest.mark.parametrize(
    ("language", "day", "next_year", "amount"),
    [
        ("zh", "9月15日（周二）", "2027年1月15日（周五）", "1,234.50 元"),
        ("zh-hant", "9月15日（週二）", "2027年1月15日（週五）", "1,234.50 元"),
        ("en", "Tue 15 Sep", "Fri 15 Jan 2027", "¥1,234.50"),
    ],
)
def test_days_and_amounts_are_written_as_people_write_them(
    language: str, day: str, next_year: str, amount: str
) -> None:
    voice = Voice(language, NOW)
    assert voice.converted(voice.day(date(2026, 9, 15))) == day
    assert voice.converted(voice.day(date(2027, 1, 15))) == next_year
    assert voice.converted(voice.yuan(Decimal("1234.5"))).replace("\ue000", "") == amount


def test_a_missing_variable_is_an_error_not_a_gap() -> None:
    with pytest.raises(Exception, match="names"):
        Voice("zh", NOW).html("bind")


@pytest.mark.parametrize(
    ("amounts", "chinese", "english"),
    [
        ([None, None], "2 单，金额未知", "2 orders, amount not known"),
        (
            ["3", None],
            "3.00 元，2 单（其中 1 单金额未知）",
            "¥3.00, 2 orders (amount not known for 1)",
        ),
        (["3"], "3.00 元，1 单", "¥3.00, 1 order"),
    ],
)
def test_an_unknown_amount_is_never_nought(
    amounts: list[str | None], chinese: str, english: str
) -> None:
    share = Share()
    for amount in amounts:
        share.add(None if amount is None else Decimal(amount))
    said = [Voice(each).text("commission", "share", share=share) for each in ("zh", "en")]
    assert said == [chinese, english]
