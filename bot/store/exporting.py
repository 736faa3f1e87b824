"""Everything kept of one person (导出), for that person to read."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, select

from bot.store.tables import bindings, creators, metadata, order_lines, people, subscriptions

__all__ = ["NOT_EXPORTED", "everything_kept"]

NOT_EXPORTED = frozenset({"outbox", "sending_pace", "told", "pushes", "broadcast_recipients"})
"""What was said to the person stands in the chat; what is planned follows from the rest."""
_HIDDEN = frozenset(
    {
        *("id", "user", "chat", "bot", "line", "creator", "mark", "taken_up_at", "settled_by"),
        *("operator_chat", "topic", "root", "seen_batch", "revision", "dialogue", "upload"),
    }
)
"""What means something only inside."""
_SAID = ("waiting_for", "pending_text", "given")
"""Of the dialogue, what the person said and was asked for."""


def everything_kept(connection: Connection, user: int) -> dict[str, Any]:
    """What the tables hold of a person, by table; times are ISO 8601 in UTC."""
    kept: dict[str, Any] = {"telegram_id": user, "accounts": _accounts(connection, user)}
    for table in metadata.sorted_tables:
        if table.name in NOT_EXPORTED or table in (bindings, people) or "user" not in table.c:
            continue
        if rows := _rows(connection, table, user):
            kept[table.name] = rows
    return kept | {"profile": _profile(connection, user)}


def _profile(connection: Connection, user: int) -> dict[str, Any]:
    row = connection.execute(select(people).where(people.c.user == user)).one_or_none()
    if row is None:
        return {}
    dialogue = {name: row.dialogue[name] for name in _SAID if row.dialogue.get(name)}
    return _shown(dict(row._mapping)) | ({"conversation": dialogue} if dialogue else {})


def _accounts(connection: Connection, user: int) -> list[dict[str, Any]]:
    statement = (
        select(creators.c.name, bindings.c.bound_at, bindings.c.ended_at)
        .join(creators, creators.c.id == bindings.c.creator)
        .where(bindings.c.user == user)
        .order_by(bindings.c.id)
    )
    return [_shown(dict(row._mapping)) for row in connection.execute(statement)]


def _rows(connection: Connection, table: Table, user: int) -> list[dict[str, Any]]:
    """The rows of a person, each with the order number of the line it is about, if any."""
    statement = select(table).where(table.c.user == user)
    if table is subscriptions:
        statement = (
            select(table, order_lines.c.order_number)
            .outerjoin(order_lines, order_lines.c.id == table.c.line)
            .where(table.c.user == user)
        )
    return [_shown(dict(row._mapping)) for row in connection.execute(statement)]


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in row.items()
        if name not in _HIDDEN and value is not None
    }
