"""The console's core in a browser: the way in, the overview, the team, language and theme."""

from contextlib import suppress

import pytest
from playwright.async_api import Locator, Page, expect

from tests.console.browser.conftest import DESKTOP, Staff

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def asked(staff: Staff, question: str) -> None:
    """Somebody asks the bot something, and gets an answer."""
    context = await staff.browser.new_context(locale="zh-CN")
    page = await context.new_page()
    await page.goto(staff.chat)
    await page.get_by_label("消息", exact=True).fill(question)
    await page.get_by_role("button", name="发送").click()
    await expect(page.locator(".message:not(.own)").last).to_contain_text("每月 15 日")
    await context.close()


async def until_counted(page: Page, before: str) -> None:
    """Look again until what was answered is counted, which takes a second."""
    for _ in range(20):
        with suppress(AssertionError):
            await expect(questions(page)).not_to_have_text(before, timeout=500)
            return
        await page.reload()
    await expect(questions(page)).not_to_have_text(before)


def questions(page: Page) -> Locator:
    """How many were asked, as the overview says."""
    return page.locator(".figure", has_text="问题").locator("dd").first


async def test_the_overview_shows_what_was_asked(staff: Staff) -> None:
    page = await staff.open("/console/", DESKTOP)
    await expect(page.get_by_role("img", name="等着的佣金，按状态")).to_be_visible()
    await expect(page.get_by_role("img", name="每天的问题")).to_be_visible()
    before = await questions(page).inner_text()
    await asked(staff, "1688佣金几号发放")
    await until_counted(page, before)
    await expect(page.get_by_role("img", name="问得最多的话题")).to_be_visible()
    await page.get_by_role("link", name="30 天").click()
    await expect(page.get_by_role("link", name="30 天")).to_have_attribute("aria-current", "true")
    await staff.looks("/console/?days=30", "overview")


async def test_roles_are_given_and_taken(staff: Staff) -> None:
    page = await staff.open("/console/team")
    give = page.locator("section", has_text="给一个角色").last
    await give.get_by_label("Telegram 编号").fill("4242")
    await give.get_by_label("名字").fill("小赵")
    await give.get_by_label("角色").select_option("agent")
    await give.get_by_role("button", name="给一个角色").click()
    await expect(page.get_by_role("status")).to_have_text("角色已改，立即生效。")
    row = page.get_by_role("row").filter(has_text="4242")
    await expect(row).to_contain_text("客服")
    await staff.looks("/console/team", "team")
    await row.get_by_text("取消角色").first.click()
    await row.get_by_role("button", name="取消角色").click()
    await expect(page.get_by_role("row").filter(has_text="4242")).to_have_count(0)
    await page.goto(f"{staff.address}/console/audit")
    await expect(page.get_by_role("row").filter(has_text="person:4242")).to_have_count(2)
    await page.get_by_label("做了什么").select_option("role_changed")
    await page.wait_for_url("**kind=role_changed**")
    await staff.looks("/console/audit", "audit")


async def test_language_and_theme_are_kept(staff: Staff) -> None:
    page = await staff.open("/console/audit")
    await page.locator("summary").first.click()
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("heading", name="Audit log")).to_be_visible()
    await page.locator("summary").first.click()
    await page.get_by_role("button", name="Dark").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await page.goto(f"{staff.address}/console/account")
    await expect(page.get_by_role("heading", name="My sign-in")).to_be_visible()
    await staff.looks("/console/account", "account")


async def test_without_javascript_everything_is_there(staff: Staff) -> None:
    page = await staff.open("/console/audit?days=7", javascript=False)
    await page.get_by_label("做了什么").select_option("signed_in")
    await page.get_by_role("button", name="筛选").click()
    await page.wait_for_url("**kind=signed_in**")
    await expect(page.get_by_role("row").filter(has_text="登录")).not_to_have_count(0)


async def test_whoever_is_not_signed_in_is_shown_the_way(staff: Staff) -> None:
    page = await staff.open("/console/account")
    await page.context.clear_cookies()
    await page.goto(f"{staff.address}/console/team")
    await expect(page.get_by_text("mingzhang console link")).to_be_visible()
    await staff.shoot(page, "sign_in")
    await page.goto(f"{staff.address}/console/enter?code=used")
    await page.get_by_role("button", name="登录").click()
    await expect(page.get_by_role("heading", name="这个链接不能登录")).to_be_visible()
    await staff.shoot(page, "link_is_worthless")


async def test_everything_is_reached_by_the_keyboard(staff: Staff) -> None:
    page = await staff.open("/console/")
    await page.keyboard.press("Tab")
    await expect(page.get_by_text("跳到正文")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()
