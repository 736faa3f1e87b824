"""A browser on the demo page, and a scripted bot behind it that shows what the page can do.

One browser serves the whole session, so everything here runs in the session's event loop, and
each test module says `pytestmark = pytest.mark.asyncio(loop_scope="session")`.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
import telegram
from playwright.async_api import Browser, Page, async_playwright

from bot.simulator.demo import DemoServer
from bot.simulator.people import Person
from bot.simulator.suggestions import Suggestion
from tests.browser.demonstration import Visitor, running_demo, visit
from tests.clocks import StandingClock
from tests.simulator.conftest import fifteenth_after

_CHROMIUMS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
CHROMIUM = next((path for path in _CHROMIUMS if path.exists()), _CHROMIUMS[-1])
"""The one without windows takes half the processor time of the other."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TOKEN = "4711:demo"  # noqa: S105
NOW = datetime(2026, 8, 20, 2, 30, tzinfo=UTC)
PEOPLE = [
    Person(1001, "阿娜", "anna", note="1688 · 京东"),
    Person(1002, "老周", "zhou", note="淘宝 · 抖音"),
    Person(1003, "陌生人", note="没有绑定"),
]
SUGGESTIONS = [
    Suggestion("京东带货有成交额，为什么没有佣金？", "一个问题"),
    Suggestion("202607010001", "1688 · 已收货，等结算", 1001),
    Suggestion("298765432101", "京东 · 部分退款", 1001),
    Suggestion("4200001234567890123", "淘宝 · 已失效", 1002),
]


@pytest_asyncio.fixture(loop_scope="session")
async def server() -> AsyncIterator[DemoServer]:
    async with DemoServer(
        TOKEN,
        PEOPLE,
        StandingClock(NOW),
        suggestions=SUGGESTIONS,
        next_payout_day=fifteenth_after,
    ) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def bot(server: DemoServer) -> AsyncIterator[telegram.Bot]:
    """A bot that knows one order card; it answers until the test is over."""
    async with telegram.Bot(TOKEN, base_url=f"{server.url}/bot") as client:
        await client.set_my_commands([("start", "开始"), ("orders", "我的订单"), ("help", "帮助")])
        running = asyncio.create_task(serve(client))
        yield client
        running.cancel()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path; without one the tests are skipped, or fail where all must run."""
    if CHROMIUM.exists():
        return str(CHROMIUM)
    words = f"no browser at {CHROMIUM}: install Debian's chromium-headless-shell"
    if os.environ.get("MINGZHANG_TEST_REQUIRE_ALL") == "1":
        pytest.fail(words)
    pytest.skip(words)


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def demo_address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """One demo for many tests; only the last of them moves its clock."""
    async with running_demo(tmp_path_factory.mktemp("home")) as address:
        yield address


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(browser: Browser, demo_address: str) -> AsyncIterator[Visitor]:
    """Somebody at that demo's page on a phone."""
    visitor = await visit(browser, demo_address)
    yield visitor
    await visitor.page.context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, server: DemoServer, bot: telegram.Bot) -> AsyncIterator[Page]:
    """The demo page at phone width; anything it complains about fails the test."""
    context = await browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, reduced_motion="reduce"
    )
    opened = await context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    await opened.goto(server.url)
    yield opened
    await context.close()
    assert complaints == []


CARD = (
    "⏳ <b>等结算</b>\n"
    "订单 <code>202607010001</code> 已在 7 月 31 日确认收货，佣金按规则 <b>9 月 15 日</b>发放。\n"
    "<blockquote expandable>1688 每月 15 日结算上上个自然月确认收货的订单；"
    "遇节假日顺延到下一个工作日。\n"
    "结算前发生退款的部分不计佣金。\n"
    "来源：1688 分销客常见问题，查于 2026-11-21</blockquote>\n"
    '规则原文：<a href="https://example.com/rules">1688 分销客</a>'
)
REASONS = (
    "有成交额没佣金，多半是这几种：<b>自己下单</b>、<b>非推广商品</b>、"
    "<u>退款</u>、<s>链接失效</s>。"
)
WATERFALL = (
    "💰 <b>金额明细</b>\n"
    "<pre>实付金额    200.00\n佣金 10%     20.00\n退款扣回     -5.00\n"
    "───────────\n净佣金       15.00</pre>\n"
    "只是<tg-spoiler>预估</tg-spoiler>，以结算为准。"
)


async def serve(bot: telegram.Bot) -> None:
    offset = 0
    while True:
        for update in await bot.get_updates(offset=offset, timeout=10):
            offset = update.update_id + 1
            if (message := update.message) is not None:
                await answer(message)
            elif (query := update.callback_query) is not None:
                await pressed(query)


async def answer(message: telegram.Message) -> None:
    text = message.text or ""
    if text == "202607010001":
        await message.reply_html(CARD, reply_markup=card_buttons())
    elif text.startswith("/"):
        await message.reply_html("你好！我能查<b>佣金</b>：贴一个订单号，或者 /help")
    else:
        await message.reply_html(REASONS, do_quote=True)


async def pressed(query: telegram.CallbackQuery) -> None:
    match query.data:
        case "amounts":
            await query.edit_message_text(WATERFALL, parse_mode="HTML", reply_markup=back_button())
            await query.answer()
        case "back":
            await query.edit_message_text(CARD, parse_mode="HTML", reply_markup=card_buttons())
            await query.answer()
        case "bell":
            await query.answer("已订阅，到账那天提醒你 🔔")
        case "person":
            await query.answer("客服工作时间 9:00-18:00，\n现在转接。", show_alert=True)


def card_buttons() -> telegram.InlineKeyboardMarkup:
    button = telegram.InlineKeyboardButton
    return telegram.InlineKeyboardMarkup(
        [
            [
                button("金额明细", callback_data="amounts"),
                button("🔔 到账提醒", callback_data="bell"),
            ],
            [
                button("复制订单号", copy_text=telegram.CopyTextButton("202607010001")),
                button("规则原文", url="https://example.com/rules"),
            ],
            [button("转人工", callback_data="person")],
        ]
    )


def back_button() -> telegram.InlineKeyboardMarkup:
    return telegram.InlineKeyboardMarkup(
        [[telegram.InlineKeyboardButton("« 返回", callback_data="back")]]
    )
