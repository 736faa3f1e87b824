"""The sender against a server that answers as it is told, on either database."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bot.desk.replies import Toast
from bot.intake import Received
from bot.store.database import open_engine
from bot.store.leases import database_time
from bot.store.letters import Kind, Letter
from bot.store.tables import outbox
from bot.telegram.dispatch import Me, read_update
from tests.telegram.scripted import (
    BOT,
    Sending,
    States,
    Telegram,
    Until,
    answer,
    flood,
    push,
    put,
)


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = open_engine(database)
    yield engine
    engine.dispose()


async def test_a_group_that_became_a_supergroup_is_followed(
    sending: Sending, telegram: Telegram, engine: Engine, clock: Any, until: Until, states: States
) -> None:
    moved = {
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": -1050},
    }
    telegram.refuse = lambda call: moved if call["chat_id"] == -50 else None
    put(engine, clock.now(), answer(-50, "一"), answer(-50, "二"))
    async with sending():
        await until(lambda: set(states().values()) == {"sent"})
    assert telegram.said == [(-50, "一"), (-1050, "一"), (-1050, "二")]


@pytest.mark.parametrize(
    ("here", "field", "there"),
    [(-50, "migrate_to_chat_id", -1050), (-1050, "migrate_from_chat_id", -50)],
)
async def test_a_group_that_says_it_moved_is_followed_too(
    here: int,
    field: str,
    there: int,
    sending: Sending,
    telegram: Telegram,
    engine: Engine,
    clock: Any,
    until: Until,
    states: States,
) -> None:
    put(engine, clock.now() + timedelta(days=1), answer(-50, "一"))
    with engine.begin() as connection:
        connection.execute(outbox.update().values(due_at=clock.now() + timedelta(days=1)))
        connection.execute(outbox.update().values(created_at=clock.now()))
    message = {"message_id": 9, "date": 1, "chat": {"id": here, "type": "group"}, field: there}
    update = {"update_id": 5, "message": message | {"from": {"id": 7, "is_bot": False}}}
    received = read_update(update, Me(BOT, "bot"))
    assert isinstance(received, Received)
    async with sending() as writer:
        for _ in range(2):
            await asyncio.wrap_future(writer.submit([received]))
        clock.instant += timedelta(days=1)
        await until(lambda: set(states().values()) == {"sent"})
    assert telegram.said == [(-1050, "一")]


async def test_when_all_are_refused_all_are_held_even_after_a_restart(
    sending: Sending, telegram: Telegram, engine: Engine, clock: Any, until: Until, states: States
) -> None:
    telegram.refuse = lambda _: flood(30)
    put(engine, clock.now(), *(answer(chat, "一") for chat in (1, 2, 3)))
    async with sending():
        await until(lambda: len(telegram.calls) == 3)
    telegram.refuse = lambda _: None
    put(engine, clock.now(), answer(4, "二"), push(5))
    async with sending() as writer:
        # two rounds of the sender have looked at the outbox after this
        for _ in range(2):
            await asyncio.wrap_future(writer.run(lambda _: None))
        assert set(states().values()) == {"pending"}
        clock.instant += timedelta(seconds=30)
        await until(lambda: set(states().values()) == {"sent"})
    assert len(telegram.calls) == 3 + 5


async def test_a_429_without_a_chat_holds_all(
    sending: Sending, telegram: Telegram, engine: Engine, clock: Any, until: Until, states: States
) -> None:
    telegram.refuse = lambda call: flood(9) if "callback_query_id" in call else None
    put(engine, clock.now(), Letter("toast", Kind.TOAST, 1, Toast("q", "好"), bot=BOT))
    async with sending():
        await until(lambda: len(telegram.calls) == 1)
    put(engine, clock.now(), answer(2, "二"))
    telegram.refuse = lambda _: None
    async with sending():
        clock.instant += timedelta(seconds=9)
        await until(lambda: set(states().values()) == {"sent"})
    assert [method for method, _ in telegram.calls].count("sendMessage") == 1


async def test_whatever_state_a_row_is_in_when_the_process_ends(
    sending: Sending, telegram: Telegram, engine: Engine, clock: Any, until: Until, states: States
) -> None:
    given = ("pending", "sending", "sent", "uncertain", "failed", "dropped")
    kinds = (answer, push)
    put(
        engine,
        clock.now(),
        *(
            make(10 * place + n, state)
            for n, state in enumerate(given, 1)
            for place, make in enumerate(kinds)
        ),
    )
    with engine.begin() as connection:
        for state in given:
            chosen = outbox.c.key.like(f"%:{state}")
            connection.execute(outbox.update().where(chosen).values(state=state, owner="dead"))
        past = database_time(connection) - timedelta(seconds=1)
        connection.execute(outbox.update().values(leased_until=past))
    before = states()
    async with sending():
        await until(lambda: states()["2:sending"] == "pending")
        clock.instant += timedelta(seconds=2)
        await until(lambda: not {"pending", "sending"} & set(states().values()))
    expected = before | {"1:pending": "sent", "11:pending": "sent"}
    assert states() == expected | {"2:sending": "sent", "12:sending": "uncertain"}
    said = {call["chat_id"]: call for _, call in telegram.calls}
    assert sorted(said) == [1, 2, 11]
    assert said[2]["reply_parameters"]["message_id"] == 5


async def test_rows_of_a_replica_that_lives_are_left_to_it(
    sending: Sending,
    telegram: Telegram,
    postgresql_database: str,
    clock: Any,
    until: Until,
    request: pytest.FixtureRequest,
) -> None:
    """On SQLite there is no other process; so only PostgreSQL is asked."""
    engine: Engine = request.getfixturevalue("engine")
    if engine.dialect.name != "postgresql":
        return
    put(engine, clock.now(), answer(1, "theirs"), answer(1, "next"), answer(2, "mine"))
    with engine.begin() as connection:
        until_later = database_time(connection) + timedelta(seconds=50)
        connection.execute(
            outbox.update()
            .where(outbox.c.key == "1:theirs")
            .values(state="sending", owner="them", leased_until=until_later)
        )
    async with sending():
        await until(lambda: telegram.said == [(2, "mine")])
    with engine.connect() as connection:
        found = connection.execute(select(outbox.c.owner).where(outbox.c.key == "1:theirs"))
        assert found.scalar_one() == "them"
