"""A bot to be killed: the real service with a desk that writes down every question it answers.

Run as `python -m tests.reliability.bot_process DATABASE_URL BOT_API TOKEN STARTED_AT`.
"""

import asyncio
import signal
import sys
from datetime import UTC, datetime

from sqlalchemy import Connection

from bot.desk.facts import Dialogue, Facts, Wanted
from bot.desk.incoming import Incoming
from bot.desk.replies import Answered, RecordQuestion, Say
from bot.store.database import open_engine, upgrade
from bot.store.outbox import Kind, Letter, enqueue
from bot.telegram.service import Service
from bot.telegram.transport import BotApi
from bot.writer import Writer

PUSHES_A_SECOND = 8
PUSHED_PEOPLE = 32


def now() -> datetime:
    """The machine's clock: this is a process of its own."""
    return datetime.now(UTC)  # noqa: TID251


class WritingDesk:
    """Answers `Q5` with `A Q5` and counts a person's questions in the dialogue."""

    def wanted(self, incoming: Incoming) -> Wanted:
        """Nothing."""
        return Wanted()

    def answer(self, incoming: Incoming, facts: Facts, now: datetime) -> Answered:
        """Leave a trace in the store and one answer."""
        count = int(facts.dialogue.topic or 0) + 1
        return Answered(
            (Say(f"A {incoming.text}"),),
            (RecordQuestion(incoming.text, str(count)),),
            Dialogue(topic=str(count)),
        )


class SteadyPushes:
    """Finds a few pushes due every second, the same ones again and again."""

    def __init__(self, started_at: datetime) -> None:
        """Count from the beginning of the run, not of this process."""
        self._started_at = started_at

    async def tick(self, writer: Writer) -> int:
        """Plan all that have become due since the beginning."""
        number = int((now() - self._started_at).total_seconds() * PUSHES_A_SECOND)
        letters = [
            Letter(f"push:{n}", Kind.PUSH, n % PUSHED_PEOPLE + 1, Say(f"P {n}"))
            for n in range(number)
        ]

        def job(connection: Connection) -> int:
            return enqueue(connection, letters, now())

        return await asyncio.wrap_future(writer.run(job))


async def main(database: str, bot_api: str, token: str, started_at: str) -> None:
    """Serve until SIGTERM."""
    engine = open_engine(database)
    upgrade(engine)
    service = Service(
        engine=engine,
        api=BotApi(bot_api, token),
        desk_for=lambda _: WritingDesk(),
        planner=SteadyPushes(datetime.fromisoformat(started_at)),
        now=now,
    )
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    await service.start()
    await told.wait()
    await service.stop()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
