"""How fast may be sent (发送节奏): to each chat, and pushes in all, over all replicas.

The rows hold instants of the database's clock, which all replicas share; only a hold, which
Telegram asked for in seconds, ends by the program's clock like everything that becomes due.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Connection, bindparam, or_, select

from bot.store.inserting import Insert, Inserting, insert, insert_for
from bot.store.tables import sending_pace

__all__ = [
    "EVERYTHING",
    "VOID_AFTER",
    "Limits",
    "Pace",
    "Spent",
    "forget_rested",
    "hold",
    "holds_of",
    "lift_holds",
    "reserve_pushes",
    "spend",
]

EVERYTHING = 0
"""The row of what concerns all chats; Telegram gives no chat this id."""
VOID_AFTER = timedelta(minutes=1)
"""No pace reaches further ahead: what does was written before the clock was set back."""
FURTHEST_AHEAD = timedelta(seconds=1)
"""How far ahead places for pushes are taken; they are in flight while they wait for theirs."""


@dataclass(frozen=True, slots=True)
class Pace:
    """One message every `interval`, and after a rest `burst` of them at once."""

    interval: timedelta
    burst: int

    def after(self, rested_at: datetime | None, now: datetime) -> "Spent":
        """What one more message leaves behind; None: nothing was sent lately."""
        if rested_at is None or not now < rested_at <= now + VOID_AFTER:
            rested_at = now
        rested_at += self.interval
        return Spent(rested_at, rested_at - (self.burst - 1) * self.interval)


@dataclass(frozen=True, slots=True)
class Spent:
    """From `open_at` one more may follow; at `rested_at` the whole burst is there again."""

    rested_at: datetime
    open_at: datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast one bot may send: to a person, to a group, and pushes to everybody together."""

    person: Pace
    group: Pace
    push_interval: timedelta

    def of(self, chat: int) -> Pace:
        """The pace of a chat; the ids of groups are negative."""
        return self.person if chat > 0 else self.group


_everything = (sending_pace.c.bot == bindparam("its_bot"), sending_pace.c.chat == EVERYTHING)
_last_place = select(sending_pace.c.rested_at).where(*_everything).with_for_update()
_take_places = sending_pace.update().where(*_everything).values(rested_at=bindparam("until"))


def reserve_pushes(
    connection: Connection, bot: int, count: int, limits: Limits, clock: datetime
) -> list[timedelta]:
    """Take places for up to `count` pushes of this bot: how long each has to wait for its own.

    Places are one interval apart over all replicas, so that no second holds more than its share.
    """
    values = {"its_bot": bot}
    found = connection.execute(_last_place, values).one_or_none()
    if found is None:
        fresh = insert(connection, sending_pace).values(bot=bot, chat=EVERYTHING)
        connection.execute(fresh.on_conflict_do_nothing())
        found = connection.execute(_last_place, values).one()
    free_at = found.rested_at
    if free_at is None or not clock < free_at <= clock + VOID_AFTER:
        free_at = clock
    places = [free_at - clock + limits.push_interval * place for place in range(count)]
    places = [place for place in places if place <= FURTHEST_AHEAD]
    if places:
        until = clock + places[-1] + limits.push_interval
        connection.execute(_take_places, values | {"until": until})
    return places


def spend(connection: Connection, bot: int, spent: Mapping[int, Spent]) -> None:
    """Write down what was sent to each chat."""
    if not spent:
        return
    rows = [
        {"bot": bot, "chat": chat, "rested_at": each.rested_at, "open_at": each.open_at}
        for chat, each in spent.items()
    ]
    connection.execute(_spending(insert_for(connection)), rows)


@cache
def _spending(insert_into: Inserting) -> Insert:
    """Built once: building it anew costs as much as carrying it out."""
    statement = insert_into(sending_pace)
    renewed = {name: statement.excluded[name] for name in ("rested_at", "open_at")}
    return statement.on_conflict_do_update(index_elements=["bot", "chat"], set_=renewed)


def hold(connection: Connection, bot: int, until: Mapping[int, datetime]) -> None:
    """Send nothing to these chats until then, or to nobody (EVERYTHING); a longer hold stays."""
    if not until:
        return
    statement = insert(connection, sending_pace)
    rows = [{"bot": bot, "chat": chat, "held_until": at} for chat, at in sorted(until.items())]
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["bot", "chat"],
            set_={"held_until": statement.excluded.held_until},
            where=or_(
                sending_pace.c.held_until.is_(None),
                sending_pace.c.held_until < statement.excluded.held_until,
            ),
        ),
        rows,
    )


def holds_of(connection: Connection, bot: int, chats: Collection[int]) -> dict[int, datetime]:
    """Until when nothing is to be sent to these chats, those without a hold left out."""
    held = select(sending_pace.c.chat, sending_pace.c.held_until).where(
        sending_pace.c.bot == bot,
        sending_pace.c.chat.in_(chats),
        sending_pace.c.held_until.is_not(None),
    )
    return {chat: until for chat, until in connection.execute(held)}


def lift_holds(connection: Connection, bot: int) -> None:
    """End all holds: they were to end by a clock that has been set back since."""
    connection.execute(
        sending_pace.update().where(sending_pace.c.bot == bot).values(held_until=None)
    )


def forget_rested(connection: Connection, bot: int, clock: datetime, now: datetime) -> int:
    """Forget the chats that have had their rest and are not held; returns how many."""
    rested = or_(
        sending_pace.c.rested_at.is_(None),
        sending_pace.c.rested_at <= clock,
        sending_pace.c.rested_at > clock + VOID_AFTER,
    )
    free = or_(sending_pace.c.held_until.is_(None), sending_pace.c.held_until <= now)
    others = sending_pace.c.chat != EVERYTHING
    forgotten = connection.execute(
        sending_pace.delete().where(sending_pace.c.bot == bot, others, rested, free)
    )
    return forgotten.rowcount
