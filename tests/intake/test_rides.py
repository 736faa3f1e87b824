"""Jobs that share the transaction of a batch, on either database."""

from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, func, select
from sqlalchemy.exc import OperationalError

from bot.desk.replies import Say
from bot.intake import Intake, Received
from bot.store.letters import Kind, Letter
from bot.store.outbox import enqueue
from bot.store.tables import outbox, quarantine
from bot.writer import Ride, Writer, WriterStoppedError
from tests.intake.conftest import BOT, NOW, CountingDesk

WAIT = 20
Said = Callable[..., Received]


def answers(connection: Connection) -> int:
    count: int = connection.execute(select(func.count()).select_from(outbox)).scalar_one()
    return count


def leave_a_mark(connection: Connection) -> None:
    letter = Letter("mark", Kind.PUSH, 1, Say("mark"), bot=BOT)
    enqueue(connection, [letter], NOW)


def marks(engine: Engine) -> int:
    with engine.connect() as connection:
        found = select(func.count()).select_from(outbox).where(outbox.c.key == "mark")
        count: int = connection.execute(found).scalar_one()
        return count


def test_a_ride_sees_what_its_batch_leaves_and_shares_its_commit(
    engine: Engine, writer: Writer, said: Said
) -> None:
    commits: list[Connection] = []
    event.listen(engine, "commit", commits.append)
    ride = writer.ride(answers)
    writer.submit([said(number, user=number) for number in range(1, 6)]).result(WAIT)
    assert ride.future.result(WAIT) == 5
    assert len(commits) == 1


def test_without_a_batch_a_ride_waits_until_it_is_hurried(writer: Writer) -> None:
    ride = writer.ride(answers)
    # a job that is handed in later and done first
    assert writer.run(answers).result(WAIT) == 0
    assert not ride.future.done()
    writer.hurry(ride)
    assert ride.future.result(WAIT) == 0


def test_a_ride_that_is_over_can_be_hurried(writer: Writer, said: Said) -> None:
    ride = writer.ride(answers)
    writer.submit([said(1, 7)]).result(WAIT)
    writer.hurry(ride)
    later = writer.ride(answers)
    assert writer.run(answers).result(WAIT) == 1
    assert ride.future.result(WAIT) == 1
    assert not later.future.done()


def test_a_poison_update_costs_a_ride_nothing(
    engine: Engine, writer: Writer, desk: CountingDesk, said: Said
) -> None:
    desk.poison.add("boom")
    ride = writer.ride(leave_a_mark)
    writer.submit([said(1, 7, "a"), said(2, 8, "boom"), said(3, 9, "c")]).result(WAIT)
    ride.future.result(WAIT)
    assert marks(engine) == 1
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(quarantine)).scalar_one() == 1


def test_a_failing_ride_costs_its_batch_nothing(
    engine: Engine, writer: Writer, desk: CountingDesk, said: Said
) -> None:
    def job(connection: Connection) -> None:
        leave_a_mark(connection)
        raise ZeroDivisionError

    ride = writer.ride(job)
    writer.submit([said(1, 7, "a"), said(2, 8, "b")]).result(WAIT)
    with pytest.raises(ZeroDivisionError):
        ride.future.result(WAIT)
    with engine.connect() as connection:
        assert answers(connection) == 2
    assert marks(engine) == 0


def test_what_a_commit_loses_is_done_again_by_both(
    engine: Engine, writer: Writer, said: Said
) -> None:
    lost: list[Connection] = []

    def lose(connection: Connection) -> None:
        if not lost:
            lost.append(connection)
            raise OperationalError("COMMIT", None, Exception("disk I/O error"))

    event.listen(engine, "commit", lose)
    ride = writer.ride(leave_a_mark)
    writer.submit([said(1, 7, "a")]).result(WAIT)
    ride.future.result(WAIT)
    assert lost
    assert marks(engine) == 1
    with engine.connect() as connection:
        assert answers(connection) == 2


def test_a_batch_without_a_ride_says_that_it_is_committed(
    engine: Engine, desk: CountingDesk, said: Said
) -> None:
    committed: list[str] = []
    told = Event()

    def note() -> None:
        committed.append("batch")
        told.set()

    writer = Writer(engine, Intake(desk, BOT, lambda: NOW), note)
    writer.start()
    ride = writer.ride(answers)
    writer.submit([said(1, 7)]).result(WAIT)
    ride.future.result(WAIT)
    assert committed == []
    writer.submit([said(2, 7)]).result(WAIT)
    assert told.wait(WAIT)
    assert committed == ["batch"]
    writer.stop()


def test_what_never_rode_learns_that_the_writer_stopped(engine: Engine, desk: Any) -> None:
    writer = Writer(engine, Intake(desk, BOT, lambda: NOW))
    writer.start()
    waiting: Ride[int] = writer.ride(answers)
    writer.stop()
    with pytest.raises(WriterStoppedError):
        waiting.future.result(WAIT)
    with pytest.raises(WriterStoppedError):
        writer.ride(answers)
