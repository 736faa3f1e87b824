"""What is not backed up or restored, in which words; and then all is as it was."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from bot.store.backing_up import back_up
from bot.store.backup_files import BackupRefusedError
from bot.store.database import open_engine
from bot.store.leases import acquire
from bot.store.restoring import restore
from bot.store.tables import creators
from bot.store.transactions import reads
from tests.store.test_copying import contents, fill

pytestmark = pytest.mark.usefixtures("postgresqls_programs")


def test_a_database_in_use_is_left_alone(engine: Engine, tmp_path: Path, now: datetime) -> None:
    back_up(engine, tmp_path / "night")
    with engine.begin() as connection:
        acquire(connection, "planner", "a", 30)
    with pytest.raises(BackupRefusedError, match="先停掉所有 mingzhang run"):
        restore(engine, tmp_path / "night", now, replace=True)


def test_a_file_that_any_process_has_open_is_left_alone(
    sqlite_database: str, tmp_path: Path, now: datetime
) -> None:
    engine, other = open_engine(sqlite_database), open_engine(sqlite_database)
    back_up(engine, tmp_path / "night")
    with reads(other) as connection:
        connection.execute(select(creators.c.id))
        with pytest.raises(BackupRefusedError, match="先停掉所有 mingzhang run"):
            restore(engine, tmp_path / "night", now, replace=True)
    other.dispose()
    restore(engine, tmp_path / "night", now, replace=True)
    engine.dispose()


def test_a_backup_of_a_newer_program_is_refused(
    engine: Engine, elsewhere: Engine, tmp_path: Path, now: datetime
) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    back_up(engine, tmp_path / "night")
    with pytest.raises(BackupRefusedError, match=r"更新的版本做的（9999）.*较新的程序"):
        restore(elsewhere, tmp_path / "night", now, replace=True)


def test_tables_that_came_after_the_backup_are_told(
    postgresql_database: str, tmp_path: Path, now: datetime
) -> None:
    engine = open_engine(postgresql_database)
    back_up(engine, tmp_path / "night")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE later (id int)")
    with pytest.raises(BackupRefusedError, match=r"没有的表（later）.*新建一个空的数据库"):
        restore(engine, tmp_path / "night", now, replace=True)
    engine.dispose()


def test_a_file_is_never_written_over(sqlite_engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "night"
    file.write_text("precious", "utf-8")
    with pytest.raises(BackupRefusedError, match="已经有这个文件，不会覆盖"):
        back_up(sqlite_engine, file)
    assert file.read_text("utf-8") == "precious"


def test_what_is_no_backup_is_refused(
    sqlite_engine: Engine, tmp_path: Path, now: datetime
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("订单号", "utf-8")
    with pytest.raises(BackupRefusedError, match=r"orders.csv：不是 mingzhang backup 做的备份"):
        restore(sqlite_engine, file, now, replace=True)


def test_a_damaged_backup_changes_nothing(engine: Engine, tmp_path: Path, now: datetime) -> None:
    fill(engine)
    before = contents(engine)
    file = tmp_path / "night.gz"
    back_up(engine, file)
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * 0.7)])
    with pytest.raises(BackupRefusedError):
        restore(engine, file, now, replace=True)
    assert contents(engine) == before


def test_a_damaged_page_is_noticed(sqlite_database: str, tmp_path: Path, now: datetime) -> None:
    engine = open_engine(sqlite_database)
    fill(engine)
    file = tmp_path / "night"
    back_up(engine, file)
    content = bytearray(file.read_bytes())
    content[4096 * 2 : 4096 * 3] = b"\xff" * 4096
    file.write_bytes(content)
    with pytest.raises(BackupRefusedError, match=r"数据库文件是坏的"):
        restore(engine, file, now, replace=True)
    engine.dispose()


def test_a_backup_of_the_other_database_is_told(
    sqlite_database: str, postgresql_database: str, tmp_path: Path, now: datetime
) -> None:
    source, target = open_engine(sqlite_database), open_engine(postgresql_database)
    back_up(source, tmp_path / "night")
    with pytest.raises(BackupRefusedError, match=r"SQLITE 的备份.*mingzhang db copy"):
        restore(target, tmp_path / "night", now, replace=True)
    source.dispose()
    target.dispose()


def test_without_postgresqls_programs_it_says_what_to_install(
    postgresql_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    engine = open_engine(postgresql_database)
    with pytest.raises(BackupRefusedError, match=r"没有 pg_dump：.*apt install postgresql-client"):
        back_up(engine, tmp_path / "night")
    engine.dispose()
    assert list(tmp_path.glob("*night*")) == []


def test_what_pg_dump_says_is_said_and_the_password_is_in_no_list_of_processes(
    postgresql_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, seen = tmp_path / "pg_dump", tmp_path / "seen"
    program.write_text(
        f'#!/bin/sh\necho "$@" "$PGPASSWORD" > {seen}\n'
        "echo 'pg_dump: error: aborting because of server version mismatch' >&2\nexit 1\n"
    )
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    address = postgresql_database.replace("postgres@", "postgres:hunter2@", 1)
    engine = open_engine(address)
    with pytest.raises(
        BackupRefusedError, match=r"pg_dump 没有做完：.*version mismatch；什么都没"
    ):
        back_up(engine, tmp_path / "night")
    engine.dispose()
    *words, password = seen.read_text("utf-8").split()
    assert password == "hunter2"  # noqa: S105
    assert "hunter2" not in " ".join(words)
    assert not (tmp_path / "night").exists()


def test_an_empty_database_has_nothing_to_back_up(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'new.db'}")
    with pytest.raises(BackupRefusedError, match="还没有表"):
        back_up(engine, tmp_path / "night")
    engine.dispose()
