"""The answers in the console: found, tried, previewed, edited, and taken back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bot.desk.effects import Vote
from bot.publishing.current import Current
from bot.publishing.publisher import files_in_force
from bot.store.answered import note_given
from bot.store.staff import StaffRole
from bot.store.tables import audit_log
from bot.store.voting import vote
from tests.console.conftest import NOW, ON_SQLITE, Browser, Console
from tests.console.small_base import BASE, FILE, published_base

pytestmark = ON_SQLITE
TAX = "/console/knowledge/entry/general.money.tax"


@pytest.fixture
def current(engine: Engine) -> Current:
    return published_base(engine)


async def form_of(browser: Browser, **changed: str) -> dict[str, str]:
    """The form of the entry about taxes as the page shows it, with some fields changed."""
    page = await browser.get(TAX)
    seen = re.search(r'name="seen" value="(\w+)"', page.text)
    assert seen
    return {
        "seen": seen[1],
        "id": "general.money.tax",
        "platform": "general",
        "questions": "佣金要不要交税\n带货收入怎么报税",
        "answer": "要交。",
        "answer_en": "Yes.",
        "title": "明账",
        "as_of": "undated",
        "step": "publish",
        "sure": "yes",
    } | changed


def in_force(console: Console) -> str:
    with console.engine.connect() as connection:
        return files_in_force(connection)[FILE]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"general.money.tax", "general.bot.what", "jd.refund.after"}),
        ("platform=jd", {"jd.refund.after"}),
        ("q=报税", {"general.money.tax"}),
        ("q=佣金 扣回", {"jd.refund.after"}),
        ("only=unreached", {"general.bot.what", "jd.refund.after"}),
        ("only=disliked", {"jd.refund.after"}),
        ("q=没有这回事", set()),
    ],
)
async def test_entries_are_found(console: Console, query: str, found: set[str]) -> None:
    with console.engine.begin() as connection:
        note_given(connection, [(7, "general.money.tax")], NOW)
        vote(connection, 7, Vote("jd.refund.after", helpful=False, revision="r"), NOW)
    page = await console.browser(StaffRole.VIEWER).get(f"/console/knowledge?{query}")
    assert set(re.findall(r'/console/knowledge/entry/([\w.]+)"', page.text)) == found
    assert "/console/knowledge/new" not in page.text


async def test_a_question_is_tried_with_the_runners_up(console: Console) -> None:
    browser = console.browser(StaffRole.VIEWER)
    page = await browser.get("/console/knowledge/try?text=佣金要不要交税")
    assert "结果: general.money.tax" in page.words
    assert "jd.refund.after" in page.words


async def test_an_edit_is_live_and_changes_nothing_else(console: Console) -> None:
    browser = console.browser(StaffRole.EDITOR)
    form = await form_of(browser, answer="<b>要交</b>，\r\n按劳务报酬。")
    done = await browser.post(TAX, form)
    assert done.status == 303, done.words
    literal = "|\n    <b>要交</b>，\n    按劳务报酬。"
    assert in_force(console) == BASE.replace("answer: 要交。", f"answer: {literal}")
    with console.engine.connect() as connection:
        (kind,) = connection.execute(select(audit_log.c.kind)).scalars()
    assert kind == "entry_published"


async def test_the_preview_is_as_telegram_shows_it_in_three_languages(console: Console) -> None:
    browser = console.browser(StaffRole.EDITOR)
    form = await form_of(browser, answer="<b>发票</b> &lt;见下&gt;", answer_en="<i>Invoice</i>")
    shown = await browser.post("/console/knowledge/preview", form)
    for words in ("<b>发票</b> &lt;见下&gt;", "<b>發票</b>", "<i>Invoice</i>"):
        assert words in shown.text
    begun = {"answer": "<b>发票</b>", "answer_en": "", "id": "", "questions": "", "title": ""}
    assert "<b>發票</b>" in (await browser.post("/console/knowledge/preview", begun)).text


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_words_beside_the_fields_are_no_markup_of_the_page(
    console: Console, language: str
) -> None:
    page = await console.browser(StaffRole.EDITOR, language).get("/console/knowledge/new")
    assert "&lt;b&gt;" in page.text
    assert "<code>" not in page.text.replace("&lt;", "")
    assert "{{ figures[" in page.text


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("<script>alert(1)</script>", "有 '<'，Telegram 里要写成"),
        ("<b>要交", "<b> 没有收尾"),
        ("{{ figures['jd.nothing'] }}", "用了数值 jd.nothing，却没有列出来"),
        ("{% for x in y %}", "有不是数值的模板写法"),
    ],
)
async def test_what_telegram_would_refuse_is_neither_shown_nor_published(
    console: Console, answer: str, said: str
) -> None:
    browser = console.browser(StaffRole.EDITOR)
    refused = await browser.post(TAX, await form_of(browser, answer=answer))
    assert refused.status == 422
    assert said in refused.words
    assert "<script>alert" not in refused.text
    assert in_force(console) == BASE


async def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    console: Console, current: Current
) -> None:
    browser, other = console.browser(StaffRole.EDITOR), console.browser(StaffRole.OWNER)
    mine = await form_of(browser, answer="我的。")
    assert (await other.post(TAX, await form_of(other, answer="别人的。"))).status == 303
    stopped = await browser.post(TAX, mine)
    assert stopped.status == 422
    assert "没有发布，也没有覆盖" in stopped.words
    assert "我的。" in stopped.text
    assert in_force(console) == BASE.replace("answer: 要交。", "answer: 别人的。")
    await current.look()
    assert (await browser.post(TAX, await form_of(browser, answer="我的。"))).status == 303


async def test_advice_must_be_seen_before_it_is_published(console: Console) -> None:
    browser = console.browser(StaffRole.EDITOR)
    form = await form_of(browser, answer="要。")
    asked = await browser.post(TAX, form | {"sure": ""})
    assert asked.status == 200
    assert "只有 2 句问法；请至少写 10 句" in asked.words
    assert in_force(console) == BASE


async def test_fields_that_are_empty_are_named(console: Console) -> None:
    browser = console.browser(StaffRole.EDITOR)
    refused = await browser.post(TAX, await form_of(browser, answer_en="", questions=" \n"))
    assert refused.status == 422
    assert refused.words.count("这里要填。") == 2
    taken = await form_of(browser) | {"seen": ""}
    refused = await browser.post("/console/knowledge/new", taken)
    assert "这个编号已经有条目了" in refused.words


async def test_a_revision_shows_its_difference_and_can_be_taken_back(
    console: Console, current: Current
) -> None:
    browser = console.browser(StaffRole.EDITOR)
    console.clock.instant += timedelta(minutes=1)
    await browser.post(TAX, await form_of(browser, answer="不用。"))
    listed = await browser.get("/console/knowledge/revisions")
    assert "第 2 版 现行" in listed.words
    shown = await browser.get("/console/knowledge/revisions/2")
    assert '<span class="removed">-  answer: 要交。' in shown.text
    assert '<span class="added">+  answer: 不用。' in shown.text
    assert (await browser.post("/console/knowledge/revisions/1/back")).status == 303
    assert in_force(console) == BASE
    await current.look()
    assert "要交。" in (await browser.get(TAX)).text
    assert (await browser.get("/console/knowledge/revisions/9")).status == 404


async def test_the_weakest_phrasings_and_what_people_found_wrong_stand_beside(
    console: Console,
) -> None:
    spoiled: Any = Vote("general.money.tax", helpful=False, revision="r", words="税率过时了")
    with console.engine.begin() as connection:
        vote(connection, 7, spoiled, NOW)
    page = await console.browser(StaffRole.AGENT).get(TAX)
    assert "最弱的问法" in page.words
    assert "税率过时了" in page.words
    assert "税率过时了" not in (await console.browser(StaffRole.VIEWER).get(TAX)).words


async def test_what_is_not_there_is_said(console: Console) -> None:
    page = await console.browser().get("/console/knowledge/entry/no.such.entry")
    assert page.status == 404
