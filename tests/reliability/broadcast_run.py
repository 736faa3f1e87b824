"""Kill -9 while a broadcast goes out; people block the bot, opt out, it is paused and goes on."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from bot.desk.broadcasts import Words
from bot.desk.facts import Dialogue
from bot.desk.segments import EVERYBODY
from bot.store.broadcasts import (
    Broadcast,
    ChangedMeanwhileError,
    new_draft,
    pause,
    read_broadcast,
    resume,
    schedule,
)
from bot.store.opt_outs import opt_out
from bot.store.people import Acquaintance, remember
from bot.store.tables import broadcast_recipients, opt_outs
from bot.store.transactions import reads, transact
from bot.telegram.in_flight import PUSHES_IN_FLIGHT
from tests.reliability.bot_process import machine_time
from tests.reliability.crash_run import kill
from tests.reliability.stage import PATIENCE_SECONDS, Setting, Stage

__all__ = ["BroadcastFigures", "run"]

WORDS = Words("P 群发", "P broadcast")
TEXTS = frozenset(("P 群发", "P 群發", "P broadcast"))
LANGUAGES = ("zh", "zh-hant", "en")
BLOCKING, OPTING_OUT, OUT_BEFORE = 0.03, 0.03, 0.02
"""Which share of the people blocks the bot, or opts out, at some moment; or did before."""
PAUSES = 3
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class BroadcastFigures:
    """The first five must be zero.

    `missed` got nothing and stand in no list; `told_unasked` had opted out before it began;
    `sent_in_vain` count as sent and got nothing; `failed_in_error` got it and count as not
    reached.
    """

    doubled: int
    missed: int
    told_unasked: int
    sent_in_vain: int
    failed_in_error: int
    people: int
    told: int
    uncertain: int
    failed: int
    left_out: int
    interruptions: int
    pauses: int
    unsure: int
    floods: int

    def faultless(self) -> bool:
        """Whether every promise was kept, and no more is uncertain than was in flight."""
        broken = (
            self.doubled,
            self.missed,
            self.told_unasked,
            self.sent_in_vain,
            self.failed_in_error,
        )
        at_most = PUSHES_IN_FLIGHT * self.interruptions + self.unsure
        return not any(broken) and self.uncertain <= at_most


async def run(setting: Setting, kills: range) -> BroadcastFigures:
    """Kill once for each number while it goes out; ends when it is over, then counts."""
    stage = Stage(setting)
    dice = random.Random(f"{setting.seed}:broadcast")  # noqa: S311
    people = range(1, setting.people + 1)
    out_before = dice.sample(people, int(len(people) * OUT_BEFORE))
    broadcast = transact(stage.engine, lambda connection: _begin(connection, people, out_before))
    for person in people:
        stage.acquaint(person)
    async with stage:
        meddling = asyncio.create_task(_meddle(stage, broadcast, dice, people))
        for number in kills:
            await kill(stage, number)
        pauses = await meddling
        await _until_over(stage, broadcast)
        await stage.end()
        return _count(stage, broadcast, set(out_before), len(kills), pauses)


def _begin(connection: Connection, people: Sequence[int], out_before: Sequence[int]) -> int:
    now = machine_time()
    for first in range(0, len(people), AT_ONCE):
        part = people[first : first + AT_ONCE]
        known = (
            Acquaintance(each, each, f"用户{each}", LANGUAGES[each % 3], Dialogue())
            for each in part
        )
        remember(connection, known, now)
    for each in out_before:
        opt_out(connection, each, now)
    number = new_draft(connection, 1, EVERYBODY, WORDS, now)
    draft = read_broadcast(connection, number)
    if draft is None:
        raise AssertionError("a draft that was just written cannot be read")
    schedule(connection, draft, None, len(people), now)
    return number


async def _meddle(stage: Stage, broadcast: int, dice: random.Random, people: Sequence[int]) -> int:
    """While it goes out, people block the bot and opt out, and it is paused and resumed."""
    blocking = dice.sample(people, int(len(people) * BLOCKING))
    opting_out = dice.sample(people, int(len(people) * OPTING_OUT))
    pauses = 0
    for step in range(PAUSES):
        for person in blocking[step::PAUSES]:
            stage.server.world.block(person)
        for person in opting_out[step::PAUSES]:
            await asyncio.to_thread(_opt_out, stage, person, machine_time())
        await asyncio.sleep(dice.uniform(0.2, 0.8))
        pauses += await asyncio.to_thread(_held_up, stage, broadcast)
        await asyncio.sleep(dice.uniform(0.1, 0.5))
        await asyncio.to_thread(_go_on, stage, broadcast)
    return pauses


def _opt_out(stage: Stage, person: int, now: datetime) -> None:
    transact(stage.engine, lambda connection: opt_out(connection, person, now))


def _held_up(stage: Stage, number: int) -> bool:
    """Pause it; False if it was over already."""
    try:
        transact(stage.engine, lambda connection: pause(connection, _read(connection, number)))
    except ChangedMeanwhileError:
        return False
    return True


def _go_on(stage: Stage, number: int) -> None:
    with stage.engine.connect() as connection:
        held_up = _read(connection, number).state == "paused"
    if held_up:
        transact(stage.engine, lambda connection: resume(connection, _read(connection, number)))


async def _until_over(stage: Stage, number: int) -> None:
    """Wait until it is over; SystemExit that says what is left if it takes too long."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await asyncio.to_thread(_is_over, stage, number):
                stage.revive()
                await asyncio.sleep(0.2)
    except TimeoutError:
        left = Counter(_states(stage, number).values())
        raise SystemExit(f"the broadcast does not come to its end: {dict(left)}") from None


def _is_over(stage: Stage, number: int) -> bool:
    with reads(stage.engine) as connection:
        return _read(connection, number).finished_at is not None


def _read(connection: Connection, number: int) -> Broadcast:
    found = read_broadcast(connection, number)
    if found is None:
        raise AssertionError(f"broadcast {number} is gone")
    return found


def _states(stage: Stage, number: int) -> dict[int, str]:
    of_it = broadcast_recipients.c.broadcast == number
    columns = (broadcast_recipients.c.user, broadcast_recipients.c.state)
    with stage.engine.connect() as connection:
        return {user: state for user, state in connection.execute(select(*columns).where(of_it))}


def _out(stage: Stage) -> set[int]:
    with stage.engine.connect() as connection:
        return set(connection.execute(select(opt_outs.c.user)).scalars())


def _count(
    stage: Stage, number: int, out_before: set[int], interruptions: int, pauses: int
) -> BroadcastFigures:
    world = stage.server.world
    copies = {
        person: sum(each.by_bot and each.content.text in TEXTS for each in world.messages(person))
        for person in world.people
    }
    states = _states(stage, number)
    stands = Counter(states.values())
    accounted = {user for user, state in states.items() if state != "sent"} | _out(stage)
    return BroadcastFigures(
        doubled=sum(count > 1 for count in copies.values()),
        missed=len({person for person, count in copies.items() if not count} - accounted),
        told_unasked=sum(copies[person] for person in out_before),
        sent_in_vain=sum(state == "sent" and not copies[user] for user, state in states.items()),
        failed_in_error=sum(
            state in ("failed", "left_out") and copies[user] > 0 for user, state in states.items()
        ),
        people=len(copies),
        told=sum(count > 0 for count in copies.values()),
        uncertain=stands["uncertain"],
        failed=stands["failed"],
        left_out=stands["left_out"] + len(_out(stage) - states.keys()),
        interruptions=interruptions,
        pauses=pauses,
        unsure=stage.mishaps.unsure_pushes,
        floods=stage.mishaps.counted["flood"],
    )
