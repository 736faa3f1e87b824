"""The audit log (操作记录): who did or looked at what in the console, and when.

It is only ever added to; what is too old is dropped by the retention, nothing else changes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.store.tables import audit_log

__all__ = ["AuditEntry", "Filter", "audit_entries", "audit_kinds", "record"]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing done or looked at; `about` names it by its kind and key, as in "creator:7"."""

    at: datetime
    user: int
    name: str
    kind: str
    about: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are sought; what is empty does not count."""

    kind: str = ""
    user: int | None = None
    about: str = ""
    since: datetime | None = None
    before: int | None = None


def record(connection: Connection, entry: AuditEntry) -> None:
    """Write an entry down, in the transaction of what it tells."""
    connection.execute(
        audit_log.insert().values(
            at=entry.at,
            user=entry.user,
            name=entry.name,
            kind=entry.kind,
            about=entry.about,
            detail=dict(entry.detail),
        )
    )


def audit_entries(connection: Connection, sought: Filter, limit: int) -> list[AuditEntry]:
    """The latest entries that fit, at most `limit`; `before` is the id to go on from."""
    columns = audit_log.c
    statement = select(audit_log).order_by(columns.id.desc()).limit(limit)
    if sought.kind:
        statement = statement.where(columns.kind == sought.kind)
    if sought.user is not None:
        statement = statement.where(columns.user == sought.user)
    if sought.about:
        statement = statement.where(columns.about == sought.about)
    if sought.since is not None:
        statement = statement.where(columns.at >= sought.since)
    if sought.before is not None:
        statement = statement.where(columns.id < sought.before)
    return [AuditEntry(**each._mapping) for each in connection.execute(statement)]


def audit_kinds(connection: Connection) -> list[str]:
    """The kinds that occur, by name."""
    found = select(audit_log.c.kind).distinct().order_by(audit_log.c.kind)
    return list(connection.execute(found).scalars())
