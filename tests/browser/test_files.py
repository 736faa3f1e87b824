"""Pictures and files on the chat page: shown, named, and handed over as they are."""

import asyncio
from pathlib import Path

import pytest
import telegram
from playwright.async_api import Page, expect

from bot.desk.pictures import Bar, Figure, Picture, Section, Segment
from bot.drawing.painting import paint
from bot.simulator.demo import DemoServer

ANNA = 1001
SCREENSHOTS = Path(__file__).parent / "screenshots"
BARS = (
    Bar("9月", "1,234.50 元", (Segment("official", 100_000), Segment("provisional", 23_450))),
    Bar("暂无日期", "50.40 元", (Segment("undated", 5_040),)),
)
PICTURE = Picture(
    "zh",
    "我的佣金",
    "截至 8月20日 10:30",
    (Figure("本月还会到", "0.00 元"), Figure("下月会到", "1,234.50 元")),
    (Section("什么时候到", BARS),),
    (Figure("official", "按规则"), Figure("provisional", "预计"), Figure("undated", "暂无日期")),
)
WORDS = "💰 <b>我的佣金</b>\n下月 <b>1,234.50 元</b>"

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_picture_is_shown_with_its_words(
    page: Page, server: DemoServer, bot: telegram.Bot
) -> None:
    server.world.say(ANNA, "我的佣金")
    await bot.send_photo(ANNA, paint(PICTURE), caption=WORDS, parse_mode="HTML")
    image = page.locator(".photo img")
    await expect(image).to_be_visible()
    assert await image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1080
    assert await image.get_attribute("alt") == "💰 我的佣金\n下月 1,234.50 元"
    box = await image.bounding_box()
    assert box is not None
    assert 300 < box["width"] <= 390
    await expect(page.locator(".message:has(.photo) .text b").first).to_have_text("我的佣金")
    await page.screenshot(path=SCREENSHOTS / "photo-390-light.png", animations="disabled")


async def test_a_file_is_handed_over_and_never_opened_in_place(
    page: Page, server: DemoServer, bot: telegram.Bot
) -> None:
    server.world.say(ANNA, "导出")
    content = b"<script>document.title = 'owned'</script>"
    await bot.send_document(ANNA, content, filename="orders.html", caption="10 单")
    link = page.locator(".file")
    await expect(link).to_contain_text("orders.html")
    async with page.expect_download() as handed_over:
        await link.click()
    path = await (await handed_over.value).path()
    assert await asyncio.to_thread(path.read_bytes) == content
    assert "owned" not in await page.title()
