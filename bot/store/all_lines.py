"""All order lines in the store, for the operator (全部订单行): read one by one."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from bot.store.lines import latest_facts
from bot.store.tables import creators, order_facts, order_lines
from settlement.model import Platform

__all__ = ["StoredLine", "all_lines"]

_AT_A_TIME = 500


class StoredLine(NamedTuple):
    """What is known of an order line, and whose it is."""

    creator: str
    document: dict[str, Any]
    """In the contract's form."""


def all_lines(
    connection: Connection,
    *,
    creator: int | None = None,
    platform: Platform | None = None,
    since: datetime | None = None,
) -> Iterator[StoredLine]:
    """The lines of everybody, or of one creator, as they stood when the first was read.

    `since` leaves out what was ordered before, and what nobody knows the time of.
    """
    statement = (
        select(creators.c.name, order_facts.c.facts)
        .select_from(order_lines)
        .join(creators, creators.c.id == order_lines.c.creator)
        .join(order_facts, latest_facts)
        .order_by(order_lines.c.id)
        .execution_options(yield_per=_AT_A_TIME)
    )
    if creator is not None:
        statement = statement.where(order_lines.c.creator == creator)
    if platform is not None:
        statement = statement.where(order_lines.c.platform == platform)
    if since is not None:
        statement = statement.where(order_lines.c.ordered_at >= since)
    for name, facts in connection.execute(statement):
        yield StoredLine(name, facts)
