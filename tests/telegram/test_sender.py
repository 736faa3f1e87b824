"""The sender against a server that answers as it is told, on either database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import Engine, select

from bot.desk.facts import Dialogue
from bot.desk.replies import Edit, Say, Toast
from bot.intake import Intake, Received
from bot.store.database import open_engine
from bot.store.leases import database_time
from bot.store.outbox import Kind, Letter, enqueue
from bot.store.people import Acquaintance, remember
from bot.store.tables import outbox, people
from bot.telegram.dispatch import Me, read_update
from bot.telegram.sender import Sender
from bot.telegram.transport import BotApi
from bot.writer import Writer
from tests.benchmarks.writer import EchoDesk

BOT, OPERATOR = 42, 999
TOKEN = "42:AAsender"  # noqa: S105
Until = Callable[..., Awaitable[None]]
States = Callable[[], dict[str, str]]
Refuse = Callable[[dict[str, Any]], dict[str, Any] | None]


def flood(seconds: int) -> dict[str, Any]:
    return {"error_code": 429, "description": "slow", "parameters": {"retry_after": seconds}}


@dataclass
class Telegram:
    """Notes the calls; `refuse` looks at the arguments and says what is wrong, or None."""

    refuse: Refuse = lambda _: None
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    url: str = ""

    async def serve(self, request: web.Request) -> web.Response:
        arguments = await request.json()
        self.calls.append((request.match_info["method"], arguments))
        if (refusal := self.refuse(arguments)) is not None:
            return web.json_response({"ok": False, **refusal}, status=refusal["error_code"])
        return web.json_response({"ok": True, "result": {"message_id": len(self.calls)}})

    @property
    def said(self) -> list[tuple[int, str]]:
        """What arrived, by chat; refused calls among it."""
        return [(call.get("chat_id", 0), call["text"]) for _, call in self.calls]


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = open_engine(database)
    yield engine
    engine.dispose()


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    telegram = Telegram()
    application = web.Application()
    application.router.add_post(f"/bot{TOKEN}/{{method}}", telegram.serve)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    telegram.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield telegram
    await runner.cleanup()


Sending = Callable[[], AbstractAsyncContextManager[Writer]]


@pytest.fixture
def sending(engine: Engine, telegram: Telegram, clock: Any) -> Sending:
    """A sender at work, for as long as the context lasts; each is another process's."""

    @asynccontextmanager
    async def run() -> AsyncIterator[Writer]:
        api = BotApi(telegram.url, TOKEN)
        await api.open()
        writer = Writer(engine, Intake(EchoDesk(), BOT, clock.now))
        writer.start()
        sender = Sender(api, writer, clock.now, BOT, OPERATOR)
        task = asyncio.create_task(sender.run())
        try:
            yield writer
        finally:
            sender.stop()
            await task
            await asyncio.to_thread(writer.stop)
            await api.close()

    return run


def put(engine: Engine, now: datetime, *letters: Letter) -> None:
    with engine.begin() as connection:
        enqueue(connection, letters, now)


def answer(chat: int, text: str) -> Letter:
    return Letter(f"{chat}:{text}", Kind.ANSWER, chat, Say(text), chat, 5, bot=BOT)


def push(chat: int, text: str = "到账") -> Letter:
    return Letter(f"{chat}:{text}", Kind.PUSH, chat, Say(text), chat, bot=BOT)


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
        clock.at += timedelta(days=1)
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
        clock.at += timedelta(seconds=30)
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
        clock.at += timedelta(seconds=9)
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
        clock.at += timedelta(seconds=2)
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


async def test_the_operator_is_told_of_a_template_once_an_hour(
    sending: Sending, telegram: Telegram, engine: Engine, clock: Any, until: Until
) -> None:
    broken = {"error_code": 400, "description": "Bad Request: can't parse entities: end tag"}
    telegram.refuse = lambda call: broken if "<i>" in call["text"] else None

    def alarms() -> int:
        return sum(chat == OPERATOR for chat, _ in telegram.said)

    def say(chat: int, template: str) -> None:
        reply = Say("<i>9.80", template=template)
        letter = Letter(f"{chat}:{template}", Kind.ANSWER, chat, reply, chat, bot=BOT)
        put(engine, clock.now(), letter)

    async with sending():
        say(1, "card")
        await until(lambda: (1, "9.80") in telegram.said)
        say(2, "card")
        say(3, "list")
        await until(lambda: alarms() == 2)
        clock.at += timedelta(hours=1)
        say(4, "card")
        await until(lambda: alarms() == 3)
    told = [text for chat, text in telegram.said if chat == OPERATOR]
    assert ["card" in text for text in told] == [True, False, True]
    assert not any("9.80" in text for text in told)


async def test_the_pushes_of_who_blocked_the_bot_are_not_even_tried(
    sending: Sending, telegram: Telegram, engine: Engine, clock: Any, until: Until, states: States
) -> None:
    blocked = {"error_code": 403, "description": "Forbidden: bot was blocked by the user"}
    telegram.refuse = lambda call: blocked if call["chat_id"] == 1 else None
    with engine.begin() as connection:
        remember(connection, [Acquaintance(1, 1, "一", "zh", Dialogue(), BOT)], clock.now())
    put(engine, clock.now(), push(1, "甲"), push(1, "乙"), push(1, "丙"), push(2, "丁"))
    async with sending():
        await until(lambda: "pending" not in states().values())
        await until(lambda: states()["2:丁"] == "sent")
    assert telegram.said.count((1, "甲")) == 1
    assert len(telegram.calls) == 2
    with engine.connect() as connection:
        assert connection.execute(select(people.c.blocked_at)).scalar_one() == clock.now()


async def test_a_clock_that_is_set_back_does_not_stop_the_bot(
    sending: Sending, telegram: Telegram, engine: Engine, clock: Any, until: Until, states: States
) -> None:
    refusals = iter([flood(5)])
    telegram.refuse = lambda _: next(refusals, None)
    put(engine, clock.now(), answer(1, "一"))
    async with sending():
        await until(lambda: len(telegram.calls) == 1 and states()["1:一"] == "pending")
        clock.at -= timedelta(hours=1)
        put(engine, clock.now(), answer(2, "二"))
        await until(lambda: set(states().values()) == {"sent"})


@pytest.mark.parametrize(
    "nonsense",
    [
        {"error_code": 400, "description": "bad \x00 and \ud800"},
        {"error_code": 400, "description": "moved", "parameters": {"migrate_to_chat_id": 2**70}},
        {"error_code": 400, "description": "x" * 10_000},
    ],
)
async def test_an_answer_that_makes_no_sense_stops_nobody(
    nonsense: dict[str, Any],
    sending: Sending,
    telegram: Telegram,
    engine: Engine,
    clock: Any,
    until: Until,
    states: States,
) -> None:
    telegram.refuse = lambda call: nonsense if call["chat_id"] == 1 else None
    put(engine, clock.now(), answer(1, "一"), answer(2, "二"))
    async with sending():
        await until(lambda: states() == {"1:一": "failed", "2:二": "sent"})


async def test_an_edit_follows_its_card(
    sending: Sending, telegram: Telegram, engine: Engine, clock: Any, until: Until, states: States
) -> None:
    changed = Letter("edit", Kind.EDIT, 1, Edit(None, "改"), edits="1:卡片", bot=BOT)
    put(engine, clock.now(), answer(1, "卡片"), changed)
    async with sending():
        await until(lambda: set(states().values()) == {"sent"})
    assert [call.get("message_id") for _, call in telegram.calls] == [None, 1]
