from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Engine, select

from bot.desk.imports import (
    DocumentImport,
    DocumentState,
    FileImported,
    ImportDocument,
    ImportForGood,
    UndoDocument,
)
from bot.desk.incoming import Incoming
from bot.desk.replies import Document, Say
from bot.store.document_jobs import (
    Job,
    JobLostError,
    anything_to_do,
    free_jobs,
    hold_job,
    let_go,
    settle_job,
    take_job,
    tell_of_job,
)
from bot.store.documents import (
    change_document,
    find_document,
    forget_documents,
    request_import,
)
from bot.store.outbox import enqueue
from bot.store.tables import document_imports, outbox

BOT, STAFF, CHAT = 42, 501, -100900


def ask(engine: Engine, now: datetime, name: str = "订单.csv", *, dry_run: bool = False) -> int:
    incoming = Incoming(1, STAFF, CHAT, private=False, message=7, kind="document")
    wish = ImportDocument("AgAD", name, 12, "小红", dry_run, "zh", Say("收到"))
    with engine.begin() as connection:
        enqueue(connection, [request_import(connection, BOT, incoming, wish, now)], now)
        newest = select(document_imports.c.id).order_by(document_imports.c.id.desc()).limit(1)
        return int(connection.execute(newest).scalar_one())


def take(engine: Engine, owner: str = "one", seconds: float = 60) -> Job | None:
    with engine.begin() as connection:
        return take_job(connection, BOT, owner, seconds)


def taken(engine: Engine, owner: str = "one", seconds: float = 60) -> Job:
    job = take(engine, owner, seconds)
    assert job is not None
    return job


def found(engine: Engine, number: int) -> DocumentImport | None:
    with engine.begin() as connection:
        return find_document(connection, number)


def done(job: Job, *, dry_run: bool = False) -> DocumentImport:
    before = datetime(2026, 8, 1, 2, 30, tzinfo=UTC)
    file = FileImported(
        "订单.csv", 3, 2, 1, 1, batch=9, examples=("第 2 行：坏",), imported_before=before
    )
    files = (file,)
    return replace(job.document, state=DocumentState.DONE, files=files, seconds=4, dry_run=dry_run)


def settle(engine: Engine, job: Job, ended: DocumentImport, now: datetime) -> None:
    with engine.begin() as connection:
        settle_job(connection, job, ended, Say("好了"), [Document("a.csv", "1")], now)


def test_what_is_asked_for_is_taken_once_and_the_oldest_first(
    engine: Engine, now: datetime
) -> None:
    first, second = ask(engine, now, "一.csv"), ask(engine, now, "二.csv")
    with engine.begin() as connection:
        assert anything_to_do(connection, BOT)
        assert not anything_to_do(connection, BOT + 1), "a file is the bot's it was sent to"
    one, two = taken(engine, "one"), taken(engine, "two")
    assert [one.document.id, two.document.id] == [first, second]
    assert (one.file, one.user, one.message, one.attempts) == ("AgAD", STAFF, 7, 1)
    assert one.document.creator == "小红"
    assert take(engine, "three") is None
    with engine.begin() as connection:
        assert not anything_to_do(connection, BOT)


def test_a_lease_that_has_run_out_is_another_processes(engine: Engine, now: datetime) -> None:
    ask(engine, now)
    dead = taken(engine, "dead", seconds=-1)
    alive = taken(engine, "alive")
    assert alive.attempts == 2
    with engine.begin() as connection:
        hold_job(connection, alive, 60)
    too_late: tuple[Callable[[Connection], None], ...] = (
        lambda connection: hold_job(connection, dead, 60),
        lambda connection: tell_of_job(connection, dead, Say("…"), 3, now),
        lambda connection: let_go(connection, dead),
    )
    for act in too_late:
        with engine.begin() as connection, pytest.raises(JobLostError):
            act(connection)
    with pytest.raises(JobLostError):
        settle(engine, dead, done(dead), now)
    settle(engine, alive, done(alive), now)
    assert take(engine) is None


def test_what_is_let_go_waits_a_while_and_a_stop_is_no_attempt(
    engine: Engine, now: datetime
) -> None:
    ask(engine, now)
    job = taken(engine)
    with engine.begin() as connection:
        let_go(connection, job, counted=False)
    job = taken(engine)
    assert job.attempts == 1
    with engine.begin() as connection:
        let_go(connection, job, seconds=60)
    assert take(engine) is None


def test_a_process_that_is_alone_need_not_wait_for_the_dead(engine: Engine, now: datetime) -> None:
    ask(engine, now)
    taken(engine, "dead")
    with engine.begin() as connection:
        free_jobs(connection, BOT)
    assert taken(engine, "alive").attempts == 2


def test_progress_and_the_end_change_one_message_with_the_files_below(
    engine: Engine, now: datetime
) -> None:
    number = ask(engine, now)
    job = taken(engine)
    for rows in (1000, 2000):
        with engine.begin() as connection:
            tell_of_job(connection, job, Say(f"{rows}"), rows, now)
    settle(engine, job, done(job), now)
    with engine.begin() as connection:
        letters = connection.execute(select(outbox).order_by(outbox.c.id)).all()
    card = letters[0].id
    kinds = [(row.kind, row.edits, row.state) for row in letters]
    assert kinds == [
        ("answer", None, "pending"),
        ("edit", card, "dropped"),
        ("edit", card, "dropped"),
        ("edit", card, "pending"),
        ("answer", None, "pending"),
    ]
    assert {row.user for row in letters} == {STAFF}
    assert found(engine, number) == done(job)


def test_what_is_done_is_undone_once_and_what_was_tried_is_done_once(
    engine: Engine, now: datetime
) -> None:
    number = ask(engine, now)
    job = taken(engine)
    for wish in (UndoDocument(number), ImportForGood(number)):
        with engine.begin() as connection:
            change_document(connection, wish)
    assert found(engine, number) == job.document, "not before it is done"
    settle(engine, job, done(job), now)
    for _ in range(2):
        with engine.begin() as connection:
            change_document(connection, ImportForGood(number))
            change_document(connection, UndoDocument(number))
    undoing = taken(engine)
    assert undoing.document.state is DocumentState.UNDOING
    assert (undoing.attempts, undoing.document.files) == (1, done(job).files)

    tried = ask(engine, now, dry_run=True)
    job = taken(engine)
    settle(engine, job, done(job, dry_run=True), now)
    with engine.begin() as connection:
        change_document(connection, UndoDocument(tried))
        change_document(connection, ImportForGood(tried))
    again = taken(engine)
    assert (again.document.dry_run, again.document.state) == (False, DocumentState.WAITING)


def test_old_imports_are_forgotten_but_no_open_one(engine: Engine, now: datetime) -> None:
    old, waiting = ask(engine, now), ask(engine, now)
    job = taken(engine)
    settle(engine, job, done(job), now)
    with engine.begin() as connection:
        assert forget_documents(connection, now, 10) == 0
        assert forget_documents(connection, now.replace(year=now.year + 1), 10) == 1
    assert found(engine, old) is None
    assert found(engine, waiting) is not None
