import gc
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, func, select

from bot.store.batches import ImportLostError, clear_abandoned
from bot.store.chunks import collecting_later
from bot.store.creators import add_creator
from bot.store.importing import Finding, OwnedOrder, ReportImport
from bot.store.lines import find_lines
from bot.store.tables import import_batches, order_facts, order_history, order_lines
from settlement.model import Order, Platform, RawStatus
from tests.store.conftest import Bind

PAID = Order(
    platform=Platform.TAOBAO,
    order_number="1",
    raw_status=RawStatus(code="12"),
    paid_amount=Decimal("20.00"),
    refunds=(),
)
SETTLED = replace(PAID, raw_status=RawStatus(code="3"), settled_commission=Decimal("1.20"))


def contents(engine: Engine) -> dict[str, int]:
    tables = (order_lines, order_facts, order_history, import_batches)
    with engine.begin() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables
        }


def visible(engine: Engine, user: int = 7) -> list[Order]:
    with engine.begin() as connection:
        return [each.line.order for each in find_lines(connection, [user], ["1"], range(9))]


@pytest.fixture
def owner(engine: Engine, bind_person: Bind) -> int:
    return bind_person(7, "小林")


def test_importing_again_changes_nothing(
    engine: Engine, owner: int, import_lines: Callable[..., ReportImport]
) -> None:
    first = import_lines("小林", [PAID, replace(PAID, order_number="2")])
    before = contents(engine)
    again = import_lines("小林", [PAID, replace(PAID, order_number="2")])
    assert first.findings[Finding.NEW] == 2
    assert again.findings == dict.fromkeys(Finding, 0) | {Finding.UNCHANGED: 2}
    assert contents(engine) == before | {"import_batches": 2}
    assert visible(engine)[0] == PAID


def test_a_change_is_kept_with_what_was_before(
    engine: Engine, owner: int, now: datetime, import_lines: Callable[..., ReportImport]
) -> None:
    import_lines("小林", [PAID])
    report = import_lines("小林", [SETTLED], now=now + timedelta(days=1))
    assert report.findings[Finding.CHANGED] == 1
    assert visible(engine) == [SETTLED]
    with engine.begin() as connection:
        history = connection.execute(
            select(
                order_history.c.field,
                order_history.c.before,
                order_history.c.after,
                order_history.c.changed_at,
                import_batches.c.file_name,
            ).join(import_batches)
        ).all()
    later = now + timedelta(days=1)
    assert history == [
        ("raw_status", {"code": "12"}, {"code": "3"}, later, "report.csv"),
        ("settled_commission", None, "1.20", later, "report.csv"),
    ]


def test_the_same_words_in_a_later_report_are_no_change(
    engine: Engine, owner: int, now: datetime, import_lines: Callable[..., ReportImport]
) -> None:
    import_lines("小林", [replace(PAID, data_as_of=now)])
    later = import_lines("小林", [replace(PAID, data_as_of=now + timedelta(days=1))])
    assert later.findings[Finding.UNCHANGED] == 1


def test_an_older_report_does_not_undo_a_later_one(
    engine: Engine, owner: int, now: datetime, import_lines: Callable[..., ReportImport]
) -> None:
    settled = replace(SETTLED, data_as_of=now)
    import_lines("小林", [settled])
    older = import_lines("小林", [replace(PAID, data_as_of=now - timedelta(days=1))])
    assert older.findings[Finding.OLDER] == 1
    assert visible(engine) == [settled]


def test_a_line_that_contradicts_itself_counts_as_it_stood_first(
    engine: Engine, owner: int, import_lines: Callable[..., ReportImport]
) -> None:
    for _ in range(2):
        report = import_lines("小林", [PAID, SETTLED, PAID])
        assert report.findings[Finding.REPEATED] == 1
        assert visible(engine) == [PAID]
    assert report.findings[Finding.UNCHANGED] == 2


def test_nothing_shows_before_all_of_it_does(engine: Engine, owner: int, now: datetime) -> None:
    report = ReportImport(engine, "report.csv", "hash", now)
    report.add([OwnedOrder(owner, PAID)])
    assert visible(engine) == []
    report.add([OwnedOrder(owner, replace(PAID, order_number="2", parent_number="1"))])
    assert visible(engine) == []
    report.publish(refused=0)
    assert len(visible(engine)) == 2


def test_a_change_under_way_shows_the_old_state(
    engine: Engine, owner: int, now: datetime, import_lines: Callable[..., ReportImport]
) -> None:
    import_lines("小林", [PAID])
    report = ReportImport(engine, "report.csv", "hash", now)
    report.add([OwnedOrder(owner, SETTLED)])
    assert visible(engine) == [PAID]
    report.discard()
    assert visible(engine) == [PAID]
    assert contents(engine)["order_history"] == 0


def test_a_dry_run_writes_nothing(
    engine: Engine, owner: int, import_lines: Callable[..., ReportImport]
) -> None:
    import_lines("小林", [PAID])
    before = contents(engine)
    report = import_lines("小林", [SETTLED, replace(PAID, order_number="2")], dry_run=True)
    assert (report.findings[Finding.CHANGED], report.findings[Finding.NEW]) == (1, 1)
    assert contents(engine) == before


def test_an_abandoned_import_vanishes(
    engine: Engine, owner: int, now: datetime, import_lines: Callable[..., ReportImport]
) -> None:
    import_lines("小林", [PAID])
    before = contents(engine)
    report = ReportImport(engine, "report.csv", "hash", now)
    fresh = [replace(PAID, order_number=str(number)) for number in range(2, 400)]
    report.add([OwnedOrder(owner, order) for order in (SETTLED, *fresh)])
    assert clear_abandoned(engine, now + timedelta(minutes=5)) == 0
    assert clear_abandoned(engine, now + timedelta(minutes=11)) == 1
    assert contents(engine) == before
    with pytest.raises(ImportLostError, match="import the file again"):
        report.publish(refused=0)
    with pytest.raises(ImportLostError, match="import the file again"):
        report.add([OwnedOrder(owner, replace(PAID, order_number="500"))])


def test_two_creators_may_have_lines_of_one_number(
    engine: Engine,
    import_lines: Callable[..., ReportImport],
    bind_person: Bind,
) -> None:
    import_lines("小林", [PAID])
    import_lines("阿青", [SETTLED])
    bind_person(7, "小林")
    bind_person(8, "阿青")
    assert visible(engine, 7) == [PAID]
    assert visible(engine, 8) == [SETTLED]


def test_the_record_of_an_import(
    engine: Engine, owner: int, import_lines: Callable[..., ReportImport]
) -> None:
    import_lines("小林", [PAID, PAID])
    import_lines("小林", [SETTLED, PAID])
    with engine.begin() as connection:
        columns = [import_batches.c[name] for name in ("new", "changed", "unchanged", "refused")]
        assert connection.execute(select(*columns)).all() == [(1, 0, 1, 0), (0, 1, 0, 1)]


def test_naming_a_creator_twice_makes_one(engine: Engine, now: datetime) -> None:
    with engine.begin() as connection:
        assert add_creator(connection, "小林", now) == add_creator(connection, "小林", now)


def test_what_nobody_needs_is_collected_after_a_transaction_however_it_ends() -> None:
    with suppress(ImportLostError), collecting_later():
        assert not gc.isenabled()
        raise ImportLostError
    assert gc.isenabled()
