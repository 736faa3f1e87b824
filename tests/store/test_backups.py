"""Backups made while others write, and databases put back from them."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, func, select

from bot.store import restoring
from bot.store.backing_up import back_up
from bot.store.backup_files import BackupRefusedError
from bot.store.database import _migrations, open_engine, upgrade
from bot.store.restoring import restore
from bot.store.tables import creators, outbox, people, unanswered_questions
from tests.rows import fitting_row
from tests.store.test_copying import contents, fill

SHOWN = 60

pytestmark = pytest.mark.usefixtures("postgresqls_programs")


@pytest.mark.parametrize("name", ["nightly.backup", "nightly.gz"])
def test_every_row_comes_back(
    name: str, engine: Engine, elsewhere: Engine, tmp_path: Path, now: datetime
) -> None:
    fill(engine)
    back_up(engine, tmp_path / name)
    restore(elsewhere, tmp_path / name, now, replace=False)
    assert contents(elsewhere) == contents(engine)
    upgrade(elsewhere)


def test_a_backup_is_for_its_owners_eyes(sqlite_engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "night.gz"
    made = back_up(sqlite_engine, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.stat().st_size == made.size
    assert list(tmp_path.glob(".*")) == []


def test_a_backup_is_of_one_moment_while_others_write(
    engine: Engine, elsewhere: Engine, tmp_path: Path, now: datetime
) -> None:
    """Each transaction writes a question of a person and the person: never the one alone."""
    started, enough = threading.Event(), threading.Event()

    def write() -> None:
        for number in range(1, 100_000):
            with engine.begin() as connection:
                question = fitting_row(unanswered_questions, number)
                connection.execute(unanswered_questions.insert().values(question))
                connection.execute(people.insert().values(fitting_row(people, number)))
            if number == SHOWN:
                started.set()
            if enough.is_set():
                return

    writing = threading.Thread(target=write)
    writing.start()
    try:
        assert started.wait(60)
        back_up(engine, tmp_path / "night")
    finally:
        enough.set()
        writing.join()
    restore(elsewhere, tmp_path / "night", now, replace=False)
    counted = [_count(elsewhere, each) for each in (unanswered_questions, people)]
    assert counted[0] == counted[1] >= SHOWN
    assert counted[0] <= _count(engine, people)


def test_a_killed_backup_leaves_no_file_and_is_done_again(
    engine: Engine, database: str, tmp_path: Path
) -> None:
    file = tmp_path / "night"
    with subprocess.Popen(  # noqa: S603
        (sys.executable, "-c", _HELD_UP, database, str(file)), stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        process.send_signal(signal.SIGKILL)
    assert not file.exists()
    back_up(engine, file)
    assert {each.name for each in tmp_path.glob("*night*")} == {"night"}


_HELD_UP = """
import sys, time
from pathlib import Path
from bot.store import backing_up, backup_files
from bot.store.database import open_engine

def hold_up(*_):
    print("written", flush=True)
    time.sleep(600)

backup_files.put_there = hold_up
backing_up.back_up(open_engine(sys.argv[1]), Path(sys.argv[2]))
"""


def test_what_waited_to_be_sent_is_left_to_the_operator(
    engine: Engine, tmp_path: Path, now: datetime
) -> None:
    states = ("pending", "sending", "sent", "failed", "dropped", "uncertain")
    with engine.begin() as connection:
        for number, state in enumerate(states, 1):
            row = fitting_row(outbox, number) | {"state": state, "handoff": None, "bot": 4}
            connection.execute(outbox.insert().values(row))
    back_up(engine, tmp_path / "night")
    restore(engine, tmp_path / "night", now, replace=True)
    with engine.begin() as connection:
        found = connection.execute(select(outbox.c.state, outbox.c.reason).order_by(outbox.c.id))
        rows = [tuple(row) for row in found]
    assert [state for state, _ in rows] == ["uncertain", "uncertain", *states[2:]]
    assert rows[0][1] == rows[1][1] == "restored from a backup: it may have been sent since"


def test_a_database_with_rows_is_replaced_only_when_told(
    engine: Engine, tmp_path: Path, now: datetime
) -> None:
    fill(engine)
    before = contents(engine)
    back_up(engine, tmp_path / "night")
    with engine.begin() as connection:
        connection.execute(creators.insert().values(id=99, name="后来的", created_at=now))
    with pytest.raises(BackupRefusedError, match=r"数据库不是空的（\w+ 里有内容）.*--replace"):
        restore(engine, tmp_path / "night", now, replace=False)
    assert _count(engine, creators) == len(before["creators"]) + 1
    done = restore(engine, tmp_path / "night", now, replace=True)
    assert contents(engine) == before
    if done.previous:
        previous = open_engine(f"sqlite:///{done.previous}")
        assert _count(previous, creators) == len(before["creators"]) + 1
        previous.dispose()


def test_an_older_backup_is_brought_up_to_date_by_the_next_start(
    sqlite_database: str, elsewhere_of_sqlite: Engine, tmp_path: Path, now: datetime
) -> None:
    engine = open_engine(sqlite_database)
    _downgrade(engine, "0014")
    with engine.begin() as connection:
        connection.execute(creators.insert().values(name="小林", created_at=now))
    assert back_up(engine, tmp_path / "old").revision == "0014"
    restore(elsewhere_of_sqlite, tmp_path / "old", now, replace=False)
    upgrade(elsewhere_of_sqlite)
    assert _count(elsewhere_of_sqlite, creators) == 1
    engine.dispose()


@pytest.fixture
def elsewhere_of_sqlite(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'elsewhere.db'}")
    yield engine
    engine.dispose()


def test_a_restore_that_ends_half_way_changes_nothing(
    sqlite_engine: Engine, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At no moment is there no database: the next start would make an empty one."""
    fill(sqlite_engine)
    before = contents(sqlite_engine)
    back_up(sqlite_engine, tmp_path / "night")

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(restoring, "put_there", end)
    with pytest.raises(KeyboardInterrupt):
        restore(sqlite_engine, tmp_path / "night", now, replace=True)
    assert contents(sqlite_engine) == before


@pytest.mark.parametrize("damaged", [b"not a database", b""])
def test_a_damaged_database_is_kept_and_replaced(
    damaged: bytes, sqlite_engine: Engine, tmp_path: Path, now: datetime
) -> None:
    fill(sqlite_engine)
    before = contents(sqlite_engine)
    back_up(sqlite_engine, tmp_path / "night")
    sqlite_engine.dispose()
    file = Path(sqlite_engine.url.database or "")
    file.write_bytes(damaged)
    done = restore(sqlite_engine, tmp_path / "night", now, replace=True)
    assert contents(sqlite_engine) == before
    if damaged:
        assert done.previous is not None
        assert done.previous.read_bytes() == damaged


def test_an_erased_person_is_in_no_later_backup(sqlite_database: str, tmp_path: Path) -> None:
    engine = open_engine(sqlite_database)
    with engine.begin() as connection:
        row = fitting_row(unanswered_questions, 1) | {"text": "一句不该留下的话" * 40}
        connection.execute(unanswered_questions.insert().values(row))
    with engine.begin() as connection:
        connection.execute(unanswered_questions.delete())
    back_up(engine, tmp_path / "night")
    engine.dispose()
    assert "不该留下".encode() not in (tmp_path / "night").read_bytes()


def _count(engine: Engine, table: object) -> int:
    with engine.begin() as connection:
        count: int = connection.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]
    return count


def _downgrade(engine: Engine, revision: str) -> None:
    config = _migrations()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
