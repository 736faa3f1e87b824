"""The page of broadcasts: written, checked, tried, sent, held up; on both databases."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from bot.desk.broadcasts import BroadcastState
from bot.desk.facts import Dialogue
from bot.reminders import Appointed
from bot.store.broadcasts import Broadcast, latest_broadcasts
from bot.store.people import Acquaintance, remember
from bot.store.staff import StaffRole
from bot.store.tables import outbox
from settlement.model import Platform
from settlement.states import State
from tests.console.conftest import NOW, PEOPLE, Browser, Console

EDITOR = PEOPLE[StaffRole.EDITOR]
TEXTS = {"zh": "<b>九月</b>账单", "en": "September <i>statement</i>"}


def known(console: Console, *users: int, language: str = "zh") -> None:
    known = [
        Acquaintance(user, user, f"<i>用户{user}</i>", language, Dialogue()) for user in users
    ]
    with console.engine.begin() as connection:
        remember(connection, known, NOW)


def latest(console: Console) -> Broadcast:
    with console.engine.connect() as connection:
        return latest_broadcasts(connection, 1)[0]


async def written(console: Console, browser: Browser, **more: str) -> str:
    """A draft; the path of its page."""
    answer = await browser.post("/console/broadcast/new", TEXTS | more)
    assert answer.status == 303, answer.words
    return f"/console/broadcast/{latest(console).id}"


async def test_from_the_first_word_to_the_pause(console: Console) -> None:
    known(console, 1, 2, EDITOR)
    editor = console.browser(StaffRole.EDITOR)
    assert "还没有群发过" in (await editor.get("/console/broadcast")).words
    assert (await editor.get("/console/broadcast/new")).status == 200
    page = await written(console, editor, platform="jd", state="overdue", month="2026-08")
    draft = latest(console)
    assert (draft.segment.platforms, draft.segment.states) == ((Platform.JD,), (State.OVERDUE,))
    assert "没有人符合这些条件" in (await editor.get(f"{page}/check")).words
    saved = await editor.post(f"{page}/save", TEXTS | {"version": "1", "then": "check"})
    assert saved.headers["Location"] == f"{page}/check?said=done_saved"

    checked = await editor.get(f"{page}/check")
    assert "人数 3 " in checked.words
    assert "所有给机器人写过消息的人" in checked.words
    tried = await editor.post(f"{page}/test", {"language": "en"})
    assert tried.headers["Location"] == f"{page}/check?said=done_tested"
    with console.engine.connect() as connection:
        (letter,) = connection.execute(select(outbox)).all()
    assert (letter.chat, letter.payload["html"]) == (EDITOR, TEXTS["en"])

    form = {"version": "2", "expected": "3", "when": "now"}
    begun = await editor.post(f"{page}/send", form)
    assert begun.headers["Location"] == f"{page}?said=done_begun"
    assert latest(console).state is BroadcastState.SCHEDULED
    shown = await editor.get(page)
    assert "3 人里已处理 0 人" in shown.words
    assert 'hx-trigger="every 3s"' in (await editor.get(f"{page}/progress")).text
    for step, state in (("pause", "paused"), ("resume", "running"), ("cancel", "stopping")):
        assert (await editor.post(f"{page}/{step}")).status == 303
        assert latest(console).state.value == state
    again = await editor.post(f"{page}/resume")
    assert again.status == 409
    assert "它刚才变了" in again.words
    expected = ["saved", "saved", "tested", "begun", "paused", "resumed", "cancelled"]
    done = [kind for kind, _ in console.recorded]
    assert done == [f"broadcast_{each}" for each in expected]


async def test_what_is_wrong_is_said_and_nothing_is_sent(console: Console) -> None:
    known(console, 1, EDITOR)
    editor = console.browser(StaffRole.EDITOR, language="en")
    page = await written(console, editor, zh="<b>没有收尾", en="<script>alert(1)</script>")
    shown = await editor.get(page)
    assert "Chinese, line 1: <b> is not closed" in shown.words
    assert "English, line 1: <script> is not allowed" in shown.words
    assert "<script>alert" not in shown.text
    for step, form in (("send", {"expected": "2", "version": "1"}), ("test", {"language": "zh"})):
        answer = await editor.post(f"{page}/{step}", form)
        assert (answer.status, "mend the words first" in answer.words) == (422, True)
    await editor.post(f"{page}/save", TEXTS | {"version": "1"})
    for form in (
        {"expected": "0"},
        {"expected": "2", "when": "appointed", "day": "2026-09-14", "hour": "10:00"},
        {"expected": "2", "when": "appointed", "day": "2027-09-14", "hour": "10:00"},
        {"expected": "2", "when": "appointed", "day": "2026-09-20", "hour": "25:00"},
        {"expected": "2", "when": "appointed", "day": "", "hour": ""},
    ):
        answer = await editor.post(f"{page}/send", form)
        assert (answer.status, "Not sent:" in answer.words) == (422, True)
    assert (await editor.post(f"{page}/send", {"expected": "2", "version": "1"})).status == 409
    assert latest(console).state is BroadcastState.DRAFT


async def test_it_can_be_appointed_and_a_draft_thrown_away(console: Console) -> None:
    known(console, 1)
    editor = console.browser(StaffRole.EDITOR)
    page = await written(console, editor)
    form = {"expected": "1", "when": "appointed", "day": "2026-09-20", "hour": "10:00"}
    assert (await editor.post(f"{page}/send", form)).status == 303
    assert latest(console).appointed == Appointed.at(date(2026, 9, 20), "10:00")
    assert "各人当地" in (await editor.get(page)).words
    other = await written(console, editor)
    assert (await editor.post(f"{other}/remove", {"version": "1"})).status == 303
    assert (await editor.get(other)).status == 404
    assert (await editor.post(f"{page}/remove", {"version": "1"})).status == 409


async def test_who_never_wrote_to_the_bot_is_told_so_instead_of_a_test(console: Console) -> None:
    known(console, 1)
    editor = console.browser(StaffRole.EDITOR)
    page = await written(console, editor)
    answer = await editor.post(f"{page}/test", {"language": "zh"})
    assert (answer.status, "给机器人发一条消息" in answer.words) == (422, True)


async def test_the_preview_is_telegrams_and_nothing_else_gets_through(console: Console) -> None:
    editor = console.browser(StaffRole.EDITOR)
    text = '<b>粗</b> <tg-spoiler>谜底</tg-spoiler> <a href="https://e.cn/?a=1&amp;b=2">看</a>'
    answer = await editor.post("/console/broadcast/preview", {"zh": text, "en": "a &lt;b&gt;"})
    assert "<b>粗</b>" in answer.text
    assert '<span class="spoiler">谜底</span>' in answer.text
    assert 'href="https://e.cn/?a=1&amp;b=2" rel="noopener noreferrer"' in answer.text
    assert "a &lt;b&gt;</div>" in answer.text
    assert "謎底" in answer.text
    block = {"zh": "一\n<blockquote>二</blockquote>\n三"}
    shown = await editor.post("/console/broadcast/preview", block)
    assert "一<blockquote>二</blockquote>三" in shown.text
    for hostile in ("<img src=x onerror=alert(1)>", '<a href="javascript:x()">y</a>'):
        refused = await editor.post("/console/broadcast/preview", {"zh": hostile})
        assert not re.search(r'<img|href="javascript', refused.text)


@pytest.mark.parametrize("number", ["9999999999", "99999999999999999999999"])
async def test_there_is_no_such_broadcast(console: Console, number: str) -> None:
    editor = console.browser(StaffRole.EDITOR)
    assert (await editor.get(f"/console/broadcast/{number}")).status == 404
    assert (await editor.post(f"/console/broadcast/{number}/pause")).status == 404


async def test_an_agent_sees_and_changes_nothing(console: Console) -> None:
    page = await written(console, console.browser(StaffRole.EDITOR))
    agent = console.browser(StaffRole.AGENT)
    shown = await agent.get(page)
    assert "九月" in shown.words
    assert f"{page}/" not in shown.text
    assert "/new" not in (await agent.get("/console/broadcast")).text
    assert (await agent.post(f"{page}/send", {"expected": "1"})).status == 403
