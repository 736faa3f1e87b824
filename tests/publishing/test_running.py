import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from bot.publishing.candidate import Folders
from bot.publishing.current import Current, RevisionUnusableError
from bot.publishing.publisher import By, publish_again, publish_folders
from bot.publishing.watching import published_at_start, watch
from bot.store.revisions import keep_revision, publish_revision

BY = By("小编")
Write = Callable[..., None]


def said(current: Current) -> str:
    return current().knowledge["jd.payout.day"].answer


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 (the thread that swaps tells nobody)
            await asyncio.sleep(0.02)


@asynccontextmanager
async def running(*working: Awaitable[None]) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(each) for each in working]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_published_edit_is_swapped_in_and_back(
    engine: Engine, folders: Folders, write: Write, now: datetime
) -> None:
    write("每月 20 日。")
    current = published_at_start(engine, folders, now)
    before = current()
    async with running(current.follow()):
        write("每月 21 日。")
        publish_folders(engine, folders, BY, now)
        await until(lambda: said(current) == "每月 21 日。")
        publish_again(engine, 1, BY, now)
        await until(lambda: said(current) == "每月 20 日。")
    assert before.knowledge["jd.payout.day"].answer == "每月 20 日。"


async def test_what_this_program_cannot_use_is_not_swapped_in(
    engine: Engine,
    folders: Folders,
    write: Write,
    now: datetime,
    caplog: pytest.LogCaptureFixture,
) -> None:
    write("每月 20 日。")
    current = published_at_start(engine, folders, now)
    async with running(current.follow()):
        with engine.begin() as connection:
            of_the_future = keep_revision(connection, {"knowledge/jd.yaml": "- {id: jd.a.b}"})
            publish_revision(connection, of_the_future, "小编", "", now)
        await until(lambda: "第 2 版不能用" in caplog.text)
        assert said(current) == "每月 20 日。"
        write("每月 22 日。")
        publish_folders(engine, Folders(knowledge=folders.knowledge), BY, now)
        await until(lambda: said(current) == "每月 22 日。")
    assert caplog.text.count("不能用") == 1
    for word in ("jd.yaml", "jd.a.b", "没有写", "请加一行", "继续使用第 1 版"):
        assert word in caplog.text
    with engine.begin() as connection:
        publish_revision(connection, of_the_future, "小编", "", now)
    with pytest.raises(RevisionUnusableError, match="--revision"):
        Current(engine)


async def test_a_database_that_is_away_is_said_once_and_the_answers_stay(
    engine: Engine, folders: Folders, write: Write, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    write("每月 20 日。")
    current = published_at_start(engine, folders, now)

    def fail(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        raise OperationalError(statement, None, Exception("gone"))

    for outage in (1, 2):
        event.listen(engine, "before_cursor_execute", fail)
        for _ in range(3):
            await current.look()
        event.remove(engine, "before_cursor_execute", fail)
        await current.look()
        assert caplog.text.count("现行版本查不到：OperationalError") == outage
    assert said(current) == "每月 20 日。"


async def test_a_watched_folder_publishes_what_is_valid_and_explains_what_is_not(
    engine: Engine,
    folders: Folders,
    write: Write,
    now: datetime,
    caplog: pytest.LogCaptureFixture,
) -> None:
    write("每月 20 日。")
    current = published_at_start(engine, folders, now)
    async with running(current.follow(), watch(engine, folders, lambda: now, current)):
        await asyncio.sleep(0.3)  # until the kernel watches
        write("<b>每月 21 日。")
        await until(lambda: "<b> 没有收尾" in caplog.text)
        assert said(current) == "每月 20 日。"
        assert "原来的版本继续有效" in caplog.text
        write("<b>每月 21 日。</b>")
        await until(lambda: said(current) == "<b>每月 21 日。</b>")


def test_a_broken_folder_is_no_reason_to_stop_what_was_published(
    engine: Engine, folders: Folders, write: Write, now: datetime
) -> None:
    write("<b>每月 20 日。")
    with pytest.raises(RevisionUnusableError, match="<b> 没有收尾"):
        published_at_start(engine, folders, now)
    write("每月 20 日。")
    published_at_start(engine, folders, now)
    write("<b>每月 20 日。")
    assert said(published_at_start(engine, folders, now)) == "每月 20 日。"


def test_a_restart_keeps_what_somebody_went_back_to(
    engine: Engine,
    folders: Folders,
    write: Write,
    now: datetime,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for day in (20, 21):
        write(f"每月 {day} 日。")
        published_at_start(engine, folders, now)
    publish_again(engine, 1, BY, now)
    with caplog.at_level(logging.WARNING):
        assert said(published_at_start(engine, folders, now)) == "每月 20 日。"
    assert "knowledge publish --revision 2" in caplog.text


async def test_nothing_to_watch(engine: Engine, now: datetime) -> None:
    await watch(engine, Folders(), lambda: now, Current(engine))
