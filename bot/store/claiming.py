"""Taking rows of the outbox to send them (取件): of each chat the oldest, by one replica only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam

from bot.store.claimable import (
    answers_to_send,
    chats_with_answers,
    in_flight,
    lease_run_out,
    pushes_to_send,
    waiting,
)
from bot.store.leases import database_time
from bot.store.letters import Kind, Outgoing, State
from bot.store.outgoing import read_row, read_sendable
from bot.store.pace import VOID_AFTER, Limits, Spent, reserve_pushes, spend
from bot.store.tables import outbox

__all__ = ["CHATS_AT_ONCE", "LEASE", "Claimant", "Room", "claim", "left_behind"]

LEASE = timedelta(seconds=60)
"""How long a row is its owner's: well above what an attempt may last."""


CHATS_AT_ONCE = 256
"""How many chats one claim looks at; when more wait, each gets its turn."""
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


@dataclass(slots=True)
class Rotation:
    """After which chat the next claim begins to look for answers (轮到谁)."""

    after: int = _LOWEST


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who sends: a bot, and the process that does it by a name nobody else has.

    What it takes is its own for `lease`.
    """

    bot: int
    owner: str
    lease: timedelta = LEASE
    rotation: Rotation = field(default_factory=Rotation, compare=False)


@dataclass(frozen=True, slots=True)
class Room:
    """How many more rows may be in flight."""

    answers: int
    pushes: int


_take = (
    outbox.update()
    .where(outbox.c.id.in_(bindparam("taken", expanding=True)))
    .values(
        state=State.SENDING,
        attempts=outbox.c.attempts + 1,
        owner=bindparam("new_owner"),
        leased_until=bindparam("lease_ends"),
    )
)


@dataclass(frozen=True, slots=True)
class _Claim:
    """One claim: who, when by the program's clock and by the database's, how fast."""

    connection: Connection
    claimant: Claimant
    limits: Limits
    now: datetime
    clock: datetime

    def answers(self, room: int) -> list[Outgoing]:
        """Take answers, edits and answers to buttons."""
        firsts = self._firsts()
        return self._take(self._heads(answers_to_send, room, firsts=firsts)) if firsts else []

    def pushes(self, room: int) -> list[Outgoing]:
        """Take as many pushes as there are places for."""
        heads = self._heads(pushes_to_send, room)
        if not heads:
            return []
        delays = reserve_pushes(
            self.connection, self.claimant.bot, len(heads), self.limits, self.clock
        )
        placed = zip(heads, delays, strict=False)
        return self._take([(replace(row, delay=delay), rested) for (row, rested), delay in placed])

    def _firsts(self) -> list[int]:
        """The first answer of each chat that it is the turn of."""
        rotation = self.claimant.rotation
        found = self._chats(rotation.after, _HIGHEST, CHATS_AT_ONCE)
        if len(found) < CHATS_AT_ONCE and rotation.after > _LOWEST:
            found += self._chats(_LOWEST, rotation.after, CHATS_AT_ONCE - len(found))
        rotation.after = found[-1].chat if len(found) == CHATS_AT_ONCE else _LOWEST
        return [each.first for each in found if each.first is not None]

    def _chats(self, after: int, until: int, count: int) -> list[Any]:
        values = {
            "bot": self.claimant.bot,
            "now": self.now,
            "after": after,
            "until": until,
            "chats": count,
        }
        return list(self.connection.execute(chats_with_answers, values))

    def _heads(
        self, statement: Select[Any], room: int, **more: object
    ) -> list[tuple[Outgoing, datetime | None]]:
        values = {
            **more,
            "bot": self.claimant.bot,
            "now": self.now,
            "clock": self.clock,
            "void_from": self.clock + VOID_AFTER,
            "count": room,
        }
        found = self.connection.execute(statement, values).all()
        return list(self._readable(found))

    def _readable(self, found: Sequence[Any]) -> Iterator[tuple[Outgoing, datetime | None]]:
        for row in found:
            if (outgoing := read_sendable(self.connection, row, self.now)) is not None:
                yield outgoing, row.rested_at

    def _take(self, heads: Sequence[tuple[Outgoing, datetime | None]]) -> list[Outgoing]:
        if not heads:
            return []
        values = {
            "taken": [row.id for row, _ in heads],
            "new_owner": self.claimant.owner,
            "lease_ends": self.clock + self.claimant.lease,
        }
        self.connection.execute(_take, values)
        spent = {row.chat: self._spent(row, rested) for row, rested in heads if _counts(row)}
        spend(self.connection, self.claimant.bot, spent)
        return [self._taken(row, spent) for row, _ in heads]

    def _spent(self, row: Outgoing, rested_at: datetime | None) -> Spent:
        return self.limits.of(row.chat).after(rested_at, self.clock + row.delay)

    def _taken(self, row: Outgoing, spent: Mapping[int, Spent]) -> Outgoing:
        rest = spent[row.chat].open_at - self.clock if row.chat in spent else timedelta()
        return replace(
            row,
            attempts=row.attempts + 1,
            owner=self.claimant.owner,
            taken_at=self.now,
            rest=max(rest, timedelta()),
        )


def claim(
    connection: Connection, claimant: Claimant, room: Room, limits: Limits, now: datetime
) -> list[Outgoing]:
    """Mark due rows as `sending`, as many as there is room for: of each chat the oldest.

    A chat of which a row is in flight, here or in another replica, or that is held or must rest
    is left out. Answers come first.
    """
    answers, pushes = connection.execute(waiting).one()
    wanted = (answers is not None and room.answers > 0, pushes is not None and room.pushes > 0)
    if not any(wanted):
        return []
    claiming = _Claim(connection, claimant, limits, now, database_time(connection))
    taken = claiming.answers(room.answers) if wanted[0] else []
    return taken + (claiming.pushes(room.pushes) if wanted[1] else [])


def left_behind(
    connection: Connection, bot: int, now: datetime, *, alone: bool = False
) -> list[Outgoing]:
    """The rows that were `sending` when the process that sent them ended: their leases ran out.

    A process that is `alone` with the database and has just started need not wait for that.
    """
    clock = database_time(connection)
    values = {"bot": bot, "clock": clock, "void_from": clock + 2 * LEASE}
    found = connection.execute(in_flight if alone else lease_run_out, values).all()
    return [read for row in found if (read := read_row(connection, row, now)) is not None]


def _counts(row: Outgoing) -> bool:
    return row.kind is not Kind.TOAST
