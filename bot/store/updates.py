"""Which updates have taken effect, and which were set aside (隔离)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, select, tuple_
from sqlalchemy.sql.dml import ReturningInsert

from bot.store.inserting import Inserting, insert_for
from bot.store.tables import processed_updates, quarantine

__all__ = ["Poison", "forget_handled", "mark_handled", "set_aside"]


@dataclass(frozen=True, slots=True)
class Poison:
    """An update that cannot be read, or whose handling keeps failing (毒消息)."""

    update: int
    body: dict[str, Any]
    problem: str


def mark_handled(
    connection: Connection, bot: int, updates: Sequence[int], now: datetime
) -> set[int]:
    """Take these updates for this transaction; those that took effect before are left out.

    Ids are compared one by one and never to a highest one: Telegram may deliver out of order.
    """
    if not updates:
        return set()
    # In one order everywhere, or two replicas given the same ones would wait for each other.
    rows = [{"bot": bot, "update": update, "handled_at": now} for update in sorted(set(updates))]
    return set(connection.execute(_mark(insert_for(connection)), rows).scalars())


@cache
def _mark(insert_into: Inserting) -> ReturningInsert[int]:
    """Built once: building it anew costs as much as carrying it out."""
    statement = insert_into(processed_updates).on_conflict_do_nothing()
    return statement.returning(processed_updates.c.update)


def forget_handled(connection: Connection, before: datetime, count: int) -> int:
    """Forget up to `count` updates handled before an instant; returns how many there were.

    Telegram keeps an unconfirmed update for a day at most, so none of a week ago comes again.
    """
    key = (processed_updates.c.bot, processed_updates.c.update)
    oldest = select(*key).where(processed_updates.c.handled_at < before).limit(count)
    oldest = oldest.with_for_update(skip_locked=True)
    forgotten = connection.execute(processed_updates.delete().where(tuple_(*key).in_(oldest)))
    return forgotten.rowcount


def set_aside(connection: Connection, bot: int, poisons: Iterable[Poison], now: datetime) -> None:
    """Keep the bodies of updates that could not be handled, for the operator to look at."""
    rows = [
        {
            "bot": bot,
            "update": poison.update,
            # escaped to ASCII: a lone surrogate or a NUL may be the very poison
            "body": json.dumps(poison.body),
            "problem": _storable(poison.problem),
            "set_aside_at": now,
        }
        for poison in poisons
    ]
    if rows:
        connection.execute(quarantine.insert(), rows)


def _storable(text: str) -> str:
    """The text without what a database refuses in a text: NUL and lone surrogates."""
    return text.encode(errors="backslashreplace").decode().replace("\0", "\\x00")
