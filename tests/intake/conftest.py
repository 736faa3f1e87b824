from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from threading import Event

import pytest
from sqlalchemy import Engine

from bot.desk.facts import Dialogue, Facts, Scope, Wanted
from bot.desk.incoming import Incoming
from bot.desk.replies import Answered, BindCreator, RecordQuestion, Say
from bot.intake import Intake, Received
from bot.planner import Planner
from bot.reminders import Push, QuietHours
from bot.store.creators import add_creator, make_binding_code
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.people import Acquaintance, bind, remember
from bot.store.subscriptions import subscribe
from bot.writer import Writer
from settlement.model import Order
from settlement.rulebook import shipped_rulebook
from tests.intake.planned import LINE, SHANGHAI, Hand

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
def hand() -> Hand:
    return Hand(datetime(2026, 9, 14, 12, tzinfo=SHANGHAI))


@pytest.fixture
def looks() -> list[Push]:
    """Every push rendered, told before or not."""
    return []


@pytest.fixture
def planner(engine: Engine, hand: Hand, looks: list[Push]) -> Planner:
    def render(push: Push, now: datetime) -> Say:
        looks.append(push)
        return Say(" ".join(str(line.row) for line in push.lines))

    quiet = QuietHours(time(21), time(9))
    return Planner(engine, shipped_rulebook, render, quiet, SHANGHAI, hand.now)


@pytest.fixture
def import_orders(engine: Engine, hand: Hand) -> Callable[..., int]:
    def run(*orders: Order, creator: str = "小林") -> int:
        with engine.begin() as connection:
            owner = add_creator(connection, creator, hand.now())
        report = ReportImport(engine, "report.csv", "hash", hand.now())
        report.add([OwnedOrder(owner, order) for order in orders])
        report.publish(refused=0)
        return owner

    return run


@pytest.fixture
def bound(engine: Engine, hand: Hand, import_orders: Callable[..., int]) -> int:
    """Person 7, bound to 小林, who has one line that is paid on the payout day."""
    owner = import_orders(LINE)
    with engine.begin() as connection:
        remember(connection, [Acquaintance(7, 7, "七", "zh", Dialogue())], hand.now())
        code = make_binding_code(connection, owner, hand.now())
        bind(connection, 7, code, hand.now())
    return 7


@pytest.fixture
def watch(engine: Engine, hand: Hand) -> Callable[..., None]:
    def run(user: int, row: int | None = 1) -> None:
        scope = Scope.EVERYTHING if row is None else Scope.ORDER
        with engine.begin() as connection:
            subscribe(connection, user, scope, row, hand.now())

    return run
