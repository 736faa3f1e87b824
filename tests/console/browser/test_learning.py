"""The learning loop: a question nobody could answer becomes an answer, and who asked is told."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.console.browser.conftest import DESKTOP, PHONE, Staff

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUESTION = "团长寄的样品要不要寄回去"
PATIENCE_MS = 120_000
"""To learn an edit takes a second of a processor that others may be using."""


async def chat_of(staff: Staff) -> Page:
    """Somebody's simulated chat, at its end."""
    context = await staff.browser.new_context(locale="zh-CN")
    staff.contexts.append(context)
    page = await context.new_page()
    await page.goto(staff.chat)
    return page


async def say(chat: Page, words: str) -> None:
    await chat.get_by_label("消息", exact=True).fill(words)
    await chat.get_by_role("button", name="发送").click()


async def heard(chat: Page, words: str) -> None:
    said = chat.locator(".message:not(.own)").filter(has_text=words).last
    await expect(said).to_be_visible(timeout=PATIENCE_MS)


async def test_from_a_question_nobody_could_answer_to_the_asker_who_is_told(staff: Staff) -> None:
    chat = await chat_of(staff)
    await say(chat, QUESTION)
    await heard(chat, "还答不上来")

    page = await staff.open("/console/unanswered", PHONE)
    page.set_default_timeout(PATIENCE_MS)
    await staff.looks("/console/unanswered", "unanswered")
    await page.get_by_role("row").filter(has_text=QUESTION).get_by_text("去回答").click()
    await expect(page.get_by_label("新的问法")).to_have_value(QUESTION)
    await staff.looks(page.url.removeprefix(staff.address), "unanswered-pile")
    await page.get_by_role("link", name="新写一条答案").click()
    await page.get_by_label("编号", exact=True).fill("general.goods.sample")
    await page.get_by_label("中文答案", exact=True).fill(
        "<b>看约定。</b>\n没说要还的样品不用寄回。"
    )
    await page.get_by_label("英文答案", exact=True).fill("It depends on what was agreed.")
    await expect(page.locator("#preview .bubble").nth(1)).to_contain_text("沒說要還的樣品")
    await page.get_by_label("出处", exact=True).fill("团长合作约定")
    await page.get_by_role("button", name="检查").click()
    await expect(page.locator("#trial")).to_contain_text("并告知 1 个问过的人")
    await staff.shoot(page, "knowledge-checked-phone")
    await page.get_by_label("我看过了，照样发布").check()
    await page.get_by_role("button", name="发布", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("将告知 1 个问过的人")
    await expect(page.get_by_role("row").filter(has_text=QUESTION)).to_have_count(0)

    await heard(chat, "你之前问过，现在有答案了")
    await heard(chat, "没说要还的样品不用寄回")
    before = await chat.locator(".message:not(.own)").count()
    await say(chat, QUESTION)
    answers = chat.locator(".message:not(.own)")
    await expect(answers).to_have_count(before + 1, timeout=PATIENCE_MS)
    await expect(chat.locator(".message:not(.own)").last).to_contain_text("看约定。")


async def test_an_answer_is_found_tried_edited_and_taken_back(staff: Staff) -> None:
    page = await staff.open("/console/knowledge", DESKTOP)
    page.set_default_timeout(PATIENCE_MS)
    await page.get_by_label("找什么").fill("1688.payout.when")
    await page.get_by_role("button", name="查找").click()
    await staff.looks("/console/knowledge?platform=1688", "knowledge")
    await page.get_by_role("link", name=re.compile("1688 佣金几号发")).click()
    await staff.looks("/console/knowledge/entry/1688.payout.when", "knowledge-entry")
    phrasings = page.get_by_label("大家怎么问")
    await phrasings.fill(f"{await phrasings.input_value()}\n阿里佣金哪一日落袋")
    await page.get_by_role("button", name="检查").click()
    await expect(page.locator("#trial")).to_contain_text("发布")
    if await page.get_by_label("我看过了，照样发布").count():
        await page.get_by_label("我看过了，照样发布").check()
    await page.get_by_role("button", name="发布", exact=True).click()
    await expect(page.get_by_role("status")).to_have_text("已发布，马上生效。")

    await staff.looks("/console/knowledge/try?text=阿里佣金哪一日落袋", "knowledge-try")
    await page.goto(f"{staff.address}/console/knowledge/try?text=阿里佣金哪一日落袋")
    await expect(page.locator(".note")).to_contain_text("1688.payout.when")
    await page.goto(f"{staff.address}/console/knowledge/revisions")
    await staff.looks("/console/knowledge/revisions", "knowledge-revisions")
    await page.get_by_role("link", name=re.compile("第 .+ 版")).first.click()
    await expect(page.locator(".diff .added")).to_contain_text("阿里佣金哪一日落袋")
    await staff.looks(page.url.removeprefix(staff.address), "knowledge-revision")
