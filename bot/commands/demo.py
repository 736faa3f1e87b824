"""`mingzhang demo`: the whole bot with a simulated Telegram, sample orders and a chat page."""

import asyncio
import signal
import webbrowser
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import NamedTuple

from sqlalchemy import Engine

from bot.app import DemoClock, compose, compose_documents
from bot.commands.demo_console import demo_console, entrance
from bot.commands.failure import CommandFailed
from bot.commands.output import say
from bot.commands.samples import people_the_store
from bot.commands.store import usable_settings
from bot.logs import configure_logging
from bot.publishing.current import Current
from bot.settings import Settings
from bot.simulator.demo import DemoServer
from bot.simulator.groups import Group
from bot.simulator.people import Person
from bot.simulator.suggestions import Suggestion
from bot.simulator.world import numbers_to_try
from bot.store.creators import make_binding_code
from bot.store.database import open_engine, upgrade
from bot.store.releasing import waiting_letters
from bot.store.transactions import reads
from settlement.rulebook import Rulebook
from settlement.shanghai import day_in_month

__all__ = ["Running", "demo", "running_demo"]

TOKEN = "1000000001:demo-token-of-the-simulated-telegram"  # noqa: S105 - no secret: loopback only
FIRST_PERSON = 1001
SENDING_SECONDS = 10
"""How long a day of the moved clock waits for its pushes to go out."""
STAFF_GROUP, CREATORS_GROUP = -1001900, -1001800
STAFF = Person(1900, "客服小美", note="运营方", listed=False)
AGAIN = f"之后以{STAFF.first_name}的身份私聊发送 /console 再要一个"
STRANGER = Person(1999, "路人", note="没有绑定达人账号，只能问规则")
QUESTIONS = (
    Suggestion("京东带货有成交额，为什么没有佣金？"),
    Suggestion("1688七月份的佣金几号发"),
    Suggestion("买家退款了，我的佣金还有吗"),
)


class Running(NamedTuple):
    """Where a running demo is: the chat page, and a one-time link to the operator's console."""

    chat: str
    console: str


def demo(port: int, *, open_browser: bool) -> None:
    """Serve until Ctrl-C; nothing is kept afterwards."""
    configure_logging("WARNING", [TOKEN])
    with TemporaryDirectory(prefix="mingzhang-demo-") as folder, suppress(KeyboardInterrupt):
        asyncio.run(_serve(Path(folder), port, open_browser))


async def _serve(folder: Path, port: int, open_browser: bool) -> None:
    say("正在准备样例订单和知识库……")
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, told.set)
    async with running_demo(folder, port) as running:
        say(f"\n聊天页：  {running.chat}")
        say(f"运营页面：{running.console}\n　　　　　（十分钟内打开，只能用一次；{AGAIN}）\n")
        _say_numbers()
        say("\n按 Ctrl-C 结束；结束后不留下任何数据。")
        if open_browser:
            await asyncio.to_thread(webbrowser.open, running.chat)
        await told.wait()


@asynccontextmanager
async def running_demo(folder: Path, port: int = 0) -> AsyncIterator[Running]:
    """The bot at work in a simulated Telegram, its sample orders imported, creators bound."""
    clock = DemoClock()
    engine = open_engine(f"sqlite:///{folder / 'demo.db'}")
    try:
        upgrade(engine)
        current = await asyncio.to_thread(Current, engine)
        people = await asyncio.to_thread(_people_the_store, engine, folder, clock)
        server = DemoServer(
            TOKEN,
            (*people, STRANGER, STAFF),
            clock,
            suggestions=_suggestions(people),
            next_payout_day=lambda day: next_payout_day(current().rulebook, day),
            port=port,
        )
        for group in _groups():
            server.world.groups.add(group)
        async with (
            _listening(server),
            demo_console(engine, _settings(), current, clock, TOKEN, STAFF) as console,
            _serving(server, engine, current, clock, console),
        ):
            _bind(server, engine, people, clock)
            yield Running(server.url, entrance(engine, console, clock.now()))
    finally:
        engine.dispose()


def next_payout_day(rulebook: Rulebook, day: date) -> date:
    """The first 1688 payout day after a day (S1688-15, S1688-16)."""
    nominal = int(rulebook.at(day)["1688.payout_day"])
    days = (rulebook.calendar.roll(day_in_month(day, month, nominal)).day for month in range(3))
    return next(each for each in days if each > day)


def _people_the_store(engine: Engine, folder: Path, clock: DemoClock) -> list[Person]:
    return [
        Person(FIRST_PERSON + place, creator.name, note="达人")
        for place, creator in enumerate(people_the_store(engine, folder, clock.now()))
    ]


@asynccontextmanager
async def _listening(server: DemoServer) -> AsyncIterator[None]:
    try:
        await server.start()
    except (OSError, OverflowError) as error:
        cause = error.strerror if isinstance(error, OSError) else "端口号在 0 到 65535 之间"
        raise CommandFailed(
            f"--port：这个端口用不了（{cause}）；请换一个，如 --port 8900"
        ) from None
    try:
        yield
    finally:
        await server.stop()


@asynccontextmanager
async def _serving(
    server: DemoServer, engine: Engine, current: Current, clock: DemoClock, console: str
) -> AsyncIterator[None]:
    settings = _settings().model_copy(update={"public_url": console})
    service = compose(settings, engine, current, clock.now, bot_api=server.url, token=TOKEN)
    documents = compose_documents(settings, engine, clock.now, bot_api=server.url, token=TOKEN)
    await service.start()
    beside = [asyncio.create_task(each) for each in (documents.run(), current.follow())]

    async def live_through_the_day() -> None:
        # What a day brings is sent on that day: by the next one it would be late.
        await service.plan()
        until = monotonic() + SENDING_SECONDS
        # The sender tells nobody when it is done: only the outbox does.
        while monotonic() < until and await asyncio.to_thread(_pushes_wait, engine, clock):  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    server.when_a_day_passes(live_through_the_day)
    try:
        yield
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await service.stop()


def _pushes_wait(engine: Engine, clock: DemoClock) -> bool:
    with reads(engine) as connection:
        return waiting_letters(connection, clock.now(), 1) > 0


def _settings() -> Settings:
    """The operator's quiet hours and time zone; the demo has its own database and Bot API."""
    return usable_settings().model_copy(update={"operator_chat": STAFF_GROUP, "admins": ()})


def _groups() -> tuple[Group, ...]:
    """The operator's own group, and one where creators talk."""
    staff = Group(STAFF_GROUP, "运营群", is_forum=True, member=STAFF.id)
    staff.note = f"你是运营方的{STAFF.first_name}"
    creators = Group(CREATORS_GROUP, "带货交流群", member=FIRST_PERSON)
    creators.note = "提到机器人它才回答"
    return staff, creators


def _bind(server: DemoServer, engine: Engine, people: Sequence[Person], clock: DemoClock) -> None:
    """Bind everybody as on Telegram: by opening a one-time deep link."""
    with engine.begin() as connection:
        links = [
            (person.id, make_binding_code(connection, place, clock.now()))
            for place, person in enumerate(people, 1)
        ]
    for person, code in links:
        server.world.say(person, f"/start b_{code}")


def _suggestions(people: Sequence[Person]) -> tuple[Suggestion, ...]:
    ids = {person.first_name: person.id for person in people}
    numbers = (Suggestion(each.number, each.what, ids[each.creator]) for each in numbers_to_try())
    return (*QUESTIONS, *numbers)


def _say_numbers() -> None:
    say("可以试试这些订单号（每位达人只看得到自己的）：")
    for each in numbers_to_try():
        say(f"  {each.creator}  {each.platform:8}  {each.number:22}  {each.what}")
