"""An import that is cut short in any way is done again, and told of once."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Column, func, select

from bot.simulator.faults import Fault
from bot.simulator.refusal import Refusal
from bot.store.tables import document_imports, import_batches, order_lines, outbox
from bot.store.transactions import reads
from bot.sync.telling import Telling
from tests.conversations.staging import TOKEN
from tests.conversations.world import SECRET
from tests.documents.conftest import PATIENCE_SECONDS, Office, new_stage
from tests.documents.reports import CREATOR, report

ROWS, GOOD = 5_000, 4_950
CAPTION = f"达人：{CREATOR}"


def number(office: Office, column: Column[int]) -> int:
    with reads(office.stage.world.engine) as connection:
        largest: int | None = connection.execute(select(func.max(column))).scalar_one()
        return largest or 0


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():  # noqa: ASYNC110 (it is in another process's hands)
            await asyncio.sleep(0.005)


async def test_a_process_killed_in_the_middle_leaves_nothing_and_the_next_one_does_it_all(
    tmp_path: Path,
) -> None:
    stage = new_stage(tmp_path)
    stage.imports = False
    office = Office(stage)
    async with stage.open():
        lines = number(office, order_lines.c.id)
        office.send("订单.csv", report(ROWS), CAPTION)
        await until(lambda: number(office, document_imports.c.id) == 1)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.documents.worker"),
            *(str(stage.world.engine.url), stage.server.url, TOKEN, SECRET.decode()),
        )
        await until(lambda: number(office, document_imports.c.rows) > 0)
        process.kill()
        await process.wait()
        with stage.world.engine.begin() as connection:
            staged = select(func.count()).where(import_batches.c.published_at.is_(None))
            assert connection.execute(staged).scalar_one() == 1
            assert connection.execute(select(document_imports.c.state)).scalar_one() == "waiting"
        await stage.stop()
        stage.imports = True
        await stage.start()
        await stage.quiet()
    card, refused = office.said
    assert "新增  4,950\n变化      0\n未变      0\n拒绝     50" in card.content.text
    assert refused.document is not None
    assert number(office, document_imports.c.attempts) == 2
    assert number(office, order_lines.c.id) >= lines + GOOD


async def test_one_that_is_stopped_goes_on_after_the_start(office: Office) -> None:
    office.send("订单.csv", report(ROWS), CAPTION)
    await until(lambda: number(office, document_imports.c.rows) > 0)
    await office.stage.stop()
    await office.stage.start()
    await office.stage.quiet()
    assert f"新增  {GOOD:,}" in office.said[0].content.text
    assert len(office.said) == 2
    assert number(office, document_imports.c.attempts) == 1, "to stop is no failure"


async def test_one_killed_before_it_could_tell_tells_what_it_did(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        monkeypatch.undo()
        raise OSError("the process ended here")

    monkeypatch.setattr("bot.sync.documents.settle_job", die)
    office.send("订单.csv", report(200), CAPTION)
    await office.stage.quiet()
    assert number(office, document_imports.c.attempts) == 2
    assert "新增  198\n变化    0\n未变    0\n拒绝    2" in office.said[0].content.text
    assert office.stage.find(office.stage.operator_chat, "撤销这次导入").id == office.said[0].id


@pytest.mark.parametrize("failures", [2, 9])
async def test_a_file_that_does_not_come_is_asked_for_again_but_not_for_ever(
    office: Office, failures: int
) -> None:
    def fail(method: str, _: object) -> Fault | None:
        office.calls.append(method)
        down = method == "getfile" and office.calls.count(method) <= failures
        return Fault(refusal=Refusal(502, "Bad Gateway")) if down else None

    office.stage.server.bot_api.faults = fail
    office.send("订单.csv", report(200), CAPTION)
    await office.stage.quiet()
    told = "新增  198" if failures == 2 else "没能从 Telegram 下载下来"
    assert told in office.said[0].content.text
    assert office.calls.count("getfile") == min(failures + 1, 4)


async def test_what_always_fails_is_given_up_and_said(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("小王好物 300000000001")

    monkeypatch.setattr("bot.sync.documents.import_document", fail)
    office.send("订单.csv", report(200), CAPTION)
    await office.stage.quiet()
    assert "试了几次都没有导完" in office.said[0].content.text
    logged = " ".join(record.getMessage() for record in caplog.records)
    assert "ZeroDivisionError" in logged
    assert "300000000001" not in logged


async def test_whoever_has_everything_erased_ends_the_import(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Erasing(Telling):
        def read(self, rows: int, inside: str | None = None) -> None:
            with office.stage.world.engine.begin() as connection:
                connection.execute(document_imports.delete())
            super().read(rows, inside)

    monkeypatch.setattr("bot.sync.documents.Telling", Erasing)
    lines = number(office, order_lines.c.id)
    office.send("订单.csv", report(ROWS), CAPTION)
    await until(
        lambda: number(office, outbox.c.id) > 0 and not number(office, document_imports.c.id)
    )
    await office.stage.quiet()
    await office.stage.stop()
    with office.stage.world.engine.begin() as connection:
        staged = select(func.count()).where(import_batches.c.published_at.is_(None))
        assert connection.execute(staged).scalar_one() == 0
        left = select(func.count()).where(order_lines.c.id > lines)
        assert connection.execute(left).scalar_one() == 0
