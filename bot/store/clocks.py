"""By which clock people live (作息): their zone, and the hours in which they want to be told."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, func, select

from bot.desk.facts import Scope
from bot.store.tables import people, subscriptions

__all__ = [
    "CLOCK",
    "Clock",
    "Reachable",
    "clock_name",
    "clock_of",
    "clocks",
    "leads_wished",
    "reachable_among",
    "zones_summed_up",
]

CLOCK = (people.c.zone, people.c.sending_from, people.c.sending_until)
"""The columns of a clock."""
clock_name: ColumnElement[str] = (
    func.coalesce(people.c.zone, "")
    + "/"
    + func.coalesce(people.c.sending_from, "")
    + "/"
    + func.coalesce(people.c.sending_until, "")
)
"""The name of the clock somebody lives by, as `Clock.name` has it."""


class Clock(NamedTuple):
    """People who live by the same zone and want to be told in the same hours."""

    zone: str | None
    sending_from: str | None
    sending_until: str | None

    @property
    def name(self) -> str:
        """What tells it from the others."""
        return "/".join(part or "" for part in self)


class Reachable(NamedTuple):
    """Somebody who can be written to, and how many days ahead they want to be told."""

    user: int
    chat: int
    language: str
    clock: Clock
    lead: int


_clocks = select(*CLOCK).distinct()
_leads = select(people.c.lead_days).where(people.c.lead_days > 0).distinct()
_reachable = select(
    people.c.user, people.c.chat, people.c.language, people.c.lead_days, *CLOCK
).where(people.c.user.in_(bindparam("users", expanding=True)), people.c.blocked_at.is_(None))
_summed_up = (
    select(people.c.zone)
    .join(subscriptions, subscriptions.c.user == people.c.user)
    .where(subscriptions.c.scope == Scope.DIGEST, subscriptions.c.ended_at.is_(None))
    .distinct()
)


def clocks(connection: Connection) -> list[Clock]:
    """Every clock somebody lives by."""
    return [Clock(*row) for row in connection.execute(_clocks)]


def clock_of(connection: Connection, user: int) -> Clock | None:
    """The clock of a person; None for one nobody knows any more."""
    row = connection.execute(select(*CLOCK).where(people.c.user == user)).one_or_none()
    return Clock(*row) if row else None


def leads_wished(connection: Connection) -> set[int]:
    """How many days ahead people want to be told."""
    return set(connection.execute(_leads).scalars())


def reachable_among(connection: Connection, users: Collection[int]) -> list[Reachable]:
    """Those of these people who can be written to."""
    found = connection.execute(_reachable, {"users": list(users)})
    return [
        Reachable(user, chat, language, Clock(*clock), lead or 0)
        for user, chat, language, lead, *clock in found
    ]


def zones_summed_up(connection: Connection) -> list[str | None]:
    """The zones of those who want the week's summary; None is the installation's."""
    return list(connection.execute(_summed_up).scalars())
