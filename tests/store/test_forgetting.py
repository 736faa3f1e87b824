from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, func, select

from bot.desk.replies import Say
from bot.store.forgetting import forget_settled
from bot.store.letters import Kind, Letter
from bot.store.outbox import enqueue
from bot.store.tables import outbox
from tests.store.plans import read_whole, steps_of


def settled(connection: Connection, state: str, at: datetime, count: int = 1) -> None:
    letters = [Letter(f"{state}{n}", Kind.ANSWER, 7, Say("￥9.80")) for n in range(count)]
    enqueue(connection, letters, at)
    ended = None if state in ("pending", "sending") else at
    connection.execute(outbox.update().values(state=state, settled_at=ended))


@pytest.mark.parametrize(
    ("state", "days"), [("sent", 30), ("dropped", 30), ("uncertain", 90), ("failed", 90)]
)
def test_what_was_settled_is_forgotten_in_time(
    state: str, days: int, connection: Connection, now: datetime
) -> None:
    settled(connection, state, now)
    assert forget_settled(connection, now + timedelta(days=days), 9) == 0
    assert forget_settled(connection, now + timedelta(days=days, seconds=1), 9) == 1


@pytest.mark.parametrize("state", ["pending", "sending"])
def test_what_is_open_is_kept(state: str, connection: Connection, now: datetime) -> None:
    settled(connection, state, now)
    assert forget_settled(connection, now + timedelta(days=1000), 9) == 0


def test_a_few_at_a_time(connection: Connection, now: datetime) -> None:
    settled(connection, "sent", now, count=5)
    later = now + timedelta(days=31)
    assert [forget_settled(connection, later, 2) for _ in range(4)] == [2, 2, 1, 0]
    assert connection.execute(select(func.count()).select_from(outbox)).scalar_one() == 0


def test_what_is_looked_at_every_second_is_found_by_an_index(
    connection: Connection, now: datetime
) -> None:
    """What was sent stays for a month: a million letters of a broadcast are not read for it."""
    steps = steps_of(connection, lambda c: forget_settled(c, now, 9))
    assert any("ix_outbox_farewell" in step for step in steps)
    assert "outbox" not in read_whole(steps)
