"""Short checks that some canaries need and that stand nowhere else."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select

from bot.desk.rendering import Voice
from bot.desk.replies import Say
from bot.store.claiming import Claimant, Room, claim, left_behind
from bot.store.creators import add_creator
from bot.store.database import open_engine
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.letters import Kind, Letter
from bot.store.outbox import enqueue
from bot.store.pace import Limits, Pace
from bot.store.tables import import_batches, order_facts, order_history, order_lines
from bot.telegram.dispatch import Me
from bot.telegram.gateway import Polling
from bot.telegram.transport import Accepted
from bot.telegram.webhook_gateway import WebhookGateway, WebhookPlace
from settlement.contract import read_order
from settlement.model import Order

NOW = datetime(2026, 9, 15, 1, 0, tzinfo=UTC)
BOT = 4
LIMITS = Limits(Pace(timedelta(), 1), Pace(timedelta(), 1), timedelta())


def test_what_was_in_flight_at_a_crash_is_known(sqlite_database: str) -> None:
    engine = open_engine(sqlite_database)
    with engine.begin() as connection:
        letters = [Letter(f"push:{chat}", Kind.PUSH, chat, Say("到账提醒")) for chat in (1, 2, 3)]
        enqueue(connection, letters, NOW)
    with engine.begin() as connection:
        taken = claim(connection, Claimant(BOT, "dead"), Room(5, 5), LIMITS, NOW)
    # Here the process ends, and another begins.
    with engine.begin() as connection:
        left = left_behind(connection, BOT, NOW, alone=True)
    assert len(taken) == 3
    assert sorted(row.id for row in left) == sorted(row.id for row in taken)
    engine.dispose()


class Ended(Exception):
    """The process ended in the middle."""


@pytest.mark.parametrize("statement", range(1, 16))
def test_an_import_that_ends_anywhere_leaves_nothing(statement: int, sqlite_database: str) -> None:
    engine = open_engine(sqlite_database)
    with engine.begin() as connection:
        owner = add_creator(connection, "小林好物", NOW)
    left = [statement]

    def end(*_: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Ended

    event.listen(engine, "before_cursor_execute", end)
    report = ReportImport(engine, "report.csv", "hash", NOW)
    try:
        report.add([OwnedOrder(owner, order(number)) for number in ("10001", "10002")])
    except Ended:
        kept = (0, 0, 0, 0)
    else:
        kept = (2, 2, 0, 1)
    event.remove(engine, "before_cursor_execute", end)
    assert rows_of(engine) == kept
    engine.dispose()


def rows_of(engine: Engine) -> tuple[int, ...]:
    tables = (order_lines, order_facts, order_history, import_batches)
    with engine.connect() as connection:
        return tuple(
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables
        )


def order(number: str) -> Order:
    read = read_order({"platform": "jd", "order_number": number, "paid_amount": "20.00"})
    assert isinstance(read, Order)
    return read


@pytest.mark.parametrize("name", ["<b>杯</b>", "<3", "a & b", "</a><a href='x'>"])
def test_a_title_is_text_and_no_markup(name: str) -> None:
    said = Voice("zh", NOW).html("bind", names=(name,), asked=(), can_ask=False)
    assert name not in said
    assert name.replace("&", "&amp;").replace("<", "&lt;")[:4] in said


class Waiting:
    """A Telegram at which updates wait, and that drops them when it is told to."""

    def __init__(self) -> None:
        self.updates = [11, 12]
        self.asked: list[str] = []

    async def call(self, method: str, arguments: Mapping[str, Any]) -> Accepted:
        self.asked.append(method)
        if arguments.get("drop_pending_updates"):
            self.updates.clear()
        return Accepted(True)


async def nothing(_: Any) -> None:
    return None


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_a_start_keeps_what_waits(mode: str) -> None:
    telegram: Any = Waiting()
    me = Me(42, "mingzhang_bot")
    if mode == "polling":
        lease: Any = None
        await Polling(telegram, me, nothing, lease)._leave_webhook()
    else:
        place = WebhookPlace("https://bot.example/hook", "s" * 32)
        await WebhookGateway(telegram, me, nothing, place)._registered()
    assert telegram.asked == [{"polling": "deleteWebhook", "webhook": "setWebhook"}[mode]]
    assert telegram.updates == [11, 12]
