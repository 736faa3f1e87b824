"""What several sources and several rows say of one line, as the store keeps it."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from sqlalchemy import Engine, select

from bot.store.chunks import ChunkSize
from bot.store.findings import Finding
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.lines import find_lines
from bot.store.tables import order_facts, order_history
from settlement.combining import Rows
from settlement.model import Order, Platform, RawStatus, Refund, SettlementPhase
from tests.store.conftest import Bind, Import

LINE = Order(
    platform=Platform.TAOBAO,
    order_number="1",
    sub_order_number="1-1",
    raw_status=RawStatus(code="12"),
    shop="茶铺",
    paid_amount=Decimal("20.00"),
)
BARE = Order(platform=Platform.TAOBAO, order_number="1", sub_order_number="1-1")
REFUND = Refund(
    amount=Decimal("5.00"), requested_at=datetime.fromisoformat("2026-09-01T10:00+08:00")
)
NUMBERS = frozenset({"order_number", "sub_order_number"})
REFUNDS = NUMBERS | {"refunds"}
SUMMED = NUMBERS | {"paid_amount"}
PHASED = NUMBERS | {"settlements"}


@pytest.fixture
def owner(bind_person: Bind) -> int:
    return bind_person(7, "小林")


@pytest.fixture
def take(engine: Engine, now: datetime) -> Import:
    """Import statements, each in a transaction of its own, as if they stood far apart."""

    def run(*said: OwnedOrder, publish: bool = True, file_hash: str = "hash") -> ReportImport:
        report = ReportImport(engine, "report.csv", file_hash, now)
        for each in said:
            report.add([each])
        if publish:
            report.publish(refused=0)
        return report

    return run


def known(engine: Engine) -> Order:
    with engine.begin() as connection:
        (found,) = find_lines(connection, [7], ["1-1"], [])
    return found.line.order


def counted(report: ReportImport) -> dict[Finding, int]:
    return {finding: count for finding, count in report.findings.items() if count}


def refunds(*items: Refund) -> Order:
    return replace(BARE, refunds=items)


def phase(number: int) -> Order:
    return replace(
        BARE, settlements=(SettlementPhase(phase=number, commission=Decimal(f"{number}.00")),)
    )


def test_a_refund_found_late_is_added_to_an_old_order(
    engine: Engine, owner: int, take: Import
) -> None:
    take(OwnedOrder(owner, LINE))
    report = take(OwnedOrder(None, refunds(REFUND), REFUNDS, Rows.ADD))
    assert counted(report) == {Finding.CHANGED: 1}
    assert known(engine) == replace(LINE, refunds=(REFUND,))
    with engine.begin() as connection:
        fields = connection.execute(select(order_history.c.field)).scalars().all()
    assert fields == ["refunds"]
    again = take(OwnedOrder(None, refunds(REFUND), REFUNDS, Rows.ADD))
    assert counted(again) == {Finding.UNCHANGED: 1}


def test_orders_imported_again_leave_the_refunds_of_another_source(
    engine: Engine, owner: int, take: Import
) -> None:
    states = NUMBERS | {"raw_status.code", "shop", "paid_amount"}
    take(OwnedOrder(owner, LINE, states))
    take(OwnedOrder(None, refunds(REFUND), REFUNDS, Rows.ADD))
    settled = replace(LINE, raw_status=RawStatus(code="3"))
    assert counted(take(OwnedOrder(owner, LINE, states))) == {Finding.UNCHANGED: 1}
    take(OwnedOrder(owner, settled, states))
    assert known(engine) == replace(settled, refunds=(REFUND,))


def test_a_source_that_names_nobody_needs_one_who_has_the_line(
    engine: Engine, owner: int, take: Import, bind_person: Bind
) -> None:
    said = OwnedOrder(None, refunds(REFUND), REFUNDS, Rows.ADD)
    assert counted(take(said)) == {Finding.OWNERLESS: 1}
    take(OwnedOrder(owner, LINE), publish=False)
    assert counted(take(said)) == {Finding.OWNERLESS: 1}
    take(OwnedOrder(owner, LINE))
    take(OwnedOrder(bind_person(8, "阿青"), LINE))
    assert counted(take(said)) == {Finding.SHARED: 1}
    assert known(engine).refunds is None


@pytest.mark.parametrize("at_once", [True, False])
def test_rows_that_are_parts_are_summed_wherever_they_stand(
    engine: Engine, owner: int, take: Import, now: datetime, *, at_once: bool
) -> None:
    parts = [
        OwnedOrder(owner, replace(BARE, paid_amount=Decimal(amount)), SUMMED, Rows.SUM)
        for amount in ("10.00", "20.00", "20.00")
    ]

    def run() -> ReportImport:
        if not at_once:
            return take(*parts)
        report = ReportImport(engine, "report.csv", "hash", now)
        report.add(parts)
        report.publish(refused=0)
        return report

    assert counted(run()) == {Finding.NEW: 1, Finding.JOINED: 2}
    assert known(engine).paid_amount == Decimal("50.00")
    assert counted(run()) == {Finding.UNCHANGED: 1, Finding.JOINED: 2}
    with engine.begin() as connection:
        assert len(connection.execute(select(order_facts.c.batch)).all()) == 1
        assert connection.execute(select(order_history.c.id)).all() == []


def test_phases_far_apart_make_one_line(engine: Engine, owner: int, take: Import) -> None:
    said = [OwnedOrder(owner, phase(number), PHASED, Rows.PHASES) for number in (1, 2)]
    take(OwnedOrder(owner, LINE))
    assert counted(take(*said)) == {Finding.CHANGED: 1, Finding.JOINED: 1}
    found = known(engine)
    assert found.settlements is not None
    assert [each.phase for each in found.settlements] == [1, 2]
    assert found.shop == "茶铺"
    assert counted(take(*said)) == {Finding.UNCHANGED: 2}


def test_a_later_row_replaces_an_earlier_one(engine: Engine, owner: int, take: Import) -> None:
    rows = [replace(LINE, raw_status=RawStatus(code=code)) for code in ("12", "14", "3")]
    report = take(*(OwnedOrder(owner, row, rows=Rows.REPLACE) for row in rows))
    assert counted(report) == {Finding.NEW: 1, Finding.JOINED: 2}
    assert known(engine) == rows[-1]


def test_a_row_that_makes_no_order_with_the_others_is_refused(
    engine: Engine, owner: int, take: Import
) -> None:
    take(OwnedOrder(owner, LINE))
    done = datetime.fromisoformat("2026-09-02T10:00+08:00")
    too_much = refunds(replace(REFUND, amount=Decimal("90.00"), succeeded_at=done))
    report = take(OwnedOrder(owner, too_much, REFUNDS, Rows.ADD))
    assert counted(report) == {Finding.UNFITTING: 1}
    assert known(engine) == LINE


def test_a_refund_in_an_older_list_counts_and_nothing_else_of_it(
    engine: Engine, owner: int, take: Import, now: datetime
) -> None:
    take(OwnedOrder(owner, replace(LINE, data_as_of=now)))
    older = replace(refunds(REFUND), shop="别的", data_as_of=now - timedelta(days=1))
    report = take(OwnedOrder(owner, older, REFUNDS | {"shop", "data_as_of"}, Rows.ADD))
    assert counted(report) == {Finding.CHANGED: 1}
    assert known(engine) == replace(LINE, refunds=(REFUND,), data_as_of=now)


def test_the_same_file_again_takes_back_nothing_that_came_later(
    engine: Engine, owner: int, take: Import
) -> None:
    settled = replace(LINE, raw_status=RawStatus(code="3"))
    take(OwnedOrder(owner, LINE), file_hash="monday")
    take(OwnedOrder(owner, settled), file_hash="tuesday")
    again = take(OwnedOrder(owner, LINE), file_hash="monday")
    assert counted(again) == {Finding.OLDER: 1}
    assert known(engine) == settled


def test_a_number_that_a_later_source_adds_finds_the_line(
    engine: Engine, owner: int, take: Import
) -> None:
    take(OwnedOrder(owner, LINE))
    states = NUMBERS | {"parent_number"}
    take(OwnedOrder(owner, replace(BARE, parent_number="900"), states))
    with engine.begin() as connection:
        (found,) = find_lines(connection, [7], ["900"], [])
    assert found.line.order == replace(LINE, parent_number="900")


def test_columns_nobody_has_described_are_kept(engine: Engine, owner: int, take: Import) -> None:
    take(OwnedOrder(owner, LINE, others={"备注": "急"}))
    settled = replace(LINE, raw_status=RawStatus(code="3"))
    take(OwnedOrder(owner, settled, others={"渠道": "直播"}))
    with engine.begin() as connection:
        kept = connection.execute(select(order_facts.c.others).order_by(order_facts.c.batch))
        assert kept.scalars().all() == [{"备注": "急"}, {"备注": "急", "渠道": "直播"}]


@pytest.mark.parametrize(
    ("before", "lines", "seconds", "after"),
    [
        (200, 200, 0.040, 100),
        (200, 200, 0.005, 400),
        (200, 200, 0.015, 266),
        (200, 30, 0.001, 200),  # the rest of a file says nothing about more
        (200, 30, 0.060, 50),
        (1_900, 1_900, 0.001, 2_000),
        (60, 60, 5.0, 50),
        (200, 200, 0.0, 200),
    ],
)
def test_a_transaction_takes_as_many_lines_as_the_last_ones_allow(
    before: int, lines: int, seconds: float, after: int
) -> None:
    chunk = ChunkSize(wanted_seconds=0.02, lines=before)
    chunk.took(lines, seconds)
    assert chunk.lines == after


def test_slow_transactions_become_small(engine: Engine, owner: int, now: datetime) -> None:
    """By this clock every transaction takes a tenth of a second; only SQLite has one writer."""
    ticks = count()
    report = ReportImport(engine, "report.csv", "hash", now, seconds=lambda: next(ticks) / 10)
    lines = [OwnedOrder(owner, replace(BARE, sub_order_number=f"1-{n}")) for n in range(500)]
    report.add(lines)
    report.publish(refused=0)
    assert counted(report) == {Finding.NEW: 500}
    assert (report.chunk.lines < 200) is (engine.dialect.name == "sqlite")
