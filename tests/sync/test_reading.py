"""Reading a report in a process of its own, and what is said when that process ends."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

import bot.sync.reading
from bot.store.creators import add_creator
from bot.store.database import open_engine
from bot.store.read_reports import ReadReport, SaidRow, read_of
from bot.store.reports import import_report
from bot.store.tables import import_batches, order_facts, order_lines
from bot.sync.child_protocol import read_frame, write_frame
from bot.sync.reading import (
    LIMITS,
    Limits,
    ReadingBrokenError,
    reading,
    reading_payouts,
)
from settlement.payout_files import Payouts, read_payouts
from settlement.reports import Report, ReportError, RowError, read_report
from tests.benchmarks.taobao_rows import write_csv, write_workbook

NOW = datetime(2026, 9, 15, 1, 0, tzinfo=UTC)
ROWS = 5_000


@pytest.fixture
def csv_file(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    write_csv(path, ROWS, changed=False)
    return path


def all_rows(report: ReadReport | ReportError) -> list[SaidRow | RowError]:
    assert isinstance(report, ReadReport), str(report)
    return [row for part in report.parts for row in part]


@pytest.mark.parametrize("write", [write_csv, write_workbook])
def test_the_same_is_read_there_as_here(write: Callable[..., None], tmp_path: Path) -> None:
    path = tmp_path / "orders"
    write(path, 20, changed=False)
    with reading(path, "orders") as there, path.open("rb") as file:
        report = read_report(file, "orders")
        assert isinstance(report, Report)
        here = read_of(report)
        assert isinstance(there, ReadReport)
        for name in ("file", "source", "unknown_columns", "header", "states", "joining"):
            assert getattr(there, name) == getattr(here, name)
        assert all_rows(there) == [row for part in here.parts for row in part]


STATEMENTS = {
    "lines": (
        "订单号,实发金额,平台,到账时间,佣金比例,期次\n"
        "1,10.00,1688,2026-09-15,10%,2\n2,十元,,,,\n合计,10.00,,,,\n"
    ),
    "months": "月份,实发金额,税费代扣,冻结金额,平台\n2026年8月,1000.00,12.50,0.00,京东\n",
    "own": "单号,给你\n7,3.00\n",
    "neither": "日期,备注\n1,2\n",
}


@pytest.mark.parametrize("kind", [*STATEMENTS, "report"])
def test_the_same_of_payouts_is_read_there_as_here(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "账单"
    if kind == "report":
        write_csv(path, 20, changed=False)
    else:
        path.write_text(STATEMENTS[kind], "utf-8")
    names = {"order_number": ["单号"], "amount": ["给你"]} if kind == "own" else None
    with path.open("rb") as file, reading_payouts(path, "账单", names=names) as there:
        here = read_payouts(file, "账单", names=names)
        if isinstance(here, ReportError):
            assert there == here
            return
        assert isinstance(there, Payouts)
        assert there.if_none == here.if_none
        lines = list(here.lines)
        assert lines
        assert list(there.lines) == lines


def test_a_refused_row_comes_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    write_csv(path, 2, changed=False)
    text = path.read_text("gb18030").replace("2700000000", "甲乙丙", 1)
    path.write_text(text, "gb18030")
    with reading(path, "orders.csv") as report:
        first, second = all_rows(report)
    assert isinstance(first, RowError)
    assert (first.row, first.file, first.cells[3]) == (2, "orders.csv", "订单结算")
    assert isinstance(second, SaidRow)


def test_what_is_no_report_is_said_as_here(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    with reading(path, "x.csv") as there:
        assert there == read_report(BytesIO(path.read_bytes()), "x.csv")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with reading(tmp_path / "gone.csv", "gone.csv") as report:
        assert isinstance(report, ReportError)
    assert "读不了文件（No such file or directory）；一行也没有导入" in str(report)


@contextmanager
def replaced_by(program: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let another program read, which does what a broken one may do."""
    with monkeypatch.context() as patch:
        patch.setattr(
            bot.sync.reading, "_PROGRAM", (*bot.sync.reading._PROGRAM[:1], "-c", program)
        )
        yield


HEAD = (
    "import os, signal, sys, time; from bot.sync.child_protocol import write_frame;"
    "write_frame(sys.stdout.buffer, {'report': dict(source='s', unknown_columns=[], header=[],"
    "states=[], joining='single')});"
)
ENDS = {
    "os.kill(os.getpid(), signal.SIGKILL)": "被系统停止了，多半是内存不够",
    "os.kill(os.getpid(), signal.SIGXCPU)": "读了 900 秒还没有读完",
    "sys.exit(3)": "读取程序中断了（3）",
    "sys.stdout.write('not a frame'); sys.exit(0)": "读取程序中断了",
    "sys.stdout.buffer.write(b'\\0\\0\\0\\5{{{{{')": "读取程序中断了",
    "write_frame(sys.stdout.buffer, {'failed': 'memory'})": "要超过 1024 MB 内存",
    "time.sleep(600)": "3 秒没有读出新的内容",
}


@pytest.mark.parametrize("end", ENDS)
def test_the_end_of_the_process_is_one_clear_line_and_leaves_nothing(
    end: str, monkeypatch: pytest.MonkeyPatch, sqlite_engine: Engine, csv_file: Path
) -> None:
    limits = Limits(silent_seconds=3) if "sleep" in end else LIMITS
    with (
        replaced_by(HEAD + end, monkeypatch),
        reading(csv_file, "orders.csv", limits=limits) as report,
    ):
        assert isinstance(report, ReadReport)
        with pytest.raises(ReadingBrokenError) as broken:
            import_report(sqlite_engine, report, "hash", NOW, creator=1)
    assert str(broken.value).startswith("orders.csv：")
    assert ENDS[end] in str(broken.value)
    assert "一行也没有导入" in str(broken.value)
    assert rows_of(sqlite_engine) == [0, 0, 0]


@pytest.fixture
def sqlite_engine(sqlite_database: str) -> Iterator[Engine]:
    engine = open_engine(sqlite_database)
    with engine.begin() as connection:
        add_creator(connection, "小林", NOW)
    yield engine
    engine.dispose()


def rows_of(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (order_lines, order_facts, import_batches)
        ]


def test_a_process_killed_in_the_middle_leaves_nothing_and_the_next_import_all(
    sqlite_engine: Engine, csv_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start = bot.sync.reading._started

    def noted() -> subprocess.Popen[bytes]:
        started.append(start())
        return started[-1]

    monkeypatch.setattr(bot.sync.reading, "_started", noted)

    def kill(rows: int) -> None:
        if rows:
            os.kill(started[0].pid, signal.SIGKILL)

    with reading(csv_file, "orders.csv") as report:
        assert isinstance(report, ReadReport)
        with pytest.raises(ReadingBrokenError, match="被系统停止了"):
            import_report(sqlite_engine, report, "hash", NOW, creator=1, progress=kill)
    assert rows_of(sqlite_engine) == [0, 0, 0]
    monkeypatch.undo()
    with reading(csv_file, "orders.csv") as report:
        assert isinstance(report, ReadReport)
        assert import_report(sqlite_engine, report, "hash", NOW, creator=1).new == ROWS


def test_a_limit_of_memory_holds(csv_file: Path) -> None:
    pytest.importorskip("resource")
    with (
        reading(csv_file, "orders.csv", limits=Limits(memory=1)) as report,
    ):
        assert isinstance(report, ReportError)
        assert "一行也没有导入" in str(report)


def test_a_limit_of_processor_time_holds(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    endless = tmp_path / "endless.csv"
    write_csv(endless, 60_000, changed=False)
    with reading(endless, "endless.csv", limits=Limits(processor_seconds=1)) as report:
        assert isinstance(report, ReadReport)
        with pytest.raises(ReadingBrokenError, match="读了 1 秒还没有读完"):
            all_rows(report)


def test_no_secret_reaches_the_process(csv_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGZHANG_TOKEN", "1:secret")
    program = HEAD.replace("'s'", "repr(sorted(os.environ))") + "time.sleep(600)"
    with replaced_by(program, monkeypatch), reading(csv_file, "x") as report:
        assert isinstance(report, ReadReport)
        assert "PATH" in report.source
        assert "MINGZHANG" not in report.source


def test_a_frame_that_is_too_long_is_none() -> None:
    pipe = BytesIO()
    write_frame(pipe, {"rows": [1]})
    pipe.seek(0)
    assert read_frame(pipe) == {"rows": [1]}
    assert read_frame(pipe) is None
    assert read_frame(BytesIO(b"\xff\xff\xff\xff{}")) is None
