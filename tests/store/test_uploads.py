"""Files that come in by the console: kept in pieces, read back whole, forgotten in the end."""

import io
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, Table, func, select

from bot.desk.imports import DocumentState, ImportForGood, RefusedRows
from bot.desk.replies import Document, Say
from bot.store.document_jobs import settle_job, take_job, tell_of_job
from bot.store.documents import change_document, find_document, forget_documents
from bot.store.tables import document_imports, outbox, refused_tables, uploaded_parts
from bot.store.uploads import (
    PIECE,
    TRIED_KEPT,
    Uploaded,
    ask_for_import,
    forget_uploads,
    keep_refused,
    keep_upload,
    refused_rows_of,
    write_upload,
)

BOT, STAFF = 42, 501
CONTENT = bytes(range(256)) * (PIECE // 256) + b"the rest"


def uploaded(engine: Engine, now: datetime, *, dry_run: bool = False) -> int:
    size = keep_upload(engine, "one", io.BytesIO(CONTENT), now)
    wish = Uploaded("one", "订单.csv", size, STAFF, "en", "jd", "小红", dry_run)
    with engine.begin() as connection:
        return ask_for_import(connection, BOT, wish, now)


def count(engine: Engine, table: Table = uploaded_parts) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def forget(engine: Engine, now: datetime) -> int:
    with engine.begin() as connection:
        return forget_uploads(connection, now)


def settle(engine: Engine, now: datetime, *, dry_run: bool = False) -> None:
    with engine.begin() as connection:
        job = take_job(connection, BOT, "one", 60)
        assert job is not None
        ended = replace(job.document, state=DocumentState.DONE, dry_run=dry_run)
        settle_job(connection, job, ended, Say("好了"), [Document("a.csv", "1")], now)


def test_a_file_comes_back_as_it_was(engine: Engine, now: datetime, tmp_path: Path) -> None:
    uploaded(engine, now)
    assert count(engine) == 2
    assert write_upload(engine, "one", tmp_path / "a", len(CONTENT))
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_a_file_that_is_not_whole_any_more_is_none(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    uploaded(engine, now)
    with engine.begin() as connection:
        connection.execute(uploaded_parts.delete().where(uploaded_parts.c.place == 1))
    assert not write_upload(engine, "one", tmp_path / "a", len(CONTENT))
    assert not write_upload(engine, "other", tmp_path / "b", 5)


def test_the_worker_gets_what_was_chosen_and_nobody_is_written_to(
    engine: Engine, now: datetime
) -> None:
    number = uploaded(engine, now)
    with engine.begin() as connection:
        job = take_job(connection, BOT, "one", 60)
        assert job is not None
        told = (job.upload, job.platform, job.document.creator, job.size, job.user)
        assert told == ("one", "jd", "小红", len(CONTENT), STAFF)
        tell_of_job(connection, job, Say("已读"), 300, now)
    with engine.connect() as connection:
        rows = select(document_imports.c.rows).where(document_imports.c.id == number)
        assert connection.execute(rows).scalar_one() == 300
    assert count(engine, outbox) == 0


def test_pieces_stay_as_long_as_they_may_be_needed(engine: Engine, now: datetime) -> None:
    uploaded(engine, now)
    day = timedelta(days=1)
    assert forget(engine, now + 9 * day) == 0, "it waits to be imported"
    settle(engine, now + 9 * day)
    assert forget(engine, now + 9 * day) == 2
    assert count(engine) == 0


def test_a_file_that_was_tried_can_be_imported_for_good_for_a_day(
    engine: Engine, now: datetime
) -> None:
    number = uploaded(engine, now, dry_run=True)
    settle(engine, now, dry_run=True)
    assert forget(engine, now + TRIED_KEPT - timedelta(minutes=1)) == 0
    with engine.begin() as connection:
        change_document(connection, ImportForGood(number))
    assert forget(engine, now + 2 * TRIED_KEPT) == 0, "it is to be imported now"
    settle(engine, now, dry_run=False)
    assert forget(engine, now + TRIED_KEPT) == 2
    with engine.connect() as connection:
        document = find_document(connection, number)
    assert document is not None
    assert document.state is DocumentState.DONE


def test_an_upload_that_broke_off_is_forgotten(engine: Engine, now: datetime) -> None:
    keep_upload(engine, "broken off", io.BytesIO(CONTENT), now)
    assert forget(engine, now + timedelta(minutes=59)) == 0
    assert forget(engine, now + timedelta(minutes=61)) == 2


def test_refused_rows_are_replaced_by_those_of_a_later_attempt(
    engine: Engine, now: datetime
) -> None:
    number = uploaded(engine, now)
    keep_refused(engine, number, [RefusedRows("a.未导入.csv", "1", 1, 1)])
    later = [RefusedRows("a.未导入.csv", "2", 7000, 5000), RefusedRows("b.未导入.csv", "3", 1, 1)]
    keep_refused(engine, number, later)
    with engine.connect() as connection:
        assert refused_rows_of(connection, number) == later


def test_refused_rows_go_with_their_import(engine: Engine, now: datetime) -> None:
    number = uploaded(engine, now)
    keep_refused(engine, number, [RefusedRows("a.未导入.csv", "1", 1, 1)])
    settle(engine, now)
    forget(engine, now)
    assert count(engine, refused_tables) == 1
    with engine.begin() as connection:
        forget_documents(connection, now + timedelta(days=1), 10)
    forget(engine, now)
    assert count(engine, refused_tables) == 0
