"""The sample world: real reports, real orders, on whatever day the demo is started."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.simulator.world import numbers_to_try, sample_creators, sample_reports
from bot.simulator.world_days import moment
from settlement.diagnosis import State, diagnose
from settlement.model import Platform
from settlement.order_number import find_order_numbers
from settlement.reports import Report, ReportLine, read_report
from settlement.rulebook import shipped_rulebook
from settlement.shanghai import SHANGHAI

DAYS = [
    date(2026, 11, 21),
    date(2026, 11, 1),
    date(2026, 11, 15),
    date(2026, 3, 31),
    date(2027, 1, 1),
    date(2028, 2, 29),
]
STATES = YAML(typ="safe").load((Path(__file__).parent / "world_states.yaml").read_text("utf-8"))
OUT_OF_REACH = {
    State.CLAWED_BACK,
    State.PAID,
    State.WAIT_SHIP,
    State.AUDIT_REJECTED,
    State.IN_AUDIT,
    State.OVERDUE,
    State.NO_ACCOUNT,
}
"""States that need facts none of the four reports states."""


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), SHANGHAI)


def lines(day: date) -> Iterator[ReportLine]:
    for sample in sample_reports(day):
        report = read_report(sample.content, sample.name)
        assert isinstance(report, Report), report
        assert report.unknown_columns == ()
        for item in report.rows:
            assert isinstance(item, ReportLine), item
            yield item


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_report_is_read_without_a_word(day: date) -> None:
    found = list(lines(day))
    assert len(found) >= 200
    assert {line.order.platform for line in found} == set(Platform) - {
        Platform.PINDUODUO,
        Platform.KUAISHOU,
    }
    assert len({line.order.key for line in found}) == len(found)


def test_the_reports_come_in_the_platforms_encodings() -> None:
    reports = [read_report(each.content, each.name) for each in sample_reports(DAYS[0])]
    assert [report.encoding for report in reports if isinstance(report, Report)] == [
        "utf-16",
        "gb18030",
        "gb18030",
        "utf-8-sig",
    ]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_told_orders_show_what_they_tell(day: date) -> None:
    states = defaultdict(list)
    for line in lines(day):
        diagnosis = diagnose(line.order, shipped_rulebook(), noon(day))
        states[line.order.order_number].append(diagnosis.state.value)
    assert {number: states[number] for number in STATES} == STATES
    assert {each.number for each in numbers_to_try()} == STATES.keys()


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_state_that_reports_can_reach_is_there(day: date) -> None:
    found = {diagnose(line.order, shipped_rulebook(), noon(day)).state for line in lines(day)}
    assert found == set(State) - OUT_OF_REACH


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_nothing_has_happened_after_the_export(day: date) -> None:
    for line in lines(day):
        order = line.order
        events = [order.created_at, order.paid_at, order.received_at, order.settled_at]
        known = [event for event in events if event is not None]
        assert known == sorted(known)
        assert all(event <= noon(day) for event in known)


def test_the_next_payout_days_bring_something() -> None:
    days = set()
    for line in lines(DAYS[0]):
        payout = diagnose(line.order, shipped_rulebook(), noon(DAYS[0])).dates.payout
        if payout is not None and payout.day > DAYS[0]:
            days.add(payout.day)
    assert days == {date(2026, 12, 15), date(2027, 1, 15)}


def test_the_report_names_whose_every_line_is() -> None:
    known = {
        (promoter.platform, promoter.hint, promoter.value): creator.name
        for creator in sample_creators()
        for promoter in creator.promoters
    }
    counts: dict[str, int] = defaultdict(int)
    for line in lines(DAYS[0]):
        named = {
            known[line.order.platform, hint, value]
            for hint, value in line.creator_hint.items()
            if (line.order.platform, hint, value) in known
        }
        (name,) = named
        counts[name] += 1
    assert set(counts) == {"小雅", "阿泽", "林姐"}
    assert min(counts.values()) > 60


def test_the_same_day_gives_the_same_bytes_and_every_day_the_same_numbers() -> None:
    assert sample_reports(DAYS[0]) == sample_reports(DAYS[0])
    numbers = [{line.order.order_number for line in lines(day)} for day in DAYS[:2]]
    assert numbers[0] == numbers[1]


def test_every_number_to_try_is_found_in_a_message() -> None:
    for each in numbers_to_try():
        (found,) = find_order_numbers(f"{each.number} 为什么没有佣金")
        assert found.number == each.number
        assert each.platform in found.platforms


def test_some_orders_have_several_lines_and_parents() -> None:
    found = list(lines(DAYS[0]))
    numbers = [line.order.order_number for line in found]
    assert {
        line.order.platform for line in found if numbers.count(line.order.order_number) > 1
    } == {
        Platform.JD,
        Platform.TAOBAO,
        Platform.ALIBABA_1688,
    }
    assert {line.order.parent_number for line in found} == {None, "318822220002"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("today", "2026-11-21T00:05:00+08:00"),
        ("1 day ago 20:15", "2026-11-20T20:15:00+08:00"),
        ("in 9 days", "2026-11-30T12:00:00+08:00"),
        ("month -2 day 31 08:00", "2026-09-30T08:00:00+08:00"),
    ],
)
def test_days_are_told_from_today(words: str, expected: str) -> None:
    assert moment(words, DAYS[0]).isoformat() == expected


def test_an_earlier_day_is_counted_back_from_what_the_words_say() -> None:
    assert moment("2 days ago", DAYS[0], earlier=3) == noon(DAYS[0]) - timedelta(days=5)


def test_other_words_are_refused_with_a_remedy() -> None:
    with pytest.raises(ValueError, match="'last week' is no day; write 3 days ago"):
        moment("last week", DAYS[0])
