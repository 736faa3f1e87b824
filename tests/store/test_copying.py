from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bot.commands.database import copy
from bot.commands.failure import CommandFailed
from bot.store.copying import Copied, CopyRefusedError, copy_database
from bot.store.database import open_engine
from bot.store.leases import acquire
from bot.store.tables import creators, leases, metadata, order_lines, outbox, promoters
from tests.postgresql import PostgresServer
from tests.rows import fitting_row

ROWS = 3


def fill(engine: Engine) -> None:
    """A few rows in every table there is, so that a new one cannot be forgotten."""
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            if table is not leases:
                rows = [fitting_row(table, number) for number in range(1, ROWS + 1)]
                connection.execute(table.insert(), rows)
        if connection.dialect.name == "postgresql":  # numbers given by us are not counted there
            connection.exec_driver_sql(f"SELECT setval('outbox_id_seq', {ROWS})")
        # the number 3 was given out and must not come again
        connection.execute(outbox.delete().where(outbox.c.id == ROWS))


def contents(engine: Engine) -> dict[str, list[Any]]:
    with engine.begin() as connection:
        return {
            table.name: list(connection.execute(select(table).order_by(*table.primary_key)))
            for table in metadata.sorted_tables
        }


@pytest.fixture
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """An empty database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'target.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgresql")
    with server.database() as address:
        yield address


@pytest.mark.parametrize("target", ["sqlite", "postgresql"], indirect=True)
def test_every_row_arrives_as_it_was(
    engine: Engine, database: str, target: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    fill(engine)
    copy(database, target)
    arrived = open_engine(target)
    assert contents(arrived) == contents(engine)
    with arrived.begin() as connection:
        for table in (order_lines, outbox):
            fresh = fitting_row(table, 99) | {c.name: 1 for c in table.c if c.foreign_keys}
            del fresh["id"]
            numbered = connection.execute(table.insert().values(fresh).returning(table.c.id))
            assert numbered.scalar_one() == ROWS + 1
    arrived.dispose()
    shown = capsysbinary.readouterr().out.decode().splitlines()
    assert f"order_lines：{ROWS}/{ROWS}" in shown
    assert "行数" in shown[-1]


def test_a_target_that_holds_something_is_refused(engine: Engine, database: str) -> None:
    fill(engine)
    before = contents(engine)
    with pytest.raises(CommandFailed, match=r"不是空的（.+ 有 \d 行）：请换一个新建的数据库"):
        copy(database, database)
    assert contents(engine) == before


def test_a_source_in_use_is_refused(engine: Engine, sqlite_database: str, tmp_path: Path) -> None:
    with engine.begin() as connection:
        acquire(connection, "planner", "a", 30)
    target = open_engine(f"sqlite:///{tmp_path / 'target.db'}")
    with pytest.raises(CopyRefusedError, match="停掉所有 mingzhang run"):
        copy_database(engine, target, lambda copied: None)
    target.dispose()


def test_what_fails_half_way_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    target = open_engine(f"sqlite:///{tmp_path / 'target.db'}")

    def stop(copied: Copied) -> None:
        if copied == Copied("order_lines", ROWS, ROWS):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_database(engine, target, stop)
    assert all(rows == [] for rows in contents(target).values())
    copy_database(engine, target, lambda copied: None)
    assert contents(target) == contents(engine)
    target.dispose()


def test_a_row_the_target_refuses_is_named(
    sqlite_database: str, postgresql: PostgresServer
) -> None:
    source = open_engine(sqlite_database)
    with source.begin() as connection:
        connection.execute(creators.insert().values(fitting_row(creators, 1)))
        row = fitting_row(promoters, 1) | {"value": "a\0b"}
        connection.execute(promoters.insert().values(row))
    source.dispose()
    with (
        postgresql.database() as address,
        pytest.raises(CommandFailed, match=r"promoters 第 1 到 1000 行之间写不进目标数据库"),
    ):
        copy(sqlite_database, address)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("sqlite:////nowhere/bot.db", "来源数据库不存在：/nowhere/bot.db；请检查路径"),
        ("mingzhang.db", "来源数据库的地址读不懂：应是 sqlite:///文件"),
    ],
)
def test_a_wrong_address_is_one_line(source: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=words):
        copy(source, f"sqlite:///{tmp_path / 'target.db'}")


def test_an_older_source_is_to_be_upgraded_first(tmp_path: Path) -> None:
    (tmp_path / "old.db").touch()
    with pytest.raises(CommandFailed, match="运行 mingzhang db upgrade"):
        copy(f"sqlite:///{tmp_path / 'old.db'}", f"sqlite:///{tmp_path / 'target.db'}")
