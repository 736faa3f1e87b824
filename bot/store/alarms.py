"""What the operator was alarmed of (告警): told once, and its end once.

A cause that comes and goes is told at most once an hour; what was not told has no end to tell of.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from bot.store.locks import hold
from bot.store.tables import alarms

__all__ = ["AT_MOST_EVERY", "News", "note_causes"]

AT_MOST_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told: names of causes that began, and of those that ended."""

    begun: tuple[str, ...]
    ended: tuple[str, ...]


def note_causes(connection: Connection, causes: Collection[str], now: datetime) -> News:
    """Remember what is wrong now; replicas that look at once tell it once."""
    hold(connection, ["alarms"])
    known = {row.cause: row for row in connection.execute(select(alarms))}
    begun = [name for name in sorted(causes) if _raised(connection, name, known.get(name), now)]
    ended = []
    for name, row in sorted(known.items()):
        if name not in causes and row.ended_at is None:
            _change(connection, name, ended_at=now)
            if row.told_at is not None and row.told_at >= row.raised_at:
                ended.append(name)
    return News(tuple(begun), tuple(ended))


def _raised(connection: Connection, name: str, row: Any, now: datetime) -> bool:
    """Whether a cause that is there is to be told."""
    if row is None:
        new = {"cause": name, "raised_at": now, "told_at": now}
        connection.execute(alarms.insert(), new)
        return True
    told_at, raised_at = row.told_at, row.raised_at
    if row.ended_at is not None:
        raised_at = now
        _change(connection, name, raised_at=now, ended_at=None)
    if told_at is not None and (raised_at <= told_at <= now or _is_recent(told_at, now)):
        return False
    _change(connection, name, told_at=now)
    return True


def _is_recent(told_at: datetime, now: datetime) -> bool:
    """Not so one that a clock set back since has put ahead."""
    return timedelta() <= now - told_at < AT_MOST_EVERY


def _change(connection: Connection, name: str, **values: datetime | None) -> None:
    connection.execute(alarms.update().where(alarms.c.cause == name).values(values))
