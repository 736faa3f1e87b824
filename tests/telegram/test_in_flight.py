"""What is on its way is counted, and what became of it is reported once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.desk.replies import Say
from bot.store.claiming import Room
from bot.store.letters import Kind, Outgoing, State, Verdict
from bot.telegram.in_flight import ANSWERS_IN_FLIGHT, PUSHES_IN_FLIGHT, InFlight

NOW = datetime(2026, 9, 15, 1, 0, tzinfo=UTC)
Begin = Callable[[Outgoing], Awaitable[asyncio.Task[None]]]


def row(number: int, kind: Kind = Kind.ANSWER) -> Outgoing:
    return Outgoing(number, kind, number, Say("x"), None, 1, False, NOW, NOW)


def sent(number: int) -> Verdict:
    return Verdict(row(number), State.SENT, NOW)


@pytest.fixture
def way() -> InFlight:
    return InFlight()


@pytest.fixture
def begin(way: InFlight) -> Begin:
    async def add(one: Outgoing) -> asyncio.Task[None]:
        task = asyncio.create_task(asyncio.sleep(0))
        way.add(task, one)
        return task

    return add


async def test_what_is_on_its_way_takes_room_until_it_ends(way: InFlight, begin: Begin) -> None:
    answers = [await begin(row(number)) for number in range(1, 4)]
    pushes = [await begin(row(number, Kind.PUSH)) for number in range(4, 6)]
    assert way.report()[1] == Room(ANSWERS_IN_FLIGHT - 3, PUSHES_IN_FLIGHT - 2)
    way.end(answers[0])
    way.end(pushes[0])
    assert way.report()[1] == Room(ANSWERS_IN_FLIGHT - 2, PUSHES_IN_FLIGHT - 1)
    await asyncio.gather(*answers, *pushes)


def test_what_is_written_down_is_in_no_other_report(way: InFlight) -> None:
    way.became(sent(1))
    way.hold(7, NOW)
    outcomes, _ = way.report()
    assert outcomes.verdicts == [sent(1)]
    assert outcomes.holds == {7: NOW}
    way.written_down()
    way.put_back()
    assert way.report()[0].verdicts == []
    assert way.report()[0].holds == {}


def test_what_was_not_written_down_comes_first_in_the_next_report(way: InFlight) -> None:
    later = NOW + timedelta(seconds=9)
    for number in (1, 2):
        way.became(sent(number))
    way.hold(7, NOW)
    way.hold(8, NOW)
    way.report()
    way.became(sent(3))
    way.hold(7, later)
    way.put_back()
    outcomes, _ = way.report()
    assert [verdict.row.id for verdict in outcomes.verdicts] == [1, 2, 3]
    assert outcomes.holds == {7: later, 8: NOW}
