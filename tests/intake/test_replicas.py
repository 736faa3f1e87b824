"""Several replicas on one database: nothing twice, one message of a person at a time."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from datetime import datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, select, text
from sqlalchemy.exc import OperationalError

from bot.intake import Intake, Received
from bot.store.creators import add_creator
from bot.store.database import open_engine, upgrade
from bot.store.locks import hold
from bot.store.tables import creators, outbox
from bot.store.transactions import transact
from bot.writer import Writer
from tests.postgresql import PostgresServer

BOT = 4
WAIT = 30
PEOPLE = 5
Said = Callable[..., Received]


@contextmanager
def opened(database: str, patience: str = "10s") -> Iterator[Engine]:
    """An engine that waits no longer than `patience` for a lock of PostgreSQL's."""
    engine = open_engine(database)
    if engine.dialect.name == "postgresql":

        def prepare(raw: Any, _: object) -> None:
            raw.execute(f"SET lock_timeout = '{patience}'")
            raw.commit()

        event.listen(engine, "connect", prepare)
    yield engine
    engine.dispose()


@contextmanager
def replica(database: str, desk: Any, now: datetime, patience: str = "10s") -> Iterator[Writer]:
    """A writer with connections of its own."""
    with opened(database, patience) as engine:
        writer = Writer(engine, Intake(desk, BOT, lambda: now))
        writer.start()
        try:
            yield writer
        finally:
            writer.stop()


def replies(engine: Engine) -> list[tuple[int, str]]:
    with engine.begin() as connection:
        rows = connection.execute(select(outbox.c.chat, outbox.c.payload).order_by(outbox.c.id))
        return [(chat, payload["html"]) for chat, payload in rows]


def waiting(connection: Connection) -> int:
    """How many transactions wait for an advisory lock."""
    statement = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    count: int = connection.execute(text(statement)).scalar_one()
    return count


def until_it_waits(engine: Engine, submitted: Future[None]) -> None:
    """Until a lock holds up what was submitted; or until it is done, if nothing does."""
    with engine.connect() as watching:
        while waiting(watching) == 0 and not submitted.done():
            pass


def test_what_is_delivered_to_several_replicas_takes_effect_once(
    database: str, engine: Engine, desk: Any, now: datetime, said: Said
) -> None:
    updates = [said(n, n % PEOPLE, str(n)) for n in range(200)]
    with ExitStack() as running:
        writers = [running.enter_context(replica(database, desk, now)) for _ in range(3)]
        # Each gets all of them, one by one, in another order: as bad as redelivery can be.
        deliveries = (updates, updates[::-1], updates[100:] + updates[:100])
        submitted = [
            writer.submit([update])
            for each in zip(*deliveries, strict=True)
            for writer, update in zip(writers, each, strict=True)
        ]
        for future in submitted:
            future.result(WAIT)
    answered = replies(engine)
    assert sorted(html.partition(": ")[2] for _, html in answered) == sorted(map(str, range(200)))
    # The desk counts a person's messages in the dialogue: none saw what another had not left yet.
    for person in range(PEOPLE):
        seen = [int(html.partition(": ")[0]) for chat, html in answered if chat == person]
        assert seen == list(range(40))


def test_a_person_waits_for_the_replica_that_is_busy_with_them(
    postgresql_database: str, desk: Any, now: datetime, said: Said
) -> None:
    with (
        opened(postgresql_database) as engine,
        replica(postgresql_database, desk, now) as free,
        replica(postgresql_database, desk, now) as held_up,
    ):
        with engine.begin() as busy:
            hold(busy, [("user", 7)])
            later = held_up.submit([said(1, 7, "a")])
            until_it_waits(engine, later)
            free.submit([said(2, 8, "b")]).result(WAIT)
            assert replies(engine) == [(8, "0: b")]
            assert not later.done()
        later.result(WAIT)
        assert replies(engine) == [(8, "0: b"), (7, "0: a")]


def test_a_replica_that_hangs_holds_up_nobody_for_ever(
    postgresql_database: str, desk: Any, now: datetime, said: Said
) -> None:
    """The message is given back to Telegram, which delivers it again."""
    with (
        opened(postgresql_database) as engine,
        replica(postgresql_database, desk, now, patience="50ms") as writer,
    ):
        with engine.begin() as hung:
            hold(hung, [("user", 7)])
            with pytest.raises(OperationalError, match="lock timeout"):
                writer.submit([said(1, 7, "a")]).result(WAIT)
        writer.submit([said(1, 7, "a")]).result(WAIT)
        assert replies(engine) == [(7, "0: a")]


def test_two_that_hold_many_keys_never_wait_in_a_circle(postgresql_database: str) -> None:
    keys = [("user", n) for n in range(50)]
    deadlocks = []

    def take(order: list[Any], both: Barrier) -> None:
        with opened(postgresql_database) as engine:
            for _ in range(50):
                both.wait(WAIT)
                try:
                    with engine.begin() as connection:
                        hold(connection, order)
                except OperationalError as error:
                    deadlocks.append(error)

    both = Barrier(2)
    threads = [Thread(target=take, args=(order, both)) for order in (keys, keys[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert deadlocks == []


def test_what_a_deadlock_ended_is_done_again(postgresql_database: str, now: datetime) -> None:
    done: Counter[str] = Counter()
    both = Barrier(2)

    def add(names: tuple[str, str]) -> None:
        def work(connection: Connection) -> None:
            done.update(names[:1])
            add_creator(connection, names[0], now)
            if not both.broken and done[names[0]] == 1:
                both.wait(WAIT)  # each now holds what the other wants next
            add_creator(connection, names[1], now)

        with opened(postgresql_database) as engine:
            transact(engine, work)

    threads = [Thread(target=add, args=(names,)) for names in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done.values()) >= 3
    with opened(postgresql_database) as engine, engine.begin() as connection:
        assert sorted(connection.execute(select(creators.c.name)).scalars()) == ["a", "b"]


def test_replicas_that_start_at_once_migrate_in_turn(postgresql: PostgresServer) -> None:
    with postgresql.database() as address:
        engines = [open_engine(address) for _ in range(3)]
        both = Barrier(len(engines))
        failed: list[BaseException] = []

        def start(engine: Engine) -> None:
            both.wait(WAIT)
            try:
                upgrade(engine)
            except BaseException as error:
                failed.append(error)

        threads = [Thread(target=start, args=(engine,)) for engine in engines]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for engine in engines:
            engine.dispose()
    assert failed == []
