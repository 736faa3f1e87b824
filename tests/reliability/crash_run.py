"""Kill -9 in a stream of questions, with a faulty Telegram: what is lost, doubled, misordered?

Run as `python -m tests.reliability.crash_run --kills 20 --questions 600 --seed 7`. The run ends
on state (nothing unconfirmed at Telegram, nothing open in the outbox), never on silence.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from sqlalchemy import Connection, func, select

from bot.simulator.demo import DemoServer
from bot.simulator.faults import Fault
from bot.simulator.people import Person
from bot.simulator.refusal import Refusal
from bot.store.database import open_engine
from bot.store.outbox import State
from bot.store.tables import outbox, unanswered_questions
from bot.telegram.sender import ANSWERS_IN_FLIGHT, PUSHES_IN_FLIGHT

TOKEN = "42:AAcrash-run"  # noqa: S105
PEOPLE = 40
QUESTIONS_A_SECOND = 25
PATIENCE_SECONDS = 90.0


class RealClock:
    """The machine's clock: killed processes have no other."""

    def now(self) -> datetime:
        """The present in UTC."""
        return datetime.now(UTC)  # noqa: TID251

    def advance(self, days: int) -> None:
        """Not moved here."""
        raise NotImplementedError


class Faults:
    """5 % 429, 3 % 500 and 2 % lost answers, and a network that takes its time."""

    def __init__(self, seed: int) -> None:
        """The same seed gives the same dice."""
        self._dice = random.Random(seed)  # noqa: S311
        self.counted: Counter[str] = Counter()
        self.watch: Callable[[str], None] = lambda method: None

    def __call__(self, method: str, _: Mapping[str, object]) -> Fault:
        """What goes wrong with one call."""
        self.watch(method)
        delay = self._dice.uniform(0.005, 0.04)
        roll = self._dice.random()
        if method != "sendmessage" or roll >= 0.10:
            return Fault(delay)
        if roll < 0.05:
            self.counted["flood"] += 1
            return Fault(delay, Refusal(429, "Too Many Requests: retry after 1", retry_after=1))
        if roll < 0.08:
            self.counted["server_error"] += 1
            return Fault(delay, Refusal(500, "Internal Server Error"))
        self.counted["lost_answer"] += 1
        return Fault(delay, answer_lost=True)


@dataclass(frozen=True)
class Figures:
    """What came of a run; the first seven must be zero."""

    lost: int
    handled_twice: int
    unanswered: int
    misordered: int
    pushes_doubled: int
    pushes_lost: int
    failed: int
    questions: int
    kills: int
    answers_repeated: int
    pushes: int
    pushes_uncertain: int
    lost_answers: int
    server_errors: int
    floods: int

    def faultless(self) -> bool:
        """Whether every promise was kept."""
        broken = (
            self.lost,
            self.handled_twice,
            self.unanswered,
            self.misordered,
            self.pushes_doubled,
            self.pushes_lost,
            self.failed,
        )
        ambiguous = self.lost_answers + self.server_errors
        return (
            not any(broken)
            and self.pushes_uncertain <= PUSHES_IN_FLIGHT * self.kills + ambiguous
            and self.answers_repeated <= ANSWERS_IN_FLIGHT * self.kills + ambiguous
        )


class CrashRun:
    """One run: a simulated Telegram in this process, the bot in others that are killed."""

    def __init__(self, folder: Path, seed: int, kills: int, questions: int) -> None:
        """Everything random comes from `seed`, but for the machine's own timing."""
        self._database = f"sqlite:///{folder / 'bot.db'}"
        self._dice = random.Random(seed)  # noqa: S311
        self._kills = kills
        self._questions = questions
        self._faults = Faults(seed)
        self._clock = RealClock()
        people = [Person(number, f"用户{number}") for number in range(1, PEOPLE + 1)]
        self._server = DemoServer(TOKEN, people, self._clock, faults=self._faults)
        self._started_at = self._clock.now().isoformat()

    async def run(self) -> Figures:
        """Ask, kill, let it finish, count."""
        async with self._server:
            asking = asyncio.create_task(self._ask())
            for _ in range(self._kills):
                await self._live_and_die()
            bot = await self._start()
            await asking
            await self._finish()
            bot.terminate()
            if await asyncio.wait_for(bot.wait(), 15) != 0:
                raise SystemExit("the bot did not end in peace")
            return self._count()

    async def _live_and_die(self) -> None:
        """One life of the bot; it ends at some moment, or when a certain call arrives.

        When getUpdates arrives, what it confirms must be committed; when sendMessage arrives,
        the message will be sent though the bot never learns of it.
        """
        bot = await self._start()
        fatal = self._dice.choice((None, "getupdates", "sendmessage"))
        calls = self._dice.randint(2, 8 if fatal == "getupdates" else 25)
        seen = 0

        def watch(method: str) -> None:
            nonlocal seen
            seen += method == fatal
            if seen == calls and bot.returncode is None:
                bot.kill()

        self._faults.watch = watch
        try:
            await asyncio.wait_for(bot.wait(), self._dice.uniform(0.7, 1.6))
        except TimeoutError:
            bot.kill()
            await bot.wait()
        self._faults.watch = lambda method: None

    async def _ask(self) -> None:
        for number in range(self._questions):
            self._server.world.say(number % PEOPLE + 1, f"Q{number}")
            if number >= PEOPLE:
                await asyncio.sleep(self._dice.uniform(0, 2 / QUESTIONS_A_SECOND))

    async def _start(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.reliability.bot_process", self._database),
            *(self._server.url, TOKEN, self._started_at),
            stderr=asyncio.subprocess.DEVNULL,
        )

    async def _finish(self) -> None:
        """Wait until nothing is unconfirmed and all answers are out; name what is left if not."""
        engine = open_engine(self._database)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    with engine.connect().execution_options(deferred=True) as connection:
                        left = (len(self._server.world.updates), _open_answers(connection))
                    if left == (0, 0):
                        return
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise SystemExit(f"unconfirmed updates and open answers are left: {left}") from None
        finally:
            engine.dispose()

    def _count(self) -> Figures:
        engine = open_engine(self._database)
        with engine.begin() as connection:
            recorded = Counter(connection.execute(select(unanswered_questions.c.text)).scalars())
            pushes = _pushes(connection)
            states = Counter(connection.execute(select(outbox.c.state)).scalars())
        engine.dispose()
        asked = {f"Q{number}" for number in range(self._questions)}
        said = self._said()
        answers = {text: count for text, count in said.items() if text.startswith("A ")}
        told = {text: count for text, count in said.items() if text.startswith("P ")}
        sent = {text for text, state in pushes.items() if state == State.SENT}
        return Figures(
            lost=len(asked - recorded.keys()),
            handled_twice=sum(count > 1 for count in recorded.values()),
            unanswered=len({f"A {text}" for text in asked} - answers.keys()),
            misordered=self._misordered(),
            pushes_doubled=sum(count > 1 for count in told.values()),
            pushes_lost=len(sent - told.keys()),
            failed=states[State.FAILED],
            questions=self._questions,
            kills=self._kills,
            answers_repeated=sum(count - 1 for count in answers.values()),
            pushes=len(pushes),
            pushes_uncertain=sum(state == State.UNCERTAIN for state in pushes.values()),
            lost_answers=self._faults.counted["lost_answer"],
            server_errors=self._faults.counted["server_error"],
            floods=self._faults.counted["flood"],
        )

    def _said(self) -> Counter[str]:
        world = self._server.world
        messages = (message for person in world.people for message in world.messages(person))
        return Counter(message.content.text for message in messages if message.by_bot)

    def _misordered(self) -> int:
        """How many first answers came before the answer to an earlier question of the person."""
        count = 0
        for person in self._server.world.people:
            texts = [m.content.text for m in self._server.world.messages(person) if m.by_bot]
            first = dict.fromkeys(text for text in texts if text.startswith("A Q"))
            numbers = [int(text.removeprefix("A Q")) for text in first]
            count += sum(late < early for early, late in pairwise(numbers))
        return count


def _open_answers(connection: Connection) -> int:
    """Pushes keep coming; only those in flight are waited for."""
    still_open = outbox.c.state.in_((State.PENDING, State.SENDING))
    statement = select(func.count()).where(still_open, outbox.c.key.not_like("push:%"))
    count: int = connection.execute(statement).scalar_one()
    return count


def _pushes(connection: Connection) -> dict[str, str]:
    found = connection.execute(
        select(outbox.c.payload, outbox.c.state).where(outbox.c.key.like("push:%"))
    )
    return {payload["html"]: state for payload, state in found}


def main() -> None:
    """Run once and print the figures; exit status 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("kills", 20), ("questions", 600), ("seed", 7)):
        parser.add_argument(f"--{name}", type=int, default=default)
    wished = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = CrashRun(Path(folder), wished.seed, wished.kills, wished.questions)
        figures = asyncio.run(run.run())
    sys.stdout.write(json.dumps({"seed": wished.seed} | asdict(figures)) + "\n")
    raise SystemExit(0 if figures.faultless() else 1)


if __name__ == "__main__":
    main()
