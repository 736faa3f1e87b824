"""The whole bot over HTTP with what imports documents, and somebody of the operator's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from ruamel.yaml import YAML
from sqlalchemy import Engine, select

from bot.simulator.faults import Fault
from bot.simulator.messages import Message
from bot.simulator.telegram_world import Change
from bot.store.tables import outbox
from bot.store.transactions import reads, transact
from bot.sync.documents import Pace
from tests.conversations.staging import OPEN, Stage
from tests.conversations.world import SHANGHAI
from tests.documents.reports import LONG

STAFF, STRANGER = 501, 103
PATIENCE_SECONDS = 300.0
WORLD = Path(__file__).parents[1] / "conversations" / "world.yaml"


@dataclass
class Office:
    """The operator's office: who sends files there, and all that was seen of each message."""

    stage: Stage
    calls: list[str] = field(default_factory=list)
    texts: dict[int, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.stage.telegram.listen(self._notice)
        self.stage.server.bot_api.faults = self._called

    def send(self, name: str, content: bytes, caption: str = "", who: int = STAFF) -> None:
        """Send a file: staff in the operator's group, others in private."""
        file = self.stage.telegram.documents.keep(name, "application/octet-stream", content)
        place = self.stage.operator_chat if who == STAFF else None
        self.stage.crowd.send(who, file, caption, place)

    def press(self, label: str) -> None:
        """Press a button of the newest message that has it."""
        message = self.stage.find(self.stage.operator_chat, label)
        rows: Any = (message.markup or {})["inline_keyboard"]
        place = next(
            (row, column)
            for row, buttons in enumerate(rows)
            for column, button in enumerate(buttons)
            if label in button["text"]
        )
        self.stage.telegram.press(STAFF, message.id, *place, self.stage.operator_chat)

    @property
    def said(self) -> list[Message]:
        """What the bot wrote in the operator's group."""
        messages = self.stage.telegram.messages(self.stage.operator_chat)
        return [each for each in messages if each.by_bot]

    def _notice(self, change: Change) -> None:
        if change.kind != "message":
            return
        for each in self.said:
            seen = self.texts.setdefault(each.id, [])
            if not seen or seen[-1] != each.content.text:
                seen.append(each.content.text)

    def _called(self, method: str, _: Any) -> Fault | None:
        self.calls.append(method)
        return None


def new_stage(folder: Path) -> Stage:
    told = {
        "as_of": datetime(2026, 8, 20, 10, tzinfo=SHANGHAI),
        "operators": {"小陈": STAFF},
        "steps": [{"sends": {}}],
    }
    return Stage(YAML(typ="safe").load(WORLD.read_text(encoding="utf-8")), told, folder)


@pytest.fixture
def seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An import goes on when what was told of it has arrived: so each of its words is seen."""

    def tell(engine: Engine, work: Any) -> None:
        transact(engine, work)
        while waiting(engine):
            sleep(0.005)

    if not LONG:
        monkeypatch.setattr("bot.sync.telling.transact", tell)


def waiting(engine: Engine) -> bool:
    with reads(engine) as connection:
        open_ = select(outbox.c.id).where(outbox.c.state.in_(OPEN)).limit(1)
        return connection.execute(open_).one_or_none() is not None


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """An office where progress is told as fast as it comes."""
    async with opened(tmp_path, Pace(look=0.02, tell=1 if LONG else 0, pause=0.02)) as office:
        yield office


@asynccontextmanager
async def opened(folder: Path, pace: Pace) -> AsyncIterator[Office]:
    stage = new_stage(folder)
    stage.looking, stage.patience = pace, PATIENCE_SECONDS
    office = Office(stage)
    async with stage.open():
        yield office
