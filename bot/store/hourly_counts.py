"""How often something happened, hour by hour (按小时计数), for those who look back."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from bot.store.inserting import insert
from bot.store.tables import hourly_counts

__all__ = ["HourlyCount", "add_counts", "counts_since"]


class HourlyCount(NamedTuple):
    """How often something of a kind happened in the hour that begins at `hour`."""

    hour: datetime
    kind: str
    times: int


def add_counts(connection: Connection, counts: Mapping[str, int], now: datetime) -> None:
    """Count what happened of late to the present hour; all replicas add to the same rows."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    # In one order, or two replicas could wait for each other.
    rows = [{"hour": hour, "kind": kind, "count": counts[kind]} for kind in sorted(counts)]
    if not rows:
        return
    statement = insert(connection, hourly_counts)
    added = hourly_counts.c.count + statement.excluded.count
    connection.execute(
        statement.on_conflict_do_update(index_elements=["hour", "kind"], set_={"count": added}),
        rows,
    )


def counts_since(connection: Connection, since: datetime) -> list[HourlyCount]:
    """What was counted in the hours from `since` on."""
    found = select(hourly_counts).where(hourly_counts.c.hour >= since)
    return [HourlyCount(*row) for row in connection.execute(found)]
