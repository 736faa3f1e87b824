"""Three goals of somebody new, each within two taps and messages, counted."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.demonstration import PATIENCE_MS, Visitor, running_demo

MOST = 2

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def demo_address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A demo in which nobody has written yet."""
    async with running_demo(tmp_path_factory.mktemp("home")) as address:
        yield address


async def test_find_out_why_an_order_pays_nothing(visitor: Visitor) -> None:
    """Ask in one's own words: one message."""
    await visitor.be("阿泽")
    card = await visitor.say("1888222222220000001 这单为什么没佣金？")
    await expect(card).to_contain_text("❌")
    await expect(card).to_contain_text("没有佣金")
    await expect(card).to_contain_text("订单失效：")
    assert visitor.done == 1 <= MOST


async def test_learn_when_1688_pays(visitor: Visitor) -> None:
    """Tap twice, without knowing what to write; or write once."""
    await visitor.be("路人")
    await visitor.begin()
    await visitor.press("1688 佣金几号发")
    await expect(visitor.heard).to_have_count(2, timeout=PATIENCE_MS)
    await expect(visitor.heard.last).to_contain_text("每月 15 日")
    assert visitor.done == MOST
    visitor.done = 0
    await expect(await visitor.say("1688 什么时候发佣金")).to_contain_text("每月 15 日")
    assert visitor.done == 1


async def test_subscribe(visitor: Visitor) -> None:
    """Paste an order's number and tap the bell."""
    await visitor.be("小雅")
    card = await visitor.say("318811110001")
    await visitor.press("🔔 到账提醒")
    await expect(card.get_by_role("button", name="🔕 取消提醒")).to_be_visible()
    assert visitor.done == MOST
