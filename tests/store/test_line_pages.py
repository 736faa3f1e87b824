"""All lines of the installation for its staff: by any number, by page, and what became of them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, text

from bot.desk.facts import Dialogue
from bot.store import line_pages
from bot.store.line_history import changes_of, kept_of, readers_of
from bot.store.line_pages import (
    Choice,
    FullLine,
    Place,
    last_row,
    line_of_row,
    lines_by_number,
    lines_from,
    lines_of_creator,
    lines_of_order,
)
from bot.store.people import Acquaintance, remember
from bot.store.said import NUMBERS
from bot.store.transactions import reads
from settlement.model import Order, Platform
from tests.store.conftest import Bind, Import
from tests.store.plans import steps_of

DAY = timedelta(days=1)
FIRST = datetime(2026, 8, 1, tzinfo=UTC)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """It begins to read with the first statement, so that others may write before."""
    with reads(engine) as connection:
        yield connection


def order(number: str, day: int | None = None, **known: object) -> Order:
    at = None if day is None else FIRST + day * DAY
    known = {"platform": Platform.JD, "created_at": at} | known
    return Order(order_number=number, **known)  # type: ignore[arg-type]


def shown(lines: list[FullLine]) -> list[str]:
    return [f"{line.creator_name} {line.order_number}" for line in lines]


def test_a_number_finds_every_line_that_goes_by_it(
    connection: Connection, import_lines: Import
) -> None:
    import_lines("小林", [order("100"), order("7", sub_order_number="100", line_id="x")])
    import_lines("阿泽", [order("8", parent_number="100"), order("1000"), order("9", line_id="y")])
    assert shown(lines_by_number(connection, "100")) == ["小林 100", "小林 7", "阿泽 8"]
    assert shown(lines_by_number(connection, "x")) == ["小林 7"]
    assert lines_by_number(connection, "10") == []
    assert lines_by_number(connection, "%") == []


def test_what_is_not_published_is_not_shown(
    engine: Engine, connection: Connection, import_lines: Import
) -> None:
    import_lines("小林", [order("100", 1)])
    with engine.begin() as writing:
        row = lines_by_number(writing, "100")[0].row
        assert line_of_row(writing, row) is not None
        writing.execute(text("UPDATE import_batches SET published_at = NULL"))
    assert lines_by_number(connection, "100") == []
    assert line_of_row(connection, row) is None
    assert lines_from(connection, row + 1, None, 9) == ([], 0)


def test_the_newest_rows_come_page_by_page(
    connection: Connection, import_lines: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    platforms = (Platform.JD, Platform.TAOBAO)
    import_lines(
        "小林", [order(str(number), platform=platforms[number % 2]) for number in range(7)]
    )
    top = last_row(connection) + 1
    found, below = lines_from(connection, top, None, 3)
    assert shown(found) == ["小林 6", "小林 5", "小林 4"]
    found, below = lines_from(connection, below, None, 9)
    assert (shown(found), below) == ([f"小林 {n}" for n in (3, 2, 1, 0)], 0)
    monkeypatch.setattr(line_pages, "PASSED_OVER", 4)
    found, below = lines_from(connection, top, Platform.TAOBAO, 9)
    assert shown(found) == ["小林 5", "小林 3"]
    assert shown(lines_from(connection, below, Platform.TAOBAO, 9)[0]) == ["小林 1"]


def test_a_creators_lines_come_by_their_time_and_those_without_last(
    connection: Connection, import_lines: Import, bind_person: Bind
) -> None:
    import_lines("阿泽", [order("other", 3)])
    import_lines(
        "小林",
        [order("a", 1), order("b"), order("c", 3), order("d", 3), order("e", 2), order("f")],
    )
    creator = bind_person(7, "小林")
    found: list[str] = []
    after: Place | None = None
    while page := lines_of_creator(connection, creator, Choice(), after, 2):
        found += [line.order_number for line in page]
        after = Place(page[-1].ordered_at, page[-1].row)
    assert found == ["d", "c", "e", "a", "f", "b"]


def test_a_creators_lines_may_be_of_some_days_and_one_platform(
    connection: Connection, import_lines: Import, bind_person: Bind
) -> None:
    lines = [order(f"{day}", day) for day in range(5)] + [order("none")]
    import_lines("小林", [*lines, order("t", 2, platform=Platform.TAOBAO)])
    creator = bind_person(7, "小林")

    def numbers(choice: Choice) -> list[str]:
        found = lines_of_creator(connection, creator, choice, None, 9)
        return [line.order_number for line in found]

    assert numbers(Choice(since=FIRST + 3 * DAY)) == ["4", "3"]
    assert numbers(Choice(since=FIRST + DAY, until=FIRST + 3 * DAY)) == ["t", "2", "1"]
    assert numbers(Choice(Platform.TAOBAO)) == ["t"]
    assert numbers(Choice(Platform.DOUYIN)) == []


def test_the_lines_of_an_order_are_those_of_its_creator(
    connection: Connection, import_lines: Import
) -> None:
    parts = [order("100", sub_order_number=f"10{n}", line_id=f"10{n}") for n in range(2)]
    import_lines("小林", [*parts, order("200")])
    import_lines("阿泽", [order("100")])
    found = lines_by_number(connection, "100")
    assert len(found) == 3
    assert shown(lines_of_order(connection, found[0])) == ["小林 100", "小林 100"]


def test_what_imports_changed_and_left_is_kept(
    connection: Connection, import_lines: Import
) -> None:
    import_lines("小林", [order("100", 1, shop="一号店")])
    import_lines("小林", [order("100", 1, shop="二号店")])
    row = lines_by_number(connection, "100")[0].row
    [change] = changes_of(connection, row)
    assert (change.field, change.before, change.after) == ("shop", "一号店", "二号店")
    assert change.file_name == "report.csv"
    later, first = kept_of(connection, row)
    assert (first.facts["shop"], later.facts["shop"]) == ("一号店", "二号店")
    assert later.base == first.batch
    assert later.published_at is not None


def test_who_sees_a_creators_orders_is_known(
    engine: Engine, bind_person: Bind, now: datetime
) -> None:
    creator = bind_person(7, "小林")
    bind_person(8, "小林")
    with engine.begin() as connection:
        remember(connection, [Acquaintance(7, 7, "小林自己", "zh", Dialogue())], now)
        connection.execute(text('UPDATE bindings SET ended_at = bound_at WHERE "user" = 8'))
    with engine.connect() as connection:
        readers = readers_of(connection, creator)
    assert [(each.user, each.name, each.ended_at is None) for each in readers] == [
        (7, "小林自己", True),
        (8, None, False),
    ]


def test_a_number_is_looked_up_by_indexes_alone(engine: Engine) -> None:
    """Ten million lines must not be walked through for one."""
    with engine.connect() as connection:
        plan = "\n".join(steps_of(connection, lambda c: lines_by_number(c, "100")))
    assert not re.search(r"(SCAN|Seq Scan on) order_lines\b", plan)
    for number in NUMBERS:
        assert f"ix_order_lines_{number}" in plan
