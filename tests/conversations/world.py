"""The store of a dialogue: the real one, with people, their order lines and binding codes."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select

from bot.desk.facts import Facts, Wanted
from bot.desk.incoming import Incoming
from bot.desk.operators import Operators
from bot.desk.pushes import render_push
from bot.desk.replies import Answered, Button, Say
from bot.planner import Planner
from bot.reminders import QuietHours
from bot.store.creators import add_creator, hash_code, name_promoter
from bot.store.database import open_engine, upgrade
from bot.store.exchanges import Exchange, write_exchanges
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.letters import Kind, read_reply
from bot.store.snapshot import load_facts
from bot.store.tables import binding_codes, bindings, cases, outbox, votes
from settlement.contract import order_json, read_order
from settlement.model import Order, Platform
from settlement.rulebook import shipped_rulebook
from settlement.workdays import WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
QUIET = QuietHours(time(21), time(9))
SECRET = b"a secret for tests"
BOT = 4
MOMENT = timedelta(seconds=1)


@dataclass
class Message:
    """A message of the bot, as it stands in the chat now."""

    id: int
    html: str
    buttons: tuple[Button, ...]


@dataclass
class Person:
    """Somebody who writes to the bot, and what stands in their chat."""

    user: int
    name: str = ""
    telegram_language: str | None = "zh-hans"
    messages: list[Message] = field(default_factory=list)


@dataclass(frozen=True)
class Filled:
    """A database with a world in it, of which each dialogue gets a copy; creators by name."""

    path: Path
    owners: Mapping[str, int]


_filled: dict[str, Filled] = {}


def filled_database(told: Mapping[str, Any]) -> Filled:
    """The database of a world, made once."""
    key = repr(told)
    if key not in _filled:
        path = Path(mkdtemp(prefix="mingzhang-conversations-")) / "filled.db"
        engine = open_engine(f"sqlite:///{path}")
        upgrade(engine)
        _filled[key] = Filled(path, _fill(engine, told))
        engine.dispose()
    return _filled[key]


def _fill(engine: Engine, told: Mapping[str, Any]) -> dict[str, int]:
    early = datetime(2026, 1, 1, tzinfo=SHANGHAI)
    with engine.begin() as connection:
        owners = {name: add_creator(connection, name, early) for name in told["creators"]}
        for each in told["people"].values():
            for creator in each["creators"]:
                bound = {"user": each["user"], "creator": owners[creator], "bound_at": early}
                connection.execute(bindings.insert().values(bound))
        for code, each in told["codes"].items():
            made = {
                "hash": hash_code(code),
                "creator": owners[each["creator"]],
                "created_at": early,
                "expires_at": local(each["expires_at"]),
                "used_at": early if each["used"] else None,
            }
            connection.execute(binding_codes.insert().values(made))
        for each in told["promoters"]:
            known = (Platform(each["platform"]), each["hint"], each["value"])
            name_promoter(connection, *known, owners[each["creator"]])
    for each in told["lines"]:
        line = owners[each["creator"]], order_of(each["order"])
        import_lines(engine, [line], local(each["updated_at"]))
    return owners


def import_lines(engine: Engine, lines: list[tuple[int, Order]], now: datetime) -> None:
    """Import a report of these creators' lines."""
    report = ReportImport(engine, "report.csv", f"{now}", now)
    report.add([OwnedOrder(creator, order) for creator, order in lines])
    report.publish(refused=0)


class World:
    """People, order lines and binding codes, in a database of their own."""

    def __init__(self, told: Mapping[str, Any], folder: Path, now: Callable[[], datetime]) -> None:
        path = folder / "mingzhang.db"
        filled = filled_database(told)
        shutil.copy(filled.path, path)
        self.engine = open_engine(f"sqlite:///{path}")
        self.now = now
        self.rulebook = shipped_rulebook()
        self.planner = Planner(
            self.engine,
            lambda: self.rulebook,
            lambda push, at: render_push(push, at, secret=SECRET),
            QUIET,
            SHANGHAI,
            now,
        )
        self.people = {
            name: Person(
                user=each["user"],
                name=each.get("first_name", ""),
                telegram_language=each.get("telegram_language", "zh-hans"),
            )
            for name, each in told["people"].items()
        }
        decide = (self.people[name].user for name in told["operators"])
        self.operators = Operators(None, tuple(decide))
        self.lines = [
            (filled.owners[each["creator"]], order_of(each["order"])) for each in told["lines"]
        ]

    def close(self) -> None:
        self.engine.dispose()

    def facts(self, incoming: Incoming, wanted: Wanted) -> Facts:
        with self.engine.begin() as connection:
            return load_facts(connection, {incoming.user: wanted}, self.now())[incoming.user]

    def write(self, incoming: Incoming, facts: Facts, answered: Answered) -> None:
        """Keep what follows from a message, as the bot does, and look whether anything is due."""
        with self.engine.begin() as connection:
            write_exchanges(connection, BOT, [Exchange(incoming, facts, answered)], self.now())
        self.plan()

    def plan(self) -> None:
        while self.planner.turn(self._run):
            self._send()
        self._send()

    def next_instant(self) -> datetime:
        """When something can become due next; never the present again."""
        return max(self.planner.look_at(self.now()), self.now() + MOMENT)

    def pushes(self, person: Person) -> list[Say]:
        """What came to a person since the last time, unasked."""
        with self.engine.begin() as connection:
            rows = connection.execute(
                select(outbox.c.id, outbox.c.payload)
                .where(outbox.c.user == person.user, outbox.c.kind == Kind.PUSH)
                .order_by(outbox.c.id)
            ).all()
            connection.execute(outbox.delete().where(outbox.c.id.in_([row.id for row in rows])))
        said = [read_reply(Kind.PUSH, row.payload) for row in rows]
        return [each for each in said if isinstance(each, Say)]

    def change(self, row: int, news: Mapping[str, Any]) -> None:
        """Import a report in which a line says something new."""
        creator, order = self.lines[row - 1]
        order = order_of({**order_json(order), **news, "data_as_of": self.now().isoformat()})
        self.lines[row - 1] = (creator, order)
        import_lines(self.engine, [(creator, order)], self.now())
        self.plan()

    def add_line(self, creator: str, told: Mapping[str, object]) -> None:
        """Import a report with a line that may be new."""
        with self.engine.begin() as connection:
            owner = add_creator(connection, creator, self.now())
        order = order_of({**told, "data_as_of": self.now().isoformat()})
        import_lines(self.engine, [(owner, order)], self.now())
        self.plan()

    def declare_holiday(self, days: list[Any]) -> None:
        """Publish a calendar in which nobody works on these days."""
        calendar = WorkCalendar()
        years = {day.year for day in days}
        overrides = {
            number: replace(year, weekdays_off=year.weekdays_off | set(days))
            for number in years
            for year in (calendar.year(number),)
        }
        revision = f"{self.rulebook.revision}+{len(days)}"
        calendar = WorkCalendar(overrides)
        self.rulebook = replace(self.rulebook, calendar=calendar, revision=revision)
        self.plan()

    def votes(self, person: Person) -> list[str]:
        """What a person thinks of answers: each with its thumb, reason and words."""
        found = select(votes).where(votes.c.user == person.user)
        with self.engine.begin() as connection:
            return [
                " ".join(
                    filter(None, (row.entry, "👍" if row.helpful else "👎", row.reason, row.words))
                )
                for row in connection.execute(found)
            ]

    def open_cases(self, person: Person) -> list[str]:
        with self.engine.begin() as connection:
            found = select(cases.c.number, cases.c.platform, cases.c.day).where(
                cases.c.user == person.user, cases.c.state == "open"
            )
            return [
                f"{number} {platform} {day}" for number, platform, day in connection.execute(found)
            ]

    def _run(self, job: Callable[[Any], int]) -> int:
        with self.engine.begin() as connection:
            return job(connection)

    def _send(self) -> None:
        with self.engine.begin() as connection:
            connection.execute(outbox.update().values(state="sent"))


def local(at: datetime) -> datetime:
    """A time without an offset is Shanghai's."""
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def order_of(told: Mapping[str, object]) -> Order:
    order = read_order(told)
    assert isinstance(order, Order), order
    return order
