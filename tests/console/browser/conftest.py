"""A browser at the console of a running demo: sample orders, people, and a bot that answers.

One browser and one demo serve all pages' tests, in the session's event loop: each module says
`pytestmark = pytest.mark.asyncio(loop_scope="session")`. Whatever a page complains of (a broken
script, something the content policy forbids) fails the test.
"""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.bare import bare_environment
from tests.browser.conftest import CHROMIUM, FLAGS

PHONE, DESKTOP = 360, 1280
REFUSED = ("(Forbidden)", "(Unprocessable Content)", "(Unprocessable Entity)")
Language = Literal["zh", "en"]
Theme = Literal["light", "dark"]


@dataclass
class Staff:
    """Somebody of the operator's who is signed in to the demo's console."""

    address: str
    """Of the console, without a path."""
    chat: str
    """Of the page with the simulated chats."""
    cookies: list[Any]
    browser: Browser
    screens: Path | None
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def open(
        self,
        path: str,
        width: int = PHONE,
        language: Language = "zh",
        theme: Theme = "light",
        *,
        javascript: bool = True,
    ) -> Page:
        """A page of the console in a fresh window that is signed in."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": 800},
            locale="zh-CN" if language == "zh" else "en-GB",
            color_scheme=theme,
            reduced_motion="reduce",
            java_script_enabled=javascript,
        )
        self.contexts.append(context)
        await context.add_cookies(self.cookies)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)
        await page.goto(f"{self.address}{path}")
        return page

    async def shoot(self, page: Page, name: str) -> None:
        """A picture of the whole page for people to look at, if --screens names a folder."""
        await self.fits(page)
        if self.screens is not None:
            path = self.screens / f"{name}.png"
            await page.screenshot(path=path, full_page=True, animations="disabled")

    async def looks(self, path: str, name: str) -> None:
        """See that a page fits on a phone and on a desktop, zh and en, with pictures of each.

        Where nobody wants pictures, two looks are enough.
        """
        looks: tuple[tuple[int, Language, Theme], ...] = (
            (PHONE, "zh", "light"),
            (PHONE, "en", "dark"),
            (DESKTOP, "zh", "dark"),
            (DESKTOP, "en", "light"),
        )
        for width, language, theme in looks if self.screens else looks[::3]:
            page = await self.open(path, width, language, theme)
            await expect(page.locator("main h1")).to_be_visible()
            await self.shoot(page, f"{name}-{width}-{language}-{theme}")
            await page.context.close()

    async def fits(self, page: Page) -> None:
        """Fail if a page is wider than its window: nobody scrolls a page sideways."""
        width = page.viewport_size["width"] if page.viewport_size else 0
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{page.url} is {wide} wide in a window of {width}"

    def _hear(self, message: Any) -> None:
        # A refusal that a test asked for is reported like a file that is missing.
        if message.type == "error" and not message.text.endswith(REFUSED):
            self.complaints.append(message.text)


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def console_browser() -> AsyncIterator[Browser]:
    """The browser; without one the tests are skipped, or fail where all must run."""
    if not CHROMIUM.exists():
        words = f"no browser at {CHROMIUM}: install Debian's chromium-headless-shell"
        if os.environ.get("MINGZHANG_TEST_REQUIRE_ALL") == "1":
            pytest.fail(words)
        pytest.skip(words)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield launched
        await launched.close()


@asynccontextmanager
async def running_demo(home: Path) -> AsyncIterator[tuple[str, str]]:
    """A demo's chat page, and a one-time link to its console."""
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("mingzhang")),
        *("demo", "--no-browser", "--port", "0"),
        stdout=asyncio.subprocess.PIPE,
        # at whatever hour the tests run, people may be told something
        env=bare_environment(home) | {"MINGZHANG_QUIET_HOURS": "00:00-00:00"},
    )
    assert process.stdout is not None
    try:
        found: list[str] = []
        async with asyncio.timeout(180):  # a busy machine is no failure
            while len(found) < 2:
                line = await process.stdout.readline()
                found += re.findall(r"http://[\w.:/?=-]+", line.decode())
        yield found[0], found[1]
    finally:
        process.terminate()
        await process.wait()


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def signed_in(
    console_browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[str, str, list[Any]]]:
    """The demo's chat page, its console and the cookies of whoever signed in by the link."""
    async with running_demo(tmp_path_factory.mktemp("home")) as (chat, link):
        context = await console_browser.new_context(locale="zh-CN")
        page = await context.new_page()
        await page.goto(link)
        await page.get_by_role("button", name="登录").click()
        await expect(page.get_by_role("heading", name="概览")).to_be_visible()
        cookies = await context.cookies()
        await context.close()
        yield chat, link.partition("/console")[0], cookies


@pytest_asyncio.fixture(loop_scope="session")
async def staff(
    signed_in: tuple[str, str, list[Any]],
    console_browser: Browser,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Staff]:
    """Somebody signed in, whose windows are closed in the end."""
    chat, address, cookies = signed_in
    screens = request.config.getoption("--screens")
    folder = Path(screens) if screens else None
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    somebody = Staff(address, chat, cookies, console_browser, folder)
    yield somebody
    for context in somebody.contexts:
        await context.close()
    assert somebody.complaints == []
