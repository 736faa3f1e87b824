"""Whom a broadcast goes to (收件人): planned once, in the outbox only when it is their turn."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, bindparam, exists, select

from bot.desk.broadcasts import BroadcastState
from bot.store.inserting import insert
from bot.store.tables import broadcast_recipients as recipients
from bot.store.tables import broadcasts, opt_outs, people
from bot.store.tables.broadcasts import WAITING

__all__ = [
    "Stage",
    "defer_recipients",
    "due_recipients",
    "hand_over",
    "key_of",
    "leave_out",
    "locked_recipients",
    "plan_recipients",
]


class Stage(StrEnum):
    """Where a recipient stands."""

    WAITING = "waiting"
    HANDED = "handed"
    """In the outbox, or being sent."""
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    LEFT_OUT = "left_out"


_this = (
    recipients.c.broadcast == bindparam("the_broadcast"),
    recipients.c.user == bindparam("the_user"),
)
_hand_over = recipients.update().where(*_this).values(state=Stage.HANDED)


def key_of(broadcast: int, user: int) -> str:
    """The outbox key of what somebody is sent: there is one, so nobody is sent it twice."""
    return f"broadcast:{broadcast}:{user}"


def plan_recipients(
    connection: Connection,
    broadcast: int,
    planned: Mapping[int, datetime],
    after: int,
    upto: int,
    over_at: datetime | None,
) -> bool:
    """Plan people from a number to another, with when they may be written to first.

    `over_at` says that there are no more of them.

    False, and nothing is changed, if it is not to go on, or others have planned them. Whoever was
    erased meanwhile is left out.
    """
    moved = connection.execute(
        broadcasts.update()
        .where(
            broadcasts.c.id == broadcast,
            broadcasts.c.planned_upto == after,
            broadcasts.c.planned_at.is_(None),
            broadcasts.c.state.in_((BroadcastState.SCHEDULED, BroadcastState.RUNNING)),
        )
        .values(planned_upto=upto, planned_at=over_at, state=BroadcastState.RUNNING)
    )
    if moved.rowcount != 1:
        return False
    still_known = select(people.c.user).where(people.c.user.in_(planned))
    rows = [
        {"broadcast": broadcast, "user": user, "state": Stage.WAITING, "due_at": planned[user]}
        for user in connection.execute(still_known).scalars()
    ]
    if rows:
        connection.execute(insert(connection, recipients).on_conflict_do_nothing(), rows)
    return True


def due_recipients(connection: Connection, broadcast: int, now: datetime, count: int) -> list[int]:
    """Who may be written to by now, whose hour came first."""
    found = (
        select(recipients.c.user)
        .where(
            recipients.c.broadcast == broadcast,
            recipients.c.state == WAITING,
            recipients.c.due_at <= now,
        )
        .order_by(recipients.c.due_at, recipients.c.user)
        .limit(count)
    )
    return list(connection.execute(found).scalars())


def locked_recipients(
    connection: Connection, broadcast: int, users: Collection[int]
) -> dict[int, bool]:
    """Those of these people who still wait, kept from others; and whether they want none.

    Nobody if the broadcast is not to go on: a pause that comes later waits for the commit.
    """
    going_on = select(broadcasts.c.id).where(
        broadcasts.c.id == broadcast, broadcasts.c.state == BroadcastState.RUNNING
    )
    if connection.execute(going_on.with_for_update()).one_or_none() is None:
        return {}
    found = (
        select(recipients.c.user, exists().where(opt_outs.c.user == recipients.c.user))
        .where(
            recipients.c.broadcast == broadcast,
            recipients.c.user.in_(users),
            recipients.c.state == WAITING,
        )
        .order_by(recipients.c.user)
        .with_for_update(of=recipients)
    )
    return {user: opted_out for user, opted_out in connection.execute(found)}


def hand_over(connection: Connection, broadcast: int, users: Iterable[int]) -> None:
    """Note whose letters are put into the outbox in this transaction."""
    rows = [{"the_broadcast": broadcast, "the_user": user} for user in users]
    if rows:
        connection.execute(_hand_over, rows)


def leave_out(
    connection: Connection, broadcast: int, users: Collection[int], reason: str, now: datetime
) -> None:
    """Write to these people no more of this broadcast."""
    _update(connection, broadcast, users, state=Stage.LEFT_OUT, reason=reason, settled_at=now)


def defer_recipients(
    connection: Connection, broadcast: int, until: Mapping[int, datetime]
) -> None:
    """Let people wait until they may be written to."""
    for user, at in until.items():
        _update(connection, broadcast, [user], due_at=at)


def _update(
    connection: Connection, broadcast: int, users: Collection[int], **values: object
) -> None:
    if users:
        mine = (recipients.c.broadcast == broadcast) & recipients.c.user.in_(users)
        connection.execute(recipients.update().where(mine).values(**values))
