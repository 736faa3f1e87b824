"""A creator and the operator's people on the demo page: topics, files, edits, groups, inline."""

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Browser, FilePayload, Locator, expect

from tests.browser.demonstration import PATIENCE_MS, Visitor

BOT = "@mingzhang_demo_bot"

pytestmark = pytest.mark.asyncio(loop_scope="session")


def saying(visitor: Visitor, words: str) -> Locator:
    return visitor.page.locator(".message", has_text=words).last


async def seen(visitor: Visitor, words: str) -> None:
    await expect(saying(visitor, words)).to_be_visible(timeout=PATIENCE_MS)


async def in_topic(visitor: Visitor, name: str) -> None:
    await visitor.be("运营群")
    topic = visitor.page.locator(".topic", has_text=name)
    await topic.click()
    await expect(topic).to_have_attribute("aria-pressed", "true")


async def upload(visitor: Visitor, name: str, kind: str, content: bytes) -> None:
    file = FilePayload(name=name, mimeType=kind, buffer=content)
    await visitor.page.locator("#file").set_input_files(files=[file])


async def test_a_person_is_asked_answers_in_a_topic_and_closes(visitor: Visitor) -> None:
    await visitor.be("林姐")
    await visitor.say("318833330002")
    await expect(await visitor.say("/human 为什么判我流量异常")).to_contain_text("案件号")

    await in_topic(visitor, "林姐")
    await seen(visitor, "为什么判我流量异常")
    await seen(visitor, "等待接手")
    await visitor.write("你好，我来看看")
    await seen(visitor, "已接手")
    await upload(visitor, "平台回复.csv", "text/csv", "订单,结果\n".encode())
    await expect(visitor.page.locator(".own .file")).to_contain_text("平台回复.csv")

    await visitor.be("林姐")
    await seen(visitor, "你好，我来看看")
    link = visitor.page.locator(".message:not(.own) .file", has_text="平台回复.csv")
    async with visitor.page.expect_download() as handed_over:
        await link.click()
    path = await (await handed_over.value).path()
    assert await asyncio.to_thread(Path(path).read_bytes) == "订单,结果\n".encode()
    await upload(visitor, "截图.jpg", "image/jpeg", photograph())
    await expect(visitor.page.locator(".own .photo img")).to_be_visible()
    await visitor.write("少了三快")
    await saying(visitor, "少了三快").get_by_role("button", name="修改").click()
    await expect(visitor.page.get_by_label("消息", exact=True)).to_have_value("少了三快")
    await visitor.write("少了三块")
    await seen(visitor, "已编辑")

    await in_topic(visitor, "林姐")
    image = visitor.page.locator(".message:not(.own) .photo img")
    await expect(image).to_be_visible(timeout=PATIENCE_MS)
    assert await image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 64
    await seen(visitor, "少了三块")
    await visitor.press("■ 结束")
    await seen(visitor, "已结束")
    await expect(visitor.page.locator(".topic", has_text="✓")).to_be_visible(timeout=PATIENCE_MS)
    await visitor.be("林姐")
    await seen(visitor, "由人工结束")


async def test_a_group_gets_answers_and_no_amounts(visitor: Visitor) -> None:
    await visitor.be("带货交流群")
    answer = await visitor.say(f"{BOT} 1688佣金几号发放")
    await expect(answer).to_contain_text("每月 15 日")
    answer = await visitor.say(f"{BOT} 318811110001")
    await expect(answer).not_to_contain_text("元")
    await visitor.page.get_by_label("消息", exact=True).fill(f"{BOT} 1688佣金几号发放")
    offered = visitor.page.get_by_role("listbox", name="命令").get_by_role("option").first
    await expect(offered).to_contain_text("1688", timeout=PATIENCE_MS)
    await offered.click()
    await expect(visitor.page.locator(".message.own").last).to_contain_text("来源")


async def test_an_application_waits_for_the_operator(visitor: Visitor) -> None:
    """Whoever is not bound asks on the page, and the operator's people decide with one tap."""
    await visitor.be("阿泽")
    await visitor.say("/bind")
    await visitor.press("申请绑定")
    await visitor.press("抖音")
    await expect(visitor.heard.last).to_contain_text("抖音的 PID", timeout=PATIENCE_MS)
    await visitor.say("阿泽二号店")
    await visitor.be("运营群")
    await seen(visitor, "阿泽二号店")
    await visitor.press("❌ 拒绝")
    await seen(visitor, "已拒绝")


async def test_the_operators_group_opens_beside_the_chat(
    browser: Browser, demo_address: str
) -> None:
    page = await browser.new_page(viewport={"width": 1400, "height": 850})
    await page.goto(demo_address)
    await page.locator(".person", has_text="运营群").click()
    pane = page.frame_locator("#second")
    await expect(pane.get_by_role("heading", name="运营群")).to_be_visible()
    await expect(pane.locator(".side")).to_be_hidden()
    await expect(page.get_by_role("heading", name="明账").last).to_be_visible()
    await page.locator(".person", has_text="运营群").click()
    await expect(page.locator("#second")).to_be_hidden()
    await page.close()


def photograph() -> bytes:
    """A picture in a form that phones make."""
    made = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(made, "JPEG")
    return made.getvalue()
