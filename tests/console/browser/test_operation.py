"""Imports, creators, the outbox and cases in a browser, beside the simulated chats."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.console.browser.conftest import DESKTOP, Staff
from tests.documents.reports import report

pytestmark = pytest.mark.asyncio(loop_scope="session")
PATIENCE_MS = 30_000


async def chatting(staff: Staff, *said: str) -> Page:
    """Somebody writes to the bot."""
    context = await staff.browser.new_context(locale="zh-CN")
    staff.contexts.append(context)
    page = await context.new_page()
    await page.goto(staff.chat)
    for words in said:
        await page.get_by_label("消息", exact=True).fill(words)
        await page.get_by_role("button", name="发送").click()
    return page


async def test_reports_are_tried_imported_and_undone(staff: Staff, tmp_path: Path) -> None:
    files = [tmp_path / "京东 8月.csv", tmp_path / "京东 9月.csv"]
    for file, rows in zip(files, (300, 150), strict=True):
        file.write_bytes(report(rows))
    page = await staff.open("/console/imports", DESKTOP)
    await page.get_by_label("把文件拖到这里").set_input_files(files)
    await page.get_by_label("达人").fill("小雅")
    await page.get_by_role("button", name="上传").click()
    job = page.locator("article", has_text="京东 8月.csv")
    # The page asks by itself how far it is.
    await expect(job.get_by_role("row").last).to_contain_text("297", timeout=PATIENCE_MS)
    await job.get_by_role("button", name="正式导入").click()
    await job.locator("summary", has_text="撤销这次导入").click(timeout=PATIENCE_MS)
    await staff.looks("/console/imports", "imports")
    async with page.expect_download() as coming:
        await job.get_by_role("link", name="下载被拒绝的行").click()
    assert (await coming.value).suggested_filename.startswith("refused-")
    await job.get_by_role("button", name="撤销这次导入").click()
    await expect(job.get_by_text("已撤销").first).to_be_visible(timeout=PATIENCE_MS)
    await staff.looks("/console/batches", "batches")
    await staff.looks("/console/sync", "sync")


async def test_a_creator_is_looked_up_named_and_given_a_link(staff: Staff) -> None:
    page = await staff.open("/console/creators", DESKTOP)
    await staff.looks("/console/creators", "creators")
    await page.get_by_label("名字", exact=True).fill("小雅的妹妹")
    await page.get_by_role("button", name="登记达人").click()
    await expect(page.get_by_role("status")).to_contain_text("已登记")
    await page.get_by_label("平台", exact=True).select_option("taobao")
    await page.get_by_label("内容").fill("mm_9_8_7")
    await page.get_by_role("button", name="登记叫法").click()
    await expect(page.get_by_role("row").filter(has_text="mm_9_8_7")).to_be_visible()
    await page.get_by_role("button", name="生成绑定链接").click()
    await expect(page.get_by_text("/start b_")).to_be_visible()
    await staff.shoot(page, "creator-link")
    creator = page.url.partition("/console")[2].removesuffix("/link").partition("?")[0]
    await page.goto(f"{staff.address}/console{creator}/merge?into=小雅")
    await staff.looks(f"/console{creator}/merge?into=小雅", "creator-merge")
    await page.locator("summary", has_text="合并").click()
    await page.get_by_role("button", name="合并", exact=True).click()
    await expect(page.get_by_role("heading", name="小雅", exact=True)).to_be_visible()
    await expect(page.get_by_role("row").filter(has_text="mm_9_8_7")).to_be_visible()
    await staff.looks(page.url.partition(staff.address)[2], "creator")


async def test_a_case_is_answered_from_the_console(staff: Staff) -> None:
    chat = await chatting(staff, "/human 这笔订单怎么还没到账")
    page = await staff.open("/console/cases", DESKTOP)
    row = page.get_by_role("row").filter(has_text="等人接手")
    for _ in range(20):
        if await row.count():
            break
        await page.reload()
    await staff.looks("/console/cases", "cases")
    await row.get_by_role("link").click()
    await page.get_by_label("回复").fill("查到了，15 号到账 <3")
    await page.get_by_role("button", name="发送").click()
    said = chat.locator(".message:not(.own)", has_text="查到了，15 号到账 <3").last
    await expect(said).to_be_visible(timeout=PATIENCE_MS)
    await chat.get_by_label("消息", exact=True).fill("谢谢！")
    await chat.get_by_role("button", name="发送").click()
    await expect(page.locator(".talk .theirs").last).to_contain_text("谢谢", timeout=PATIENCE_MS)
    await staff.looks(page.url.partition(staff.address)[2], "case")
    await page.locator("summary", has_text="结束工单").click()
    await page.get_by_role("button", name="结束工单").click()
    await expect(page.locator(".tag", has_text="已结束")).to_be_visible()


async def test_the_outbox_says_that_all_is_well(staff: Staff) -> None:
    page = await staff.open("/console/outbox")
    await expect(page.get_by_text("没有失败的消息")).to_be_visible()
    await staff.looks("/console/outbox", "outbox")
