import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, event, func, select
from sqlalchemy.exc import OperationalError

from bot.handed_in import MOST_OF_ONE
from bot.intake import Intake, Received
from bot.store.creators import add_creator, make_binding_code
from bot.store.tables import (
    bindings,
    outbox,
    people,
    processed_updates,
    quarantine,
    unanswered_questions,
)
from bot.writer import Writer, WriterStoppedError

WAIT = 20
Said = Callable[..., Received]


def count(engine: Engine, table: Table) -> int:
    with engine.begin() as connection:
        number: int = connection.execute(select(func.count()).select_from(table)).scalar_one()
        return number


def answers(engine: Engine) -> list[tuple[int, str]]:
    """What the desk answered; the apology for what it could not is told elsewhere."""
    desks = outbox.c.key.not_like("%:trouble")
    with engine.begin() as connection:
        rows = connection.execute(
            select(outbox.c.chat, outbox.c.payload).where(desks).order_by(outbox.c.id)
        )
        return [(chat, payload["html"]) for chat, payload in rows]


@contextmanager
def failing(engine: Engine, at: int) -> Iterator[list[str]]:
    """Let the statement number `at` from now on fail once, as a full disk does."""
    seen: list[str] = []

    def note(connection: Connection, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        seen.append(statement)
        if len(seen) == at:
            raise OperationalError(statement, None, Exception("database or disk is full"))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_each_message_sees_what_the_one_before_left(
    engine: Engine, writer: Writer, said: Said
) -> None:
    updates = [said(number, user, str(number)) for number, user in enumerate([7, 8, 7, 7, 8], 1)]
    writer.submit(updates).result(WAIT)
    mine = [html for chat, html in answers(engine) if chat == 7]
    yours = [html for chat, html in answers(engine) if chat == 8]
    assert mine == ["0: 1", "1: 3", "2: 4"]
    assert yours == ["0: 2", "1: 5"]


def test_waiting_updates_share_a_transaction(engine: Engine, writer: Writer, said: Said) -> None:
    commits: list[Connection] = []
    event.listen(engine, "commit", commits.append)
    writer.submit([said(number, user=number) for number in range(1, 51)]).result(WAIT)
    assert len(commits) == 1
    assert count(engine, outbox) == 50


def test_a_few_messages_of_one_person_share_a_transaction(
    engine: Engine, writer: Writer, desk: Any, said: Said
) -> None:
    """A flood costs a commit for some messages, and others wait no longer than for those."""
    commits: list[Connection] = []
    event.listen(engine, "commit", commits.append)
    flood = [said(number, 7, str(number)) for number in range(1, 41)]
    writer.submit([*flood, said(41, 8, "x")]).result(WAIT)
    assert len(commits) == 40 // MOST_OF_ONE
    answered = answers(engine)
    assert [html for chat, html in answered if chat == 7] == [
        f"{before}: {before + 1}" for before in range(40)
    ]
    assert (8, "0: x") in answered[: MOST_OF_ONE + 1]


def test_an_update_takes_effect_once(engine: Engine, writer: Writer, said: Said) -> None:
    for _ in range(3):
        writer.submit([said(1, 7, "a"), said(2, 7, "b"), said(1, 7, "a")]).result(WAIT)
    assert answers(engine) == [(7, "0: a"), (7, "1: b")]
    assert count(engine, processed_updates) == 2


def test_a_late_update_with_a_small_number_is_not_lost(
    engine: Engine, writer: Writer, said: Said
) -> None:
    for number in (30, 10, 20):
        writer.submit([said(number, user=number)]).result(WAIT)
    assert count(engine, outbox) == 3


def test_a_poison_update_costs_only_itself(
    engine: Engine, writer: Writer, desk: Any, said: Said
) -> None:
    desk.poison.add("boom")
    updates = [said(1, 7, "a"), said(2, 8, "boom"), said(3, 9, "c"), said(4, 8, "d")]
    writer.submit(updates).result(WAIT)
    assert sorted(answers(engine)) == [(7, "0: a"), (8, "0: d"), (9, "0: c")]
    with engine.begin() as connection:
        aside = connection.execute(select(quarantine)).one()
    assert (aside.update, aside.problem) == (2, "ZeroDivisionError: boom")
    assert json.loads(aside.body) == {"update_id": 2, "message": {"text": "boom"}}
    writer.submit(updates).result(WAIT)
    assert count(engine, quarantine) == 1


@pytest.mark.parametrize("text", ["unreadable by the desk", "cannot be stored"])
def test_whatever_cannot_be_handled_is_set_aside(
    text: str, engine: Engine, writer: Writer, said: Said
) -> None:
    writer.submit([said(1, 7, text), said(2, 7, "b")]).result(WAIT)
    assert answers(engine) == [(7, "0: b")]
    assert count(engine, quarantine) == 1


def test_an_unreadable_update_is_set_aside(engine: Engine, writer: Writer, said: Said) -> None:
    body = {"update_id": 5, "message": {"text": "\ud800\x00"}}
    writer.submit([Received(5, body, problem="text"), said(6, 7, "b")]).result(WAIT)
    assert answers(engine) == [(7, "0: b")]
    with engine.begin() as connection:
        aside = connection.execute(select(quarantine)).one()
    assert json.loads(aside.body) == body


def batch_of_people(said: Said, first: int) -> list[Received]:
    """Three messages of two people, all of them numbered from `first`."""
    texts = [(1, "a"), (2, "b"), (1, "c")]
    return [said(first + n, first + user, text) for n, (user, text) in enumerate(texts)]


def test_a_database_error_at_any_statement_loses_nothing(
    engine: Engine, writer: Writer, said: Said
) -> None:
    with failing(engine, at=-1) as seen:
        writer.submit(batch_of_people(said, 1)).result(WAIT)
    assert len(seen) > 8
    for at in range(1, len(seen) + 1):
        updates = batch_of_people(said, 1000 * at)
        with failing(engine, at) as tried, suppress(OperationalError):
            writer.submit(updates).result(WAIT)
        assert len(tried) >= at
        writer.submit(updates).result(WAIT)
        after = [html for chat, html in answers(engine) if chat // 1000 == at]
        assert sorted(after) == ["0: a", "0: b", "1: c"]
    assert count(engine, quarantine) == 0


def test_a_database_that_keeps_failing_reaches_the_gateway(
    engine: Engine, writer: Writer, said: Said
) -> None:
    def refuse(*_: Any) -> None:
        raise OperationalError("INSERT", None, Exception("database is locked"))

    event.listen(engine, "before_cursor_execute", refuse)
    waiting = [writer.submit([said(n, 7, str(n)), said(10 + n, 8, str(n))]) for n in (1, 2)]
    for future in waiting:
        with pytest.raises(OperationalError, match="locked"):
            future.result(WAIT)
    event.remove(engine, "before_cursor_execute", refuse)
    assert answers(engine) == []
    writer.submit([said(1, 7, "1")]).result(WAIT)
    assert answers(engine) == [(7, "0: 1")]


def test_of_two_who_redeem_one_code_the_second_is_told(
    engine: Engine, writer: Writer, said: Said, now: datetime
) -> None:
    with engine.begin() as connection:
        code = make_binding_code(connection, add_creator(connection, "小林", now), now)
    updates = [said(1, 7, f"bind {code}"), said(2, 8, f"bind {code}"), said(3, 9, "c")]
    writer.submit(updates).result(WAIT)
    assert sorted(answers(engine)) == [(7, "bound"), (8, "used"), (9, "0: c")]
    assert count(engine, bindings) == 1


def test_a_code_spent_by_another_process_meanwhile_is_answered_again(
    engine: Engine, writer: Writer, said: Said, now: datetime
) -> None:
    with engine.begin() as connection:
        code = make_binding_code(connection, add_creator(connection, "小林", now), now)
    raced: list[str] = []

    def spend(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        # what another process would do between our reading and our writing
        if statement.startswith("UPDATE binding_codes") and not raced:
            raced.append(statement)
            connection.exec_driver_sql("UPDATE binding_codes SET used_at = created_at")

    event.listen(engine, "before_cursor_execute", spend)
    writer.submit([said(1, 7, f"bind {code}")]).result(WAIT)
    event.remove(engine, "before_cursor_execute", spend)
    assert raced
    # The first try was rolled back with all it did, the race included.
    assert answers(engine) == [(7, "bound")]
    assert count(engine, bindings) == 1


def test_groups_leave_no_trace_in_a_private_dialogue(
    engine: Engine, writer: Writer, said: Said
) -> None:
    writer.submit([said(1, 7, "a")]).result(WAIT)
    in_group = said(2, 7, "b")
    assert in_group.incoming is not None
    group = replace(in_group, incoming=replace(in_group.incoming, chat=-5, private=False))
    writer.submit([group]).result(WAIT)
    with engine.begin() as connection:
        person = connection.execute(select(people)).one()
    assert (person.chat, person.dialogue["topic"]) == (7, "1")


def test_jobs_run_between_batches(engine: Engine, writer: Writer, desk: Any, said: Said) -> None:
    desk.held = Event()
    first = writer.submit([said(1, 7, "a")])
    job = writer.run(lambda connection: len(connection.execute(select(outbox)).all()))
    second = writer.submit([said(2, 7, "b")])
    desk.held.set()
    first.result(WAIT)
    second.result(WAIT)
    assert job.result(WAIT) in (0, 1)


def test_a_failing_job_fails_alone(engine: Engine, writer: Writer, said: Said) -> None:
    def job(connection: Connection) -> None:
        connection.execute(quarantine.delete())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        writer.run(job).result(WAIT)
    writer.submit([said(1, 7, "a")]).result(WAIT)
    assert count(engine, unanswered_questions) == 1


def test_a_stopped_writer_takes_nothing(engine: Engine, desk: Any, said: Said) -> None:
    writer = Writer(engine, Intake(desk, 4, lambda: pytest.fail("not reached")))
    writer.start()
    writer.stop()
    with pytest.raises(WriterStoppedError):
        writer.submit([said(1, 7)])


def test_stopping_finishes_what_was_handed_in(
    engine: Engine, desk: Any, said: Said, now: datetime
) -> None:
    writer = Writer(engine, Intake(desk, 4, lambda: now))
    submitted = [writer.submit([said(n, 7, str(n))]) for n in range(1, 6)]
    writer.start()
    writer.stop()
    assert all(each.done() for each in submitted)
    assert len(answers(engine)) == 5
