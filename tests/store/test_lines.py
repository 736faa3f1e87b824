import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine

from bot.desk.facts import Dialogue, Scope, Wanted
from bot.store.lines import StoredLineError, find_lines, latest_lines
from bot.store.people import Acquaintance, remember
from bot.store.snapshot import load_facts
from bot.store.subscriptions import subscribe
from bot.store.tables import bindings, creators, import_batches, order_facts, order_lines
from settlement.model import Order, Platform
from tests.store.conftest import Bind, Import
from tests.store.plans import steps_of


def order(number: str, **more: object) -> Order:
    return Order(platform=Platform.TAOBAO, order_number=number, **more)  # type: ignore[arg-type]


def test_only_the_owner_sees_an_order(
    engine: Engine, import_lines: Import, bind_person: Bind
) -> None:
    creators = [f"达人{index}" for index in range(8)]
    for index, creator in enumerate(creators):
        # 40 is a number that every creator has, and each has five of their own
        numbers = ["40", *(f"{index}{place}" for place in range(5))]
        import_lines(creator, [order(number) for number in numbers])
    owners = {user: {user % 8, (user * 3) % 8} for user in range(1, 17)}
    for user, owned in owners.items():
        for index in owned:
            bind_person(user, creators[index])
    everything = [f"{index}{place}" for index in range(8) for place in range(5)] + ["40"]
    with engine.begin() as connection:
        found = find_lines(connection, [*owners, 99], everything, range(1, 100))
    seen = {user: set[tuple[int, str]]() for user in [*owners, 99]}
    for each in found:
        seen[each.user].add((each.line.creator, each.line.order.order_number))
    for user, owned in owners.items():
        own = {(index + 1, f"{index}{place}") for index in owned for place in range(5)}
        assert seen[user] == own | {(index + 1, "40") for index in owned}
    assert seen[99] == set()


def test_an_ended_binding_shows_nothing(
    connection: Connection,
    engine: Engine,
    now: datetime,
    import_lines: Import,
    bind_person: Bind,
) -> None:
    connection.rollback()
    import_lines("小林", [order("1")])
    bind_person(7, "小林")
    with engine.begin() as fresh:
        assert len(find_lines(fresh, [7], ["1"], [])) == 1
        fresh.execute(bindings.update().values(ended_at=now))
        assert find_lines(fresh, [7], ["1"], []) == []
        assert latest_lines(fresh, 7, 5) == ()


@pytest.mark.parametrize("name", ["order_number", "sub_order_number", "line_id", "parent_number"])
def test_a_line_goes_by_each_of_its_numbers(
    name: str,
    engine: Engine,
    import_lines: Import,
    bind_person: Bind,
) -> None:
    numbers = {"order_number": "1", "sub_order_number": "2", "line_id": "3", "parent_number": "4"}
    import_lines("小林", [Order(platform=Platform.JD, **numbers)])  # type: ignore[arg-type]
    bind_person(7, "小林")
    with engine.begin() as connection:
        (found,) = find_lines(connection, [7], [numbers[name]], [])
    assert found.line.order == Order(platform=Platform.JD, **numbers)  # type: ignore[arg-type]


def test_a_look_up_walks_no_creators_lines(engine: Engine, now: datetime) -> None:
    """A creator may have a hundred thousand lines; only those asked for are to be read."""
    with engine.begin() as connection:
        _fill(connection, now, lines=20_000)
        steps = steps_of(connection, lambda c: find_lines(c, [7, 8], ["1", "2"], [3]))
    plan = "\n".join(steps)
    assert not re.search(r"(SCAN|Seq Scan on) (order_lines|order_facts|bindings)\b", plan)
    assert "ix_order_lines_creator_ordered_at" not in plan
    for number in ("order_number", "sub_order_number", "line_id", "parent_number"):
        assert f"ix_order_lines_{number}" in plan


def _fill(connection: Connection, now: datetime, lines: int) -> None:
    """Many lines of one creator, and as many people bound to others."""
    connection.execute(creators.insert(), [{"name": str(n), "created_at": now} for n in range(99)])
    numbers = [str(n) for n in range(lines)]
    connection.execute(
        order_lines.insert(),
        [
            {"creator": 1, "platform": "jd", "line_key": n, "order_number": n}
            | dict.fromkeys(("sub_order_number", "line_id", "parent_number"), n)
            for n in numbers
        ],
    )
    connection.execute(
        bindings.insert(),
        [{"user": n, "creator": n % 99 + 1, "bound_at": now} for n in range(lines // 2)],
    )
    connection.execute(
        import_batches.insert().values(
            file_name="a", file_hash="b", started_at=now, touched_at=now, published_at=now
        )
    )
    facts = {"batch": 1, "facts": {}, "fingerprint": "", "recorded_at": now}
    connection.execute(order_facts.insert(), [facts | {"line": n + 1} for n in range(lines)])
    connection.exec_driver_sql("ANALYZE")


def test_the_latest_orders_come_first(
    engine: Engine,
    now: datetime,
    import_lines: Import,
    bind_person: Bind,
) -> None:
    orders = [order(str(day), created_at=now - timedelta(days=day)) for day in (3, 1, 2)]
    import_lines("小林", [order("undated"), *orders])
    bind_person(7, "小林")
    with engine.begin() as connection:
        latest = latest_lines(connection, 7, 3)
        assert [line.order.order_number for line in latest] == ["1", "2", "3"]
        assert latest_lines(connection, 7, 9)[-1].order.order_number == "undated"


def test_everybody_in_a_batch_gets_what_they_asked_for(
    engine: Engine,
    now: datetime,
    import_lines: Import,
    bind_person: Bind,
) -> None:
    import_lines("小林", [order(str(number)) for number in range(1, 7)])
    for user in (7, 8, 9):
        bind_person(user, "小林")
    with engine.begin() as connection:
        remember(connection, [Acquaintance(8, 8, "八", "en", Dialogue(row=4, rows=(5, 6)))], now)
        subscribe(connection, 9, Scope.ORDER, 3, now)
        subscribe(connection, 9, Scope.EVERYTHING, None, now)
        facts = load_facts(
            connection,
            {
                7: Wanted(numbers=("1", "404"), rows=(2,)),
                8: Wanted(remembered=True),
                9: Wanted(subscriptions=True, own_lines=2),
                10: Wanted(numbers=("1",), rows=(1, 2, 3)),
            },
            now,
        )
    rows = {user: [line.row for line in each.lines] for user, each in facts.items()}
    assert rows == {7: [1, 2], 8: [4, 5, 6], 9: [3], 10: []}
    assert [line.row for line in facts[9].own_lines] == [6, 5]
    assert [each.scope for each in facts[9].subscriptions] == [Scope.ORDER, Scope.EVERYTHING]
    assert facts[8].language == "en"
    assert facts[8].dialogue == Dialogue(row=4, rows=(5, 6))
    assert not facts[8].first_contact
    assert facts[10].first_contact
    assert facts[7].creator_names == ("小林",)


def test_facts_that_cannot_be_read_are_named(
    engine: Engine,
    import_lines: Import,
    bind_person: Bind,
) -> None:
    import_lines("小林", [order("1")])
    bind_person(7, "小林")
    with engine.begin() as connection:
        broken = {"platform": "taobao", "order_number": "1", "paid_amount": 1.5}
        connection.execute(order_facts.update().values(facts=broken))
        with pytest.raises(StoredLineError, match=r"order_lines 1, paid_amount: .*import"):
            find_lines(connection, [7], ["1"], [])


def test_a_dialogue_of_another_release_is_read_as_far_as_it_goes(
    connection: Connection, now: datetime
) -> None:
    remember(connection, [Acquaintance(7, 7, "七", "zh", Dialogue(topic="x"))], now)
    connection.exec_driver_sql("""UPDATE people SET dialogue = '{"topic": "x", "mood": "good"}'""")
    facts = load_facts(connection, {7: Wanted()}, now)
    assert facts[7].dialogue == Dialogue(topic="x")
