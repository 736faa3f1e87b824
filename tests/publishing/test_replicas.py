import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bot.publishing.candidate import Folders
from bot.simulator.demo import DemoServer
from bot.simulator.driver import Driver
from bot.simulator.people import Person
from tests.bare import bare_environment
from tests.clocks import MachineClock

ROOT = Path(__file__).parents[2]
QUESTION = "京东佣金几号发"


@asynccontextmanager
async def replica(
    number: int, database: str, home: Path, folders: Folders | None = None
) -> AsyncIterator[Driver]:
    """`mingzhang run` as a process of its own, in its own Telegram."""
    token = f"{number}:AAreplica-token"
    # Whichever replica is free sends, so both Telegrams know both people.
    people = [Person(1, "一"), Person(2, "二")]
    async with DemoServer(token, people, MachineClock()) as server, Driver(server.url) as driver:
        for person in people:
            server.world.say(person.id, "/start")
        given = {"TOKEN": token, "BOT_API": server.url, "DATABASE_URL": database}
        given["LISTEN"] = "127.0.0.1:0"
        if folders:
            given |= {"KNOWLEDGE_DIR": str(folders.knowledge), "RULES_DIR": str(folders.rules)}
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"),
            cwd=ROOT,
            env=bare_environment(home) | {f"MINGZHANG_{k}": v for k, v in given.items()},
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            yield driver
        finally:
            bot.send_signal(signal.SIGTERM)
            await bot.wait()


async def test_an_edit_goes_live_in_every_replica(
    database: str, tmp_path: Path, folders: Folders, write: Callable[..., None]
) -> None:
    write("每月 20 日。")
    async with AsyncExitStack() as replicas, asyncio.timeout(120):
        # The second has no folder: it learns of an edit from the database alone.
        first = await replicas.enter_async_context(replica(41, database, tmp_path, folders))
        await answered([first], (first, 1), "每月 20 日。")
        second = await replicas.enter_async_context(replica(42, database, tmp_path))
        both = [first, second]
        await answered(both, (second, 2), "每月 20 日。")
        write("每月 <b>21</b> 日。")
        await answered(both, (first, 1), "每月 21 日。")
        await answered(both, (second, 2), "每月 21 日。")


async def answered(telegrams: list[Driver], asking: tuple[Driver, int], words: str) -> None:
    """Ask one replica until it answers so; either may be the one that sends the answer."""
    driver, person = asking
    while True:
        await driver.say(person, QUESTION)
        for _ in range(20):
            await asyncio.sleep(0.1)
            new = [each for telegram in telegrams for each in await telegram.unread(person)]
            if any(words in message.text for message in new):
                return
            if any("每月" in message.text for message in new):
                break
