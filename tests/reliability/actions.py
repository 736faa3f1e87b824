"""What a killed process may have been doing, and what anybody can see of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, select

from bot.desk.effects import BindCreator, RecordQuestion, Subscribe
from bot.desk.facts import Dialogue, Facts, Scope, Wanted
from bot.desk.incoming import Incoming
from bot.desk.replies import Answered, Effect, Say
from bot.intake import Intake, Received
from bot.planner import Planner
from bot.reminders import QuietHours
from bot.store.batches import clear_abandoned
from bot.store.creators import add_creator, hash_code, make_binding_code
from bot.store.erasing import forget_person
from bot.store.importing import CHUNK, OwnedOrder, ReportImport
from bot.store.lines import latest_lines
from bot.store.people import Acquaintance, bind, remember
from bot.store.subscriptions import subscribe
from bot.store.tables import (
    binding_codes,
    bindings,
    outbox,
    people,
    processed_updates,
    subscriptions,
    unanswered_questions,
)
from bot.store.transactions import transact
from settlement.model import Order, Platform, RawStatus
from settlement.rulebook import shipped_rulebook

__all__ = ["ACTIONS", "PERSON_BY_PERSON", "prepare", "recover", "visible"]

NOW = datetime(2026, 9, 15, 4, 0, tzinfo=UTC)
"""A payout day, in the middle of the day."""
SHANGHAI = ZoneInfo("Asia/Shanghai")
BOT = 4
CODE = "a-code-for-whoever-comes-first"
REMINDED = range(1, 6)
SUBSCRIBES, BINDS, CHATS = 7, 8, 9
KNOWN_LINES = 20
LINE = Order(
    platform=Platform.ALIBABA_1688,
    order_number="1",
    received_at=datetime(2026, 7, 31, 10, tzinfo=SHANGHAI),
    paid_amount=Decimal("100.00"),
    commission_rate=Decimal("0.10"),
    refunds=(),
)


class ObedientDesk:
    """Does what a word says, and counts a person's messages in the dialogue."""

    def wanted(self, incoming: Incoming) -> Wanted:
        """The code to be bound with."""
        return Wanted(binding_code=CODE if incoming.text == "bind" else None)

    def answer(self, incoming: Incoming, facts: Facts, now: datetime) -> Answered:
        """An answer with a question kept, a binding or a subscription."""
        dialogue = Dialogue(topic=str(int(facts.dialogue.topic or 0) + 1))
        effects: dict[str, tuple[Effect, ...]] = {
            "bind": (BindCreator(CODE), RecordQuestion("bind", "unknown")),
            "subscribe": (Subscribe(Scope.ORDER, 1), RecordQuestion("subscribe", "unknown")),
        }
        return Answered(
            (Say(incoming.text), Say("and more")), effects.get(incoming.text, ()), dialogue
        )


def prepare(engine: Engine) -> None:
    """A creator with some lines, people who are bound to them, one who is about to be."""
    with engine.begin() as connection:
        owner = add_creator(connection, "小林", NOW)
    report = ReportImport(engine, "known.csv", "known", NOW)
    report.add([_owned(owner, number) for number in range(KNOWN_LINES)])
    report.publish(refused=0)
    with engine.begin() as connection:
        for user in (*REMINDED, SUBSCRIBES):
            remember(connection, [Acquaintance(user, user, "一", "zh", Dialogue(), BOT)], NOW)
            bind(connection, user, make_binding_code(connection, owner, NOW), NOW)
        for user in REMINDED:
            subscribe(connection, user, Scope.EVERYTHING, None, NOW)
        make_binding_code(connection, owner, NOW)
        unused = binding_codes.c.used_at.is_(None)
        connection.execute(binding_codes.update().where(unused).values(hash=hash_code(CODE)))


def recover(engine: Engine) -> None:
    """What a later start does about what an earlier process left."""
    clear_abandoned(engine, NOW + timedelta(hours=1))


def visible(connection: Connection) -> dict[str, str]:
    """All that people, senders and operators can see; not the numbers that rows happen to have.

    What a person is to be told is a part of its own for each person.
    """
    lines = [
        (line.creator, line.order)
        for line in sorted(latest_lines(connection, SUBSCRIBES, 10_000), key=_number_of)
    ]
    tables: Mapping[str, Any] = {
        "bindings": select(bindings.c.user, bindings.c.creator, bindings.c.ended_at),
        "codes": select(binding_codes.c.hash, binding_codes.c.used_by, binding_codes.c.used_at),
        **{
            f"letters {chat}": select(outbox.c.key, outbox.c.state).where(outbox.c.chat == chat)
            for chat in (*REMINDED, SUBSCRIBES, BINDS, CHATS)
        },
        "people": select(people.c.user, people.c.language, people.c.seen_at),
        "dialogues": select(people.c.user, people.c.dialogue),
        "questions": select(unanswered_questions.c.user, unanswered_questions.c.text),
        "subscriptions": select(subscriptions.c.user, subscriptions.c.scope, subscriptions.c.line),
        "updates": select(processed_updates.c.update),
    }
    rows = {name: sorted(map(_said, connection.execute(what))) for name, what in tables.items()}
    return {"lines": repr(lines)} | {name: repr(found) for name, found in rows.items()}


def _said(row: Any) -> str:
    # JSON comes back with its keys in the database's order.
    return repr([sorted(each.items()) if isinstance(each, dict) else each for each in row])


def _number_of(line: Any) -> str:
    return str(line.order.order_number)


def _owned(owner: int, number: int, **more: Any) -> OwnedOrder:
    return OwnedOrder(owner, replace(LINE, order_number=str(number), **more))


@dataclass(frozen=True, slots=True)
class Import:
    """A report with changed lines and new ones (导入)."""

    lines: int

    def __call__(self, engine: Engine) -> None:
        """Import it as the command does."""
        report = ReportImport(engine, "report.csv", "report", NOW)
        arrived = [
            _owned(1, number, raw_status=RawStatus(code="9")) for number in range(self.lines)
        ]
        for start in range(0, self.lines, CHUNK):
            report.add(arrived[start : start + CHUNK])
        report.publish(refused=0)


def _message(word: str, user: int) -> Callable[[Engine], None]:
    """Three people's messages in one batch; one of them is `word`."""

    def run(engine: Engine) -> None:
        intake = Intake(ObedientDesk(), BOT, lambda: NOW)
        said = [(1, REMINDED[0], "hello"), (2, user, word), (3, CHATS, "hello")]
        tasks = [
            intake.prepare(Received(n, {}, Incoming(n, who, who, text=text, message=n)))
            for n, who, text in said
        ]
        transact(engine, lambda connection: intake.handle(connection, tasks))

    return run


def _remind(engine: Engine) -> None:
    planner = Planner(
        engine,
        shipped_rulebook,
        lambda push, now: Say(" ".join(str(line.row) for line in push.lines)),
        QuietHours(time(21), time(9)),
        SHANGHAI,
        lambda: NOW,
    )
    planner.turn(lambda job: transact(engine, job))


def _delete(engine: Engine) -> None:
    def work(connection: Connection) -> None:
        forget_person(connection, REMINDED[0])

    transact(engine, work)


ACTIONS: dict[str, Callable[[int], Callable[[Engine], None]]] = {
    "import": Import,
    "bind": lambda _: _message("bind", BINDS),
    "subscribe": lambda _: _message("subscribe", SUBSCRIBES),
    "remind": lambda _: _remind,
    "delete": lambda _: _delete,
}

PERSON_BY_PERSON = frozenset({"remind"})
"""Actions that take a few people at a time: all or nothing holds for each of them."""
