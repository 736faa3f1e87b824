"""From a question nobody could answer to an answer that is live, in the console."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bot.desk.effects import Vote
from bot.publishing.current import Current
from bot.publishing.publisher import files_in_force
from bot.store.revisions import list_publications
from bot.store.staff import StaffRole
from bot.store.tables import audit_log, pushes, unanswered_questions
from bot.store.voting import vote
from tests.console.conftest import NOW, ON_SQLITE, Console
from tests.console.small_base import BASE, FILE, published_base


@pytest.fixture
def current(engine: Engine) -> Current:
    return published_base(engine)


def ask(engine: Engine, *asked: tuple[int, str]) -> list[int]:
    """Keep questions as the bot does."""
    with engine.begin() as connection:
        return [
            connection.execute(
                unanswered_questions.insert()
                .values(
                    user=user,
                    chat=user,
                    text=text,
                    outcome="unknown",
                    asked_at=NOW - timedelta(hours=1),
                )
                .returning(unanswered_questions.c.id)
            ).scalar_one()
            for user, text in asked
        ]


def rows(engine: Engine, *columns: Any) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(*columns).order_by(columns[0])))


INVOICES = (
    (7, "带货佣金能不能开发票啊"),
    (8, "带货佣金能不能开发票"),
    (7, "带货佣金能不能开发票呢"),
)
HOSTILE = "<script>alert(1)</script>样品要不要还"


async def test_questions_alike_are_one_pile_with_counts_and_askers(console: Console) -> None:
    *_, latest = ask(console.engine, *INVOICES)
    ask(console.engine, (9, HOSTILE))
    page = await console.browser(StaffRole.AGENT).get("/console/unanswered")
    assert page.status == 200
    assert "共 4 个问题，2 堆" in page.words
    assert f'href="/console/unanswered/{latest}"' in page.text
    assert "<script>alert(1)" not in page.text
    assert "去回答" not in page.words
    pile = await console.browser(StaffRole.EDITOR).get(f"/console/unanswered/{latest}")
    assert "问了 3 次，2 人" in pile.words
    assert "最接近的" in pile.text


@pytest.mark.parametrize("at_once", [200, 2])
async def test_what_is_not_ours_is_put_away_as_far_as_it_was_seen(
    console: Console, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("bot.console.learning.steps.AT_ONCE", at_once)
    *_, seen = ask(console.engine, *INVOICES)
    editor = console.browser(StaffRole.EDITOR)
    ask(console.engine, (9, "带货佣金能不能开发票"))
    gone = await editor.post(f"/console/unanswered/{seen}/away")
    assert gone.status == 303
    column = unanswered_questions.c
    assert rows(console.engine, column.user, column.closed_as) == [
        (7, "not_ours"),
        (7, "not_ours"),
        (8, "not_ours"),
        (9, None),
    ]
    assert rows(console.engine, pushes.c.user) == []
    (entry,) = rows(console.engine, audit_log.c.kind, audit_log.c.about, audit_log.c.detail)
    assert entry == ("questions_put_away", f"question:{seen}", {"closed": 3})
    assert (await editor.get(f"/console/unanswered/{seen}")).status == 303


@ON_SQLITE
async def test_answers_found_wrong_are_listed_beside(console: Console) -> None:
    with console.engine.begin() as connection:
        vote(
            connection,
            7,
            Vote(
                "general.money.tax",
                helpful=False,
                revision="r",
                reason="unclear",
                words="看不懂<b>",
            ),
            NOW,
        )
    page = await console.browser(StaffRole.AGENT).get("/console/unanswered")
    assert "看不懂 “看不懂<b>”" in page.words


@pytest.mark.parametrize("at_once", [200, 1])
async def test_a_phrasing_is_checked_then_published_and_the_askers_are_to_be_told(
    console: Console, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("bot.console.learning.steps.AT_ONCE", at_once)
    *_, key = ask(console.engine, *INVOICES)
    editor = console.browser(StaffRole.EDITOR)
    form = {"question": str(key), "entry": "general.money.tax", "phrasing": "带货佣金能不能开发票"}
    tried = await editor.post("/console/knowledge/add", form | {"step": "try"})
    assert tried.status == 200, tried.words
    assert "会解决 3 个未答的问题，并告知 2 个问过的人" in tried.words
    assert rows(console.engine, unanswered_questions.c.closed_at) == [(None,)] * 3
    sure = {"step": "publish", "sure": "yes"}
    done = await editor.post("/console/knowledge/add", form | sure)
    assert done.status == 303, done.words
    assert done.headers["Location"] == "/console/unanswered?told=2"
    with console.engine.connect() as connection:
        files = files_in_force(connection)
        publication, _ = list_publications(connection)
    assert files == {
        FILE: BASE.replace("带货收入怎么报税", "带货收入怎么报税, 带货佣金能不能开发票")
    }
    assert publication.author == "员工editor"
    assert publication.note == "general.money.tax: 带货佣金能不能开发票"
    closed = rows(console.engine, unanswered_questions.c.closed_as, unanswered_questions.c.entry)
    assert closed == [("answered", "general.money.tax")] * 3
    assert [user for (user,) in rows(console.engine, pushes.c.user)] == [7, 7, 8]
    (entry,) = rows(console.engine, audit_log.c.kind, audit_log.c.about, audit_log.c.detail)
    assert entry == ("entry_published", "entry:general.money.tax", {"closed": 3, "asked_by": 2})


@ON_SQLITE
async def test_a_new_entry_begins_with_what_was_asked(console: Console) -> None:
    *_, key = ask(console.engine, *INVOICES)
    editor = console.browser(StaffRole.EDITOR)
    empty = await editor.get(f"/console/knowledge/new?question={key}")
    assert "带货佣金能不能开发票啊\n带货佣金能不能开发票" in empty.text
    form = {
        "question": str(key),
        "id": "general.money.invoice",
        "platform": "general",
        "questions": "带货佣金能不能开发票\n带货佣金怎么开票",
        "answer": "<b>可以。</b>\n找税务局代开。",
        "answer_en": "Yes.",
        "title": "税务局",
        "as_of": "2026-09-15",
        "step": "publish",
    }
    asked_twice = await editor.post("/console/knowledge/new", form)
    assert asked_twice.status == 200
    assert "只有 2 句问法" in asked_twice.words
    done = await editor.post("/console/knowledge/new", form | {"sure": "yes"})
    assert done.status == 303, done.words
    with console.engine.connect() as connection:
        text = files_in_force(connection)[FILE]
    assert text.endswith(
        "- id: general.money.invoice\n  platform: general\n  questions:\n"
        "    - 带货佣金能不能开发票\n    - 带货佣金怎么开票\n"
        "  answer: |\n    <b>可以。</b>\n    找税务局代开。\n  answer_en: |\n    Yes.\n"
        "  source: {title: 税务局, as_of: '2026-09-15'}\n"
    )
    assert len(rows(console.engine, pushes.c.user)) == 3


@ON_SQLITE
async def test_what_an_edit_would_take_from_a_question_that_was_answered_is_shown(
    console: Console, current: Current
) -> None:
    """A phrasing taken away: who asked so was told of the answer, and would get none."""
    (key,) = ask(console.engine, (7, "带货佣金能不能开发票"))
    editor = console.browser(StaffRole.EDITOR)
    form = {"question": str(key), "entry": "general.money.tax", "phrasing": "带货佣金能不能开发票"}
    await editor.post("/console/knowledge/add", form | {"step": "publish", "sure": "yes"})
    await current.look()
    page = await editor.get("/console/knowledge/entry/general.money.tax")
    seen = re.search(r'name="seen" value="(\w+)"', page.text)
    assert seen
    fewer = {
        "seen": seen[1],
        "questions": "佣金要不要交税\n带货收入怎么报税",
        "answer": "要交。",
        "answer_en": "Yes.",
        "title": "明账",
        "as_of": "undated",
        "step": "try",
    }
    tried = await editor.post("/console/knowledge/entry/general.money.tax", fewer)
    assert "结果会变的问题：1" in tried.words
    assert "带货佣金能不能开发票 general.money.tax" in tried.words
