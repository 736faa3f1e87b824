"""A planner by a clock that is set by hand, and what may happen around it (计划测试)."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, event, select

from bot.desk.effects import Prefer
from bot.desk.facts import Dialogue, Scope
from bot.desk.replies import Say
from bot.planner import Planner
from bot.reminders import Push, QuietHours
from bot.store.creators import add_creator, make_binding_code
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.people import Acquaintance, bind, remember
from bot.store.subscriptions import prefer, subscribe, unsubscribe
from bot.store.tables import outbox
from settlement.model import Order, Platform
from settlement.rulebook import shipped_rulebook

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 9, 14, 12, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 9, 14, 23, tzinfo=SHANGHAI)
MORNING = datetime(2026, 9, 15, 9, tzinfo=SHANGHAI)
PAYOUT_DAY = date(2026, 9, 15)
LINE = Order(
    platform=Platform.ALIBABA_1688,
    order_number="1",
    received_at=datetime(2026, 7, 31, 10, tzinfo=SHANGHAI),
    paid_amount=Decimal("100.00"),
    commission_rate=Decimal("0.10"),
    refunds=(),
)
"""A line that is paid on the payout day."""


def say(push: Push, _: datetime) -> Say:
    """Its kind, then what it is about: rows of lines, awaited numbers, answered questions."""
    rows = sorted(str(line.row) for line in push.lines)
    answers = (f"{each.question}={each.entry}" for each in push.answers)
    return Say(" ".join((push.kind, *rows, *push.numbers, *answers)))


class Bot:
    """A planner at noon of the day before the payout day; `looks` are the pushes it rendered.

    It renders by `render`, knows the answers `known` (all, if that is None) and goes by
    `rulebook`: each may be changed.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.now = NOON
        self.looks: list[Push] = []
        self.render: Callable[[Push, datetime], Say] = say
        self.known: set[str] | None = None
        self.rulebook = shipped_rulebook()
        self.planner = self.replica()

    def replica(self) -> Planner:
        """Another process that plans."""
        quiet = QuietHours(time(21), time(9))
        return Planner(
            *(self.engine, lambda: self.rulebook, self._say, quiet, SHANGHAI, lambda: self.now),
            knows=lambda entry: self.known is None or entry in self.known,
        )

    def _say(self, push: Push, now: datetime) -> Say:
        self.looks.append(push)
        return self.render(push, now)

    def set(self, day: date, hour: int) -> None:
        """Set the clock, in Shanghai."""
        self.now = datetime.combine(day, time(hour), SHANGHAI)

    def run(self, job: Callable[[Connection], Any]) -> Any:
        """Do something in a transaction of its own."""
        with self.engine.begin() as connection:
            return job(connection)

    def turn(self, planner: Planner | None = None) -> int:
        """Let the planner do a turn; how many letters it wrote."""
        return (planner or self.planner).turn(self.run)

    def told_after_turn(self, planner: Planner | None = None) -> list[str]:
        """Let the planner do a turn; all that was ever told, and to whom."""
        self.turn(planner)
        return self.told()

    def asked_in_a_turn(self) -> list[str]:
        """The first word of each statement with which the planner does a turn."""
        asked: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
            asked.append(statement.split()[0])

        event.listen(self.engine, "before_cursor_execute", note)
        self.turn()
        event.remove(self.engine, "before_cursor_execute", note)
        return asked

    def imports(self, *orders: Order, creator: str = "小林") -> None:
        """Import lines of a creator."""
        owner = self.run(lambda connection: add_creator(connection, creator, self.now))
        report = ReportImport(self.engine, "report.csv", "hash", self.now)
        report.add([OwnedOrder(owner, order) for order in orders])
        report.publish(refused=0)

    def meets(self, user: int) -> None:
        """A person writes, as they may have before."""
        somebody = Acquaintance(user, user, "", "zh", Dialogue())
        self.run(lambda connection: remember(connection, [somebody], self.now))

    def binds(self, user: int, creator: str = "小林") -> None:
        """Bind a person, who writes for it, to a creator."""
        self.meets(user)

        def work(connection: Connection) -> None:
            owner = add_creator(connection, creator, self.now)
            bind(connection, user, make_binding_code(connection, owner, self.now), self.now)

        self.run(work)

    def watches(self, user: int, row: int | None = 1, scope: Scope | None = None) -> None:
        """A person wants to be told of a line, or of all of theirs."""
        wanted = scope or (Scope.EVERYTHING if row is None else Scope.ORDER)
        self.run(lambda connection: subscribe(connection, user, wanted, row, self.now))

    def prefers(self, user: int, wish: Prefer) -> None:
        """A person changes when they want to be told."""
        self.run(lambda connection: prefer(connection, user, wish, self.now))

    def leaves(self, user: int, scope: Scope = Scope.ORDER, row: int | None = 1) -> None:
        """A person wants to be told of a line no more, or of what they wished for."""
        self.run(lambda connection: unsubscribe(connection, user, scope, row, self.now))

    def marks(self, state: str, was: str | None = None) -> None:
        """Say what became of all letters, or of those that were in a state."""
        letters = outbox.update().values(state=state)
        which = letters if was is None else letters.where(outbox.c.state == was)
        self.run(lambda connection: connection.execute(which))

    def told(self) -> list[str]:
        """To whom each letter is, and what it says."""
        return [f"{row.chat} {row.payload['html']}" for row in self._letters()]

    def said(self) -> list[str]:
        """What each letter says."""
        return [row.payload["html"] for row in self._letters()]

    def states(self) -> list[tuple[str, str]]:
        """What each letter says, and its state."""
        return [(row.payload["html"], row.state) for row in self._letters()]

    def _letters(self) -> list[Any]:
        letters = select(outbox).order_by(outbox.c.id)
        return list(self.run(lambda connection: connection.execute(letters).all()))
