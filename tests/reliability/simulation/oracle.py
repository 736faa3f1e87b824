"""What must have been told and what must not, from the promises alone (no code of bot/).

Every instant is by the clock the bot has. What a message says is judged by the moment it was
written; whether it may be said, by the moment it is sent.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.reliability.simulation.lines import Line, Stands
from tests.reliability.simulation.payout_days import (
    DAY,
    Calendar,
    is_loud,
    midnight,
    today,
    week_of,
)
from tests.reliability.simulation.people import Belief, Person, Told

PAYOUTS = ("order", "everything", "platform")
CHANGES = ("order", "everything", "changes")
ABOUT_DAYS = {"ahead", "payout", "arrived"}
LATER = {"ahead": {"payout", "arrived", "missed"}, "payout": {"arrived", "missed"}}
PATIENCE = timedelta(minutes=20)
"""What is due, wished for and speakable for so long, with nothing going wrong, must be told."""
STILL_TOLD = timedelta(days=2)
LONGEST = timedelta(days=25)


@dataclass
class Oracle:
    """Keeps what happened, and says what is wrong."""

    calendar: Calendar = field(default_factory=Calendar)
    ruled_at: datetime | None = None
    people: dict[int, Person] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    delivered: int = 0
    required: int = 0

    def complain(self, sin: str, now: datetime, *about: object) -> None:
        self.wrong.append(f"{sin} at {now:%Y-%m-%dT%H:%M:%S}Z: {' '.join(map(str, about))}")

    # What people and reports do.

    def subscribed(self, user: int, scope: str, subject: str, at: datetime) -> None:
        person = self.people[user]
        person.subscribe(scope, subject, at)
        if scope == "order":
            stands = self.lines[subject].stands(self.calendar, at)
            person.beliefs[subject] = Belief(stands.net, stands.day, at)

    def changes(self, line: Line, now: datetime, worked_at: datetime) -> None:
        """A report is about to change a line: what people may take to be so until now.

        Of what stood only while the bot was away they have heard nothing.
        """
        stands = line.stands(self.calendar, now)
        for person in self.people.values():
            since = person.wants(line, CHANGES)
            known = since is not None and max(since, line.seen_at) < worked_at
            if since is not None and known and line.number not in person.beliefs:
                person.beliefs[line.number] = Belief(stands.net, None, max(since, line.seen_at))

    def returned(self, user: int, at: datetime) -> None:
        """Somebody can be reached again; what changed meanwhile need not be told."""
        person = self.people[user]
        person.reachable_since = at
        person.beliefs.clear()

    # What arrives.

    def arrives(self, chat: int, message: Mapping[str, Any], now: datetime) -> None:
        """A message is in somebody's chat."""
        self.delivered += 1
        person = self.people.get(chat)
        if person is None or message["user"] != chat:
            self.complain("stranger", now, "chat", chat, message)
            return
        if not is_loud(now, person.zone, person.hours):
            self.complain("at night", now, chat, person.zone, person.hours, message["kind"])
        for told in _about(message):
            self._may_be_told(person, told, message, now)
            person.told[told] = person.told.get(told, 0) + 1
            self._once(person, told, now)
        self._learn(person, message, now)

    def listed(self, user: int, message: Mapping[str, Any], now: datetime) -> None:
        """A message is uncertain or failed, and the operator sees it."""
        if (person := self.people.get(user)) is not None:
            person.listed |= set(_about(message))
            self._learn(person, message, now)

    def _may_be_told(
        self, person: Person, told: Told, message: Mapping[str, Any], now: datetime
    ) -> None:
        if told.kind == "digest":
            if ("digest", "") not in person.wishes:
                self.complain("unwanted", now, person.user, told)
            if week_of(now, person.zone) < told.day:
                self.complain("early", now, person.user, told)
            return
        line = self.lines[told.line]
        if not person.owns(line):
            self.complain("stranger", now, person.user, told)
        scopes = CHANGES if told.kind == "update" else PAYOUTS
        named = told.kind == "update" and "platform" in {scope for scope, _ in person.wishes}
        if person.wants(line, scopes) is None and not (named and person.wants(line, PAYOUTS)):
            self.complain("unwanted", now, person.user, told, sorted(person.wishes))
        if told.kind in ABOUT_DAYS:
            self._is_time(person, told, datetime.fromisoformat(message["written_at"]))

    def _is_time(self, person: Person, told: Told, now: datetime) -> None:
        lead = -person.lead if told.kind == "ahead" else (told.kind == "arrived") * 1
        if lead < 0 and person.hours_since and person.hours_since > midnight(told.day - 3 * DAY):
            lead = -3  # they have just changed that
        if now < midnight(told.day + lead * DAY):
            self.complain("early", now, person.user, told)
        if told.kind == "ahead" and today(now) >= told.day:
            self.complain("false", now, person.user, told, "the day is not ahead")

    def _once(self, person: Person, told: Told, now: datetime) -> None:
        if told.kind == "update":
            return
        again = sum(at <= now for at in person.snoozed.get(told, ()))
        if person.told[told] > 1 + again:
            self.complain("doubled", now, person.user, told, person.told[told])

    def _learn(self, person: Person, message: Mapping[str, Any], now: datetime) -> None:
        written = datetime.fromisoformat(message["written_at"])
        for each in message["lines"]:
            number, said = each["number"], _said(each)
            line = self.lines[number]
            stands = line.stands(self.calendar, written)
            changed_at = max(line.changed_at, self.ruled_at or line.changed_at)
            if said != stands and changed_at < written:
                self.complain("false", now, person.user, number, said, "but it stands", stands)
            if message["kind"] == "update" and not self._news(person, each, said):
                self.complain("doubled", now, person.user, number, "no news:", said)
            old = person.beliefs.get(number)
            day = said.day or (old.day if old else None)
            person.beliefs[number] = Belief(said.net, day, written)

    def _news(self, person: Person, each: Mapping[str, Any], said: Stands) -> bool:
        """Whether a change differs from what the message itself says was known before."""
        before = each["before"]
        return before is None or (
            (before["state"], Decimal(before["net"]), before["settled"]) != said[:3]
            or (before["day"] is not None and before["day"] != str(said.day))
        )

    # What is missing.

    def audit(self, now: datetime, calm_since: datetime) -> None:
        """Complain of whatever had to be told by now."""
        if now - calm_since < PATIENCE:
            return
        for person in self.people.values():
            if person.reachable_since is None or not self._loud_lately(person, now):
                continue
            self._audit_digest(person, now)
            for line in self.lines.values():
                if person.owns(line) and line.changed_at <= now - PATIENCE:
                    self._audit_days(person, line, now)
                    self._audit_news(person, line, now)

    def _loud_lately(self, person: Person, now: datetime) -> bool:
        ago = (timedelta(), PATIENCE / 2, PATIENCE)
        return all(is_loud(now - each, person.zone, person.hours) for each in ago)

    def _audit_days(self, person: Person, line: Line, now: datetime) -> None:
        day = line.stands(self.calendar, now).day
        since = person.wants(line, PAYOUTS)
        if day is None or since is None or not -LONGEST < day - today(now) < 4 * DAY:
            return
        over = midnight(day + DAY)
        if since >= over or line.seen_at >= over + STILL_TOLD:
            return
        for kind, begins in _begins(person, day):
            reachable = person.reachable_since
            if begins > now - PATIENCE or reachable is None or reachable > begins:
                continue
            if kind == "ahead" and not self._wished_ahead(person, since, begins, day, now):
                continue
            if begins > person.unmuted.get(line.number, begins - DAY):
                self._require(person, Told(kind, line.number, day), since, now)

    @staticmethod
    def _wished_ahead(
        person: Person, since: datetime, begins: datetime, day: date, now: datetime
    ) -> bool:
        settled = person.hours_since is None or person.hours_since < begins
        return settled and since < begins and today(now) < day

    def _require(self, person: Person, told: Told, since: datetime, now: datetime) -> None:
        self.required += 1
        others = {told._replace(kind=kind) for kind in LATER.get(told.kind, {"missed"})}
        others |= {told}
        if not others & (person.told.keys() | person.listed):
            self.complain("lost", now, person.user, person.zone, person.hours, told)
        since = max(since, person.reachable_since or since)
        again = [at for at in person.snoozed.get(told, ()) if since < at <= now - PATIENCE]
        if told.kind in ("payout", "arrived") and again and told not in person.listed:
            missed = person.told.get(told._replace(kind="missed"), 0)
            if person.told.get(told, 0) + missed < 2:
                self.complain("lost", now, person.user, told, "snoozed until", again)

    def _audit_news(self, person: Person, line: Line, now: datetime) -> None:
        belief = person.beliefs.get(line.number)
        since = person.wants(line, CHANGES)
        if belief is None or since is None or since >= line.changed_at:
            return
        self.required += 1
        stands = line.stands(self.calendar, now)
        moved = belief.day and stands.day and belief.day != stands.day
        if belief.net != stands.net or moved:
            self.complain("lost", now, person.user, line.number, belief, "but it is", stands)

    def _audit_digest(self, person: Person, now: datetime) -> None:
        monday = week_of(now, person.zone)
        begins = midnight(monday)
        quiet_since = [person.hours_since, person.reachable_since, self.ruled_at]
        since = person.wishes.get(("digest", ""))
        if since is None or any(at and at > begins - DAY for at in (since, *quiet_since)):
            return
        first_loud = now - midnight(monday) > 2 * DAY
        if first_loud and any(self._comes(person, line, begins, now) for line in self._all()):
            self.required += 1
            if Told("digest", "", monday) not in person.told.keys() | person.listed:
                self.complain("lost", now, person.user, "digest", monday)

    def _all(self) -> Iterator[Line]:
        yield from self.lines.values()

    def _comes(self, person: Person, line: Line, begins: datetime, now: datetime) -> bool:
        day = line.stands(self.calendar, now).day
        told_already = line.changed_at < begins - DAY and line.received_on != today(begins)
        return person.owns(line) and told_already and day is not None and day > today(now)


def _begins(person: Person, day: date) -> Iterator[tuple[str, datetime]]:
    if person.lead:
        yield "ahead", midnight(day - person.lead * DAY)
    yield "payout", midnight(day)
    yield "arrived", midnight(day + DAY)


def _about(message: Mapping[str, Any]) -> list[Told]:
    planned = [Told(kind, line, date.fromisoformat(day)) for kind, line, day in message["planned"]]
    if message["kind"] != "missed":
        return planned
    missed = {each._replace(kind="missed") for each in planned if each.kind in ABOUT_DAYS}
    return planned + sorted(missed)


def _said(each: Mapping[str, Any]) -> Stands:
    day = date.fromisoformat(each["day"]) if each["day"] else None
    return Stands(each["state"], Decimal(each["net"]), each["settled"], day)
