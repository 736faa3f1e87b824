"""`mingzhang backup`, `restore` and `db check`: their words, and what they leave alone."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from bot.commands.backup import backup, restore_from
from bot.commands.database import check
from bot.commands.failure import CommandFailed
from bot.store.database import _migrations, open_engine, tables_of, upgrade

OLDER = "0014"

Shown = pytest.CaptureFixture[bytes]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "data" / "mingzhang.db"
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", f"sqlite:///{file}")
    return file


def make(database: Path, revision: str | None = None) -> None:
    engine = open_engine(f"sqlite:///{database}")
    upgrade(engine)
    if revision:
        config = _migrations()
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, revision)
    engine.dispose()


def revision_of(database: Path) -> str | None:
    engine = open_engine(f"sqlite:///{database}")
    with engine.begin() as connection:
        found = tables_of(connection).found
    engine.dispose()
    return found


def test_a_backup_before_an_upgrade_is_of_the_old_tables(
    database: Path, tmp_path: Path, capsysbinary: Shown
) -> None:
    make(database, OLDER)
    backup(tmp_path / "before.gz")
    assert "已备份并检查" in capsysbinary.readouterr().out.decode()
    assert revision_of(database) == OLDER
    engine = open_engine(f"sqlite:///{database}")
    upgrade(engine)
    engine.dispose()
    restore_from(tmp_path / "before.gz", replace=True)
    assert f"表的版本 {OLDER}" in capsysbinary.readouterr().out.decode()
    assert revision_of(database) == OLDER


def test_what_is_not_in_a_backup_is_named(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: Shown
) -> None:
    make(database)
    (tmp_path / "answers").mkdir()
    monkeypatch.setenv("MINGZHANG_KNOWLEDGE_DIR", str(tmp_path / "answers"))
    backup(tmp_path / "night.gz")
    shown = capsysbinary.readouterr().out.decode()
    assert f"{tmp_path / 'answers'} 不在备份里" in shown


def test_a_database_that_is_not_there_is_not_made(database: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="MINGZHANG_DATABASE_URL：还没有这个数据库文件"):
        backup(tmp_path / "night")
    assert not database.parent.exists()


def test_a_backup_that_is_not_there_is_one_line(database: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=r"night：没有这个文件；请检查路径"):
        restore_from(tmp_path / "night", replace=False)
    assert not database.parent.exists()


def test_a_folder_that_is_not_there_is_one_line(database: Path, tmp_path: Path) -> None:
    make(database)
    with pytest.raises(CommandFailed, match=r"没有做成（No such .*目录权限和磁盘空间"):
        backup(tmp_path / "nowhere" / "night")


@pytest.mark.parametrize(
    ("revision", "current", "words"),
    [
        (None, True, "数据库的表是当前版本"),
        (OLDER, False, r"mingzhang backup，再 mingzhang db upgrade"),
        ("9999", False, "请换较新的程序，或恢复升级前的备份"),
    ],
)
def test_the_tables_are_checked_without_changing_them(
    revision: str | None, current: bool, words: str, database: Path, capsysbinary: Shown
) -> None:
    make(database, OLDER if revision == OLDER else None)
    if revision == "9999":
        engine = open_engine(f"sqlite:///{database}")
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        engine.dispose()
    before = revision_of(database)
    assert check() is current
    assert words in capsysbinary.readouterr().out.decode()
    assert revision_of(database) == before


def test_a_database_without_tables_needs_no_backup(database: Path, capsysbinary: Shown) -> None:
    database.parent.mkdir(parents=True, exist_ok=True)
    database.touch()
    assert not check()
    said = capsysbinary.readouterr().out.decode()
    assert said.startswith("数据库里还没有表，这个程序要 ")
    assert said.endswith("：请先 mingzhang db upgrade\n")
