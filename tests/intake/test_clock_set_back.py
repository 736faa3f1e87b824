"""A clock set right again: what it wrote too early waits for the morning like everything else."""

from datetime import timedelta

import pytest

from bot.desk.replies import Say
from bot.store.claiming import Claimant, Room
from bot.store.letters import Kind, Letter, State, Verdict
from bot.store.outbox import enqueue
from bot.telegram.limiter import TELEGRAM
from bot.telegram.rounds import Outcomes, Rounds
from bot.writer import Writer
from tests.intake.planned import PAYOUT_DAY, Bot

BOT = 4
ROOM = Room(9, 9)


def sending(writer: Writer, bot: Bot) -> Rounds:
    return Rounds(writer, Claimant(BOT, "me"), TELEGRAM, lambda: bot.now, None)


async def said(rounds: Rounds, outcomes: Outcomes | None = None) -> list[str]:
    """What the next round takes to send it."""
    rows = await rounds.exchange(outcomes or Outcomes(), ROOM)
    return [row.reply.html for row in rows if isinstance(row.reply, Say)]


async def refused(rounds: Rounds, bot: Bot) -> None:
    """Telegram wants what is sent to be sent later."""
    rows = await rounds.exchange(Outcomes(), ROOM)
    later = bot.now + timedelta(minutes=23)
    await rounds.exchange(Outcomes([Verdict(row, State.PENDING, later) for row in rows]), ROOM)


@pytest.mark.parametrize("tried", [True, False])
async def test_a_reminder_written_by_a_fast_clock_waits_for_the_morning(
    tried: bool, writer: Writer, bot: Bot, bound: int
) -> None:
    bot.watches(bound)
    bot.set(PAYOUT_DAY, 9)
    rounds = sending(writer, bot)
    assert bot.turn() == 1
    if tried:
        await refused(rounds, bot)
    bot.set(PAYOUT_DAY, 8)
    assert await said(rounds) == []
    assert bot.states() == [("payout 1", "dropped")]
    assert bot.turn() == 0
    bot.set(PAYOUT_DAY, 9)
    assert bot.turn() == 1
    assert await said(rounds) == ["payout 1"]


async def test_a_clock_set_back_while_the_process_was_down_is_seen_as_well(
    writer: Writer, bot: Bot, bound: int
) -> None:
    bot.watches(bound)
    bot.set(PAYOUT_DAY, 9)
    assert bot.turn() == 1
    bot.set(PAYOUT_DAY, 8)
    rounds = sending(writer, bot)
    await rounds.settle_left_behind(just_started=True)
    assert await said(rounds) == []
    assert bot.states() == [("payout 1", "dropped")]


async def test_by_day_a_reminder_is_written_anew_at_once(
    writer: Writer, bot: Bot, bound: int
) -> None:
    bot.watches(bound)
    bot.set(PAYOUT_DAY, 12)
    rounds = sending(writer, bot)
    assert bot.turn() == 1
    await refused(rounds, bot)
    bot.set(PAYOUT_DAY, 11)
    assert await said(rounds) == []
    assert bot.turn() == 1
    assert await said(rounds) == ["payout 1"]
    assert bot.states() == [("payout 1", "dropped"), ("payout 1", "sending")]


async def test_what_is_no_reminder_goes_on(writer: Writer, bot: Bot) -> None:
    """An alarm to the operator, say, or what the operator sends again: nobody plans it anew."""
    rounds = sending(writer, bot)
    alarm = Letter("alarm", Kind.PUSH, 9, Say("alarm"), bot=BOT)
    bot.run(lambda connection: enqueue(connection, [alarm], bot.now))
    bot.now -= timedelta(hours=1)
    assert await said(rounds) == ["alarm"]
