"""Orders, figures and the holiday notice in a browser, on the demo's sample orders."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.console.browser.conftest import DESKTOP, Staff

pytestmark = pytest.mark.asyncio(loop_scope="session")
PATIENCE_MS = 30_000
INVENTED = (Path(__file__).parents[2] / "settlement/invented_notice_2027.txt").read_text("utf-8")


async def test_an_order_is_found_and_shown_with_all_behind_it(staff: Staff) -> None:
    page = await staff.open("/console/orders", DESKTOP)
    await page.get_by_label("平台").select_option("1688")
    await page.get_by_role("button", name="查找").click()
    rows = page.locator("tbody tr")
    await expect(rows.first).to_contain_text("1688")
    assert await rows.count() == await rows.filter(has_text="1688").count()
    await staff.looks("/console/orders", "orders")
    await rows.first.get_by_role("link").click()
    await expect(page.get_by_role("heading", name="还有谁能看到")).to_be_visible()
    await expect(page.locator("svg.chart").first).to_be_visible()
    path = page.url.partition(staff.address)[2]
    await page.get_by_role("link", name="English", exact=True).click()
    await expect(page.locator(".telegram")).to_have_attribute("lang", "en")
    await staff.looks(path, "order")


async def test_a_figure_and_a_notice_are_tried_and_published(staff: Staff) -> None:
    await staff.looks("/console/rules", "rules")
    page = await staff.open("/console/rules/figure/1688.payout_day", DESKTOP)
    await staff.looks("/console/rules/figure/1688.payout_day", "rules-figure")
    await page.get_by_label("从哪天起").fill("2026-01-01")
    await page.get_by_label("值", exact=True).fill("20")
    await page.get_by_label("来源").fill("平台公告")
    await page.get_by_role("button", name="看看会改变什么").click()
    await expect(page.locator(".further")).to_contain_text("行会变")
    await staff.shoot(page, "rules-trial")
    await page.get_by_role("button", name="发布").click()
    await expect(page.get_by_role("status")).to_contain_text("已发布")
    await expect(page.get_by_role("row").filter(has_text="2026年1月1日")).to_contain_text("自己的")

    await staff.looks("/console/rules/calendar?year=2027", "rules-calendar")
    await page.goto(f"{staff.address}/console/rules/calendar")
    await page.get_by_label("通知全文").fill(INVENTED)
    await page.get_by_role("button", name="读一读").click()
    await expect(page.get_by_text("七个节都在")).to_be_visible()
    await staff.shoot(page, "rules-notice-desktop")
    await page.set_viewport_size({"width": 360, "height": 800})
    await staff.shoot(page, "rules-notice-phone")
    await page.get_by_role("button", name="发布").click()
    await expect(page.get_by_role("heading", name="2027")).to_contain_text("已公布")
