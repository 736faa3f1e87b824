"""Order numbers people wait for (等数据): found among their own at last, or given up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection

from bot.planner.work import Work
from bot.reminders import Planned, Push, PushKind
from bot.store.awaiting import (
    Arrived,
    GivenUp,
    arrived_of,
    awaited_in_batch,
    end_awaiting,
    given_up,
    look_again,
    mark_looked_up,
    numbers_of,
    waiting_to_be_looked_up,
)
from bot.store.pushes import plan_each
from settlement.shanghai import day_of

__all__ = [
    "awaited_in_vain",
    "give_up",
    "look_again_after_batch",
    "look_again_for",
    "look_up_awaited",
    "naming",
]

AT_ONCE = 500
"""Numbers looked up, or given up, in one transaction."""


def look_again_after_batch(work: Work, batch: int) -> None:
    """Look up again what is awaited and came with a batch."""
    with work.reading() as connection:
        awaited = awaited_in_batch(connection, batch)
    for first in range(0, len(awaited), AT_ONCE):
        some = awaited[first : first + AT_ONCE]
        work.carry_out(partial(look_again, awaited=some))


def look_again_for(work: Work, users: Sequence[int]) -> None:
    """Look up again what people await who are bound to one more creator."""
    work.carry_out(partial(look_again, users=users))


def look_up_awaited(work: Work) -> Iterator[None]:
    """Plan to tell people of what they waited for and now own; a transaction a step."""
    while True:
        with work.reading() as connection:
            waiting = waiting_to_be_looked_up(connection, AT_ONCE)
        if not waiting:
            return
        work.run(partial(_look_up, work, waiting))
        yield


def give_up(work: Work) -> Iterator[None]:
    """Plan to tell people that nothing came in all the time they could wait."""
    while True:
        with work.reading() as connection:
            over = given_up(connection, work.now, AT_ONCE)
        if not over:
            return
        work.run(partial(_give_up, work, over))
        yield


def awaited_in_vain(
    connection: Connection, planned: Mapping[int, Sequence[Planned]]
) -> dict[int, str]:
    """The numbers, by row, of which people are to be told that nothing came."""
    rows = [
        each.version
        for theirs in planned.values()
        for each in theirs
        if each.kind is PushKind.GIVEN_UP
    ]
    return numbers_of(connection, rows) if rows else {}


def naming(push: Push, numbers: Mapping[int, str]) -> Push:
    """Give a push the numbers that were awaited in vain."""
    if push.kind is not PushKind.GIVEN_UP:
        return push
    return replace(push, numbers=tuple(numbers[each.version] for each in push.planned))


def _look_up(work: Work, waiting: Sequence[int], connection: Connection) -> int:
    mark_looked_up(connection, waiting, work.now)
    arrived = arrived_of(connection, waiting)
    ended = end_awaiting(connection, {each.awaited for each in arrived}, work.now)
    return plan_each(connection, [_found(work, each) for each in arrived if each.awaited in ended])


def _give_up(work: Work, over: Sequence[GivenUp], connection: Connection) -> int:
    ended = end_awaiting(connection, {each.awaited for each in over}, work.now)
    return plan_each(connection, [_in_vain(work, each) for each in over if each.awaited in ended])


def _found(work: Work, each: Arrived) -> Planned:
    day = day_of(work.now)
    about = (each.line, day, each.awaited, each.platform)
    return Planned(each.user, PushKind.FOUND, *about, work.now, work.now)


def _in_vain(work: Work, each: GivenUp) -> Planned:
    about = (0, day_of(work.now), each.awaited, "")
    return Planned(each.user, PushKind.GIVEN_UP, *about, work.now, work.now)
