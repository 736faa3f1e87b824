"""An operator's table of creators in the store, and the record of what was imported."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from bot.store import import_records as records
from bot.store.creator_table import named_with, put_creators, what_creators_change
from bot.store.creators import add_creator, creator_named, creator_names, name_promoter
from bot.store.import_records import ChangedLine, ImportState, changed_lines, import_records
from bot.store.reports import import_report
from settlement.creators_file import PromoterName, read_creators
from settlement.model import Platform
from settlement.reports import Report, read_report

TABLE = read_creators(
    "小林: {jd: {推广位: 短视频1}, taobao: {pid: [mm_1_2_3]}}\n小李: {jd: {推广位: 直播9}}\n",
    "creators.yaml",
)
HEADER = "订单号,商品名称,下单时间,预估计佣金额,预估佣金,订单状态,推广位\n"


def report_of(*rows: str) -> Report:
    report = read_report((HEADER + "".join(rows)).encode(), "report.csv")
    assert isinstance(report, Report)
    return report


def row(number: int, base: str) -> str:
    return f"{100_000_000_000 + number},杯子,2026-09-01 10:00:00,{base},,已付款,短视频1\n"


def test_a_table_is_put_in_once_and_names_move(engine: Engine, now: datetime) -> None:
    with engine.begin() as connection:
        wang = add_creator(connection, "小王", now)
        name_promoter(connection, Platform.JD, "position", "直播9", wang)
        name_promoter(connection, Platform.JD, "position", "直播8", wang)
        would = what_creators_change(connection, TABLE)
        names, numbers = named_with(connection, TABLE)
        assert names.owner(Platform.JD, {"position": "短视频1"}) == numbers["小林"]
        assert numbers["小林"] < 0 < numbers["小王"]
        assert put_creators(connection, TABLE, now) == would
    assert would.added == ("小林", "小李")
    assert [str(name) for _, name in would.named] == ["jd position 短视频1", "taobao pid mm_1_2_3"]
    (moved,) = would.moved
    assert moved.name == PromoterName(Platform.JD, "position", "直播9")
    assert (moved.before, moved.after) == ("小王", "小李")
    with engine.begin() as connection:
        assert not put_creators(connection, TABLE, now)
        known, lin = creator_names(connection), creator_named(connection, "小林")
    assert known.owner(Platform.JD, {"position": "直播8"}) == wang
    assert known.owner(Platform.TAOBAO, {"media_id": "2", "position_id": "3"}) == lin


def test_a_dry_run_takes_the_table_for_registered(engine: Engine, now: datetime) -> None:
    report = report_of(row(1, "10.00"))
    tried = import_report(engine, report, "hash", now, dry_run=True, registering=TABLE)
    assert (tried.new, tried.refused) == (1, 0)
    with engine.begin() as connection:
        assert creator_named(connection, "小林") is None
        assert import_records(connection) == []


def test_what_an_import_changed_is_read_line_by_line(
    engine: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "_changes", records._changes.limit(4))
    monkeypatch.setattr(records, "AT_ONCE", 4)
    with engine.begin() as connection:
        put_creators(connection, TABLE, now)
    numbers = range(9)
    import_report(engine, report_of(*(row(each, "10.00") for each in numbers)), "one", now)
    later = now + timedelta(days=1)
    changed = report_of(*(row(each, "9.00").replace("已付款", "已完成") for each in numbers))
    import_report(engine, changed, "two", later)
    with engine.connect() as connection:
        second, first = import_records(connection)
        lines = list(changed_lines(connection, second.id))
        assert import_records(connection, only=first.id) == [first]
        assert import_records(connection, count=1) == [second]
        assert list(changed_lines(connection, first.id)) == []
    assert (first.new, second.changed) == (9, 9)
    assert (second.state, second.started_at) == (ImportState.PUBLISHED, later)
    assert sorted(line.order_number for line in lines) == [
        str(100_000_000_000 + each) for each in numbers
    ]
    assert all(("base_amount", "10.00", "9.00") in line.changes for line in lines)
    assert all({"raw_status"} <= {field for field, *_ in line.changes} for line in lines)
    assert all(isinstance(line, ChangedLine) for line in lines)
