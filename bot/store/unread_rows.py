"""Rows of a platform's answers that could not be read (读不懂的行), kept as they came."""

import hashlib
import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from bot.store.inserting import insert
from bot.store.tables import unread_rows
from settlement.apis import UnreadRow
from settlement.model import Platform

__all__ = [
    "KeptRow",
    "UnreadReason",
    "any_unread",
    "forget_unread",
    "forget_unseen",
    "keep_unread",
    "unread_of",
    "unread_reasons",
]

_AT_ONCE = 500
_QUOTED = re.compile("“.*”", re.DOTALL)
_LONG_NUMBER = re.compile("[0-9]{6,}", re.ASCII)


class KeptRow(NamedTuple):
    """A row that could not be read when it came."""

    id: int
    number: str | None
    """What its line goes by, as far as that could be read."""
    raw: str


class UnreadReason(NamedTuple):
    """What is wrong with rows of a method, and with how many; it quotes nothing of them."""

    platform: Platform
    method: str
    reason: str
    rows: int
    first_seen: datetime
    last_seen: datetime


def keep_unread(
    connection: Connection,
    platform: Platform,
    method: str,
    rows: Sequence[UnreadRow],
    now: datetime,
) -> None:
    """Keep rows; of one that is kept already it is noted that it came again."""
    kept = {
        row["fingerprint"]: row for row in (_row(platform, method, each, now) for each in rows)
    }
    statement = insert(connection, unread_rows)
    again = {
        "reason": statement.excluded.reason,
        "number": statement.excluded.number,
        "last_seen": statement.excluded.last_seen,
        "times": unread_rows.c.times + 1,
    }
    key = ["platform", "method", "fingerprint"]
    if kept:
        connection.execute(
            statement.on_conflict_do_update(index_elements=key, set_=again), list(kept.values())
        )


def any_unread(connection: Connection, platform: Platform, method: str) -> bool:
    """Whether any row of a method is kept."""
    table = unread_rows
    found = select(table.c.id).where(table.c.platform == platform, table.c.method == method)
    return connection.execute(found.limit(1)).first() is not None


def unread_of(
    connection: Connection,
    platform: Platform,
    method: str,
    numbers: Collection[str] | None = None,
) -> list[KeptRow]:
    """The kept rows of a method; or only those of lines that go by one of the numbers."""
    table = unread_rows
    query = (
        select(table.c.id, table.c.number, table.c.raw)
        .where(table.c.platform == platform, table.c.method == method)
        .order_by(table.c.id)
    )
    if numbers is not None:
        query = query.where(table.c.number.in_(numbers))
    return [KeptRow(*row) for row in connection.execute(query)]


def unread_reasons(connection: Connection) -> list[UnreadReason]:
    """What is wrong with the kept rows, the commonest first."""
    table = unread_rows
    counted = (
        select(
            *(table.c.platform, table.c.method, table.c.reason),
            func.count(),
            func.min(table.c.first_seen),
            func.max(table.c.last_seen),
        )
        .group_by(table.c.platform, table.c.method, table.c.reason)
        .order_by(func.count().desc(), table.c.platform, table.c.method, table.c.reason)
    )
    return [
        UnreadReason(Platform(platform), *rest) for platform, *rest in connection.execute(counted)
    ]


def forget_unread(connection: Connection, ids: Sequence[int]) -> None:
    """Keep rows no longer: what they were about is known by now."""
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        connection.execute(unread_rows.delete().where(unread_rows.c.id.in_(some)))


def forget_unseen(connection: Connection, before: datetime) -> None:
    """Forget rows that no answer has had since an instant."""
    connection.execute(unread_rows.delete().where(unread_rows.c.last_seen < before))


def _row(platform: Platform, method: str, row: UnreadRow, now: datetime) -> dict[str, Any]:
    return {
        "platform": str(platform),
        "method": method,
        "fingerprint": hashlib.sha256(row.raw.encode()).hexdigest(),
        "number": row.number,
        "raw": row.raw,
        "reason": _reason(row),
        "first_seen": now,
        "last_seen": now,
        "times": 1,
    }


def _reason(row: UnreadRow) -> str:
    """What is wrong without the value, which may be anything; so equal reasons are one."""
    said = _LONG_NUMBER.sub("…", _QUOTED.sub("“…”", row.message))
    return f"{row.field}：{said}" if row.field else said
