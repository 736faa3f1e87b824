"""Order numbers people wait for (有数据时告诉我): kept, and found among their own."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from bot.desk.sought import AWAITED_FOR
from bot.store.inserting import insert
from bot.store.tables import awaited_numbers

__all__ = ["await_numbers", "awaited_by", "leave_numbers"]

_mine = awaited_numbers.c.ended_at.is_(None)


def await_numbers(
    connection: Connection, user: int, numbers: Collection[str], now: datetime
) -> None:
    """Wait for these numbers from now on; one that is awaited already stays as it is."""
    rows = [
        {"user": user, "number": number, "created_at": now, "expires_at": now + AWAITED_FOR}
        for number in numbers
    ]
    connection.execute(insert(connection, awaited_numbers).on_conflict_do_nothing(), rows)


def leave_numbers(
    connection: Connection, user: int, numbers: Collection[str], now: datetime
) -> None:
    """Wait for these numbers no longer."""
    connection.execute(
        awaited_numbers.update()
        .where(_mine, awaited_numbers.c.user == user, awaited_numbers.c.number.in_(numbers))
        .values(ended_at=now)
    )


def awaited_by(connection: Connection, user: int) -> tuple[str, ...]:
    """The numbers a person waits for, oldest first."""
    found = (
        select(awaited_numbers.c.number)
        .where(_mine, awaited_numbers.c.user == user)
        .order_by(awaited_numbers.c.id)
    )
    return tuple(connection.execute(found).scalars())
