"""Own order lines by item, shop, day and platform."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine

from bot.desk.days import Days, Unit
from bot.desk.facts import Dialogue, Wanted
from bot.desk.sought import MOST_FOUND, Sought
from bot.store.people import Acquaintance, remember
from bot.store.searching import search_lines
from bot.store.snapshot import load_facts
from settlement.model import Order, Platform

Import = Callable[..., object]
Bind = Callable[[int, str], int]


def order(number: str, **known: object) -> Order:
    return Order(platform=known.pop("platform", Platform.JD), order_number=number, **known)  # type: ignore[arg-type]


def numbers(connection: Connection, sought: Sought, now: datetime, user: int = 7) -> list[str]:
    return [line.order.order_number for line in search_lines(connection, user, sought, now)]


def test_a_word_is_part_of_an_item_or_a_shop(
    engine: Engine, now: datetime, import_lines: Import, bind_person: Bind
) -> None:
    lines = [
        order("1", item="316不锈钢保温杯"),
        order("2", shop="保温杯专卖"),
        order("3", item="Stanley Cup 保溫杯"),
        order("4", item="雨伞"),
        order("5"),
    ]
    import_lines("小林", lines)
    bind_person(7, "小林")
    with engine.begin() as connection:
        assert set(numbers(connection, Sought(("保温杯",)), now)) == {"1", "2", "3"}
        assert set(numbers(connection, Sought(("保溫杯",)), now)) == {"1", "2", "3"}
        assert numbers(connection, Sought(("stanley", "保温")), now) == ["3"]
        assert numbers(connection, Sought(("保温杯", "雨伞")), now) == []


@pytest.mark.parametrize("word", ["%", "_", "/%", "\\", "'", "--"])
def test_a_sign_of_the_search_language_is_a_character(
    engine: Engine, now: datetime, import_lines: Import, bind_person: Bind, word: str
) -> None:
    import_lines("小林", [order("1", item=f"纯棉 100{word}50 件"), order("2", item="别的")])
    bind_person(7, "小林")
    with engine.begin() as connection:
        assert numbers(connection, Sought((word,)), now) == ["1"]


def test_only_ones_own_lines_are_found_and_none_after_the_binding_ended(
    engine: Engine, now: datetime, import_lines: Import, bind_person: Bind
) -> None:
    import_lines("小林", [order("1", item="杯子")])
    import_lines("小李", [order("2", item="杯子")])
    bind_person(7, "小林")
    with engine.begin() as connection:
        assert numbers(connection, Sought(("杯子",)), now) == ["1"]
        assert numbers(connection, Sought(("杯子",)), now, user=8) == []
        connection.exec_driver_sql("UPDATE bindings SET ended_at = bound_at")
        assert numbers(connection, Sought(("杯子",)), now) == []


def test_a_day_is_shanghais_from_its_first_instant_to_its_last(
    engine: Engine, now: datetime, import_lines: Import, bind_person: Bind
) -> None:
    # It is nine in the morning of 15 September in Shanghai.
    midnight = now - timedelta(hours=9)
    second = timedelta(seconds=1)
    lines = [
        order("today", created_at=midnight),
        order("last", created_at=midnight - second),
        order("first", created_at=midnight - timedelta(days=1)),
        order("before", created_at=midnight - timedelta(days=1) - second),
        order("undated"),
    ]
    import_lines("小林", lines)
    bind_person(7, "小林")
    with engine.begin() as connection:
        yesterday = Sought(days=Days(Unit.DAY, 1))
        assert numbers(connection, yesterday, now) == ["last", "first"]
        impossible = Sought(days=Days(Unit.MONTH, year=2025, month=2, day=29))
        assert numbers(connection, impossible, now) == []


def test_platform_and_most_lines(
    engine: Engine, now: datetime, import_lines: Import, bind_person: Bind
) -> None:
    many = [
        order(str(place), platform=Platform.DOUYIN, created_at=now - timedelta(minutes=place))
        for place in range(MOST_FOUND + 5)
    ]
    import_lines("小林", [*many, order("jd", created_at=now)])
    bind_person(7, "小林")
    with engine.begin() as connection:
        assert numbers(connection, Sought(platforms=("jd",)), now) == ["jd"]
        found = numbers(connection, Sought(platforms=("douyin",)), now)
        assert found == [str(place) for place in range(MOST_FOUND)]


def test_a_name_alone_is_looked_for_only_when_it_was_asked_for(
    engine: Engine, now: datetime, import_lines: Import, bind_person: Bind
) -> None:
    import_lines("小林", [order("1", item="杯子")])
    sought = (Sought(("杯子",), only_if_asked=True),)
    for user, dialogue in ((7, Dialogue()), (8, Dialogue(waiting_for="order_number"))):
        bind_person(user, "小林")
        with engine.begin() as connection:
            remember(connection, [Acquaintance(user, user, "", "zh", dialogue)], now)
    with engine.begin() as connection:
        wanted = dict.fromkeys((7, 8), Wanted(sought=sought))
        facts = load_facts(connection, wanted, now)
    assert [len(facts[user].found[0]) for user in (7, 8)] == [0, 1]
