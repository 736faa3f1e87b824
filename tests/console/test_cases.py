"""Cases in the console: read, taken, answered as from the operator's chat, closed; on record."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from bot.desk.effects import Arrival
from bot.desk.facts import Dialogue, Facts
from bot.desk.incoming import Incoming
from bot.desk.passing import HandOver, PassOn
from bot.desk.replies import Answered, Effect, Say
from bot.store.cases import note_arrival
from bot.store.creators import add_creator, make_binding_code
from bot.store.exchanges import Exchange, write_exchanges
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.people import bind
from bot.store.staff import StaffRole
from bot.store.tables import cases, handoffs, outbox
from settlement.model import Order, Platform
from tests.console.conftest import NOW, Browser, Console

BOT, USER, OPERATORS = 4711, 7, -900
NUMBER, FOREIGN = "284512345678", "284599999999"


def imported(console: Console, owner: str, number: str) -> None:
    with console.engine.begin() as connection:
        creator = add_creator(connection, owner, NOW)
    report = ReportImport(console.engine, "r.csv", number, NOW)
    report.add([OwnedOrder(creator, Order(platform=Platform.JD, order_number=number))])
    report.publish(refused=0)


@dataclass
class Case:
    """A case of somebody who asked about an order of theirs and one that is not."""

    console: Console
    agent: Browser

    def letters(self, chat: int) -> list[str]:
        """What was written to a chat, in its order."""
        with self.console.engine.connect() as connection:
            found = connection.execute(
                select(outbox.c.payload).where(outbox.c.chat == chat).order_by(outbox.c.id)
            )
            return [str(payload.get("html", "")) for payload in found.scalars()]

    @property
    def row(self) -> Any:
        with self.console.engine.connect() as connection:
            return connection.execute(select(handoffs)).one()


@pytest.fixture
def case(console: Console) -> Case:
    imported(console, "小雅", NUMBER)
    imported(console, "别人", FOREIGN)
    asked = f"京东 {NUMBER} 和 {FOREIGN} 为什么 <b>没到账"
    opening = HandOver("N7", asked, OPERATORS, NOW, (Say("新案件"),), Say("控制"))
    said = PassOn(1, OPERATORS, Say("💬 在吗", template="operator/from_creator"), 2)
    effects: tuple[Effect, ...] = (opening, said)
    with console.engine.begin() as connection:
        creator = add_creator(connection, "小雅", NOW)
        bind(connection, USER, make_binding_code(connection, creator, NOW), NOW)
        for update, effect in enumerate(effects, start=1):
            incoming = Incoming(update, USER, USER, message=update, name="小雅本人")
            answered = Answered((), (effect,), Dialogue())
            exchange = Exchange(incoming, Facts(language="en"), answered)
            write_exchanges(connection, BOT, [exchange], NOW)
    return Case(console, console.browser(StaffRole.AGENT))


async def test_a_case_shows_what_was_said_and_only_the_creators_own_orders(case: Case) -> None:
    listed = await case.agent.get("/console/cases")
    assert "N7" in listed.words
    assert "等人接手" in listed.words
    shown = await case.agent.get("/console/cases/1")
    assert "为什么 <b>没到账" in shown.words
    assert "在吗" in shown.words
    assert 'class="note' not in shown.text, "nothing was done yet that could be said"
    assert "京东" in shown.words
    orders = shown.text.partition("提到的订单")[2]
    assert NUMBER in orders
    assert FOREIGN not in orders
    assert case.console.recorded == [("case_read", "case:1"), ("order_seen", "order:1")]
    assert (await case.agent.get("/console/cases/9")).status == 404


async def test_an_answer_goes_to_the_creator_once_and_is_seen_in_the_operators_chat(
    case: Case,
) -> None:
    form = {"text": "/close 是什么？查到了 <3", "once": "a"}
    for _ in range(2):
        answer = await case.agent.post("/console/cases/1/reply", form)
        assert answer.headers["Location"] == "/console/cases/1?said=done_case_answered"
    to_creator = case.letters(USER)
    assert len(to_creator) == 2, "that it is taken, and what was said"
    assert "Staff" in to_creator[1]
    assert "/close 是什么？查到了 &lt;3" in to_creator[1]
    seen = [each for each in case.letters(OPERATORS) if "运营页面" in each]
    assert len(seen) == 1
    assert "员工agent" in seen[0]
    assert (case.row.state, case.row.taken_at) == ("taken", NOW)
    shown = await case.agent.get("/console/cases/1")
    assert "查到了 <3" in shown.words
    assert "等待发送" in shown.words
    assert case.console.recorded[0] == ("case_answered", "case:1")


async def test_a_case_is_taken_and_closed_once(case: Case) -> None:
    assert (await case.agent.post("/console/cases/1/take", {"once": "a"})).status == 303
    again = await case.agent.post("/console/cases/1/take", {"once": "b"})
    assert again.status == 409
    assert (await case.agent.post("/console/cases/1/close", {"once": "c"})).status == 303
    assert (case.row.state, case.row.closed_by) == ("closed", "staff")
    late = await case.agent.post("/console/cases/1/reply", {"text": "晚了", "once": "d"})
    assert late.status == 409
    assert "工单已经结束" in late.words
    assert [
        kind for kind, _ in case.console.recorded if kind in ("case_taken", "case_closed")
    ] == [
        "case_taken",
        "case_closed",
    ]
    assert "N7" in (await case.agent.get("/console/cases?view=closed")).words


@pytest.mark.parametrize("text", ["", "   ", "长" * 3901])
async def test_what_cannot_be_said_is_not_sent(case: Case, text: str) -> None:
    before = len(case.letters(USER))
    answer = await case.agent.post("/console/cases/1/reply", {"text": text, "once": "a"})
    assert answer.status == 422
    assert len(case.letters(USER)) == before


async def test_money_that_did_not_come_is_listed_and_settled(case: Case) -> None:
    with case.console.engine.begin() as connection:
        arrival = Arrival("jd", date(2026, 9, 15), 1, "M1", arrived=False)
        note_arrival(connection, USER, arrival, NOW)
    listed = await case.agent.get("/console/cases?view=missing")
    assert "M1" in listed.words
    assert 'href="/console/orders/1"' in listed.text
    await case.agent.post("/console/cases/missing/1/close")
    with case.console.engine.connect() as connection:
        assert connection.execute(select(cases.c.state)).scalar_one() == "closed"
    assert "运营了结" in (await case.agent.get("/console/cases?view=settled")).words
    assert ("missing_closed", "missing:1") in case.console.recorded
