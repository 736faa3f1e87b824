"""The store of a dialogue, kept in memory: people, their order lines, binding codes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bot.desk.facts import BindingCode, Dialogue, Facts, OwnedLine, Scope, Subscription, Wanted
from bot.desk.replies import (
    BindCreator,
    Button,
    Effect,
    RecordQuestion,
    SetLanguage,
    Subscribe,
    Unsubscribe,
)
from bot.reminders import Push, QuietHours, Subscriber, WatchedLine, due
from settlement.contract import read_order
from settlement.model import Order
from settlement.rulebook import shipped_rulebook

SHANGHAI = ZoneInfo("Asia/Shanghai")
QUIET = QuietHours(time(21), time(9))


@dataclass
class Message:
    """A message of the bot, as it stands in the chat now."""

    id: int
    html: str
    buttons: tuple[Button, ...]


@dataclass
class Person:
    """Somebody who writes to the bot, and what the store keeps of them."""

    user: int
    creators: list[int]
    name: str = ""
    telegram_language: str | None = "zh-hans"
    language: str | None = None
    dialogue: Dialogue = field(default_factory=Dialogue)
    subscriptions: list[Subscription] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    reminded: set[str] = field(default_factory=set)


class World:
    """People, order lines and binding codes: the store, as far as a dialogue needs it."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        names: list[str] = told["creators"]
        self.creator_names = dict(enumerate(names, start=1))
        creators = {name: number for number, name in self.creator_names.items()}
        self.people = {
            name: Person(
                user=each["user"],
                creators=[creators[creator] for creator in each["creators"]],
                name=each.get("first_name", ""),
                telegram_language=each.get("telegram_language", "zh-hans"),
            )
            for name, each in told["people"].items()
        }
        self.codes = {
            code: BindingCode(
                creators[each["creator"]], each["creator"], each["expires_at"], each["used"]
            )
            for code, each in told["codes"].items()
        }
        self.lines = [
            OwnedLine(row, creators[each["creator"]], order_of(each["order"]), each["updated_at"])
            for row, each in enumerate(told["lines"], start=1)
        ]

    def facts(self, person: Person, wanted: Wanted) -> Facts:
        theirs = [line for line in self.lines if line.creator in person.creators]
        rows = set(wanted.rows)
        if wanted.remembered:
            rows |= {*person.dialogue.rows, person.dialogue.row or 0}
        if wanted.subscriptions:
            rows |= {each.row or 0 for each in person.subscriptions}
        latest = sorted(theirs, key=lambda line: line.updated_at, reverse=True)
        return Facts(
            language=person.language or "zh",
            creators=tuple(person.creators),
            creator_names=tuple(self.creator_names[each] for each in person.creators),
            dialogue=person.dialogue,
            lines=tuple(
                line
                for line in theirs
                if line.row in rows or numbers_of(line.order) & set(wanted.numbers)
            ),
            own_lines=tuple(latest[: wanted.own_lines]),
            subscriptions=tuple(person.subscriptions) if wanted.subscriptions else (),
            binding_code=self.codes.get(wanted.binding_code or ""),
            first_contact=person.language is None,
        )

    def due(self, person: Person, now: datetime) -> list[Push]:
        """The reminders that have come due and were not sent before."""
        theirs = [line for line in self.lines if line.creator in person.creators]
        watched = [
            WatchedLine(line.row, line.order, each.created_at, each.scope is Scope.ORDER)
            for each in person.subscriptions
            for line in theirs
            if each.scope is Scope.EVERYTHING or each.row == line.row
        ]
        subscriber = Subscriber(person.user, person.user, person.language or "zh", SHANGHAI)
        pushes = due(subscriber, watched, shipped_rulebook(), now, QUIET)
        fresh = [push for push in pushes if push.key not in person.reminded]
        person.reminded |= {push.key for push in fresh}
        return fresh

    def apply(self, person: Person, effect: Effect, now: datetime) -> None:
        match effect:
            case SetLanguage(language):
                person.language = language
            case BindCreator(code):
                person.creators.append(self.codes[code].creator)
                self.codes[code] = replace(self.codes[code], used=True)
            case Subscribe(scope, row):
                self.apply(person, Unsubscribe(scope, row), now)
                person.subscriptions.append(Subscription(1, person.user, scope, row, now))
            case Unsubscribe(scope, row):
                person.subscriptions = [
                    each
                    for each in person.subscriptions
                    if (each.scope, each.row) != (scope, row) and scope is not Scope.EVERYTHING
                ]
            case RecordQuestion():
                pass


def order_of(told: Mapping[str, object]) -> Order:
    order = read_order(told)
    assert isinstance(order, Order), order
    return order


def numbers_of(order: Order) -> set[str | None]:
    return {order.order_number, order.sub_order_number, order.line_id, order.parent_number}
