"""Two creators merged into one: orders, people and names move, all of them, once."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import Engine, select

from bot.desk.facts import Scope
from bot.store import merging
from bot.store.creators import (
    add_creator,
    creator_named,
    known_promoters,
    make_binding_code,
    name_promoter,
)
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.lines import latest_lines
from bot.store.merging import MergePreview, WhyNotMerged, begin_merge, finish_merges, preview_merge
from bot.store.people import bind
from bot.store.subscriptions import subscribe
from bot.store.tables import bindings, creators, order_lines
from bot.store.transactions import transact
from bot.store.unbinding import unbind
from settlement.creators_file import PromoterName
from settlement.model import Order, Platform
from tests.store.conftest import Bind, Import

XIAOYA, SISTER, BOTH = 11, 12, 13


def order(number: str) -> Order:
    return Order(platform=Platform.JD, order_number=number)


@pytest.fixture
def two(engine: Engine, now: datetime, import_lines: Import, bind_person: Bind) -> tuple[int, int]:
    """小雅 with three orders and two people, 小雅短视频 with two orders and two people."""
    source = bind_person(XIAOYA, "小雅短视频")
    target = bind_person(SISTER, "小雅")
    bind_person(BOTH, "小雅短视频")
    bind_person(BOTH, "小雅")
    import_lines("小雅短视频", [order(f"10000000{each}") for each in range(3)])
    import_lines("小雅", [order(f"20000000{each}") for each in range(2)])
    with engine.begin() as connection:
        name_promoter(connection, Platform.JD, "position", "小雅短视频", source)
        name_promoter(connection, Platform.JD, "position", "小雅", target)
    return source, target


def numbers(engine: Engine, user: int) -> set[str]:
    with engine.connect() as connection:
        return {each.order.order_number for each in latest_lines(connection, user, 99)}


def merge(engine: Engine, source: int, target: int, now: datetime) -> WhyNotMerged | None:
    why = transact(engine, lambda connection: begin_merge(connection, source, target, now))
    finish_merges(engine)
    return why


def test_a_preview_says_what_would_move(engine: Engine, two: tuple[int, int]) -> None:
    with engine.connect() as connection:
        found = preview_merge(connection, *two)
    assert found == MergePreview(
        3, (PromoterName(Platform.JD, "position", "小雅短视频"),), ("", ""), None
    )


def test_everybody_sees_everything_and_the_one_is_gone(
    engine: Engine, two: tuple[int, int], now: datetime
) -> None:
    source, target = two
    assert merge(engine, source, target, now) is None
    for user in (XIAOYA, SISTER, BOTH):
        assert len(numbers(engine, user)) == 5, user
    with engine.connect() as connection:
        assert creator_named(connection, "小雅短视频") is None
        assert set(known_promoters(connection).values()) == {target}
        owners = connection.execute(select(order_lines.c.creator)).scalars().all()
        bound = connection.execute(select(bindings.c.user, bindings.c.ended_at)).all()
    assert set(owners) == {target}
    assert sorted(user for user, _ in bound) == [XIAOYA, SISTER, BOTH]


def test_the_people_of_the_one_see_everything_while_its_lines_are_on_their_way(
    engine: Engine, two: tuple[int, int], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = two
    transact(engine, lambda connection: begin_merge(connection, source, target, now))
    monkeypatch.setattr(merging, "CHUNK", 1)
    seen = [numbers(engine, XIAOYA)]
    for _ in range(3):
        assert transact(engine, partial(merging._move, source, target))
        seen.append(numbers(engine, XIAOYA))
    assert [len(each) for each in seen] == [5, 5, 5, 5]


def test_a_merge_that_was_interrupted_goes_on(
    engine: Engine, two: tuple[int, int], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = two
    transact(engine, lambda connection: begin_merge(connection, source, target, now))
    with monkeypatch.context() as patch:
        patch.setattr(merging, "CHUNK", 2)
        transact(engine, partial(merging._move, source, target))
    assert finish_merges(engine) == 1
    assert finish_merges(engine) == 0
    assert len(numbers(engine, SISTER)) == 5


def test_lines_that_came_are_taken_up_for_whoever_was_bound_before(
    engine: Engine, two: tuple[int, int], now: datetime
) -> None:
    with engine.begin() as connection:
        connection.execute(bindings.update().values(taken_up_at=now))
    merge(engine, *two, now)
    with engine.connect() as connection:
        found = connection.execute(select(bindings.c.user, bindings.c.taken_up_at)).all()
    assert all(taken_up is None for _, taken_up in found)


def test_what_somebody_wants_to_hear_of_a_line_stays(
    engine: Engine, two: tuple[int, int], now: datetime
) -> None:
    with engine.begin() as connection:
        line = connection.execute(
            select(order_lines.c.id).where(order_lines.c.order_number == "100000001")
        ).scalar_one()
        subscribe(connection, XIAOYA, Scope.ORDER, line, now)
    merge(engine, *two, now)
    with engine.connect() as connection:
        row = connection.execute(select(order_lines).where(order_lines.c.id == line)).one()
    assert (row.order_number, row.creator) == ("100000001", two[1])


def test_a_link_of_the_one_binds_to_the_other(
    engine: Engine, two: tuple[int, int], now: datetime
) -> None:
    with engine.begin() as connection:
        code = make_binding_code(connection, two[0], now)
    merge(engine, *two, now)
    with engine.begin() as connection:
        bind(connection, 99, code, now)
    assert len(numbers(engine, 99)) == 5


def test_what_is_past_is_kept_as_past(engine: Engine, two: tuple[int, int], now: datetime) -> None:
    with engine.begin() as connection:
        unbind(connection, XIAOYA, two[0], now)
    merge(engine, *two, now)
    assert numbers(engine, XIAOYA) == set()


def test_a_line_of_both_is_refused_and_named(
    engine: Engine, two: tuple[int, int], now: datetime, import_lines: Import
) -> None:
    """Whichever of the two has fewer lines."""
    import_lines("小雅", [order("100000001"), order("300000000")])
    with engine.connect() as connection:
        for pair in (two, (two[1], two[0])):
            found = preview_merge(connection, *pair)
            assert found.why_not is WhyNotMerged.SHARED
            assert found.shared == (("jd", "100000001"),)


def test_a_line_that_came_to_both_meanwhile_stays_and_nothing_is_lost(
    engine: Engine, two: tuple[int, int], now: datetime, import_lines: Import
) -> None:
    source, target = two
    transact(engine, lambda connection: begin_merge(connection, source, target, now))
    import_lines("小雅", [order("100000001")])
    assert finish_merges(engine) == 0
    with engine.connect() as connection:
        left = select(order_lines.c.order_number).where(order_lines.c.creator == source)
        assert connection.execute(left).scalars().all() == ["100000001"]
    assert len(numbers(engine, XIAOYA)) == 5


def test_an_import_that_knew_the_one_goes_on_with_the_other(
    engine: Engine, two: tuple[int, int], now: datetime
) -> None:
    """A sync asks for its names once; a merge that begins then must not leave lines behind."""
    source, target = two
    report = ReportImport(engine, "report.csv", "another", now)
    report.add([OwnedOrder(source, order("300000001"))])
    transact(engine, lambda connection: begin_merge(connection, source, target, now))
    report.add([OwnedOrder(source, order(number)) for number in ("300000001", "300000002")])
    transact(engine, partial(merging._move, source, target))
    report.add([OwnedOrder(source, order(number)) for number in ("300000001", "300000003")])
    report.publish(refused=0)
    assert finish_merges(engine) == 1
    assert {f"30000000{each}" for each in (1, 2, 3)} <= numbers(engine, SISTER)
    with engine.connect() as connection:
        owners = select(order_lines.c.creator).where(order_lines.c.order_number.like("3%"))
        assert connection.execute(owners).scalars().all() == [target] * 3


@pytest.mark.parametrize(
    ("pair", "why"),
    [
        (lambda a, b, c: (a, a), WhyNotMerged.SAME),
        (lambda a, b, c: (a, 999), WhyNotMerged.GONE),
        (lambda a, b, c: (999, a), WhyNotMerged.GONE),
        (lambda a, b, c: (b, c), WhyNotMerged.UNDER_WAY),
        (lambda a, b, c: (a, c), WhyNotMerged.UNDER_WAY),
        (lambda a, b, c: (c, a), WhyNotMerged.UNDER_WAY),
    ],
)
def test_what_contradicts_itself_is_refused(
    engine: Engine,
    two: tuple[int, int],
    now: datetime,
    pair: Callable[[int, int, int], tuple[int, int]],
    why: WhyNotMerged,
) -> None:
    """The first is on its way into the second, the third takes no part."""
    with engine.begin() as connection:
        third = add_creator(connection, "第三位", now)
        assert begin_merge(connection, *two, now) is None
        assert begin_merge(connection, *pair(*two, third), now) is why
    with engine.connect() as connection:
        merging_into = select(creators.c.merging_into).where(creators.c.id != two[0])
        assert set(connection.execute(merging_into).scalars()) == {None}
