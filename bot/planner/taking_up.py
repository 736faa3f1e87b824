"""Taking up what is new (接手): subscriptions, bindings, imports, time, and other rules.

Each waits as a row that says so, and stops waiting in the transaction that did what follows: so
nothing is overlooked, whichever process wrote it, and in whatever order.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection, Table, select

from bot.desk.facts import Scope
from bot.planner.judging import known_at, write_lines
from bot.planner.planning import plan_digest_of
from bot.planner.work import Work
from bot.store.outlooks import (
    LineToJudge,
    lines_judged_before,
    lines_of_batch,
    lines_of_person,
    lines_of_subscriptions,
    lines_to_look_at,
)
from bot.store.pushes import Clock
from bot.store.tables import bindings, import_batches, people, subscriptions

__all__ = ["take_up"]

AT_ONCE = 200
"""Lines judged and written in one transaction."""
STEPS = 20
"""Transactions of one turn, so that what is due goes out between them."""


class _Waiting(NamedTuple):
    """A subscription nobody has looked at yet."""

    id: int
    user: int
    scope: Scope
    line: int | None


def take_up(work: Work) -> bool:
    """Take up what waits, for a while; whether more of it is left."""
    steps = _steps(work)
    return sum(1 for _, _ in zip(range(STEPS), steps, strict=False)) == STEPS


def _steps(work: Work) -> Iterator[None]:
    """Everything that waits, a transaction a step."""
    yield from _bindings(work)
    yield from _subscriptions(work)
    yield from _batches(work)
    yield from _time_and_rules(work)


def _bindings(work: Work) -> Iterator[None]:
    """Whoever is bound to one more creator watches more lines."""
    while rows := _waiting_bindings(work):
        users = {user for _, user in rows}

        def begin_again(connection: Connection, users: set[int] = users) -> int:
            widely = subscriptions.c.user.in_(users) & subscriptions.c.line.is_(None)
            connection.execute(subscriptions.update().where(widely).values(taken_up_at=None))
            return 0

        work.run(begin_again)
        work.run(partial(_mark, work, bindings, [id_ for id_, _ in rows]))
        yield


def _waiting_bindings(work: Work) -> Sequence[tuple[int, int]]:
    waiting = bindings.c.taken_up_at.is_(None)
    statement = select(bindings.c.id, bindings.c.user).where(waiting).limit(AT_ONCE)
    with work.reading() as connection:
        return [(id_, user) for id_, user in connection.execute(statement)]


def _subscriptions(work: Work) -> Iterator[None]:
    while waiting := _waiting_subscriptions(work):
        named = [each for each in waiting if each.line is not None]
        if named:
            _take_up_named(work, named)
            yield
        for each in waiting:
            if each.line is None:
                yield from _take_up_wide(work, each)


def _waiting_subscriptions(work: Work) -> list[_Waiting]:
    statement = (
        select(
            subscriptions.c.id,
            subscriptions.c.user,
            subscriptions.c.scope,
            subscriptions.c.line,
        )
        .where(subscriptions.c.taken_up_at.is_(None))
        .order_by(subscriptions.c.id)
        .limit(AT_ONCE)
    )
    with work.reading() as connection:
        return [
            _Waiting(id_, user, Scope(scope), line)
            for id_, user, scope, line in connection.execute(statement)
        ]


def _take_up_named(work: Work, waiting: Sequence[_Waiting]) -> None:
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
        _mark(work, subscriptions, ids, connection)
        return planned

    work.run(write)


def _take_up_wide(work: Work, waiting: _Waiting) -> Iterator[None]:
    """Go through all of a person's lines, a part at a time."""
    name = f"subscription/{waiting.id}"
    while True:
        after = work.progress.reached.get(name, 0)
        with work.reading() as connection:
            rows = lines_of_person(connection, waiting.user, after, AT_ONCE)
            lines = lines_judged_before(connection, rows) if rows else []
        if not rows:
            break
        work.run(partial(write_lines, work, lines, user=waiting.user))
        work.progress.reached[name] = rows[-1]
        yield
    work.progress.reached.pop(name, None)
    work.run(partial(_end_wide, work, waiting))
    yield


def _end_wide(work: Work, waiting: _Waiting, connection: Connection) -> int:
    planned = 0
    if waiting.scope is Scope.DIGEST:
        found = connection.execute(
            select(people.c.zone, people.c.sending_from, people.c.sending_until).where(
                people.c.user == waiting.user
            )
        )
        planned = sum(plan_digest_of(work, connection, Clock(*row), waiting.user) for row in found)
    _mark(work, subscriptions, [waiting.id], connection)
    return planned


def _batches(work: Work) -> Iterator[None]:
    for batch in _waiting_batches(work):
        name = f"batch/{batch}"
        while lines := _next_of_batch(work, batch, work.progress.reached.get(name, 0)):
            work.run(partial(write_lines, work, lines))
            work.progress.reached[name] = lines[-1].line
            yield
        work.progress.reached.pop(name, None)
        work.run(partial(_mark, work, import_batches, [batch]))
        yield


def _waiting_batches(work: Work) -> list[int]:
    statement = (
        select(import_batches.c.id)
        .where(import_batches.c.taken_up_at.is_(None), import_batches.c.published_at.is_not(None))
        .order_by(import_batches.c.id)
    )
    with work.reading() as connection:
        return list(connection.execute(statement).scalars())


def _next_of_batch(work: Work, batch: int, after: int) -> list[LineToJudge]:
    with work.reading() as connection:
        return lines_of_batch(connection, batch, after, AT_ONCE)


def _time_and_rules(work: Work) -> Iterator[None]:
    while True:
        with work.reading() as connection:
            rows = lines_to_look_at(connection, work.rulebook.revision, work.now, AT_ONCE)
            lines = lines_judged_before(connection, rows) if rows else []
        if not lines:
            return
        work.run(partial(write_lines, work, lines))
        yield


def _mark(work: Work, table: Table, ids: Sequence[int], connection: Connection) -> int:
    taken_up: dict[str, datetime] = {"taken_up_at": work.now}
    connection.execute(table.update().where(table.c.id.in_(ids)).values(taken_up))
    return 0
