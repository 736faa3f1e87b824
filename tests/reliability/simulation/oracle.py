"""What must have been told and what must not, from the promises alone (no code of bot/).

Every instant is by the clock the bot has. What a message says is judged by the moment it was
written; whether it may be said, by the moment it is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tests.reliability.simulation.audit import Audit
from tests.reliability.simulation.books import ABOUT_DAYS, CHANGES, PAYOUTS, Books
from tests.reliability.simulation.lines import Line, Stands
from tests.reliability.simulation.payout_days import DAY, is_loud, midnight, today, week_of
from tests.reliability.simulation.people import Belief, Person, Told


@dataclass
class Oracle(Books):
    """Keeps what happened, and says what is wrong."""

    missing: Audit = field(init=False)

    def __post_init__(self) -> None:
        self.missing = Audit(self)

    # What people and reports do.

    def subscribed(self, user: int, scope: str, subject: str, at: datetime) -> None:
        person = self.people[user]
        person.subscribe(scope, subject, at)
        if scope == "order":
            stands = self.lines[subject].stands(self.calendar, at)
            person.believe(subject, Belief(stands.net, stands.day, at))

    def changes(self, line: Line, now: datetime, worked_at: datetime) -> None:
        """A report is about to change a line: what people may take to be so until now.

        Of what stood only while the bot was away they have heard nothing.
        """
        stands = line.stands(self.calendar, now)
        for person in self.people.values():
            since = person.wants(line, CHANGES)
            known = since is not None and max(since, line.seen_at) < worked_at
            if since is not None and known and line.number not in person.beliefs:
                person.believe(line.number, Belief(stands.net, None, max(since, line.seen_at)))

    def returned(self, user: int, at: datetime) -> None:
        """Somebody can be reached again; what changed meanwhile need not be told."""
        person = self.people[user]
        person.reachable_since = at
        person.beliefs.clear()

    # What arrives.

    def arrives(
        self, chat: int, message: Mapping[str, Any], now: datetime, true: datetime | None = None
    ) -> None:
        """A message is in somebody's chat.

        It may come when it is night by the bot's clock, if that is wrong and by the `true` one
        it is day: it was written before the clock was set back.
        """
        self.delivered += 1
        person = self.people.get(chat)
        if person is None or message["user"] != chat:
            self.complain("stranger", now, "chat", chat, message)
            return
        if not any(is_loud(at, person.zone, person.hours) for at in (now, true or now)):
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
            lines = [each for each in message["lines"] if not _is_old(person, each, message)]
            self._learn(person, {**message, "lines": lines}, now)

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
            if message["kind"] == "update" and not _is_news(each, said):
                self.complain("doubled", now, person.user, number, "no news:", said)
            old = person.beliefs.get(number)
            day = said.day or (old.day if old else None)
            person.believe(number, Belief(said.net, day, written))


def _is_news(each: Mapping[str, Any], said: Stands) -> bool:
    """Whether a change differs from what the message itself says was known before."""
    before = each["before"]
    return before is None or (
        (before["state"], Decimal(before["net"]), before["settled"]) != said[:3]
        or (before["day"] is not None and before["day"] != str(said.day))
    )


def _about(message: Mapping[str, Any]) -> list[Told]:
    planned = [Told(kind, line, date.fromisoformat(day)) for kind, line, day in message["planned"]]
    if message["kind"] != "missed":
        return planned
    missed = {each._replace(kind="missed") for each in planned if each.kind in ABOUT_DAYS}
    return planned + sorted(missed)


def _said(each: Mapping[str, Any]) -> Stands:
    day = date.fromisoformat(each["day"]) if each["day"] else None
    return Stands(each["state"], Decimal(each["net"]), each["settled"], day)


def _is_old(person: Person, each: Mapping[str, Any], message: Mapping[str, Any]) -> bool:
    """Whether somebody has heard of a line since a message was written."""
    belief = person.beliefs.get(each["number"])
    return belief is not None and datetime.fromisoformat(message["written_at"]) < belief.since
