"""A broadcast in a browser: written with its preview, sent, read in the chat, wanted no more."""

import pytest
from playwright.async_api import Page, expect

from tests.console.browser.conftest import DESKTOP, Staff

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATIENCE_MS = 30_000
"""A turn of the planner, the sender, another turn, and the page that asks every three seconds."""
ZH = "<b>九月账单</b>已经可以<a href='x'>查看</a>"
MENDED = '<b>九月账单</b>已经可以<a href="https://example.com/9">查看</a>'


async def chat(staff: Staff) -> Page:
    """The chat of somebody who has written to the bot."""
    context = await staff.browser.new_context(
        locale="zh-CN", viewport={"width": 390, "height": 800}
    )
    staff.contexts.append(context)
    page = await context.new_page()
    await page.goto(staff.chat)
    await page.get_by_label("消息", exact=True).fill("/help")
    await page.get_by_role("button", name="发送").click()
    await expect(page.locator(".message:not(.own)").last).to_contain_text("订单")
    return page


async def test_a_broadcast_from_its_first_word_to_the_tap_that_wants_no_more(staff: Staff) -> None:
    person = await chat(staff)
    await staff.looks("/console/broadcast", "broadcast")
    page = await staff.open("/console/broadcast/new")
    await page.get_by_role("textbox", name="中文").fill(ZH)
    await page.get_by_role("textbox", name="英文").fill("The September statement is out")
    await expect(page.locator("#preview")).to_contain_text("<a href='x'> 要写成")
    await page.get_by_role("textbox", name="中文").fill(MENDED)
    await expect(page.locator("#preview .bubble").first).to_have_text("九月账单已经可以查看")
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_role("status")).to_have_text("已保存。")
    draft = page.url.partition("?")[0].removeprefix(staff.address)
    await staff.looks(draft, "broadcast-draft")
    await staff.looks(f"{draft}/check", "broadcast-check")

    await page.get_by_role("button", name="核对并发送").click()
    await expect(page.get_by_label("日期")).to_be_hidden()
    await page.get_by_label("约定时间").check()
    await expect(page.get_by_label("日期")).to_be_visible()
    await page.get_by_label("现在开始").check()
    await page.locator("summary", has_text="发送").click()
    await page.get_by_role("button", name="确定发送").click()
    await expect(page.locator("#progress")).to_contain_text("已发完", timeout=PATIENCE_MS)

    message = person.locator(".message:not(.own)", has_text="九月账单已经可以查看").last
    await expect(message).to_be_visible(timeout=PATIENCE_MS)
    await message.get_by_role("button", name="不再接收通知").click()
    await expect(message.get_by_role("button", name="恢复接收通知")).to_be_visible()
    await message.get_by_role("button", name="恢复接收通知").click()
    await expect(message.get_by_role("button", name="不再接收通知")).to_be_visible()
    await staff.looks(draft, "broadcast-run")


async def test_a_broadcast_can_be_written_and_checked_without_scripts(staff: Staff) -> None:
    page = await staff.open("/console/broadcast/new", DESKTOP, "en", javascript=False)
    await page.get_by_label("Chinese").first.fill("没有收尾<b>")
    await page.get_by_role("button", name="Check and send").click()
    await expect(page.get_by_role("heading", name="Check and send")).to_be_visible()
    await expect(page.locator("main")).to_contain_text("Chinese, line 1: <b> is not closed")
    await expect(page.locator("main")).to_contain_text("Not sent: mend the words first.")
