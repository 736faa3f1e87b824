"""The whole of `mingzhang demo`, as a newcomer runs it, in a real browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.demonstration import PATIENCE_MS, Visitor, running_demo, visit

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
async def newcomer(browser: Browser, address: str) -> AsyncIterator[Visitor]:
    visitor = await visit(browser, address)
    await expect(visitor.heard.first).to_be_visible(timeout=PATIENCE_MS)
    yield visitor
    await visitor.page.context.close()


async def picture(visitor: Visitor, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    path = SCREENSHOTS / f"demo_{name}.png"
    await visitor.page.screenshot(path=path, animations="disabled")


async def test_ask_look_up_subscribe_and_be_reminded_once(newcomer: Visitor) -> None:
    answer = await newcomer.say("京东带货有成交额，为什么没有佣金？")
    await expect(answer).to_contain_text("结算")
    await picture(newcomer, "question")
    for number, platform in ONE_ORDER_OF_EACH_PLATFORM:
        card = await newcomer.say(number)
        await expect(card).to_contain_text(number)
        await expect(card).to_contain_text(platform)
        await expect(card.get_by_role("button", name="金额明细")).to_be_visible()
        await picture(newcomer, f"card_{platform}")
    await card.get_by_role("button", name="金额明细").click()
    await expect(card).to_contain_text("到手")
    await picture(newcomer, "amounts")
    await card.get_by_role("button", name="返回").click()
    await card.get_by_role("button", name="到账提醒").click()
    await expect(card.get_by_role("button", name="取消提醒")).to_be_visible()

    told = newcomer.heard
    before = await told.count()
    reminders, asked = told.filter(has_text="到账提醒 · 1688"), told.filter(has_text="到账了吗？")
    for _ in range(3):
        await newcomer.to_the_next_payout_day()
    await expect(reminders).to_have_count(1, timeout=PATIENCE_MS)
    await expect(asked).to_have_count(1, timeout=PATIENCE_MS)
    assert await told.count() == before + 2
    await picture(newcomer, "reminder")


async def test_nobody_sees_anybody_elses_order(newcomer: Visitor) -> None:
    """A foreign number and one that does not exist are answered in the same words."""
    foreign = await newcomer.say("318822220001")
    foreign_words = (await foreign.locator(".text").inner_text()).replace("318822220001", "N")
    unknown = await newcomer.say("318822229999")
    unknown_words = (await unknown.locator(".text").inner_text()).replace("318822229999", "N")
    assert foreign_words == unknown_words
    await picture(newcomer, "foreign")
