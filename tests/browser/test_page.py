"""The chat page in a real browser, against a scripted bot."""

import pytest
import telegram
from playwright.async_api import Browser, Locator, Page, expect

from bot.simulator.demo import DemoServer
from bot.simulator.entities import FormattedText

ANNA = 1001
NUMBER = "202607010001"

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def say(page: Page, text: str) -> None:
    await page.get_by_label("消息", exact=True).fill(text)
    await page.get_by_role("button", name="发送").click()


async def card(page: Page) -> Locator:
    """Ask for the order; returns its card."""
    await say(page, NUMBER)
    found = page.locator(".message:not(.own)").last
    await expect(found.get_by_role("button", name="金额明细")).to_be_visible()
    return found


async def test_a_question_is_answered_with_formatting(page: Page) -> None:
    await say(page, "为什么没有佣金")
    answer = page.locator(".message:not(.own)")
    await expect(answer.locator("b", has_text="自己下单")).to_be_visible()
    await expect(answer.locator("u")).to_have_text("退款")
    await expect(answer.locator("s")).to_have_text("链接失效")
    await expect(answer.locator(".answered")).to_contain_text("为什么没有佣金")
    await expect(page.locator(".message.own .text")).to_have_text("为什么没有佣金")


async def test_whatever_is_written_stays_text(page: Page) -> None:
    """Markup in a message is shown, never run: the page has no way from text to elements."""
    attack = "<img src=x onerror=document.title='owned'><b>x</b> {{ 7*7 }}"
    await say(page, attack)
    await expect(page.locator(".message.own .text")).to_have_text(attack)
    assert await page.locator("#log img").count() == 0
    assert "owned" not in await page.title()


async def test_a_card_changes_in_place(page: Page) -> None:
    made = await card(page)
    identity = await made.get_attribute("data-id")
    await made.get_by_role("button", name="金额明细").click()
    await expect(made.locator("pre")).to_contain_text("净佣金       15.00")
    await expect(made.locator(".meta")).to_contain_text("已编辑")
    assert await page.locator(".message:not(.own)").count() == 1
    assert await page.locator(".message:not(.own)").get_attribute("data-id") == identity
    await made.get_by_role("button", name="返回").click()
    await expect(made.get_by_role("button", name="金额明细")).to_be_visible()


async def test_an_edit_does_not_move_what_one_reads(page: Page, bot: telegram.Bot) -> None:
    """Scrolled up to older messages, a change further down leaves the view alone."""
    made = await card(page)
    identity = int(await made.get_attribute("data-id") or 0)
    log = page.get_by_role("log")
    for number in range(30):
        await bot.send_message(ANNA, f"第 {number} 条")
    await expect(log.get_by_text("第 29 条")).to_be_in_viewport()
    middle = log.get_by_text("第 10 条", exact=True)
    await middle.scroll_into_view_if_needed()
    down = page.get_by_role("button", name="回到最新消息")
    await expect(down).to_be_visible()
    before = await top(middle)
    await bot.edit_message_text("变了\n" * 12, ANNA, identity)
    await expect(log.get_by_text("变了")).to_be_attached()
    assert await top(middle) == pytest.approx(before, abs=1)

    await bot.send_message(ANNA, "新的")
    await expect(down).to_contain_text("1")
    assert await top(middle) == pytest.approx(before, abs=1)
    await down.click()
    await expect(log.get_by_text("新的")).to_be_in_viewport()


async def test_the_keyboard_is_enough(page: Page) -> None:
    """Enter sends; Tab reaches the buttons; after an edit the focus is still on a button."""
    field = page.get_by_label("消息", exact=True)
    await field.fill(NUMBER)
    await field.press("Enter")
    button = page.get_by_role("button", name="金额明细")
    await button.focus()
    await button.press("Enter")
    await expect(page.get_by_role("button", name="返回")).to_be_focused()


async def test_enter_that_completes_a_chinese_word_does_not_send(page: Page) -> None:
    field = page.get_by_label("消息", exact=True)
    await field.fill("佣金")
    await field.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    await expect(field).to_have_value("佣金")
    await field.press("Shift+Enter")
    await expect(field).to_have_value("佣金\n")
    assert await page.locator(".message").count() == 0


async def test_presses_are_answered_by_toast_and_alert(page: Page) -> None:
    made = await card(page)
    await made.get_by_role("button", name="到账提醒").click()
    await expect(page.locator("#toast")).to_have_text("已订阅，到账那天提醒你 🔔")
    await expect(made.locator(".waiting")).to_have_count(0)
    await made.get_by_role("button", name="转人工").click()
    alert = page.get_by_role("dialog")
    await expect(alert).to_contain_text("客服工作时间")
    await alert.get_by_role("button", name="好的").click()
    await expect(alert).to_be_hidden()


async def test_a_number_is_copied_and_a_link_leads_out(page: Page) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    made = await card(page)
    await made.get_by_role("button", name="复制订单号").click()
    await expect(page.locator("#toast")).to_have_text("已复制")
    assert await page.evaluate("navigator.clipboard.readText()") == NUMBER
    for link in (made.get_by_role("link", name="规则原文"), made.locator(".text a")):
        assert await link.get_attribute("href") == "https://example.com/rules"
        assert await link.get_attribute("rel") == "noopener noreferrer"


async def test_a_quote_unfolds_and_a_spoiler_opens(page: Page) -> None:
    made = await card(page)
    quote = made.locator("blockquote")
    folded = await height(quote)
    await quote.click()
    assert await height(quote) > folded
    await made.get_by_role("button", name="金额明细").click()
    spoiler = made.get_by_title("点按显示")
    await spoiler.click()
    await expect(spoiler).not_to_have_class("spoiler closed")


async def top(locator: Locator) -> float:
    box = await locator.bounding_box()
    assert box is not None
    return box["y"]


async def height(locator: Locator) -> float:
    box = await locator.bounding_box()
    assert box is not None
    return box["height"]


async def test_typing_shows_until_the_answer(page: Page, bot: telegram.Bot) -> None:
    await card(page)
    await bot.send_chat_action(ANNA, "typing")
    await expect(page.locator("#status")).to_contain_text("正在输入")
    await bot.send_message(ANNA, "好了")
    await expect(page.locator("#status")).to_have_text("机器人")


async def test_people_have_their_own_chats_and_unread_messages(
    page: Page, bot: telegram.Bot
) -> None:
    await card(page)
    await page.get_by_label("消息", exact=True).fill("还没写完")
    await choose(page, "老周")
    await expect(page.locator(".message")).to_have_count(0)
    await expect(page.get_by_label("消息", exact=True)).to_have_value("")
    await bot.send_message(ANNA, "到账了")
    await expect(page.locator("#side-badge")).to_have_text("1")
    assert (await page.title()).startswith("(1)")
    await choose(page, "阿娜")
    await expect(page.locator(".message").last).to_contain_text("到账了")
    await expect(page.locator("#side-badge")).to_be_hidden()
    await expect(page.get_by_label("消息", exact=True)).to_have_value("还没写完")


async def choose(page: Page, name: str) -> None:
    await page.get_by_role("button", name="打开面板").click()
    await page.get_by_role("button", name=name).click()


async def test_the_clock_moves_by_a_day_and_to_the_payout_day(page: Page) -> None:
    chip = page.get_by_role("button", name="日期与账号")
    await expect(chip).to_have_text("8月20日 周四")
    await page.get_by_role("button", name="打开面板").click()
    await page.get_by_role("button", name="过一天").click()
    await expect(page.locator("#clock-day")).to_have_text("2026年8月21日 周五")
    await page.get_by_role("button", name="到下个结算日").click()
    await expect(page.locator("#clock-day")).to_have_text("2026年9月15日 周二")
    await expect(page.locator("#clock-hint")).to_contain_text("10月15日")
    await page.keyboard.press("Escape")
    await expect(chip).to_have_text("9月15日 周二")
    await say(page, "今天呢")
    await expect(page.locator(".day").last).to_have_text("9月15日")


async def test_a_suggestion_goes_into_the_field(page: Page) -> None:
    """Each person is offered what is theirs; one tap fills the field and closes the panel."""
    await page.get_by_role("button", name="打开面板").click()
    await expect(page.get_by_role("button", name="4200001234567890123")).to_have_count(0)
    await page.get_by_role("button", name=NUMBER).click()
    await expect(page.get_by_label("消息", exact=True)).to_have_value(NUMBER)
    await expect(page.get_by_role("button", name="关闭面板")).to_be_hidden()


async def test_commands_are_offered_and_filtered(page: Page) -> None:
    menu = page.get_by_role("button", name="菜单")
    await menu.click()
    await expect(page.get_by_role("listbox", name="命令").get_by_role("option")).to_have_count(3)
    await menu.click()
    await expect(page.get_by_role("listbox", name="命令").get_by_role("option")).to_have_count(0)
    field = page.get_by_label("消息", exact=True)
    await field.press_sequentially("/o")
    await expect(page.get_by_role("listbox", name="命令").get_by_role("option")).to_have_text(
        ["我的订单/orders"]
    )
    await field.press("ArrowDown")
    await field.press("Enter")
    await expect(page.locator(".message.own")).to_contain_text("/orders")
    await page.locator(".message:not(.own)").get_by_text("/help").click()
    await expect(page.locator(".message.own").last).to_contain_text("/help")


async def test_a_reply_keyboard_and_a_reaction_are_shown(
    page: Page, server: DemoServer, bot: telegram.Bot
) -> None:
    await page.get_by_role("button", name="开始", exact=True).click()
    await expect(page.locator(".message:not(.own)")).to_have_count(1)
    keyboard = telegram.ReplyKeyboardMarkup([["查订单", "我的佣金"]])
    await bot.send_message(ANNA, "想做什么？", reply_markup=keyboard)
    await page.get_by_role("button", name="查订单").click()
    await expect(page.locator(".message.own").last).to_contain_text("查订单")
    await bot.set_message_reaction(ANNA, server.world.messages(ANNA)[-1].id, "👀")
    await expect(page.locator(".reaction")).to_have_text("👀")
    await bot.send_message(ANNA, "好", reply_markup=telegram.ReplyKeyboardRemove())
    await expect(page.get_by_role("button", name="查订单")).to_have_count(0)


async def test_a_deleted_message_goes(page: Page, bot: telegram.Bot) -> None:
    made = await card(page)
    await bot.delete_message(ANNA, int(await made.get_attribute("data-id") or 0))
    await expect(page.locator(".message:not(.own)")).to_have_count(0)


async def test_long_words_and_wide_tables_stay_inside_a_phone(
    page: Page, bot: telegram.Bot
) -> None:
    await card(page)
    await bot.send_message(ANNA, "9" * 300 + " https://example.com/" + "a" * 300)
    await bot.send_message(ANNA, f"<pre>{'宽' * 80}</pre>", parse_mode="HTML")
    await expect(page.locator("pre")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    assert await page.evaluate("document.getElementById('log').scrollWidth") <= 390


async def test_the_page_finds_back_after_the_server_was_away(
    browser: Browser, server: DemoServer, bot: telegram.Bot
) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(server.url)
    await say(page, NUMBER)
    await expect(page.get_by_role("button", name="金额明细")).to_be_visible()
    await server.stop()
    await expect(page.locator("#status")).to_contain_text("正在重连")
    server.world.send(ANNA, FormattedText("你回来了"))
    await server.start()
    await expect(page.locator(".message").last).to_contain_text("你回来了")
    await expect(page.locator("#status")).to_have_text("机器人")
    await context.close()
