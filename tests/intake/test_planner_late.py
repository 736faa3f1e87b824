"""What was late is told once, and not again when the line is looked at later."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from bot.planner import Planner
from bot.store.tables import outbox
from bot.writer import Writer
from tests.intake.planned import PAYOUT_DAY, Hand, Watch, kinds_told

A_WEEK_OVER = timedelta(days=8)
"""After the payout day: the line is judged again then, and what is not planned is planned."""


async def _tell(engine: Engine, planner: Planner, writer: Writer, state: str = "sent") -> None:
    await planner.tick(writer)
    with engine.begin() as connection:
        waiting = outbox.update().where(outbox.c.state == "pending")
        connection.execute(waiting.values(state=state))


@pytest.mark.parametrize(
    ("dropped", "told"),
    [(False, ["arrived 1"]), (True, ["arrived 1", "missed 1"])],
)
async def test_a_payout_day_told_too_late_is_settled_by_the_question_whether_it_came(
    dropped: bool,
    told: list[str],
    engine: Engine,
    writer: Writer,
    planner: Planner,
    hand: Hand,
    bound: int,
    watch: Watch,
) -> None:
    watch(bound)
    # Two days after its hour the question still goes out by itself, the payout day does not.
    hand.set(PAYOUT_DAY + timedelta(days=3), 9)
    await _tell(engine, planner, writer, "dropped" if dropped else "sent")
    for day in (timedelta(days=4), A_WEEK_OVER, A_WEEK_OVER + timedelta(days=1)):
        hand.set(PAYOUT_DAY + day, 10)
        await _tell(engine, planner, writer)
    # How the line stands, which the question does not say, may be told besides.
    assert [each for each in kinds_told(engine) if not each.startswith("update")] == told
