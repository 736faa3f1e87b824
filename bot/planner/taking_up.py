"""Taking up what is new (接手): subscriptions, bindings, imports, time, and other rules.

Each waits as a row that says so, and stops waiting in the transaction that did what follows: so
nothing is overlooked, whichever process wrote it, and in whatever order.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple

from sqlalchemy import Connection

from bot.desk.facts import Scope
from bot.planner.awaited import (
    give_up,
    look_again_after_batch,
    look_again_for,
    look_up_awaited,
)
from bot.planner.judging import known_at, write_lines
from bot.planner.planning import plan_digest_of
from bot.planner.work import Work
from bot.store.agenda import Agenda
from bot.store.clocks import clock_of
from bot.store.judgements import forget_judgements
from bot.store.outlooks import (
    LineToJudge,
    facts_before,
    lines_gone,
    lines_judged_before,
    lines_of_batch,
    lines_of_binding,
    lines_of_person,
    lines_of_subscriptions,
    lines_to_look_at,
    range_of_batch,
)
from bot.store.to_take_up import (
    NewSubscription,
    batches_taken_up,
    bindings_taken_up,
    new_batches,
    new_bindings,
    new_subscriptions,
    subscriptions_taken_up,
)

__all__ = ["take_up"]

AT_ONCE = 200
"""Lines judged and written in one transaction."""
LOOKED_THROUGH = 5_000
"""Lines of an import that are looked through at once for watched ones; most are nobody's."""
STEPS = 20
"""Transactions of one turn, so that what is due goes out between them."""
_HEARING_CHANGES = frozenset({Scope.EVERYTHING, Scope.CHANGES})


class _Part(NamedTuple):
    """Watched lines of an import, and how far that goes; 0 if there are no more."""

    lines: list[LineToJudge]
    reached: int


def take_up(work: Work, agenda: Agenda) -> None:
    """Take up what waits, for a while; what is left waits for the next turn."""
    for _ in islice(_steps(work, agenda), STEPS):
        pass


def _steps(work: Work, agenda: Agenda) -> Iterator[None]:
    """Everything that waits, a transaction a step."""
    if agenda.bindings:
        yield from _bindings(work)
    if agenda.subscriptions:
        yield from _subscriptions(work)
    if agenda.batches:
        yield from _batches(work)
    if agenda.awaited or agenda.bindings or agenda.batches:
        yield from look_up_awaited(work)
    if agenda.is_given_up(work.now):
        yield from give_up(work)
    if agenda.is_outdated(work.now):
        yield from _time_and_rules(work)


def _bindings(work: Work) -> Iterator[None]:
    """Whoever is bound to one more creator watches that one's lines too."""
    with work.reading() as connection:
        rows = new_bindings(connection, AT_ONCE)
    for binding, user in rows:
        find = partial(lines_of_binding, binding=binding)
        yield from _go_through(work, f"binding/{binding}", find, partial(_write_for, work, user))
    look_again_for(work, [user for _, user in rows])
    ids = [binding for binding, _ in rows]
    work.carry_out(partial(bindings_taken_up, ids=ids, now=work.now))
    yield


def _go_through(
    work: Work,
    name: str,
    find: Callable[..., list[int]],
    write: Callable[[Sequence[int]], object],
) -> Iterator[None]:
    """Go through lines a part at a time, as far as one turn comes."""
    while True:
        with work.reading() as connection:
            rows = find(connection, after=work.progress.reached.get(name, 0), count=AT_ONCE)
        if rows:
            write(rows)
            work.progress.reached[name] = rows[-1]
            yield
        if len(rows) < AT_ONCE:
            work.progress.reached.pop(name, None)
            return


def _write_for(work: Work, user: int, rows: Sequence[int]) -> None:
    with work.reading() as connection:
        lines = lines_judged_before(connection, rows)
    work.run(partial(write_lines, work, lines, user=user))


def _subscriptions(work: Work) -> Iterator[None]:
    while waiting := _waiting_subscriptions(work):
        named = [each for each in waiting if each.line is not None]
        if named:
            _take_up_named(work, named)
            yield
        for each in waiting:
            if each.line is None:
                yield from _take_up_wide(work, each)


def _waiting_subscriptions(work: Work) -> list[NewSubscription]:
    with work.reading() as connection:
        return new_subscriptions(connection, AT_ONCE)


def _take_up_named(work: Work, waiting: Sequence[NewSubscription]) -> None:
    """Note what each person saw of the line, and plan what is due for it."""
    ids = [each.id for each in waiting]
    wished = [each.id for each in waiting if each.scope is Scope.ORDER]
    rows = {each.line for each in waiting if each.scope is Scope.ORDER and each.line}
    with work.reading() as connection:
        lines = lines_judged_before(connection, rows) if rows else []
        seen = lines_of_subscriptions(connection, wished) if wished else []
    told = {(user, line): known_at(work, line, facts, at) for user, line, facts, at in seen}

    def write(connection: Connection) -> int:
        planned = write_lines(work, lines, connection, told=told)
        subscriptions_taken_up(connection, ids, work.now)
        return planned

    work.run(write)


def _take_up_wide(work: Work, waiting: NewSubscription) -> Iterator[None]:
    """Go through all of a person's lines, a part at a time."""
    find = partial(lines_of_person, user=waiting.user)
    name = f"subscription/{waiting.id}"
    yield from _go_through(work, name, find, partial(_write_seen, work, waiting))
    work.run(partial(_end_wide, work, waiting))
    yield


def _write_seen(work: Work, waiting: NewSubscription, rows: Sequence[int]) -> None:
    """Judge lines for somebody, and note what they saw of those that have changed since."""
    told = {}
    with work.reading() as connection:
        lines = lines_judged_before(connection, rows)
        if waiting.scope in _HEARING_CHANGES:
            seen = facts_before(connection, rows, waiting.seen_batch)
            told = {
                (waiting.user, line): known_at(work, line, facts, waiting.created_at)
                for line, facts in seen.items()
            }
    work.run(partial(write_lines, work, lines, user=waiting.user, seen=told))


def _end_wide(work: Work, waiting: NewSubscription, connection: Connection) -> int:
    summed_up = waiting.scope is Scope.DIGEST
    clock = clock_of(connection, waiting.user) if summed_up else None
    planned = plan_digest_of(work, connection, clock, waiting.user) if clock else 0
    subscriptions_taken_up(connection, [waiting.id], work.now)
    return planned


def _batches(work: Work) -> Iterator[None]:
    with work.reading() as connection:
        waiting = new_batches(connection)
    for batch in waiting:
        name = f"batch/{batch}"
        while (part := _next_of_batch(work, batch, work.progress.reached.get(name, 0))).reached:
            if part.lines:
                work.run(partial(write_lines, work, part.lines))
            work.progress.reached[name] = part.reached
            yield
        work.progress.reached.pop(name, None)
        yield from _forget_gone(work, batch)
        look_again_after_batch(work, batch)
        work.carry_out(partial(batches_taken_up, ids=[batch], now=work.now))
        yield


def _forget_gone(work: Work, batch: int) -> Iterator[None]:
    """Lines that came with an import and went with it are no longer judged."""
    while True:
        with work.reading() as connection:
            rows = lines_gone(connection, batch, AT_ONCE)
        if not rows:
            return
        work.carry_out(partial(forget_judgements, lines=rows))
        yield


def _next_of_batch(work: Work, batch: int, after: int) -> _Part:
    with work.reading() as connection:
        upto = range_of_batch(connection, batch, after, LOOKED_THROUGH)
        if upto is None:
            return _Part([], 0)
        lines = lines_of_batch(connection, batch, after, upto, AT_ONCE)
    return _Part(lines, lines[-1].line if len(lines) == AT_ONCE else upto)


def _time_and_rules(work: Work) -> Iterator[None]:
    while True:
        with work.reading() as connection:
            rows = lines_to_look_at(connection, work.rulebook.revision, work.now, AT_ONCE)
            lines = lines_judged_before(connection, rows) if rows else []
        if lines:
            work.run(partial(write_lines, work, lines))
            yield
        if len(lines) < AT_ONCE:
            return
