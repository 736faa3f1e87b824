from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from bot.store.database import DriverMissingError, NewerDatabaseError, open_engine, upgrade
from bot.store.tables import creators, metadata
from bot.store.transactions import reads

UNCHECKED = {"fk_order_facts_line", "fk_order_facts_batch"}
"""Foreign keys of SQLite alone; PostgreSQL keeps what they mean by a lock of who writes facts."""


def test_the_migrations_make_the_tables_the_queries_expect(connection: Connection) -> None:
    leaves_out = UNCHECKED if connection.dialect.name == "postgresql" else ()

    def is_compared(_: object, name: str | None, kind: str, *__: object) -> bool:
        return kind != "foreign_key_constraint" or name not in leaves_out

    opts = {"render_as_batch": True, "include_object": is_compared}
    context = MigrationContext.configure(connection, opts=opts)
    assert compare_metadata(context, metadata) == []


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    upgrade(engine)


def test_tables_of_a_newer_program_are_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerDatabaseError, match=r"9999.*较新的程序.*备份"):
        upgrade(engine)


def test_commits_survive_a_power_cut(sqlite_database: str) -> None:
    engine = open_engine(sqlite_database)
    with engine.begin() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
    }


def test_a_transaction_holds_the_writer_from_its_beginning(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    first, second = open_engine(url), open_engine(url)
    event.listen(second, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=0").close())
    upgrade(first)
    with first.begin() as holder:
        holder.execute(select(creators.c.id))
        with pytest.raises(OperationalError, match="locked"), second.begin():
            pass
    with second.begin() as writer:
        writer.execute(select(creators.c.id))
    first.dispose()
    second.dispose()


def test_a_reader_does_not_wait_for_the_writer(engine: Engine, now: datetime) -> None:
    with engine.begin() as writer:
        writer.execute(creators.insert().values(name="小林", created_at=now))
        with reads(engine) as reader:
            assert reader.execute(select(creators.c.name)).all() == []


def test_an_error_does_not_quote_what_people_wrote(connection: Connection, now: datetime) -> None:
    row = {"name": "小林的真名", "created_at": now}
    connection.execute(creators.insert().values(row))
    with pytest.raises(IntegrityError) as caught:
        connection.execute(creators.insert().values(row))
    assert "小林" not in str(caught.value)


def test_instants_come_back_in_utc(connection: Connection) -> None:
    shanghai = timezone(timedelta(hours=8))
    created_at = datetime(2026, 9, 15, 0, 30, tzinfo=shanghai)
    connection.execute(creators.insert().values(name="小林", created_at=created_at))
    stored = connection.execute(select(creators.c.created_at)).scalar_one()
    assert stored == created_at
    assert stored.tzinfo is UTC


def test_a_naive_instant_is_refused(connection: Connection) -> None:
    with pytest.raises(StatementError, match="needs a zone"):
        connection.execute(
            creators.insert().values(name="小林", created_at=datetime(2026, 9, 15))  # noqa: DTZ001
        )


def test_postgresql_waits_for_nothing_for_ever(postgresql_database: str) -> None:
    engine = open_engine(postgresql_database)
    limits = ("lock_timeout", "idle_in_transaction_session_timeout")
    with engine.begin() as connection:
        shown = [connection.exec_driver_sql(f"SHOW {limit}").scalar_one() for limit in limits]
    engine.dispose()
    assert shown == ["10s", "30s"]


def test_a_reader_sees_everything_as_of_one_moment(engine: Engine, now: datetime) -> None:
    with reads(engine) as reader:
        assert reader.execute(select(creators.c.name)).all() == []
        with engine.begin() as writer:
            writer.execute(creators.insert().values(name="小林", created_at=now))
        assert reader.execute(select(creators.c.name)).all() == []
    with engine.begin() as later:
        assert later.execute(select(creators.c.name)).all() == [("小林",)]


def test_without_its_driver_postgresql_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.store.database.find_spec", lambda name: None)
    with pytest.raises(DriverMissingError, match=r"pip install 'mingzhang\[postgres\]'"):
        open_engine("postgresql://localhost/mingzhang")
