"""Somebody's chat with the real desk, without Telegram (对话)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import Engine, select

from bot.app import load_snapshot
from bot.desk.desk import Desk
from bot.desk.incoming import Incoming
from bot.desk.operators import Operators
from bot.intake import Intake, Received
from bot.store.creators import add_creator, make_binding_code
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.tables import outbox
from settlement.model import Order

__all__ = ["BOT", "COLLEAGUE", "NOW", "OPERATORS", "Chat", "begin_chat", "code_for"]

NOW = datetime(2026, 9, 15, 1, 0, tzinfo=UTC)
BOT, OPERATORS, COLLEAGUE = 4, -100900, 12
SECRET = b"a secret for tests"


@dataclass
class Chat:
    """What a person says and presses; each message is a transaction."""

    engine: Engine
    intake: Intake
    user: int
    name: str
    ids: Iterator[int]

    def say(self, words: str, **more: Any) -> None:
        self._hand_in(text=words, message=next(self.ids), **more)

    def press(self, label: str) -> None:
        self._hand_in(message=5, button=self._token(label), button_query="q")

    def poison(self, body: dict[str, Any]) -> None:
        update = next(self.ids)
        with self.engine.begin() as connection:
            task = self.intake.prepare(Received(update, body, problem="odd"))
            self.intake.handle(connection, [task])

    def _hand_in(self, **what: Any) -> None:
        update = next(self.ids)
        incoming = Incoming(
            update, self.user, self.user, name=self.name, language_code="zh-hans", **what
        )
        task = self.intake.prepare(Received(update, {}, incoming))
        with self.engine.begin() as connection:
            self.intake.handle(connection, [task])

    def _token(self, label: str) -> str:
        theirs = select(outbox.c.payload).where(outbox.c.chat == self.user).order_by(outbox.c.id)
        with self.engine.connect() as connection:
            said = list(connection.execute(theirs).scalars())
        for reply in reversed(said):
            for button in (each for row in reply.get("buttons", ()) for each in row):
                if label in button["label"] and button["token"]:
                    return str(button["token"])
        raise AssertionError(f"no button {label!r} in {said[-1]}")


def begin_chat(engine: Engine, user: int, name: str) -> Chat:
    """The shipped answers and rules, and an operator's group."""
    snapshot = load_snapshot()
    operators = Operators(OPERATORS, (COLLEAGUE,))
    desk = Desk(lambda: snapshot, SECRET, "mingzhang_bot", operators=operators)
    return Chat(
        engine,
        Intake(desk, BOT, lambda: NOW, OPERATORS),
        user,
        name,
        count(1000 * (user % 1000) + 1),
    )


def code_for(engine: Engine, creator: str, order: Order) -> str:
    """A code that binds to the owner of one line."""
    with engine.begin() as connection:
        owner = add_creator(connection, creator, NOW)
        code = make_binding_code(connection, owner, NOW)
    report = ReportImport(engine, "report.csv", "hash", NOW)
    report.add([OwnedOrder(owner, order)])
    report.publish(refused=0)
    return code
