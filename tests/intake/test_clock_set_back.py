"""A clock set right again: what it wrote too early waits for the morning like everything else."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from bot.desk.replies import Say
from bot.planner import Planner
from bot.store.claiming import Claimant, Room
from bot.store.letters import State, Verdict
from bot.store.outbox import Kind, Letter, enqueue
from bot.telegram.limiter import TELEGRAM
from bot.telegram.rounds import Outcomes, Rounds
from bot.writer import Writer
from tests.intake.planned import PAYOUT_DAY, Hand, Watch, states

BOT = 4
ROOM = Room(9, 9)


def sending(writer: Writer, hand: Hand) -> Rounds:
    return Rounds(writer, Claimant(BOT, "me"), TELEGRAM, hand.now, None)


async def said(rounds: Rounds, outcomes: Outcomes | None = None) -> list[str]:
    """What the next round takes to send it."""
    rows = await rounds.exchange(outcomes or Outcomes(), ROOM)
    return [row.reply.html for row in rows if isinstance(row.reply, Say)]


async def refused(rounds: Rounds, hand: Hand) -> None:
    """Telegram wants what is sent to be sent later."""
    rows = await rounds.exchange(Outcomes(), ROOM)
    later = hand.now() + timedelta(minutes=23)
    await rounds.exchange(Outcomes([Verdict(row, State.PENDING, later) for row in rows]), ROOM)


@pytest.mark.parametrize("tried", [True, False])
async def test_a_reminder_written_by_a_fast_clock_waits_for_the_morning(
    tried: bool,
    engine: Engine,
    writer: Writer,
    planner: Planner,
    hand: Hand,
    bound: int,
    watch: Watch,
) -> None:
    watch(bound)
    hand.set(PAYOUT_DAY, 9)
    rounds = sending(writer, hand)
    assert await planner.tick(writer) == 1
    if tried:
        await refused(rounds, hand)
    hand.set(PAYOUT_DAY, 8)
    assert await said(rounds) == []
    assert states(engine) == [("1", "dropped")]
    assert await planner.tick(writer) == 0
    hand.set(PAYOUT_DAY, 9)
    assert await planner.tick(writer) == 1
    assert await said(rounds) == ["1"]


async def test_a_clock_set_back_while_the_process_was_down_is_seen_as_well(
    engine: Engine, writer: Writer, planner: Planner, hand: Hand, bound: int, watch: Watch
) -> None:
    watch(bound)
    hand.set(PAYOUT_DAY, 9)
    assert await planner.tick(writer) == 1
    hand.set(PAYOUT_DAY, 8)
    rounds = sending(writer, hand)
    await rounds.settle_left_behind(just_started=True)
    assert await said(rounds) == []
    assert states(engine) == [("1", "dropped")]


async def test_by_day_a_reminder_is_written_anew_at_once(
    engine: Engine, writer: Writer, planner: Planner, hand: Hand, bound: int, watch: Watch
) -> None:
    watch(bound)
    hand.set(PAYOUT_DAY, 12)
    rounds = sending(writer, hand)
    assert await planner.tick(writer) == 1
    await refused(rounds, hand)
    hand.set(PAYOUT_DAY, 11)
    assert await said(rounds) == []
    assert await planner.tick(writer) == 1
    assert await said(rounds) == ["1"]
    assert states(engine) == [("1", "dropped"), ("1", "sending")]


async def test_what_is_no_reminder_goes_on(engine: Engine, writer: Writer, hand: Hand) -> None:
    """An alarm to the operator, say, or what the operator sends again: nobody plans it anew."""
    rounds = sending(writer, hand)
    with engine.begin() as connection:
        enqueue(connection, [Letter("alarm", Kind.PUSH, 9, Say("alarm"), bot=BOT)], hand.now())
    hand.at -= timedelta(hours=1)
    assert await said(rounds) == ["alarm"]
