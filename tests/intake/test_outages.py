"""The database is full, held by another, or gone for a while: nothing half done, nothing lost."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.exc import OperationalError

from bot.intake import Intake, Received
from bot.store.database import open_engine, upgrade
from bot.store.tables import outbox, people, processed_updates, quarantine, unanswered_questions
from bot.writer import Writer
from tests.postgresql import PostgresServer

WAIT = 30
Said = Callable[..., Received]
TABLES = (processed_updates, outbox, people, unanswered_questions)


@contextmanager
def serving(engine: Engine, desk: Any, now: Any) -> Iterator[Writer]:
    writer = Writer(engine, Intake(desk, 4, lambda: now))
    writer.start()
    try:
        yield writer
    finally:
        writer.stop()


def counts(engine: Engine) -> set[int]:
    """Each update of a person of their own leaves one row in each of the tables."""
    with engine.connect() as connection:
        found = {
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in TABLES
        }
        assert connection.execute(select(quarantine)).all() == []
        return found


def test_a_full_disk_leaves_no_half_done_update(
    sqlite_database: str, desk: Any, now: Any, said: Said
) -> None:
    engine = open_engine(sqlite_database)
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    engine.dispose()

    def limit(raw: Any, _: object) -> None:
        raw.execute(f"PRAGMA max_page_count = {pages + 20}").close()

    event.listen(engine, "connect", limit)
    done = 0
    with serving(engine, desk, now) as writer:
        full = None
        while full is None:
            full = writer.submit([said(done + 1, done + 1, "x" * 500)]).exception(WAIT)
            done += full is None
        assert isinstance(full, OperationalError)
        assert done > 10
        assert counts(engine) == {done}
        # Telegram delivers it again and again meanwhile.
        for _ in range(3):
            with pytest.raises(OperationalError, match="full"):
                writer.submit([said(done + 1, done + 1, "x" * 500)]).result(WAIT)
        event.remove(engine, "connect", limit)
        engine.dispose()  # there is room again
        writer.submit([said(done + 1, done + 1, "x" * 500)]).result(WAIT)
        assert counts(engine) == {done + 1}
    engine.dispose()


def test_a_database_held_by_another_is_tried_again(
    sqlite_database: str, desk: Any, now: Any, said: Said
) -> None:
    holder = create_engine(sqlite_database)
    engine = open_engine(sqlite_database)
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=0").close())
    with serving(engine, desk, now) as writer:
        with holder.connect() as holding:
            holding.exec_driver_sql("BEGIN IMMEDIATE")
            with pytest.raises(OperationalError, match="locked"):
                writer.submit([said(1, 1), said(2, 2)]).result(WAIT)
        writer.submit([said(1, 1), said(2, 2)]).result(WAIT)
        assert counts(engine) == {2}
    holder.dispose()
    engine.dispose()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["restart", "crash"])
def test_a_server_that_goes_away_and_comes_back(
    how: signal.Signals, desk: Any, now: Any, said: Said
) -> None:
    """The server of this test keeps its promises about commits, so that it may be ended."""
    with PostgresServer() as server, server.database() as address:
        engine = open_engine(address)
        upgrade(engine)
        number = 0
        with serving(engine, desk, now) as writer:
            for _ in range(3):
                number += 1
                writer.submit([said(number, number)]).result(WAIT)
                server.stop(how)
                unconfirmed = said(number + 1, number + 1)
                for _ in range(2):
                    with pytest.raises(OperationalError):
                        writer.submit([unconfirmed]).result(WAIT)
                server.start()
                writer.submit([unconfirmed]).result(WAIT)
                number += 1
                assert counts(engine) == {number}
        engine.dispose()


def test_a_session_that_was_ended_costs_one_try_at_most(
    postgresql_database: str, desk: Any, now: Any, said: Said
) -> None:
    engine = open_engine(postgresql_database)
    others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with serving(engine, desk, now) as writer:
        writer.submit([said(1, 1)]).result(WAIT)
        with open_second(postgresql_database) as connection:
            connection.exec_driver_sql(others)
        # the batch fails on the dead connection and is redone on a fresh one
        writer.submit([said(2, 2), said(3, 3)]).result(WAIT)
        assert counts(engine) == {3}
    engine.dispose()


@contextmanager
def open_second(address: str) -> Iterator[Connection]:
    engine = open_engine(address)
    with engine.begin() as connection:
        yield connection
    engine.dispose()
