from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event

import pytest
from sqlalchemy import Engine

from bot.desk.effects import BindCreator, RecordQuestion
from bot.desk.facts import Dialogue, Facts, Wanted
from bot.desk.incoming import Incoming
from bot.desk.replies import Answered, Say
from bot.intake import Intake, Received
from bot.writer import Writer
from tests.intake.planned import LINE, Bot

NOW = datetime(2026, 9, 15, 1, 0, tzinfo=UTC)
BOT = 4


@dataclass
class CountingDesk:
    """Answers with how many messages of the person came before, as the dialogue remembers."""

    poison: set[str] = field(default_factory=set)
    batches: list[list[int]] = field(default_factory=list)
    held: Event | None = None

    def wanted(self, incoming: Incoming) -> Wanted:
        if incoming.text == "unreadable by the desk":
            raise KeyError("wanted")
        code = incoming.text.removeprefix("bind ")
        return Wanted(binding_code=code if code != incoming.text else None)

    def answer(self, incoming: Incoming, facts: Facts, now: datetime) -> Answered:
        if self.held:
            self.held.wait(10)
        if incoming.text in self.poison:
            raise ZeroDivisionError(incoming.text)
        if incoming.text == "cannot be stored":
            return Answered((Say("x"),), (RecordQuestion("x", object()),))  # type: ignore[arg-type]
        if code := facts.binding_code:
            if code.used:
                return Answered((Say("used"),))
            return Answered((Say("bound"),), (BindCreator(incoming.text.removeprefix("bind ")),))
        count = int(facts.dialogue.topic or 0)
        return Answered(
            (Say(f"{count}: {incoming.text}"),),
            (RecordQuestion(incoming.text, "unknown"),),
            Dialogue(topic=str(count + 1)),
        )


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def desk() -> CountingDesk:
    return CountingDesk()


@pytest.fixture
def writer(engine: Engine, desk: CountingDesk) -> Iterator[Writer]:
    writer = Writer(engine, Intake(desk, BOT, lambda: NOW))
    writer.start()
    yield writer
    if desk.held:
        desk.held.set()
    writer.stop()


@pytest.fixture
def said() -> Callable[..., Received]:
    """An update with a private message."""

    def make(update: int, user: int, text: str = "") -> Received:
        body = {"update_id": update, "message": {"text": text}}
        incoming = Incoming(update=update, user=user, chat=user, text=text, message=update)
        return Received(update, body, incoming)

    return make


@pytest.fixture
def bot(engine: Engine) -> Bot:
    return Bot(engine)


@pytest.fixture
def bound(bot: Bot) -> int:
    """Person 7, bound to 小林, who has one line that is paid on the payout day."""
    bot.imports(LINE)
    bot.binds(7)
    return 7
