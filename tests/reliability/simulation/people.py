"""People as the oracle knows them: what they want, and what they have been told."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from tests.reliability.simulation.lines import Line


class Belief(NamedTuple):
    """What somebody takes to be so of a line; a day only if one was named to them."""

    net: Decimal
    day: date | None
    since: datetime


class Told(NamedTuple):
    """What a message was about; the line is empty for the week's summary."""

    kind: str
    line: str
    day: date


@dataclass
class Person:
    """Somebody with their wishes, each with the instant from which on they have it."""

    user: int
    creators: dict[int, datetime]
    zone: str = "Asia/Shanghai"
    hours: tuple[str, str] = ("09:00", "21:00")
    lead: int = 0
    hours_since: datetime | None = None
    reachable_since: datetime | None = None
    wishes: dict[tuple[str, str], datetime] = field(default_factory=dict)
    told: dict[Told, int] = field(default_factory=dict)
    listed: set[Told] = field(default_factory=set)
    snoozed: dict[Told, list[datetime]] = field(default_factory=dict)
    beliefs: dict[str, Belief] = field(default_factory=dict)
    unmuted: dict[str, datetime] = field(default_factory=dict)
    settled: set[tuple[str, date]] = field(default_factory=set)
    """Lines and payout days of which they have been told everything."""
    unsure: set[str] = field(default_factory=set)
    """Lines of which they may have to be told that they are not as they believe."""

    def owns(self, line: Line) -> bool:
        """Whether a line is of a creator they are bound to."""
        return line.creator in self.creators

    def wants(self, line: Line, scopes: tuple[str, ...]) -> datetime | None:
        """Since when they want to be told of a line by one of these wishes."""
        if not self.owns(line):
            return None
        found = [self._since(scope, line) for scope in scopes]
        wished = [each for each in found if each is not None]
        return max(min(wished), self.creators[line.creator]) if wished else None

    def _since(self, scope: str, line: Line) -> datetime | None:
        if scope == "order":
            return self.wishes.get((scope, line.number))
        if ("muted", line.number) in self.wishes:
            return None
        return self.wishes.get((scope, line.platform if scope == "platform" else ""))

    def subscribe(self, scope: str, subject: str, at: datetime) -> None:
        """Wish for something; a line is either wished for or left out."""
        for other in {"order": ["muted"], "muted": ["order"]}.get(scope, []):
            self.wishes.pop((other, subject), None)
        self.wishes.setdefault((scope, subject), at)

    def unsubscribe(self, scope: str, subject: str, at: datetime) -> None:
        """Wish for something no more; for everything: for nothing at all."""
        if scope == "everything":
            self.wishes.clear()
            self.beliefs.clear()
            return
        self.wishes.pop((scope, subject), None)
        if scope == "order":
            if self.wishes.pop(("muted", subject), None):
                self.unmuted[subject] = at
            self.beliefs.pop(subject, None)

    def believe(self, number: str, belief: Belief) -> None:
        """Take something to be so of a line."""
        self.beliefs[number] = belief
        self.unsure.add(number)

    def wonder(self, changed: Collection[str]) -> None:
        """These lines, of which they believe something, may not be so any more."""
        self.unsure.update(self.beliefs.keys() & changed)

    def snooze(self, told: Told, until: datetime) -> None:
        """Put off what they were told."""
        wished = self.snoozed.setdefault(told, [])
        if until not in wished:
            wished.append(until)
        self.settled.discard((told.line, told.day))

    def has_snoozed(self, number: str, day: date) -> bool:
        """Whether they have put off a reminder of a line's payout day."""
        return any((each.line, each.day) == (number, day) for each in self.snoozed)
