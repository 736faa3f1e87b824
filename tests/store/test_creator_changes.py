"""Creators looked up and changed: by name, by what platforms call them."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine

from bot.desk.facts import Dialogue
from bot.store.creator_changes import (
    Change,
    add_name,
    creators_called,
    remove_name,
    rename_creator,
)
from bot.store.creator_list import creator_details, creators_listed
from bot.store.creators import add_creator, creator_named, make_binding_code, name_promoter
from bot.store.people import Acquaintance, remember
from bot.store.tables import creators
from settlement.creators_file import PromoterName
from settlement.model import Order, Platform
from tests.store.conftest import Bind, Import

PID = PromoterName(Platform.TAOBAO, "pid", "mm_1_22_333")


@pytest.fixture
def creator(connection: Connection, now: datetime) -> int:
    return add_creator(connection, "小雅", now)


def test_a_creator_is_found_by_name_and_by_what_platforms_call_her(
    connection: Connection, creator: int, now: datetime
) -> None:
    other = add_creator(connection, "Anna", now)
    name_promoter(connection, Platform.TAOBAO, "pid", "mm_1_22_333", creator)

    def found(search: str) -> list[int]:
        return [each.id for each in creators_listed(connection, search=search)]

    assert found("anna") == [other]
    assert found("22_333") == [creator]
    assert found("小") == [creator]
    assert found("%") == []
    assert found("_") == [creator], "only what is written so"


def test_a_list_goes_on_after_a_name(connection: Connection, now: datetime) -> None:
    for each in ("b", "a", "c"):
        add_creator(connection, each, now)
    assert [each.name for each in creators_listed(connection, count=2)] == ["a", "b"]
    assert [each.name for each in creators_listed(connection, after="b", count=2)] == ["c"]


def test_one_creator_with_all_that_is_hers(
    now: datetime, engine: Engine, import_lines: Import, bind_person: Bind
) -> None:
    creator = bind_person(7, "小雅")
    import_lines("小雅", [Order(platform=Platform.JD, order_number="100000001")])
    with engine.begin() as connection:
        remember(connection, [Acquaintance(7, 7, "雅", "zh", Dialogue())], now)
        add_name(connection, creator, PID)
        make_binding_code(connection, creator, now)
        found = creator_details(connection, creator, now)
        assert found is not None
        assert (found.name, found.lines, found.names) == ("小雅", 1, (PID,))
        assert [(each.user, each.name, each.blocked) for each in found.people] == [
            (7, "雅", False)
        ]
        assert len(found.links) == 1
        later = creator_details(connection, creator, now + timedelta(hours=1))
        assert later is not None
        assert later.links == ()
        assert [(each.people, each.names) for each in creators_listed(connection)] == [(1, 1)]
        assert creator_details(connection, 999, now) is None


def test_a_new_name_is_hers_alone(connection: Connection, creator: int, now: datetime) -> None:
    add_creator(connection, "Anna", now)
    assert rename_creator(connection, creator, "Anna") is Change.TAKEN
    assert rename_creator(connection, creator, "小雅") is Change.NOTHING
    assert rename_creator(connection, creator, "雅雅") is Change.DONE
    assert creator_named(connection, "雅雅") == creator
    assert rename_creator(connection, 999, "谁") is Change.GONE


def test_a_name_of_a_platform_moves_only_when_that_is_meant(
    connection: Connection, creator: int, now: datetime
) -> None:
    other = add_creator(connection, "Anna", now)
    assert add_name(connection, creator, PID) is Change.DONE
    assert add_name(connection, creator, PID) is Change.NOTHING
    assert add_name(connection, other, PID) is Change.TAKEN
    assert creators_called(connection, PID) == {creator}
    assert add_name(connection, other, PID, moving=True) is Change.DONE
    assert creators_called(connection, PID) == {other}


def test_a_part_of_somebodys_pid_is_taken_too(
    connection: Connection, creator: int, now: datetime
) -> None:
    add_name(connection, creator, PID)
    other = add_creator(connection, "Anna", now)
    position = PromoterName(Platform.TAOBAO, "position_id", "333")
    assert creators_called(connection, position) == {creator}
    assert add_name(connection, other, position) is Change.TAKEN


def test_a_name_is_taken_from_her_alone(
    connection: Connection, creator: int, now: datetime
) -> None:
    other = add_creator(connection, "Anna", now)
    add_name(connection, creator, PID)
    assert remove_name(connection, other, PID) is Change.NOTHING
    assert remove_name(connection, creator, PID) is Change.DONE
    assert creators_called(connection, PID) == frozenset()


def test_who_is_on_her_way_into_another_is_left_alone(
    connection: Connection, creator: int, now: datetime
) -> None:
    other = add_creator(connection, "Anna", now)
    connection.execute(
        creators.update().where(creators.c.id == creator).values(merging_into=other)
    )
    assert rename_creator(connection, creator, "雅雅") is Change.GONE
    assert add_name(connection, creator, PID) is Change.GONE
