"""Reports brought in by the console: kept, tried, imported by the worker, undone, told of."""

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable
from datetime import UTC
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from aiohttp import FormData
from sqlalchemy import Column, ColumnElement, func, select

from bot.store.creators import add_creator
from bot.store.staff import StaffRole
from bot.store.sync_cursors import SourceKey, note_trouble
from bot.store.tables import (
    document_imports,
    import_batches,
    order_lines,
    outbox,
    uploaded_parts,
)
from bot.store.transactions import reads
from bot.sync.documents import DocumentImports, Pace, Speech
from bot.sync.fetching import Fetched
from settlement.model import Platform
from tests.console.conftest import NOW, ON_SQLITE, Browser, Console
from tests.documents.reports import CREATOR, report

UNDER_WAY = ("waiting", "working", "undoing")


class NothingFromTelegram:
    """What comes by the console is not fetched."""

    async def open(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def fetch(
        self, file: str, into: Path, progress: Callable[[int], Awaitable[None]]
    ) -> Fetched:
        raise AssertionError("asked Telegram for a file that came by the console")


async def worked(console: Console) -> None:
    """Let the worker do what waits."""
    imports = DocumentImports(
        console.engine,
        NothingFromTelegram(),
        console.parts.bot,
        Speech(b"secret", UTC),
        console.clock.now,
        Pace(look=0.01, tell=0, pause=0.01),
    )
    working = asyncio.create_task(imports.run())
    try:
        async with asyncio.timeout(120):
            while _open(console):  # noqa: ASYNC110 (the worker tells nobody when it is done)
                await asyncio.sleep(0.01)
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


def _open(console: Console) -> bool:
    return bool(counted(console, document_imports.c.id, document_imports.c.state.in_(UNDER_WAY)))


def counted(console: Console, column: Column[Any], *only: ColumnElement[bool]) -> int:
    with reads(console.engine) as connection:
        return int(connection.execute(select(func.count(column)).where(*only)).scalar_one())


def files(*sent: tuple[str, bytes], **fields: str) -> FormData:
    form = FormData(quote_fields=False)  # as browsers do
    for name, value in fields.items():
        form.add_field(name, value)
    for name, content in sent:
        form.add_field("file", content, filename=name, content_type="application/octet-stream")
    return form


@pytest.fixture
def editor(console: Console) -> Browser:
    with console.engine.begin() as connection:
        add_creator(connection, CREATOR, NOW)
    return console.browser(StaffRole.EDITOR)


async def test_a_report_is_tried_imported_and_undone(console: Console, editor: Browser) -> None:
    sent = files(("三月/订单.csv", report(200)), creator=CREATOR, platform="jd", how="try")
    assert (await editor.post("/console/imports", sent)).status == 303
    waiting = await editor.get("/console/imports")
    assert "排队中" in waiting.words
    assert 'hx-trigger="every 2s"' in waiting.text
    await worked(console)
    tried = await editor.get("/console/imports/jobs")
    assert "试导入" in tried.words
    assert "订单.csv" in tried.words
    assert "三月" not in tried.words, "folders of somebody's machine are nobody's business"
    assert "hx-trigger" not in tried.text
    assert counted(console, order_lines.c.id) == 0
    assert (await editor.post("/console/imports/1/undo")).status == 409
    await editor.post("/console/imports/1/import")
    await worked(console)
    assert counted(console, order_lines.c.id) == 198
    assert (await editor.post("/console/imports/1/import")).status == 409
    await editor.post("/console/imports/1/undo")
    await worked(console)
    assert "已撤销" in (await editor.get("/console/imports")).words
    assert counted(console, import_batches.c.id, import_batches.c.withdrawn_at.is_(None)) == 0
    assert counted(console, outbox.c.id) == 0, "nobody is written to"
    assert console.recorded == [
        ("import_asked", "import:1"),
        ("import_for_good", "import:1"),
        ("import_undone", "import:1"),
    ]


async def test_refused_rows_are_downloaded_and_harm_no_spreadsheet(
    console: Console, editor: Browser
) -> None:
    content = report(200).replace("保温杯".encode("gb18030"), b"=HYPERLINK(1)")
    await editor.post("/console/imports", files(("a.csv", content), creator=CREATOR, how="import"))
    await worked(console)
    answer = await editor.get("/console/imports/1/refused/0")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="refused-1-1.csv"'
    assert answer.headers["Content-Type"].startswith("text/csv")
    header, *rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert len(rows) == 2
    assert {row[header.index("商品名称")] for row in rows} == {"'=HYPERLINK(1)"}
    assert ("import_rows_read", "import:1") in console.recorded
    assert (await editor.get("/console/imports/1/refused/1")).status == 404
    agent = console.browser(StaffRole.AGENT)
    assert (await agent.get("/console/imports/1/refused/0")).status == 403
    assert "第 100" not in (await agent.get("/console/imports")).words


@ON_SQLITE
async def test_a_zip_bomb_ends_in_one_line_and_loses_nothing_else(
    console: Console, editor: Browser
) -> None:
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("订单.csv", bytes(20_000_000))
        archive.writestr("八月.csv", report(50))
    bomb, good = ("bomb.zip", packed.getvalue()), ("九月.csv", report(120))
    await editor.post("/console/imports", files(bomb, good, creator=CREATOR, how="import"))
    await worked(console)
    shown = await editor.get("/console/imports")
    assert shown.words.count("解开后是原来的 200 倍以上，不像报表，没有读它") == 1
    assert counted(console, order_lines.c.id) == 119, "all of the others, in it and beside it"


async def test_several_files_are_taken_each_by_itself(console: Console, editor: Browser) -> None:
    sent = (("a.csv", report(50)), ("b.csv", report(120)), ("c.xlsx", b"no workbook"))
    await editor.post("/console/imports", files(*sent, creator=CREATOR, how="import"))
    await worked(console)
    shown = await editor.get("/console/imports")
    assert all(name in shown.words for name in ("a.csv", "b.csv", "c.xlsx"))
    assert counted(console, document_imports.c.id) == 3
    assert counted(console, order_lines.c.id) == 119


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"creator": "没有这个人"}, "没有叫这个名字的达人"),
        ({"platform": "amazon"}, "不认识这个平台"),
    ],
)
async def test_what_cannot_be_meant_is_refused_before_anything_is_kept(
    console: Console, editor: Browser, fields: dict[str, str], words: str
) -> None:
    answer = await editor.post("/console/imports", files(("a.csv", b"1"), **fields))
    assert answer.status == 422
    assert words in answer.words
    assert counted(console, uploaded_parts.c.place) == 0
    assert (await editor.post("/console/imports", files(how="try"))).status == 422


async def test_who_imported_what_is_listed_and_an_import_is_taken_back(
    console: Console, editor: Browser
) -> None:
    for content in (report(50), report(50, paid="80.00")):
        sent = files(("订单.csv", content), creator=CREATOR, how="import")
        await editor.post("/console/imports", sent)
        await worked(console)
    listed = await editor.get("/console/batches")
    assert listed.text.count("员工editor") >= 2
    second = await editor.get("/console/batches/2")
    assert "100.00 → 80.00" in second.words
    refused = await editor.post("/console/batches/1/undo")
    assert refused.status == 409
    assert "请先撤销它们" in refused.words
    taken = await editor.post("/console/batches/2/undo")
    assert taken.headers["Location"] == "/console/batches/2?said=done_undone"
    assert "已撤销" in (await editor.get("/console/batches/2")).words
    assert ("import_undone", "import_batch:2") in console.recorded
    assert ("import_read", "import_batch:2") in console.recorded
    assert (await editor.get("/console/batches/99")).status == 404


async def test_how_far_each_platform_is_known(console: Console) -> None:
    agent = console.browser(StaffRole.AGENT, "en")
    assert "No platform's key is set" in (await agent.get("/console/sync")).words
    key = SourceKey(Platform.JD, "jd.union.open.order.row.query", "0123abcd")
    trouble = {"trouble": "refused", "trouble_words": "密钥 <b> 不对", "trouble_at": NOW}
    with console.engine.begin() as connection:
        note_trouble(connection, key, trouble)
    shown = await agent.get("/console/sync")
    assert "密钥 <b> 不对" in shown.words
    assert "0123abcd" in shown.words
