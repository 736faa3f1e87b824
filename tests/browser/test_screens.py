"""Pictures of the chat page, in every look it has, for people to look at."""

from pathlib import Path
from typing import Literal

import pytest
import telegram
from playwright.async_api import Browser, expect

from bot.simulator.demo import DemoServer

SCREENSHOTS = Path(__file__).parent / "screenshots"

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_screens(
    browser: Browser,
    server: DemoServer,
    bot: telegram.Bot,
    scheme: Literal["light", "dark"],
    width: int,
) -> None:
    """Pictures for people to look at, in every look the page has."""
    context = await browser.new_context(
        viewport={"width": width, "height": 844 if width == 390 else 800},
        color_scheme=scheme,
        device_scale_factor=2,
    )
    page = await context.new_page()

    async def picture(name: str) -> None:
        path = SCREENSHOTS / f"{name}-{width}-{scheme}.png"
        await page.screenshot(path=path, animations="disabled")

    async def say(text: str) -> None:
        await page.get_by_label("消息", exact=True).fill(text)
        await page.get_by_role("button", name="发送").click()

    await page.goto(server.url)
    await expect(page.get_by_role("button", name="开始", exact=True)).to_be_visible()
    await picture("start")
    await page.get_by_role("button", name="开始", exact=True).click()
    await say("京东带货有成交额，为什么没有佣金？")
    await expect(page.locator(".message:not(.own)")).to_have_count(2)
    await say("202607010001")
    await expect(page.get_by_role("button", name="金额明细")).to_be_visible()
    await picture("card")
    await page.get_by_role("button", name="金额明细").click()
    await expect(page.locator("pre")).to_be_visible()
    await page.get_by_role("button", name="菜单").click()
    await picture("amounts")
    await page.keyboard.press("Escape")
    if width == 390:
        await page.get_by_role("button", name="打开面板").click()
        await expect(page.get_by_role("button", name="过一天")).to_be_in_viewport(ratio=1)
        await picture("panel")
    await context.close()
