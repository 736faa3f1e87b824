from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from sqlalchemy import Connection, Engine

from bot.desk.facts import Dialogue
from bot.desk.segments import Segment
from bot.store import segments
from bot.store.creators import add_creator, make_binding_code
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.opt_outs import opt_out
from bot.store.people import Acquaintance, bind, mark_unreachable, remember
from bot.store.segments import Audience, count_people, fitting, next_people
from bot.store.tables import bindings
from settlement.contract import OrderError, read_order
from settlement.rulebook import shipped_rulebook

WORLD = YAML(typ="safe").load(
    Path(__file__).with_name("segments.yaml").read_text(encoding="utf-8")
)
NOW: datetime = WORLD["now"]
CASES: Sequence[dict[str, Any]] = WORLD["segments"]
NOTHING = {"languages": (), "bound": False, "platforms": (), "states": (), "month": ""}


def segment_of(case: dict[str, Any]) -> Segment:
    return Segment.read(NOTHING | {name: case[name] for name in NOTHING if name in case})


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as connection:
        for user, person in WORLD["people"].items():
            known = Acquaintance(user, user, f"用户{user}", person["language"], Dialogue())
            remember(connection, [known], NOW)
        owners = {}
        for name, users in WORLD["creators"].items():
            owners[name] = add_creator(connection, name, NOW)
            for user in [*users, *WORLD["ended"].get(name, ())]:
                bind(connection, user, make_binding_code(connection, owners[name], NOW), NOW)
        left = [user for users in WORLD["ended"].values() for user in users]
        ending = bindings.update().where(bindings.c.user.in_(left))
        connection.execute(ending.values(ended_at=NOW))
    with engine.begin() as connection:
        for user, person in WORLD["people"].items():
            if person.get("blocked"):
                mark_unreachable(connection, user, NOW)
            if person.get("opted_out"):
                opt_out(connection, user, NOW)
    report = ReportImport(engine, "report.csv", "hash", NOW)
    for each in WORLD["orders"]:
        facts = dict(each)
        facts["created_at"] = facts["created_at"].isoformat()
        owner = owners[facts.pop("creator")]
        order = read_order(facts)
        assert not isinstance(order, OrderError), order
        report.add([OwnedOrder(owner, order)])
    report.publish(refused=0)
    with engine.connect() as connection:
        yield connection


def found(connection: Connection, segment: Segment) -> list[int]:
    people = [each.user for each in next_people(connection, segment, 0, 100)]
    if not segment.states:
        return people
    return sorted(fitting(connection, segment, people, shipped_rulebook(), NOW))


def test_a_segment_means_these_people(connection: Connection) -> None:
    """All cases on one world: each database is filled once."""
    for case in CASES:
        segment = segment_of(case)
        assert found(connection, segment) == case["people"], case["name"]
        counted = count_people(connection, segment, shipped_rulebook(), NOW)
        assert counted == Audience(len(case["people"])), case["name"]
        assert Segment.read(segment.document()) == segment


def test_people_come_in_parts_in_the_order_of_their_numbers(connection: Connection) -> None:
    users, after = [], 0
    while part := next_people(connection, Segment(), after, 2):
        users += [each.user for each in part]
        after = users[-1]
    assert users == CASES[0]["people"]


def test_of_very_many_orders_only_a_part_is_judged_and_that_is_said(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "JUDGED_TO_COUNT", 1)
    monkeypatch.setattr(segments, "AT_ONCE", 2)
    segment = segment_of({"states": ["invalid"]})
    counted = count_people(connection, segment, shipped_rulebook(), NOW)
    assert not counted.exact
    assert 0 < counted.people <= 5


def test_an_order_that_is_not_published_yet_counts_for_nobody(
    engine: Engine, connection: Connection
) -> None:
    report = ReportImport(engine, "other.csv", "other", NOW)
    with engine.begin() as writing:
        owner = add_creator(writing, "阿明", NOW)
    order = read_order({"platform": "douyin", "order_number": "9"})
    assert not isinstance(order, OrderError)
    report.add([OwnedOrder(owner, order)])
    douyin = segment_of({"platforms": ["douyin"]})
    with engine.connect() as reading:
        assert found(reading, douyin) == []
    report.publish(refused=0)
    with engine.connect() as reading:
        assert found(reading, douyin) == [6]
