"""The rulebook: dated values, an operator's own, figures for people, errors for editors."""

from dataclasses import replace
from datetime import date
from hashlib import sha256
from itertools import takewhile
from pathlib import Path

import pytest

from settlement.rule_files import figure_places, read_rules
from settlement.rulebook import (
    RuleUnknownError,
    hash_of,
    overlay_rulebook,
    shipped_rulebook,
)
from settlement.yaml_text import RuleFileError

BROKEN = Path(__file__).parent.parent / "broken"
TODAY = date(2026, 11, 21)


def marked(path: Path) -> dict[str, str]:
    """The comments at the head of a broken file, such as `# cause: is missing`."""
    lines = takewhile(lambda line: line.startswith("# "), path.read_text("utf-8").splitlines())
    return dict(line.removeprefix("# ").split(": ", 1) for line in lines)


def assert_says(error: RuleFileError, file: str, path: Path) -> None:
    """The whole error is as marked; a cause in words of Python's own is not."""
    for part, words in marked(path).items():
        assert getattr(error, part) == words
    assert str(error) == f"{file}: {error.place}: {error.cause}; {error.remedy}"


def paths(folder: str) -> list[Path]:
    return sorted((BROKEN / folder).glob("*.yaml"))


@pytest.mark.parametrize("path", paths("rules"), ids=lambda path: path.stem)
def test_a_broken_rule_file_says_what_is_wrong_where_and_what_to_do(path: Path) -> None:
    with pytest.raises(RuleFileError) as caught:
        list(read_rules(path.read_text("utf-8"), path.name, "1688"))
    assert_says(caught.value, path.name, path)


@pytest.mark.parametrize("path", paths("operator_rules"), ids=lambda path: path.stem)
def test_a_broken_file_of_an_operator_says_what_is_wrong(path: Path) -> None:
    file = marked(path)["file"]
    with pytest.raises(RuleFileError) as caught:
        overlay_rulebook(shipped_rulebook(), {file: path.read_text("utf-8")})
    assert_says(caught.value, file, path)


def test_every_shipped_figure_names_its_fact_and_says_what_it_is() -> None:
    rules = shipped_rulebook().rules
    assert rules
    for rule in rules.values():
        assert rule.facts
        assert rule.description[0].isupper()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("1688.payout_day", "15"),
        ("taobao.minimum_commission", "0.01"),
        ("douyin.timeout_shop_day_cap", "500"),
        ("douyin.creator_fee_rate", "10%"),
        ("douyin.reply_window_start", "08:00"),
        ("douyin.merchant_fee_rate_low", "1%"),
    ],
)
def test_figures_are_written_for_people(name: str, shown: str) -> None:
    assert shipped_rulebook().at(TODAY)[name] == shown


def test_an_unknown_figure_is_not_shown() -> None:
    figures = shipped_rulebook().at(TODAY)
    assert "jd.payout_day" not in figures
    assert "jd.payout_day" not in list(figures)
    assert "1688.payout_day" in list(figures)
    with pytest.raises(RuleUnknownError, match="nobody knows this figure on 2026-11-21"):
        figures["jd.payout_day"]
    with pytest.raises(RuleUnknownError, match="no rule file holds this figure"):
        figures["jd.payout_hour"]


def test_a_source_without_a_first_day_vouches_for_earlier_days_too() -> None:
    assert shipped_rulebook().number("1688.payout_day", date(2010, 1, 1)) == 15


def test_a_value_with_a_first_day_holds_from_that_day_on() -> None:
    own = {
        "taobao.yaml": 'payout_day: {values: {2026-03-01: "20", 2026-06-01: "25"}}',
    }
    rulebook = overlay_rulebook(shipped_rulebook(), own)
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 5, 31), date(2026, 6, 1)]
    assert [rulebook.number("taobao.payout_day", day) for day in days] == [None, 20, 20, 25]
    assert rulebook.value("taobao.payout_day", days[1]).from_operator
    assert not rulebook.value("taobao.payout_day", days[0]).from_operator


def test_who_only_looked_again_changes_nothing_but_the_day() -> None:
    shipped = shipped_rulebook()
    own = {"1688.yaml": "payout_day: {last_checked: 2027-03-01}"}
    rule = overlay_rulebook(shipped, own).rule("1688.payout_day")
    assert rule == replace(shipped.rule("1688.payout_day"), last_checked=date(2027, 3, 1))


def test_where_an_operators_figures_stand_is_known() -> None:
    own = {
        "platforms/jd/rules.yaml": 'payout_day: {values: {2026-03-01: "20"}}',
        "own.yaml": 'taobao.payout_day: {values: {2026-03-01: "20"}}',
        "workdays.yaml": "years: {}",
        "empty.yaml": "# nothing yet",
    }
    assert figure_places(own) == {
        "jd.payout_day": ("platforms/jd/rules.yaml", "payout_day"),
        "taobao.payout_day": ("own.yaml", "taobao.payout_day"),
    }


def test_before_an_operators_first_day_the_shipped_value_goes_on() -> None:
    own = {"1688.yaml": 'payout_day: {values: {2026-03-01: "20"}}'}
    rulebook = overlay_rulebook(shipped_rulebook(), own)
    days = [date(2010, 1, 1), date(2026, 2, 28), date(2026, 3, 1)]
    assert [rulebook.number("1688.payout_day", day) for day in days] == [15, 15, 20]


def test_what_an_operator_leaves_out_is_taken_over() -> None:
    shipped = shipped_rulebook().rule("1688.payout_day")
    own = {"1688.yaml": 'payout_day: {values: {2026-03-01: "20"}}'}
    rule = overlay_rulebook(shipped_rulebook(), own).rule("1688.payout_day")
    assert rule.source == "operator"
    assert replace(rule, source=shipped.source, days=(), values=()) == replace(
        shipped, days=(), values=()
    )


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("1688.payout_day", "1"),
        ("1688.payout_day", "31"),
        ("1688.new_buyer_days", "0"),
        ("1688.new_buyer_days", "999999"),
    ],
)
def test_the_smallest_and_the_largest_figure_are_read(name: str, figure: str) -> None:
    own = {"own.yaml": f'{name}: {{values: {{2026-03-01: "{figure}"}}}}'}
    assert overlay_rulebook(shipped_rulebook(), own).number(name, TODAY) == int(figure)


def test_an_operators_value_of_unknown_age_replaces_the_shipped_one() -> None:
    own = {"1688.yaml": 'payout_day: {effective: unknown, values: {2026-01-01: "18"}}'}
    rulebook = overlay_rulebook(shipped_rulebook(), own)
    assert rulebook.number("1688.payout_day", date(2015, 1, 1)) == 18
    two = '{2026-01-01: "18", 2026-06-01: "19"}'
    own = {"1688.yaml": f"payout_day: {{effective: unknown, values: {two}}}"}
    rulebook = overlay_rulebook(shipped_rulebook(), own)
    assert rulebook.number("1688.payout_day", date(2015, 1, 1)) == 18
    own = {"1688.yaml": 'payout_day: {effective: 2010-01-01, values: {2010-01-01: "18"}}'}
    rulebook = overlay_rulebook(shipped_rulebook(), own)
    assert rulebook.number("1688.payout_day", date(2009, 12, 31)) is None


def test_of_an_operators_values_the_first_ends_the_shipped_ones() -> None:
    old = {
        "jd.yaml": 'payout_day: {values: {2017-01-01: "15", 2018-01-01: "16", 2020-01-01: "17"}}'
    }
    own = {"jd.yaml": 'payout_day: {values: {2018-01-01: "18", 2026-01-01: "20"}}'}
    rulebook = overlay_rulebook(overlay_rulebook(shipped_rulebook(), old), own)
    rule = rulebook.rule("jd.payout_day")
    assert [str(day) for day in rule.days] == ["2017-01-01", "2018-01-01", "2026-01-01"]
    assert [value.figure for value in rule.values] == [15, 18, 20]


@pytest.mark.parametrize(
    ("file", "key"),
    [
        ("taobao.yaml", "payout_day"),
        ("taobao/rules.yaml", "payout_day"),
        (r"operator\taobao\rules.yaml", "payout_day"),
        (r"operator\taobao.yaml", "payout_day"),
        ("platforms/taobao/rules.yaml", "payout_day"),
        ("mine.yaml", "taobao.payout_day"),
    ],
)
def test_an_operators_file_is_told_by_its_name_or_its_keys(file: str, key: str) -> None:
    text = f'{key}: {{values: {{2026-01-01: "20"}}}}'
    rulebook = overlay_rulebook(shipped_rulebook(), {file: text})
    assert rulebook.number("taobao.payout_day", TODAY) == 20


def test_the_folder_name_of_a_platform_works_too() -> None:
    text = 'payout_day: {values: {2026-01-01: "20"}}'
    rulebook = overlay_rulebook(shipped_rulebook(), {"alibaba1688.yaml": text})
    assert rulebook.number("1688.payout_day", TODAY) == 20


def test_general_figures_come_from_general_or_rules() -> None:
    text = 'overdue_grace_days: {values: {2026-01-01: "3"}}'
    for file in ("general.yaml", "rules.yaml"):
        rulebook = overlay_rulebook(shipped_rulebook(), {file: text})
        assert rulebook.number("general.overdue_grace_days", TODAY) == 3


def test_an_empty_file_changes_nothing_but_the_revision() -> None:
    shipped = shipped_rulebook()
    rulebook = overlay_rulebook(shipped, {"jd.yaml": "# nothing yet\n"})
    assert rulebook.rules == shipped.rules
    assert rulebook.revision != shipped.revision


def test_the_revision_can_be_computed_from_the_files() -> None:
    first = sha256(b"\na.yaml\nx: 1\n\nb.yaml\ny: 2\n").hexdigest()[:12]
    assert hash_of({"b.yaml": "y: 2\n", "a.yaml": "x: 1\n"}) == first
    assert (
        hash_of({"c.yaml": "z"}, since=first)
        == (sha256(f"{first}\nc.yaml\nz".encode()).hexdigest()[:12])
    )


def test_the_revision_tells_contents_apart() -> None:
    def revision(text: str) -> str:
        return overlay_rulebook(shipped_rulebook(), {"jd.yaml": text}).revision

    one = 'payout_day: {values: {2026-01-01: "20"}}'
    assert revision(one) == revision(one)
    assert revision(one) != revision(one.replace("20", "21"))


def test_a_later_overlay_keeps_the_years_of_an_earlier_one() -> None:
    years = 'years: {"2027": {official: true, weekday_off: ["2027-01-15"]}}'
    rulebook = overlay_rulebook(shipped_rulebook(), {"workdays.yaml": years})
    rulebook = overlay_rulebook(rulebook, {"jd.yaml": ""})
    assert not rulebook.calendar.is_workday(date(2027, 1, 15))


def test_a_figure_is_asked_for_by_its_kind() -> None:
    rulebook = shipped_rulebook()
    assert rulebook.number("1688.payout_day", TODAY) == 15
    assert rulebook.number("douyin.creator_fee_rate", TODAY) is None


def test_promotion_windows_are_named_for_people() -> None:
    text = (
        "promotion_windows: {values: {2026-01-01: ["
        '{name: "618", from: "2026-06-01", to: "2026-06-20"},'
        '{name: 双11, from: "2026-11-01", to: "2026-11-15"},'
        '{name: 双12, from: "2026-12-12", to: "2026-12-12"}]}}'
    )
    rulebook = overlay_rulebook(shipped_rulebook(), {"general.yaml": text})
    assert rulebook.at(TODAY)["general.promotion_windows"] == "618、双11、双12"


def test_figures_beside_a_file_of_years_are_read() -> None:
    years = {"a_years.yaml": 'years: {"2027": {official: true, weekday_off: ["2027-01-15"]}}'}
    own = {"jd.yaml": 'payout_day: {values: {2026-01-01: "20"}}'}
    rulebook = overlay_rulebook(shipped_rulebook(), {**years, **own})
    assert rulebook.number("jd.payout_day", TODAY) == 20
    assert not rulebook.calendar.is_workday(date(2027, 1, 15))
