import asyncio
from datetime import datetime

from sqlalchemy import Engine, text

from bot.desk.replies import Say
from bot.store.database import open_engine
from bot.store.letters import Kind, Letter
from bot.store.outbox import enqueue
from bot.store.waking import listen

WAIT = 30


async def test_a_commit_that_leaves_something_to_send_wakes_the_others(
    postgresql_database: str, now: datetime
) -> None:
    committing, hearing = open_engine(postgresql_database), open_engine(postgresql_database)
    woken = asyncio.Event()
    listening = asyncio.create_task(listen(hearing, woken.set))
    async with asyncio.timeout(WAIT):
        await woken.wait()  # it listens now
        woken.clear()
        with committing.begin() as connection:
            enqueue(connection, [Letter("1", Kind.ANSWER, 7, Say("a"))], now)
        await woken.wait()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    committing.dispose()


async def test_a_listener_whose_connection_breaks_listens_again(
    postgresql_database: str, now: datetime
) -> None:
    engine = open_engine(postgresql_database)
    woken = asyncio.Event()
    listening = asyncio.create_task(listen(engine, woken.set))
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
    async with asyncio.timeout(WAIT):
        await woken.wait()
        for _ in range(2):
            woken.clear()
            with engine.begin() as connection:
                assert connection.execute(text(others)).all() == [(True,)]
            await woken.wait()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    engine.dispose()


async def test_a_single_process_needs_nobody_to_wake_it(
    sqlite_database: str, now: datetime
) -> None:
    engine: Engine = open_engine(sqlite_database)
    await asyncio.wait_for(listen(engine, lambda: None), WAIT)
    engine.dispose()
