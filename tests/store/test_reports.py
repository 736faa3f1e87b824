from collections.abc import Callable
from datetime import datetime
from typing import IO

import pytest
from sqlalchemy import Engine, func, select

from bot.simulator.world import sample_creators, sample_reports
from bot.store.creators import add_creator, name_promoter
from bot.store.lines import latest_lines
from bot.store.reports import Imported, import_report
from bot.store.tables import import_batches, order_facts
from settlement.model import Platform
from settlement.reports import Report, read_report
from tests.store.conftest import Bind

JD = (
    "订单号,子单号,父单号,商品名称,下单时间,付款时间,完成时间,预估计佣金额,佣金比例,"
    "预估佣金,实际佣金,订单状态,推广位\n"
)
ROW = "{number},,,杯子,2026-09-01 10:00:00,,,100.00,5%,5.00,,已付款,{position}\n"


def report_of(content: bytes | IO[bytes], name: str = "report.csv") -> Report:
    report = read_report(content, name)
    assert isinstance(report, Report), str(report)
    return report


@pytest.fixture
def import_all(engine: Engine, now: datetime) -> Callable[..., list[Imported]]:
    """Import the sample reports of all platforms, by the promoters registered."""

    def run(*, dry_run: bool = False) -> list[Imported]:
        with engine.begin() as connection:
            for creator in sample_creators():
                row = add_creator(connection, creator.name, now)
                for promoter in creator.promoters:
                    name_promoter(
                        connection, promoter.platform, promoter.hint, promoter.value, row
                    )
        return [
            import_report(engine, report_of(sample.content), "hash", now, dry_run=dry_run)
            for sample in sample_reports(now.date())
        ]

    return run


def count(engine: Engine) -> int:
    with engine.begin() as connection:
        number: int = connection.execute(
            select(func.count()).select_from(order_facts)
        ).scalar_one()
        return number


def test_real_reports_come_in_and_again_change_nothing(
    engine: Engine, import_all: Callable[..., list[Imported]]
) -> None:
    first = import_all()
    assert sum(each.new for each in first) >= 200
    assert not any(each.problems for each in first)
    facts = count(engine)
    again = import_all()
    assert all((each.new, each.changed) == (0, 0) for each in again)
    assert sum(each.unchanged for each in again) == sum(each.new for each in first)
    assert count(engine) == facts


def test_a_dry_run_counts_and_writes_nothing(
    engine: Engine, import_all: Callable[..., list[Imported]]
) -> None:
    assert sum(each.new for each in import_all(dry_run=True)) >= 200
    assert count(engine) == 0
    with engine.begin() as connection:
        assert connection.execute(select(import_batches)).all() == []


def jd_rows(*rows: tuple[str, str]) -> bytes:
    lines = [ROW.format(number=number, position=position) for number, position in rows]
    return (JD + "".join(lines)).encode()


def test_rows_nobody_can_be_named_for_are_refused_one_by_one(
    engine: Engine, now: datetime, bind_person: Bind
) -> None:
    lin = bind_person(7, "小林")
    with engine.begin() as connection:
        name_promoter(connection, Platform.JD, "position", "短视频1", lin)
    content = jd_rows(("100000000001", "短视频1"), ("100000000002", "直播9"), ("100000000003", ""))
    imported = import_report(engine, report_of(content), "hash", now)
    assert (imported.new, imported.refused) == (1, 2)
    first, second = map(str, imported.problems)
    assert first.startswith("report.csv 第 3 行：不知道这是哪位达人的订单（推广者信息：直播9）")
    assert "--creator" in first
    assert "没有写" in second
    with engine.begin() as connection:
        numbers = [line.order.order_number for line in latest_lines(connection, 7, 9)]
    assert numbers == ["100000000001"]


def test_a_named_creator_owns_the_whole_report(
    engine: Engine, now: datetime, bind_person: Bind
) -> None:
    lin = bind_person(7, "小林")
    content = jd_rows(("100000000001", "甲"), ("100000000002", "乙"))
    imported = import_report(engine, report_of(content), "hash", now, creator=lin)
    assert (imported.new, imported.problems) == (2, ())


def test_an_import_that_breaks_off_leaves_nothing(
    engine: Engine, now: datetime, bind_person: Bind
) -> None:
    lin = bind_person(7, "小林")
    rows = [(str(100_000_000_000 + number), "甲") for number in range(350)]
    report = report_of(jd_rows(*rows))
    taken = 0

    def breaking() -> object:
        nonlocal taken
        for row in report.rows:
            taken += 1
            if taken == 300:
                raise OSError("the disk went away")
            yield row

    broken = Report(
        report.file,
        report.layout,
        report.encoding,
        report.unknown_columns,
        breaking(),  # type: ignore[arg-type]
    )
    with pytest.raises(OSError, match="disk went away"):
        import_report(engine, broken, "hash", now, creator=lin)
    assert count(engine) == 0
    with engine.begin() as connection:
        assert latest_lines(connection, 7, 9) == ()
