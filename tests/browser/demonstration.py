"""`mingzhang demo` as a process, and somebody at its page who counts what they do."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, expect

from tests.bare import bare_environment

PATIENCE_MS = 30_000
"""A busy machine is no failure."""
expect.set_options(timeout=PATIENCE_MS)


@asynccontextmanager
async def running_demo(home: Path) -> AsyncIterator[str]:
    """The running demo's page; its process has an empty home and no settings."""
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("mingzhang")),
        *("demo", "--no-browser", "--port", "0"),
        stdout=asyncio.subprocess.PIPE,
        env=bare_environment(home),
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            while not (found := re.search(rb"http://\S+", await process.stdout.readline())):
                pass
        yield found.group().decode()
    finally:
        process.terminate()
        await process.wait()


class Visitor:
    """Somebody with the page open on a phone; every message and tap in the chat counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.done = 0

    @property
    def heard(self) -> Locator:
        """What others than oneself wrote in the open chat."""
        return self.page.locator(".message:not(.own)")

    async def be(self, name: str, language: str | None = None) -> None:
        """Open somebody's chat, or a group; with Telegram in a language."""
        await self.page.get_by_role("button", name="打开面板").click()
        named = self.page.locator(".person-name", has_text=name)
        await self.page.locator(".person", has=named).click()
        if language:
            await self.page.get_by_role("button", name="打开面板").click()
            await self.page.get_by_label("Telegram 的语言").select_option(label=language)
            await self.page.keyboard.press("Escape")
        await expect(self.page.locator(".side.open")).to_have_count(0)

    async def say(self, text: str) -> Locator:
        """Write a message; returns what the bot says next."""
        before = await self.heard.count()
        await self.write(text)
        await expect(self.heard).not_to_have_count(before, timeout=PATIENCE_MS)
        return self.heard.last

    async def begin(self) -> Locator:
        """Tap the button with which an empty chat begins; returns what the bot says."""
        self.done += 1
        await self.page.get_by_role("button", name="开始", exact=True).click()
        await expect(self.heard).to_have_count(1, timeout=PATIENCE_MS)
        return self.heard.last

    async def write(self, text: str) -> None:
        """Write a message that the bot need not answer here."""
        self.done += 1
        await self.page.get_by_label("消息", exact=True).fill(text)
        await self.page.get_by_role("button", name="发送").click()

    async def press(self, label: str) -> Locator:
        """Press the newest button that fits a pattern; returns the newest message afterwards."""
        self.done += 1
        key = self.page.locator(".key", has_text=re.compile(label)).last
        await key.click()
        await expect(self.page.locator(".key.waiting")).to_have_count(0, timeout=PATIENCE_MS)
        return self.heard.last

    async def to_the_next_payout_day(self) -> None:
        """Move the demo's clock, and wait for all that the days bring."""
        move = self.page.get_by_role("button", name="到下个结算日")
        await self.page.get_by_role("button", name="打开面板").click()
        await move.click()
        await expect(move).to_be_enabled(timeout=4 * PATIENCE_MS)
        await self.page.keyboard.press("Escape")


async def visit(browser: Browser, address: str) -> Visitor:
    context = await browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, reduced_motion="reduce"
    )
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(address)
    await expect(page.locator("#writing")).to_be_enabled()
    return Visitor(page)
