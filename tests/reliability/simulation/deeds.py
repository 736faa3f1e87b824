"""What people and reports do to the store, and what the oracle is told of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select

from bot.desk.effects import BindCreator, Prefer, Snooze, Subscribe, Unsubscribe
from bot.desk.facts import Facts, Scope
from bot.desk.incoming import Incoming
from bot.desk.replies import Answered, Effect
from bot.reminders import PushKind
from bot.store.creators import add_creator, make_binding_code
from bot.store.erasing import forget_person
from bot.store.exchanges import Exchange, write_exchanges
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.tables import order_lines
from settlement.contract import read_order
from settlement.model import Order
from tests.reliability.simulation.clocks import Clock
from tests.reliability.simulation.life import BEGIN, CLOCKS, CREATORS, HOURS, SCOPES, ZONES
from tests.reliability.simulation.lines import Line
from tests.reliability.simulation.oracle import Oracle
from tests.reliability.simulation.payout_days import DAY, SHANGHAI, today
from tests.reliability.simulation.people import Person, Told
from tests.reliability.simulation.process import BOT
from tests.reliability.simulation.telegram import Telegram

RATE = Decimal("0.10")
Later = Callable[[timedelta, str, Any], None]


@dataclass
class Deeds:
    """Does things at the present instant, in the store and in the oracle's books."""

    engine: Engine
    clock: Clock
    random: Random
    oracle: Oracle
    telegram: Telegram
    rows: dict[str, int] = field(default_factory=dict)
    creators: list[int] = field(default_factory=list)
    clocks: list[tuple[str, tuple[str, str]]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)
    updates: int = 0
    worked_at: datetime = BEGIN

    def __post_init__(self) -> None:
        # Few clocks in a year, so that a turn is short; other years have others.
        choose = self.random.choice
        self.clocks = [(choose(ZONES), choose(HOURS)) for _ in range(CLOCKS)]
        with self.engine.begin() as connection:
            self.creators = [
                add_creator(connection, f"creator {i}", self.clock.now()) for i in range(CREATORS)
            ]

    # People.

    def join(self, user: int) -> None:
        """Somebody binds a creator, says when to be told, and subscribes."""
        person = self.oracle.people.setdefault(user, Person(user, {}))
        self._bind(person, self.random.choice(self.creators))
        if person.reachable_since is None:
            self.telegram.blocked.discard(user)
            self.oracle.returned(user, self.clock.now())
        self._prefer(person)
        for _ in range(self.random.randrange(1, 4)):
            self._wish(person)

    def wish(self, _: Any) -> None:
        """Somebody subscribes to more, or leaves a line out."""
        if person := self._anybody():
            if self.random.random() < 0.3 and (line := self._own(person)):
                self._subscribe(person, "muted", line.number)
            else:
                self._wish(person)

    def stop(self, _: Any) -> None:
        """Somebody ends a subscription, or all of them."""
        person = self._anybody()
        if person is None or not person.wishes:
            return
        scope, subject = self.random.choice(sorted(person.wishes))
        if self.random.random() < 0.3 or scope == "everything":
            scope, subject = "everything", ""
        row = self.rows[subject] if scope in ("order", "muted") else None
        scope = "order" if scope == "muted" else scope
        platform = subject if scope == "platform" else ""
        self._say(person, Unsubscribe(Scope(scope), row, platform))
        person.unsubscribe(scope, subject, self.clock.now())

    def prefer(self, _: Any) -> None:
        """Somebody moves, or wants to be told at other hours."""
        if person := self._anybody():
            self._prefer(person)

    def leave(self, _: Any) -> None:
        """Somebody asks to be forgotten, and may come back one day."""
        if person := self._anybody():
            with self.engine.begin() as connection:
                forget_person(connection, person.user)
            self.oracle.people[person.user] = Person(person.user, {})

    def block(self, _: Any) -> None:
        """Somebody blocks the bot, or comes back."""
        if person := self._anybody():
            if person.user in self.telegram.blocked:
                self.telegram.blocked.discard(person.user)
                self._say(person)
                self.oracle.returned(person.user, self.clock.now())
            else:
                self.telegram.blocked.add(person.user)
                person.reachable_since = None

    def snooze(self, told: Sequence[Any]) -> None:
        """Somebody presses "tomorrow" under a reminder."""
        user, kind, number, platform, day = told
        person = self.oracle.people[user]
        if not person.creators or user in self.telegram.blocked:
            return
        zone = ZoneInfo(person.zone)
        tomorrow = self.clock.now().astimezone(zone).date() + DAY
        at = datetime.combine(tomorrow, time(), zone)
        self._say(person, Snooze(PushKind(kind), platform, day, self.rows[number], at))
        person.snooze(Told(kind, number, day), at)

    def hears(self, user: int, message: Mapping[str, Any], later: Later) -> None:
        """A reminder of one line may be put off."""
        alone = message["kind"] in ("payout", "arrived") and len(message["lines"]) == 1
        if alone and self.random.random() < 0.15:
            kind, number, day = message["planned"][0]
            platform = self.oracle.lines[number].platform
            about = (user, kind, number, platform, date.fromisoformat(day))
            later(timedelta(minutes=5), "snooze", about)

    def _anybody(self) -> Person | None:
        known = [each for each in self.oracle.people.values() if each.creators]
        return self.random.choice(known) if known else None

    def _own(self, person: Person) -> Line | None:
        own = [line for line in self.oracle.lines.values() if person.owns(line)]
        return self.random.choice(own) if own else None

    def _bind(self, person: Person, creator: int) -> None:
        with self.engine.begin() as connection:
            code = make_binding_code(connection, creator, self.clock.now())
        self._say(person, BindCreator(code))
        person.creators[creator] = self.clock.now()

    def _prefer(self, person: Person) -> None:
        zone, hours = self.random.choice(self.clocks)
        lead = self.random.choice((0, 0, 1, 3))
        self._say(person, Prefer(zone, hours, lead))
        person.zone, person.hours, person.lead = zone, hours, lead
        person.hours_since = self.clock.now()

    def _wish(self, person: Person) -> None:
        scope = self.random.choice(SCOPES)
        if scope == "order":
            if line := self._own(person):
                self._subscribe(person, scope, line.number)
            return
        subject = self.random.choice(("1688", "jd")) if scope == "platform" else ""
        self._subscribe(person, scope, subject)

    def _subscribe(self, person: Person, scope: str, subject: str) -> None:
        row = self.rows[subject] if scope in ("order", "muted") else None
        platform = subject if scope == "platform" else ""
        self._say(person, Subscribe(Scope(scope), row, platform))
        self.oracle.subscribed(person.user, scope, subject, self.clock.now())

    def _say(self, person: Person, *effects: Effect) -> None:
        self.updates += 1
        incoming = Incoming(self.updates, person.user, person.user)
        exchange = Exchange(incoming, Facts(), Answered((), effects))
        with self.engine.begin() as connection:
            write_exchanges(connection, BOT, [exchange], self.clock.now())

    # Reports.

    def report(self) -> None:
        """Import a report with new lines and news of old ones."""
        lines = [self._new() for _ in range(self.random.randrange(1, 4))]
        young = [each for each in self.oracle.lines.values() if each.may_change]
        for line in self.random.sample(young, min(len(young), self.random.randrange(3))):
            self.oracle.changes(line, self.clock.now(), self.worked_at)
            self._change(line)
            lines.append(line)
        report = ReportImport(self.engine, "report.csv", f"{self.clock.true}", self.clock.now())
        report.add([OwnedOrder(each.creator, self._order(each)) for each in lines])
        if self.random.random() < 0.1:
            # The import was killed; it is done again at once.
            report = ReportImport(
                self.engine, "report.csv", f"{self.clock.true} again", self.clock.now()
            )
            report.add([OwnedOrder(each.creator, self._order(each)) for each in lines])
        report.publish(refused=0)
        self.oracle.reported(lines)
        self._number_rows()

    def _new(self) -> Line:
        now = self.clock.now()
        platform = self.random.choice(("1688", "1688", "jd"))
        number = f"{10**15 + next(self.numbers)}"
        created = today(now) - self.random.randrange(3, 40) * DAY
        line = Line(
            number=number,
            platform=platform,
            creator=self.random.choice(self.creators),
            created_on=created,
            commission=Decimal(self.random.randrange(100, 9000)) / 100,
            seen_at=now,
            changed_at=now,
        )
        if platform == "jd":
            line.received_on = created + DAY
            self._name_day(line)
        elif self.random.random() < 0.7:
            line.received_on = created + DAY
        return line

    def _name_day(self, line: Line) -> None:
        if self.random.random() < 0.7:
            line.named_day = today(self.clock.now()) + self.random.randrange(1, 45) * DAY

    def _change(self, line: Line) -> None:
        now, calendar = self.clock.now(), self.oracle.calendar
        stood = line.stands(calendar, now)
        if line.received_on is None:
            line.received_on = today(now)
        elif self.random.random() < 0.4 and line.platform == "jd":
            self._name_day(line)
        elif self.random.random() < 0.3 and line.platform == "1688":
            line.settled = line.commission - line.refunded - Decimal("0.01")
            line.settled_at = now
        else:
            self._refund(line, now)
        if line.stands(calendar, now) != stood:  # else the report repeats what was known
            line.changed_at = now

    def _refund(self, line: Line, now: datetime) -> None:
        whole = self.random.random() < 0.4
        line.refunded = line.commission if whole else (line.commission / 2).quantize(RATE / 10)
        line.refunded_at = now

    def _order(self, line: Line) -> Order:
        told = {
            "platform": line.platform,
            "order_number": line.number,
            "item": "x",
            "created_at": f"{line.created_on}T08:00:00",
            "paid_amount": f"{line.commission * 10:.2f}",
            "commission_rate": "0.10",
            "data_as_of": self.clock.now().isoformat(),
            "refunds": self._refunds(line),
            **(_JD if line.platform == "jd" else _1688),
        }
        if line.platform == "1688":
            told["paid_at"] = told["created_at"]
        if line.received_on is not None:
            told["received_at"] = f"{line.received_on}T00:00:00"
        if line.named_day is not None:
            told["platform_settles_on"] = f"{line.named_day}"
        if line.settled is not None and line.settled_at is not None:
            told["settled_commission"] = f"{line.settled:.2f}"
            told["settled_at"] = _wall(line.settled_at)
        order = read_order(told)
        assert isinstance(order, Order), order
        return order

    @staticmethod
    def _refunds(line: Line) -> list[dict[str, str]]:
        if line.refunded_at is None:
            return []
        at = _wall(line.refunded_at)
        amount = f"{line.refunded * 10:.2f}"
        about = {"kind": "refund", "stage": "after_sale", "amount": amount}
        return [about | {"requested_at": at, "succeeded_at": at}]

    def _number_rows(self) -> None:
        missing = [number for number in self.oracle.lines if number not in self.rows]
        columns = select(order_lines.c.order_number, order_lines.c.id)
        with self.engine.connect() as connection:
            found = connection.execute(columns.where(order_lines.c.order_number.in_(missing)))
            self.rows |= {number: row for number, row in found}


_JD = {"raw_status": {"code": "17", "text": "已完成"}}
_1688 = {"shipped": True, "backend": "new"}


def _wall(at: datetime) -> str:
    return at.astimezone(SHANGHAI).replace(tzinfo=None).isoformat(timespec="seconds")
