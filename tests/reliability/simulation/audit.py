"""What must have been told by now, from the promises alone (no code of bot/).

A question is asked until it is settled: what was told stays told, and what did not change since
it was asked need not be asked again.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from tests.reliability.simulation.books import CHANGES, PAYOUTS, Books
from tests.reliability.simulation.lines import Line
from tests.reliability.simulation.payout_days import DAY, is_loud, midnight, today, week_of
from tests.reliability.simulation.people import Person, Told

LATER = {"ahead": {"payout", "arrived", "missed"}, "payout": {"arrived", "missed"}}
PATIENCE = timedelta(minutes=20)
"""What is due, wished for and speakable for so long, with nothing going wrong, must be told."""
STILL_TOLD = timedelta(days=2)
LONGEST = timedelta(days=25)
OVER = timedelta(days=60)
"""No notice and no rule moves a payout day by so much."""


class Paid(NamedTuple):
    """A line and its payout day."""

    line: Line
    day: date


@dataclass
class Audit:
    """Asks what each person must have been told by now."""

    books: Books
    _seen: tuple[date, int] | None = None
    _paid: dict[int, list[Paid]] = field(default_factory=dict)
    _over: set[str] = field(default_factory=set)
    _days_named: dict[str, date] = field(default_factory=dict)
    _moved_back: set[tuple[str, date]] = field(default_factory=set)
    """Payout days that rules put where they were over already: nobody was to be told of them."""

    def ask(self, now: datetime, calm_since: datetime) -> None:
        """Complain of whatever had to be told by now."""
        if now - calm_since < PATIENCE:
            return
        self._look_around(now)
        loud: dict[tuple[str, tuple[str, str]], bool] = {}
        for person in self.books.people.values():
            if person.reachable_since is None:
                continue
            clock = person.zone, person.hours
            if clock not in loud:
                loud[clock] = _loud_lately(now, *clock)
            if loud[clock]:
                self._ask(person, now)

    def _look_around(self, now: datetime) -> None:
        """Find out which lines have a payout day that people may have to be told of."""
        if self._seen == (today(now), self.books.edition):
            return
        if self._seen is None or self._seen[1] != self.books.edition:
            self._over.clear()
        self._seen = today(now), self.books.edition
        self._paid = defaultdict(list)
        for line in self.books.lines.values():
            if line.number in self._over:
                continue
            stands = line.stands(self.books.calendar, now)
            if stands.day is not None and stands.day > today(now) - OVER:
                self._note_day(line.number, stands.day, today(now))
                self._paid[line.creator].append(Paid(line, stands.day))
            elif stands.day is not None or stands.state == "reversed":
                self._over.add(line.number)

    def _note_day(self, number: str, day: date, present: date) -> None:
        if self._days_named.setdefault(number, day) != day:
            self._days_named[number] = day
            if day < present:
                self._moved_back.add((number, day))

    def _ask(self, person: Person, now: datetime) -> None:
        self._digest(person, now)
        for paid in self._paid_to(person):
            about = paid.line.number, paid.day
            settled = about in person.settled or about in self._moved_back
            if paid.line.changed_at <= now - PATIENCE and not settled:
                self._days(person, paid, now)
        for number in sorted(person.unsure):
            self._news(person, self.books.lines[number], now)

    def _paid_to(self, person: Person) -> Iterator[Paid]:
        for creator in person.creators:
            yield from self._paid.get(creator, ())

    def _days(self, person: Person, paid: Paid, now: datetime) -> None:
        line, day = paid
        since = person.wants(line, PAYOUTS)
        if since is None or not -LONGEST < day - today(now) < 4 * DAY:
            return
        over = midnight(day + DAY)
        if since >= over or line.seen_at >= over + STILL_TOLD:
            return
        for kind, begins in _begins(person, day):
            reachable = person.reachable_since
            if begins > now - PATIENCE or reachable is None or reachable > begins:
                continue
            if kind == "ahead" and not _wished_ahead(person, since, begins, day, now):
                continue
            if begins > person.unmuted.get(line.number, begins - DAY):
                self._require(person, Told(kind, line.number, day), since, now)

    def _require(self, person: Person, told: Told, since: datetime, now: datetime) -> None:
        self.books.required += 1
        others = {told._replace(kind=kind) for kind in LATER.get(told.kind, {"missed"})}
        others |= {told}
        if not others & (person.told.keys() | person.listed):
            self.books.complain("lost", now, person.user, person.zone, person.hours, told)
        elif told.kind == "arrived" and not person.has_snoozed(told.line, told.day):
            person.settled.add((told.line, told.day))
        since = max(since, person.reachable_since or since)
        again = [at for at in person.snoozed.get(told, ()) if since < at <= now - PATIENCE]
        if told.kind in ("payout", "arrived") and again and told not in person.listed:
            missed = person.told.get(told._replace(kind="missed"), 0)
            if person.told.get(told, 0) + missed < 2:
                self.books.complain("lost", now, person.user, told, "snoozed until", again)

    def _news(self, person: Person, line: Line, now: datetime) -> None:
        if line.changed_at > now - PATIENCE:
            return
        belief = person.beliefs.get(line.number)
        since = person.wants(line, CHANGES)
        if line.received_on is None or line.received_on < today(now):
            person.unsure.discard(line.number)  # nothing of it changes by itself any more
        if belief is None or since is None or since >= line.changed_at:
            return
        self.books.required += 1
        stands = line.stands(self.books.calendar, now)
        moved = belief.day and stands.day and belief.day != stands.day
        if belief.net != stands.net or moved:
            self.books.complain("lost", now, person.user, line.number, belief, "but it is", stands)

    def _digest(self, person: Person, now: datetime) -> None:
        since = person.wishes.get(("digest", ""))
        if since is None:
            return
        monday = week_of(now, person.zone)
        begins = midnight(monday)
        quiet_since = [person.hours_since, person.reachable_since, self.books.ruled_at]
        told = Told("digest", "", monday)
        if told in person.told or any(at and at > begins - DAY for at in (since, *quiet_since)):
            return
        first_loud = now - begins > 2 * DAY
        if first_loud and any(_comes(paid, begins, now) for paid in self._paid_to(person)):
            self.books.required += 1
            if told not in person.listed:
                self.books.complain("lost", now, person.user, "digest", monday)


def _loud_lately(now: datetime, zone: str, hours: tuple[str, str]) -> bool:
    ago = (timedelta(), PATIENCE / 2, PATIENCE)
    return all(is_loud(now - each, zone, hours) for each in ago)


def _wished_ahead(
    person: Person, since: datetime, begins: datetime, day: date, now: datetime
) -> bool:
    settled = person.hours_since is None or person.hours_since < begins
    return settled and since < begins and today(now) < day


def _begins(person: Person, day: date) -> Iterator[tuple[str, datetime]]:
    if person.lead:
        yield "ahead", midnight(day - person.lead * DAY)
    yield "payout", midnight(day)
    yield "arrived", midnight(day + DAY)


def _comes(paid: Paid, begins: datetime, now: datetime) -> bool:
    told_already = paid.line.changed_at < begins - DAY and paid.line.received_on != today(begins)
    return told_already and paid.day > today(now)
