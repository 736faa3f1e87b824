"""Holiday notices: as they were published, and with what may be wrong in a pasted one."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from settlement.holiday_notice import LONGEST_TEXT, Doubt, read_notice
from settlement.notice_checks import doubts_of, usable, years_of
from settlement.workdays import WorkCalendar

HERE = Path(__file__).parent


def cases(file: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = YAML(typ="safe").load((HERE / file).read_text("utf-8"))
    return loaded


NOTICES = cases("notices.yaml")
BROKEN = cases("broken_notices.yaml")
OF_2026 = next(case["text"] for case in NOTICES if case["year"] == 2026)


@pytest.mark.parametrize("case", NOTICES, ids=lambda case: str(case["year"]))
def test_a_published_notice_makes_the_year_another_source_knows(case: dict[str, Any]) -> None:
    notice = read_notice(case["text"])
    assert doubts_of(notice) == ()
    assert notice.year == case["year"]
    assert notice.number == case.get("number")
    assert notice.issued == case["issued"]
    # The notice of the year after may move days of the end of the year.
    later = {date(2018, 12, 29), date(2018, 12, 31), date(2022, 12, 31)}
    later |= {date.fromisoformat(day) for day in case.get("changed_later", ())}
    for number, year in years_of(notice, WorkCalendar()).items():
        known = WorkCalendar().year(number)
        assert year.official
        assert (year.weekdays_off ^ known.weekdays_off) - later == frozenset()
        assert (year.weekend_work ^ known.weekend_work) - later == frozenset()


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: str(case["name"]))
def test_what_is_wrong_with_a_notice_is_found(case: dict[str, Any]) -> None:
    text = OF_2026
    for change in case["change"]:
        assert text.count(change["from"]) == 1, change["from"]
        text = text.replace(change["from"], change["to"])
    notice = read_notice(text)
    assert [[doubt.code, doubt.said] for doubt in doubts_of(notice)] == case["doubts"]
    assert usable(notice) is not case["blocks"]


def test_a_day_of_the_year_before_joins_what_is_known_of_it() -> None:
    text = next(case["text"] for case in NOTICES if case["year"] == 2019)
    years = years_of(read_notice(text), WorkCalendar())
    assert sorted(years) == [2018, 2019]
    assert date(2018, 12, 31) in years[2018].weekdays_off
    assert date(2018, 12, 29) in years[2018].weekend_work
    assert date(2018, 10, 1) in years[2018].weekdays_off


def test_blanks_and_line_breaks_anywhere_do_not_matter() -> None:
    spaced = "\n".join(OF_2026.replace("\n", ""))
    assert read_notice(spaced) == read_notice(OF_2026)
    assert read_notice(OF_2026.replace("（", " (").replace("：", ":")) == read_notice(OF_2026)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no_year"),
        ("明年怎么放假？", "no_year"),
        ("国务院办公厅关于延长2020年春节假期的通知 延长春节假期至2月2日", "no_year"),
        ("国务院办公厅关于2027年部分节假日安排的通知", "no_items"),
        ("放假" * 20_000, "too_long"),
    ],
)
def test_another_text_is_no_notice(text: str, code: str) -> None:
    notice = read_notice(text)
    assert Doubt(code) in doubts_of(notice)
    assert not usable(notice)
    with pytest.raises(ValueError, match=r"^the notice has blocking doubts"):
        years_of(notice, WorkCalendar())


def test_a_notice_without_items_has_no_other_doubt() -> None:
    notice = read_notice("国务院办公厅关于2027年部分节假日安排的通知")
    assert doubts_of(notice) == (Doubt("no_items", "", blocks=True),)


def test_a_text_may_be_twenty_thousand_characters_long_and_no_longer() -> None:
    assert LONGEST_TEXT == 20_000
    assert read_notice(OF_2026.ljust(20_000)) == read_notice(OF_2026)
    assert doubts_of(read_notice(OF_2026.ljust(20_001))) == (Doubt("too_long"),)


def test_the_language_of_the_machine_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    assert doubts_of(read_notice(OF_2026)) == ()


def test_the_notice_is_cited_by_its_number_and_day() -> None:
    first = NOTICES[0]
    assert read_notice(first["text"]).title == (
        f"国务院办公厅关于2014年部分节假日安排的通知（{first['number']}，2013-12-11）"
    )
    assert read_notice("关于2027年部分节假日安排的通知").title == (
        "国务院办公厅关于2027年部分节假日安排的通知"
    )


def test_the_last_day_signed_is_the_day_of_the_notice() -> None:
    assert read_notice(f"国务院办公厅 2025年11月5日发布\n{OF_2026}").issued == date(2025, 11, 4)


def test_a_day_of_signature_that_does_not_exist_is_not_kept() -> None:
    assert read_notice(OF_2026.replace("2025年11月4日", "2025年11月31日")).issued is None


PIECES = [
    "1月1日",
    "至",
    "3日",
    "、",
    "，",
    "。",
    "一、元旦：",
    "放假",
    "上班",
    "共3天",
    "（周六）",
]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=40))
def test_no_text_breaks_the_reader(pieces: list[str]) -> None:
    notice = read_notice("现将2027年" + "".join(pieces))
    assert not usable(notice)  # seven holidays do not come about by chance
