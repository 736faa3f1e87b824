"""The whole of `mingzhang demo`, as a newcomer runs it, in a real browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.demonstration import PATIENCE_MS, running_demo

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCREENSHOTS = Path(__file__).parent / "screenshots"
ONE_ORDER_OF_EACH_PLATFORM = (
    ("318811110001", "京东"),
    ("1888111111110000001", "淘宝"),
    ("6888111111110000002", "抖音"),
    ("1688111111110001", "1688"),
)


@pytest_asyncio.fixture(loop_scope="session")
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """A demo of the test's own: its clock is moved."""
    async with running_demo(tmp_path) as address:
        yield address


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, address: str) -> AsyncIterator[Page]:
    page = await browser.new_page(viewport={"width": 390, "height": 844})
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(address)
    await expect(page.locator(".message:not(.own)").first).to_be_visible(timeout=PATIENCE_MS)
    yield page
    await page.close()


async def say(page: Page, text: str) -> Locator:
    """Write a message; returns what the bot says next."""
    answers = page.locator(".message:not(.own)")
    before = await answers.count()
    await page.get_by_label("消息", exact=True).fill(text)
    await page.get_by_role("button", name="发送").click()
    await expect(answers).to_have_count(before + 1, timeout=PATIENCE_MS)
    return answers.last


async def picture(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    await page.wait_for_timeout(400)  # let the message fade in
    await page.screenshot(path=SCREENSHOTS / f"demo_{name}.png")


async def to_the_next_payout_day(page: Page) -> None:
    await page.get_by_role("button", name="打开面板").click()
    await page.get_by_role("button", name="到下个结算日").click()
    await page.keyboard.press("Escape")


async def test_ask_look_up_subscribe_and_be_reminded_once(page: Page) -> None:
    answer = await say(page, "京东带货有成交额，为什么没有佣金？")
    await expect(answer).to_contain_text("结算")
    await picture(page, "question")
    for number, platform in ONE_ORDER_OF_EACH_PLATFORM:
        card = await say(page, number)
        await expect(card).to_contain_text(number)
        await expect(card).to_contain_text(platform)
        await expect(card.get_by_role("button", name="金额明细")).to_be_visible()
        await picture(page, f"card_{platform}")
    await card.get_by_role("button", name="金额明细").click()
    await expect(card).to_contain_text("到手")
    await picture(page, "amounts")
    await card.get_by_role("button", name="返回").click()
    await card.get_by_role("button", name="到账提醒").click()
    await expect(card.get_by_role("button", name="取消提醒")).to_be_visible()

    before = await page.locator(".message:not(.own)").count()
    told = page.locator(".message:not(.own)")
    reminders, asked = told.filter(has_text="到账提醒 · 1688"), told.filter(has_text="到账了吗？")
    for _ in range(3):
        await to_the_next_payout_day(page)
        await page.wait_for_timeout(1_500)
    await expect(reminders).to_have_count(1, timeout=PATIENCE_MS)
    await expect(asked).to_have_count(1, timeout=PATIENCE_MS)
    assert await told.count() == before + 2
    await picture(page, "reminder")


async def test_nobody_sees_anybody_elses_order(page: Page) -> None:
    """A foreign number and one that does not exist are answered in the same words."""
    foreign = await say(page, "318822220001")
    foreign_words = (await foreign.locator(".text").inner_text()).replace("318822220001", "N")
    unknown = await say(page, "318822229999")
    unknown_words = (await unknown.locator(".text").inner_text()).replace("318822229999", "N")
    assert foreign_words == unknown_words
    await picture(page, "foreign")
