"""What is due, and what became of it (推送释放): told by a letter, put off, or no longer true."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Text, and_, bindparam, cast, func, select

from bot.reminders import Known, Planned, PushKind, Standing
from bot.store.letters import State
from bot.store.push_statements import COLUMNS
from bot.store.tables import pushes
from bot.store.tables.sending import PENDING, PUSH, outbox
from bot.store.told import tell

__all__ = [
    "bring_forward",
    "defer",
    "drop",
    "due_people",
    "due_pushes",
    "known_document",
    "recall",
    "release",
    "see_what_became",
    "settled_letters",
    "waiting_letters",
]

KEY = COLUMNS[:5]
_MANY = 10_000

_open = pushes.c.released_at.is_(None)
_due_people = (
    select(pushes.c.user)
    .where(_open, pushes.c.due_at <= bindparam("now"))
    .order_by(pushes.c.due_at, pushes.c.user)
    .limit(bindparam("count"))
)
_due_pushes = select(*(pushes.c[name] for name in COLUMNS)).where(
    _open,
    pushes.c.user.in_(bindparam("users", expanding=True)),
    pushes.c.due_at <= bindparam("now"),
)
_this = and_(*(pushes.c[name] == bindparam(f"the_{name}") for name in KEY))
_release = (
    pushes.update()
    .where(_this)
    .values(
        released_at=bindparam("new_released_at"),
        letter=bindparam("new_letter"),
        before=bindparam("new_before"),
    )
)
_drop = pushes.delete().where(_this)


def due_people(connection: Connection, now: datetime, count: int) -> tuple[list[int], bool]:
    """Some of the people something is due for, who waited longest first; and if that was not all.

    `count` are the pushes looked at, of which one person may have several.
    """
    found = connection.execute(_due_people, {"now": now, "count": count}).scalars().all()
    return list(dict.fromkeys(found)), len(found) == count


def due_pushes(
    connection: Connection, users: Collection[int], now: datetime, *, lock: bool = False
) -> dict[int, list[Planned]]:
    """What is due for these people; with `lock` nobody else releases it meanwhile."""
    # SQLite has one writer; elsewhere the rows are locked until the transaction ends.
    statement = _due_pushes.with_for_update() if lock else _due_pushes
    found: dict[int, list[Planned]] = {}
    for user, kind, *rest in connection.execute(statement, {"users": list(users), "now": now}):
        found.setdefault(user, []).append(Planned(user, PushKind(kind), *rest))
    return found


def release(
    connection: Connection,
    letters: Iterable[tuple[Planned, str, Mapping[str, Any] | None]],
    now: datetime,
) -> None:
    """Mark pushes as told by a letter; with what the person knew before, should it be recalled."""
    rows = [
        {
            **_key(planned),
            "new_released_at": now,
            "new_letter": letter,
            "new_before": before,
        }
        for planned, letter, before in letters
    ]
    if rows:
        connection.execute(_release, rows)


def drop(connection: Connection, planned: Iterable[Planned]) -> None:
    """Forget pushes that are no longer true; should they be again, they are planned anew."""
    if rows := [_key(each) for each in planned]:
        connection.execute(_drop, rows)


def defer(connection: Connection, user: int, until: datetime) -> None:
    """Let a person's due pushes wait until then."""
    connection.execute(
        pushes.update()
        .where(_open, pushes.c.user == user, pushes.c.due_at < until)
        .values(due_at=until)
    )


def bring_forward(connection: Connection, user: int) -> None:
    """Look again at what waits for a person: other hours or another zone may let it out now.

    A summary is forgotten and planned anew: by another zone its week may not have begun.
    """
    mine = _open & (pushes.c.user == user)
    connection.execute(pushes.delete().where(mine, pushes.c.kind == PushKind.DIGEST))
    connection.execute(pushes.update().where(mine).values(due_at=pushes.c.due_from))


_on_the_way = pushes.c.letter.is_not(None)
settled_letters = (
    select(*(pushes.c[name] for name in COLUMNS), pushes.c.before, outbox.c.id, outbox.c.state)
    .outerjoin(outbox, outbox.c.key == pushes.c.letter)
    .where(_on_the_way, func.coalesce(outbox.c.state, "").not_in((State.PENDING, State.SENDING)))
)
"""Pushes whose letters are sent, dropped or gone."""
_settled = settled_letters.limit(bindparam("count"))
_waiting = select(func.count()).select_from(
    select(outbox.c.id)
    .where(
        outbox.c.state == PENDING,
        outbox.c.kind == PUSH,
        outbox.c.due_at <= bindparam("now"),
    )
    .limit(bindparam("count"))
    .subquery()
)


def waiting_letters(connection: Connection, now: datetime, count: int) -> int:
    """How many pushes wait to be sent, counted up to `count`."""
    return connection.execute(_waiting, {"now": now, "count": count}).scalar_one()


def see_what_became(connection: Connection, count: int) -> int:
    """Close the pushes whose letters are sent, and open again those whose letters were dropped.

    A letter is dropped that could not be sent before the night: what it was to say is said in
    the morning, in other words if need be. Returns how many were looked at.
    """
    found = connection.execute(_settled, {"count": count}).all()
    dropped = [row for row in found if row.state == State.DROPPED]
    _reopen(connection, dropped)
    if closed := [_key(row) for row in found if row.state != State.DROPPED]:
        connection.execute(pushes.update().where(_this).values(letter=None), closed)
    return len(found)


def recall(connection: Connection, user: int, now: datetime) -> None:
    """Take back what waits to be sent to a person, who has just changed what they want."""
    mine = select(pushes.c.letter).where(_on_the_way, pushes.c.user == user)
    connection.execute(
        outbox.update()
        .where(outbox.c.state == PENDING, outbox.c.key.in_(mine))
        .values(state=State.DROPPED, reason="recalled", settled_at=now)
    )
    dropped = _settled.where(pushes.c.user == user, outbox.c.state == State.DROPPED)
    _reopen(connection, connection.execute(dropped, {"count": _MANY}))


def _reopen(connection: Connection, rows: Iterable[Any]) -> None:
    rows = list(rows)
    if not rows:
        return
    reopened = {"released_at": None, "letter": None, "before": None}
    connection.execute(pushes.update().where(_this).values(reopened), [_key(row) for row in rows])
    tell(connection, {(row.user, row.line): _known(row.before) for row in rows if row.before})
    # The letter's name is free for the one that takes its place.
    renamed = outbox.update().where(outbox.c.id.in_({row.id for row in rows}))
    connection.execute(renamed.values(key=outbox.c.key + ":dropped:" + cast(outbox.c.id, Text)))


def known_document(known: Known | None) -> dict[str, Any] | None:
    """What a person knew, as kept beside a push."""
    if known is None:
        return None
    day = known.day.isoformat() if known.day else None
    return {"standing": known.standing.document(), "day": day}


def _known(document: Mapping[str, Any]) -> Known:
    day = document["day"]
    return Known(Standing.read(document["standing"]), date.fromisoformat(day) if day else None)


def _key(planned: Sequence[Any]) -> dict[str, Any]:
    return {f"the_{name}": value for name, value in zip(KEY, planned, strict=False)}
