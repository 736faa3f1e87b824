"""Reminders put off by the person (稍后提醒)."""

from sqlalchemy import Connection, literal, select

from bot.desk.effects import Snooze
from bot.store.inserting import insert
from bot.store.push_statements import COLUMNS
from bot.store.tables import pushes
from bot.store.types import Instant

__all__ = ["snooze"]


def snooze(connection: Connection, user: int, wish: Snooze) -> None:
    """Tell once more what was told of a payout day, or of one line of it.

    Wished for twice until the same day, it comes once.
    """
    version = wish.at.toordinal()
    again = (
        select(
            pushes.c.user,
            pushes.c.kind,
            pushes.c.line,
            pushes.c.day,
            literal(version),
            pushes.c.platform,
            literal(wish.at, Instant()),
            literal(wish.at, Instant()),
        )
        .where(
            pushes.c.user == user,
            pushes.c.kind == str(wish.kind),
            pushes.c.platform == wish.platform,
            pushes.c.day == wish.day,
            pushes.c.released_at.is_not(None),
        )
        .distinct()
    )
    if wish.row:
        again = again.where(pushes.c.line == wish.row)
    statement = insert(connection, pushes).from_select(COLUMNS, again)
    connection.execute(statement.on_conflict_do_nothing())
