"""Edits of an operator's rules: what they write, and that the result is a rulebook."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.publishing.candidate import RULES
from bot.publishing.editing import Edit
from bot.publishing.rule_edits import (
    NewValue,
    calendar_edit,
    looked_again,
    value_edit,
    value_taken_out,
)
from settlement.rulebook import Rulebook, overlay_rulebook, shipped_rulebook
from settlement.workdays import Year
from settlement.yaml_text import RuleFileError

TODAY = date(2026, 11, 22)
CASES: list[dict[str, Any]] = YAML(typ="safe").load(
    Path(__file__).with_name("rule_edits.yaml").read_text("utf-8")
)


def edited(files: dict[str, str], edit: dict[str, Any]) -> tuple[str, Edit]:
    rules = shipped_rulebook().rules
    if "value" in edit:
        # the same object twice must not become an alias
        first = TODAY if edit["first"] == TODAY else edit["first"]
        new = NewValue(first, edit["figure"], edit["source"], TODAY)
        return value_edit(files, rules[edit["value"]], new)
    if "looked" in edit:
        return looked_again(files, rules[edit["looked"]], TODAY)
    if "taken_out" in edit:
        found = value_taken_out(files, rules[edit["taken_out"]], edit["first"])
        assert found is not None
        return found
    years = {int(number): year_of(days) for number, days in edit["years"].items()}
    return calendar_edit(files, years, edit["source"])


def year_of(days: dict[str, list[str]]) -> Year:
    off, work = (frozenset(map(date.fromisoformat, days[key])) for key in ("off", "work"))
    return Year(official=True, weekdays_off=off, weekend_work=work)


def rulebook_of(files: dict[str, str]) -> Rulebook:
    return overlay_rulebook(
        shipped_rulebook(), {path.removeprefix(RULES): text for path, text in files.items()}
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_an_edit_writes_one_file_and_leaves_the_rest_as_it_was(case: dict[str, Any]) -> None:
    before = case.get("before", {})
    path, edit = edited(before, case["edit"])
    assert (path, edit.before, edit.after) == (case["path"], before.get(path), case["after"])
    after = {name: text for name, text in before.items() if name != path}
    rulebook_of(after | ({path: edit.after} if edit.after else {}))


def test_a_look_at_the_source_moves_nothing_but_the_day() -> None:
    rule = shipped_rulebook().rule("1688.new_buyer_days")
    path, edit = looked_again({}, rule, TODAY)
    assert edit.after is not None
    seen = rulebook_of({path: edit.after}).rule(rule.name)
    assert seen.last_checked == TODAY
    assert (seen.days, seen.values, seen.source) == (rule.days, rule.values, rule.source)


def test_only_a_value_of_the_operators_own_can_be_taken_out() -> None:
    rule = shipped_rulebook().rule("1688.payout_day")
    assert value_taken_out({}, rule, rule.days[0]) is None
    other = {"rules/jd.yaml": 'payout_day: {values: {2026-06-01: "20"}}\n'}
    assert value_taken_out(other, rule, date(2026, 6, 1)) is None


@pytest.mark.parametrize(
    ("name", "figure", "words"),
    [
        ("1688.payout_day", "32", '32 is not a figure of the unit day_of_month; write it as "15"'),
        ("douyin.creator_fee_rate", "viel%", "viel% is not a figure of the unit rate"),
        ("general.promotion_windows", "双11 im Herbst", "im is not a day"),
        ("general.promotion_windows", "双11", "is not a text|is not a day"),
    ],
)
def test_what_is_no_figure_is_refused_by_the_reader_of_rules(
    name: str, figure: str, words: str
) -> None:
    rule = shipped_rulebook().rule(name)
    path, edit = value_edit({}, rule, NewValue(date(2027, 1, 1), figure, "公告", TODAY))
    assert edit.after is not None
    with pytest.raises(RuleFileError, match=words):
        rulebook_of({path: edit.after})
