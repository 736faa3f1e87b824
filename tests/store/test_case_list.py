"""Cases as the console lists them: conversations, and money that did not arrive."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine

from bot.desk.effects import Arrival
from bot.desk.facts import Dialogue, Facts
from bot.desk.handoffs import HandOffState
from bot.desk.incoming import Incoming
from bot.desk.passing import EndHandOff, HandOver, PassOn, TakeOver
from bot.desk.replies import Answered, Edit, Say
from bot.desk.topics import Copy, OpenTopic
from bot.store.case_list import (
    case_details,
    close_missing,
    conversation_of,
    handed_over,
    missing_money,
)
from bot.store.cases import note_arrival
from bot.store.exchanges import Exchange, write_exchanges
from bot.store.people import Acquaintance, remember
from bot.store.tables import order_lines
from settlement.model import Order, Platform
from tests.store.conftest import Import

BOT, USER, OTHER, STAFF, OPERATORS = 4, 7, 8, 9, -900
CONTROL = Edit(None, "y")


def write(connection: Connection, now: datetime, incoming: Incoming, *effects: object) -> None:
    answered = Answered((), effects, Dialogue())  # type: ignore[arg-type]
    write_exchanges(connection, BOT, [Exchange(incoming, Facts(), answered)], now)


@pytest.fixture
def two(connection: Connection, now: datetime) -> Connection:
    """Two cases; in the first something was said."""
    for number, user in enumerate((USER, OTHER), start=1):
        at = now + timedelta(minutes=number)
        briefing = (OpenTopic("t"), Say("新工单", template="operator/handoff"))
        opening = HandOver(f"N{user}", "为什么没到账", OPERATORS, at, briefing, Say("c"))
        write(connection, at, Incoming(number, user, user, message=number), opening)
    asked = Say("在吗", template="operator/from_creator")
    write(connection, now, Incoming(3, USER, USER, message=3), PassOn(1, OPERATORS, asked, 3))
    picture = PassOn(1, OPERATORS, Copy(USER, 4), 4)
    write(connection, now, Incoming(4, USER, USER, message=4), picture)
    staff = Incoming(5, STAFF, OPERATORS, private=False, message=50)
    said = Say("在的", template="from_staff")
    write(connection, now, staff, TakeOver(1, CONTROL), PassOn(1, USER, said, 50))
    # Whoever writes is remembered as they are now.
    remember(connection, [Acquaintance(USER, USER, "小雅", "en", Dialogue())], now)
    return connection


def test_who_waits_longest_comes_first(two: Connection, now: datetime) -> None:
    found = handed_over(two, is_open=True)
    assert [(each.id, each.name, each.state) for each in found] == [
        (1, "小雅", HandOffState.TAKEN),
        (2, "", HandOffState.WAITING),
    ]
    assert [each.waited_until for each in found] == [now, None]
    assert [each.id for each in handed_over(two, is_open=True, before=1)] == [2]
    assert handed_over(two, is_open=False) == []


def test_what_was_closed_is_listed_apart(two: Connection, now: datetime) -> None:
    write(two, now, Incoming(9, OTHER, OTHER), EndHandOff(2, "creator", CONTROL))
    (closed,) = handed_over(two, is_open=False)
    assert (closed.id, closed.closed_by, closed.waited_until) == (2, "creator", now)
    assert [each.id for each in handed_over(two, is_open=True)] == [1]


def test_a_conversation_holds_both_sides_in_order_and_nothing_else(two: Connection) -> None:
    details = case_details(two, 1)
    assert details is not None
    assert (details.bot, details.case.language, details.listed.question) == (
        BOT,
        "en",
        "为什么没到账",
    )
    said = [
        (each.by_creator, each.kind, each.words) for each in conversation_of(two, details.case)
    ]
    assert said == [(True, "words", "在吗"), (True, "copy", ""), (False, "words", "在的")]


def test_of_a_long_conversation_the_latest_is_shown(
    two: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    details = case_details(two, 1)
    assert details is not None
    everything = conversation_of(two, details.case)
    monkeypatch.setattr("bot.store.case_list._MOST_LETTERS", 2)
    latest = conversation_of(two, details.case)
    assert latest
    assert latest == everything[-len(latest) :]


def test_a_case_nobody_opened_is_none(connection: Connection) -> None:
    assert case_details(connection, 1) is None


def test_money_that_did_not_arrive_is_listed_and_closed(
    now: datetime, import_lines: Import, engine: Engine
) -> None:
    import_lines("小雅", [Order(platform=Platform.JD, order_number="100000001")])
    day = date(2026, 9, 15)
    with engine.begin() as connection:
        line = connection.execute(order_lines.select()).one().id
        for number, row in (("A", line), ("B", 0)):
            arrived = Arrival("jd", day, row, number, arrived=False)
            note_arrival(connection, USER, arrived, now)
        found = missing_money(connection, is_open=True)
        assert [(each.number, each.order_number, each.day) for each in found] == [
            ("B", None, day),
            ("A", "100000001", day),
        ]
        assert close_missing(connection, found[0].id)
        assert not close_missing(connection, found[0].id)
        assert [each.number for each in missing_money(connection, is_open=True)] == ["A"]
        assert [each.state for each in missing_money(connection, is_open=False)] == ["closed"]
        note_arrival(connection, USER, Arrival("jd", day, 0, "B", arrived=False), now)
        assert len(missing_money(connection, is_open=True)) == 2
