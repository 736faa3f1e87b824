"""Whoever erases themselves is in no table, and in no byte of an SQLite file, any more."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.engine import make_url

from bot.app import load_snapshot
from bot.desk.desk import Desk
from bot.desk.incoming import Incoming
from bot.desk.operators import Operators
from bot.intake import Intake, Received
from bot.store.creators import add_creator, make_binding_code
from bot.store.forgetting import forget_settled
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.letters import State
from bot.store.tables import metadata, outbox
from settlement.model import Order, Platform

NOW = datetime(2026, 9, 15, 1, 0, tzinfo=UTC)
BOT, OPERATORS, COLLEAGUE = 4, -100900, 12
PERSON, NAME = 7_654_321_098, "雁字回时"
QUESTION, APPLICATION, TROUBLE = "紫藤花开没开", "青石好物铺", "黄鹤一去不复返"
SET_ASIDE, AWAITED, OWN = "锦瑟无端五十弦", "268309991231", "2483920174658301"
SEEDS = (str(PERSON), NAME, QUESTION, APPLICATION, TROUBLE, SET_ASIDE, AWAITED)


@dataclass
class Chat:
    """A person's chat with the real desk, without Telegram."""

    engine: Engine
    intake: Intake
    ids: Any = field(default_factory=lambda: count(1))

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
        incoming = Incoming(update, PERSON, PERSON, name=NAME, language_code="zh-hans", **what)
        task = self.intake.prepare(Received(update, {}, incoming))
        with self.engine.begin() as connection:
            self.intake.handle(connection, [task])

    def _token(self, label: str) -> str:
        theirs = select(outbox.c.payload).where(outbox.c.chat == PERSON).order_by(outbox.c.id)
        with self.engine.connect() as connection:
            said = list(connection.execute(theirs).scalars())
        for reply in reversed(said):
            for button in (each for row in reply.get("buttons", ()) for each in row):
                if label in button["label"] and button["token"]:
                    return str(button["token"])
        raise AssertionError(f"no button {label!r} in {said[-1]}")


@pytest.fixture
def chat(engine: Engine) -> Chat:
    snapshot = load_snapshot()
    operators = Operators(OPERATORS, (COLLEAGUE,))
    desk = Desk(lambda: snapshot, b"a secret for tests", "mingzhang_bot", operators=operators)
    return Chat(engine, Intake(desk, BOT, lambda: NOW, OPERATORS))


def own_line(engine: Engine) -> str:
    """A code that binds to the owner of one line."""
    with engine.begin() as connection:
        owner = add_creator(connection, "小林", NOW)
        code = make_binding_code(connection, owner, NOW)
    report = ReportImport(engine, "report.csv", "hash", NOW)
    report.add([OwnedOrder(owner, Order(platform=Platform.TAOBAO, order_number=OWN))])
    report.publish(refused=0)
    return code


def live(chat: Chat) -> None:
    """Leave traces wherever somebody can."""
    chat.say("/bind")
    chat.press("申请")
    chat.press("抖音")
    chat.say(APPLICATION)
    chat.say(f"/start b_{own_line(chat.engine)}")
    chat.say(OWN)
    chat.press("到账提醒")
    chat.say(AWAITED)
    chat.press("告诉我")
    chat.say(QUESTION)
    chat.say("京东带货有成交额为什么没有佣金")
    chat.press("👎")
    chat.say(f"/human {TROUBLE}")
    chat.poison({"message": {"from": {"id": PERSON}, "text": SET_ASIDE}})


def erase(chat: Chat) -> None:
    chat.say("/privacy")
    chat.press("删除我的一切")
    chat.press("确认删除")


def be_told(engine: Engine) -> None:
    """Let everything arrive that waits, the goodbye too, and be forgotten."""
    with engine.begin() as connection:
        connection.execute(outbox.update().values(state=State.SENT, settled_at=NOW))
        forget_settled(connection, NOW + timedelta(seconds=1), 100)


def in_tables(engine: Engine) -> bytes:
    """All tables as the database itself writes them."""
    with engine.connect() as connection:
        return "\n".join(
            str(tuple(row))
            for table in metadata.sorted_tables
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"'))  # noqa: S608
        ).encode()


def in_files(engine: Engine, database: str) -> bytes:
    """Every byte of an SQLite file and of what lies beside it, closed as a bot leaves it."""
    engine.dispose()
    file = Path(make_url(database).database or "")
    return b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))


def as_bytes(seed: str) -> list[bytes]:
    """How a seed may stand in a file: as text, escaped in JSON, or as a number."""
    escaped = seed.encode("unicode_escape")
    forms = [seed.encode(), escaped, escaped.replace(b"\\", b"\\\\")]
    return [*forms, PERSON.to_bytes(6, "big")] if seed == str(PERSON) else forms


def found(seeds: tuple[str, ...], kept: bytes) -> set[str]:
    return {seed for seed in seeds if any(form in kept for form in as_bytes(seed))}


def test_everything_said_is_kept_somewhere_and_nothing_after_erasing(
    engine: Engine, chat: Chat
) -> None:
    live(chat)
    assert found(SEEDS, in_tables(engine)) == set(SEEDS)
    erase(chat)
    be_told(engine)
    # The order is the creator's and stays.
    assert found((*SEEDS, OWN), in_tables(engine)) == {OWN}


def test_no_byte_of_the_file_is_left(chat: Chat, database: str) -> None:
    """Old versions of rows, freed pages and the log included, without VACUUM."""
    if not database.startswith("sqlite"):
        return  # PostgreSQL gives the room of deleted rows back in its own time
    live(chat)
    for number in range(200):
        chat.say(f"{QUESTION} {number}")
    assert found(SEEDS, in_files(chat.engine, database)) == set(SEEDS)
    erase(chat)
    be_told(chat.engine)
    assert found((*SEEDS, OWN), in_files(chat.engine, database)) == {OWN}
