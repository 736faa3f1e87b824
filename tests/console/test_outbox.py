"""The page of letters in trouble: seen by all, read and decided by those who may, on record."""

from aiohttp import FormData
from sqlalchemy import select

from bot.desk.facts import Dialogue
from bot.desk.replies import Say
from bot.store.letters import Kind, Letter, State
from bot.store.outbox import enqueue
from bot.store.people import Acquaintance, remember
from bot.store.staff import StaffRole
from bot.store.tables import outbox
from tests.console.conftest import NOW, Console

USER = 7


def in_trouble(console: Console, *states: State, kind: Kind = Kind.PUSH) -> None:
    """Letters numbered from 1 that came to these states."""
    with console.engine.begin() as connection:
        remember(connection, [Acquaintance(USER, USER, "小雅<b>", "zh", Dialogue())], NOW)
        for number, state in enumerate(states, start=1):
            said = Say("<b>订单 1234567890</b> 到账了", template="reminder")
            enqueue(connection, [Letter(f"l{number}", kind, USER, said, user=USER)], NOW)
            connection.execute(
                outbox.update()
                .where(outbox.c.key == f"l{number}")
                .values(state=state, settled_at=NOW, reason="500 <oops>", attempts=2)
            )


def states_of(console: Console) -> list[str]:
    with console.engine.connect() as connection:
        found = connection.execute(select(outbox.c.state).order_by(outbox.c.id))
        return list(found.scalars())


async def test_a_viewer_sees_whom_and_why_but_not_what(console: Console) -> None:
    in_trouble(console, State.UNCERTAIN, State.FAILED)
    viewer = console.browser(StaffRole.VIEWER)
    answer = await viewer.get("/console/outbox")
    assert "小雅<b>" in answer.words
    assert "500 <oops>" in answer.words
    assert "1234567890" not in answer.text
    assert 'type="checkbox"' not in answer.text
    assert (await viewer.get("/console/outbox/1/words")).status == 403


async def test_whoever_reads_a_message_is_on_record(console: Console) -> None:
    in_trouble(console, State.UNCERTAIN)
    agent = console.browser(StaffRole.AGENT)
    assert "1234567890" in (await agent.get("/console/outbox/1/words")).words
    assert console.recorded == [("letter_read", "letter:1")]
    assert (await agent.get("/console/outbox/99/words")).status == 404


async def test_chosen_messages_are_sent_again_or_put_aside(console: Console) -> None:
    in_trouble(console, State.UNCERTAIN, State.FAILED, State.FAILED)
    agent = console.browser(StaffRole.AGENT)
    answer = await agent.post("/console/outbox/resend", {"row": "1"})
    assert (answer.status, answer.headers["Location"]) == (303, "/console/outbox?said=done_resent")
    await agent.post("/console/outbox/drop", {"row": "3"})
    assert states_of(console) == ["pending", "failed", "dropped"]
    assert console.recorded == [("letter_resent", "letter:1"), ("letter_dropped", "letter:3")]
    shown = await agent.get("/console/outbox?said=done_resent")
    assert "已放回发件箱" in shown.words


async def test_what_has_changed_meanwhile_changes_nothing(console: Console) -> None:
    in_trouble(console, State.UNCERTAIN, State.SENT)
    agent = console.browser(StaffRole.AGENT, "en")
    refused = await agent.post("/console/outbox/resend", FormData([("row", "1"), ("row", "2")]))
    assert refused.status == 409
    assert "somebody has just sent again" in refused.words
    for row in ("x", "9" * 30):
        assert (await agent.post("/console/outbox/drop", {"row": row})).status == 422
    assert states_of(console) == ["uncertain", "sent"]
    assert console.recorded == []


async def test_they_are_found_by_state_and_kind(console: Console) -> None:
    in_trouble(console, State.UNCERTAIN, State.FAILED, kind=Kind.ANSWER)
    agent = console.browser(StaffRole.AGENT)
    found = await agent.get("/console/outbox?state=failed&kind=answer")
    assert 'value="2"' in found.text
    assert 'value="1"' not in found.text
    none = await agent.get("/console/outbox?state=failed&kind=push&after=oops")
    assert "没有失败的消息" in none.words


async def test_a_page_holds_fifty_and_the_next_goes_on(console: Console) -> None:
    in_trouble(console, *[State.FAILED] * 51)
    agent = console.browser(StaffRole.AGENT)
    first = await agent.get("/console/outbox")
    assert first.text.count('type="checkbox"') == 50
    further = first.text.partition('href="?')[2].partition('"')[0].replace("&amp;", "&")
    second = await agent.get(f"/console/outbox?{further}")
    assert second.text.count('type="checkbox"') == 1
