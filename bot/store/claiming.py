"""Taking rows of the outbox to send them (取件): of each chat the oldest, by one replica only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    literal_column,
    or_,
    select,
)

from bot.store.leases import database_time
from bot.store.letters import Kind, Outgoing, State
from bot.store.outgoing import read_row, read_sendable
from bot.store.pace import EVERYTHING, VOID_AFTER, Limits, Spent, reserve_pushes, spend
from bot.store.tables import outbox, sending_pace

__all__ = ["LEASE", "Claimant", "Room", "claim", "left_behind"]

LEASE = timedelta(seconds=60)
"""How long a row is its owner's: well above what an attempt may last."""


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who sends: a bot, and the process that does it by a name nobody else has."""

    bot: int
    owner: str


@dataclass(frozen=True, slots=True)
class Room:
    """How many more rows may be in flight."""

    answers: int
    pushes: int


# Literals, so that both databases see that an index over part of the rows covers the question.
_PENDING: ColumnElement[str] = literal_column("'pending'")
_SENDING: ColumnElement[str] = literal_column("'sending'")
_PUSH: ColumnElement[str] = literal_column("'push'")
_card = outbox.alias("card")
_other = outbox.alias("other")
_in_flight = outbox.alias("in_flight")
_all = sending_pace.alias("everything")


def _is_due(row: Any) -> ColumnElement[bool]:
    """Whether a row may go; one due at once stays so when the clock is set back."""
    at_once = and_(row.c.due_at == row.c.created_at, row.c.attempts == 0)
    return or_(row.c.due_at <= bindparam("now"), at_once)


def _mine(row: Any) -> ColumnElement[bool]:
    return or_(row.c.bot == bindparam("bot"), row.c.bot.is_(None))


def _may_go(kind: ColumnElement[bool], goes_first: ColumnElement[bool]) -> Select[Any]:
    """Rows of a kind whose chat is free, except those that another pending row goes before."""
    earlier = select(_other.c.id).where(
        _other.c.chat == outbox.c.chat,
        _other.c.state == _PENDING,
        _other.c.id < outbox.c.id,
        _mine(_other),
        # A row planned for later does not hold the chat; one that waits for another try does.
        or_(_is_due(_other), _other.c.attempts > 0),
        # Neither does an edit that waits for its message to be sent.
        _other.c.edits.is_(None),
        goes_first,
    )
    under_way = select(_in_flight.c.id).where(
        _in_flight.c.chat == outbox.c.chat, _in_flight.c.state == _SENDING, _mine(_in_flight)
    )
    all_held = select(_all.c.chat).where(
        _all.c.bot == bindparam("bot"),
        _all.c.chat == EVERYTHING,
        _all.c.held_until > bindparam("now"),
    )
    pace = sending_pace.c
    open_now = or_(
        pace.open_at.is_(None),
        pace.open_at <= bindparam("clock"),
        pace.open_at > bindparam("void_from"),
    )
    return (
        select(
            outbox,
            pace.rested_at,
            _card.c.state.label("card_state"),
            _card.c.kind.label("card_kind"),
            _card.c.message.label("card_message"),
        )
        .outerjoin(sending_pace, and_(pace.bot == bindparam("bot"), pace.chat == outbox.c.chat))
        .outerjoin(_card, _card.c.id == outbox.c.edits)
        .where(
            outbox.c.state == _PENDING,
            kind,
            _mine(outbox),
            _is_due(outbox),
            # Telegram counts messages and edits of a chat, not the answers to its buttons.
            or_(open_now, outbox.c.kind == Kind.TOAST),
            or_(pace.held_until.is_(None), pace.held_until <= bindparam("now")),
            or_(_card.c.state.is_(None), _card.c.state.not_in((State.PENDING, State.SENDING))),
            ~all_held.exists(),
            ~under_way.exists(),
            ~earlier.exists(),
        )
        .order_by(outbox.c.id)
        .limit(bindparam("count"))
        .with_for_update(of=outbox, skip_locked=True)
    )


# Answers overtake the pushes of their chat: somebody waits for them.
_answers = _may_go(outbox.c.kind != _PUSH, _other.c.kind != _PUSH)
_in_time = or_(outbox.c.send_until.is_(None), outbox.c.send_until > bindparam("now"))
_pushes = _may_go(and_(outbox.c.kind == _PUSH, _in_time), _other.c.id.is_not(None))
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
_left = (
    select(outbox)
    .where(outbox.c.state == _SENDING, _mine(outbox))
    .with_for_update(skip_locked=True)
)
_run_out = _left.where(
    or_(
        outbox.c.leased_until.is_(None),
        outbox.c.leased_until <= bindparam("clock"),
        outbox.c.leased_until > bindparam("void_from"),
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
        return self._take(self._heads(_answers, room))

    def pushes(self, room: int) -> list[Outgoing]:
        """Take as many pushes as there are places for."""
        heads = self._heads(_pushes, room)
        if not heads:
            return []
        delays = reserve_pushes(
            self.connection, self.claimant.bot, len(heads), self.limits, self.clock
        )
        placed = zip(heads, delays, strict=False)
        return self._take([(replace(row, delay=delay), rested) for (row, rested), delay in placed])

    def _heads(self, statement: Select[Any], room: int) -> list[tuple[Outgoing, datetime | None]]:
        values = {
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
            "lease_ends": self.clock + LEASE,
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
    claiming = _Claim(connection, claimant, limits, now, database_time(connection))
    taken = claiming.answers(room.answers) if room.answers > 0 else []
    return taken + (claiming.pushes(room.pushes) if room.pushes > 0 else [])


def left_behind(
    connection: Connection, bot: int, now: datetime, *, alone: bool = False
) -> list[Outgoing]:
    """The rows that were `sending` when the process that sent them ended: their leases ran out.

    A process that is `alone` with the database and has just started need not wait for that.
    """
    clock = database_time(connection)
    values = {"bot": bot, "clock": clock, "void_from": clock + 2 * LEASE}
    found = connection.execute(_left if alone else _run_out, values).all()
    return [read for row in found if (read := read_row(connection, row, now)) is not None]


def _counts(row: Outgoing) -> bool:
    return row.kind is not Kind.TOAST
