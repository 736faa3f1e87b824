"""How far each interface of a platform has been asked (同步游标), and what stood in the way."""

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from bot.store.inserting import insert
from bot.store.leases import renew
from bot.store.tables import sync_cursors
from settlement.model import Platform

__all__ = [
    "Cursor",
    "CursorMovedError",
    "LeaseLostError",
    "SourceKey",
    "all_cursors",
    "covered_platforms",
    "go_back_to",
    "load_cursor",
    "mark_lag_told",
    "note_trouble",
    "save_cursor",
]


class LeaseLostError(Exception):
    """Another process took over this application while a window was being asked."""


class CursorMovedError(Exception):
    """The operator wants a source asked from another instant on; the next turn begins there."""


class SourceKey(NamedTuple):
    """What is asked (来源): a platform's interface, as one of its applications."""

    platform: Platform
    method: str
    account: str


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where one source stands.

    Everything the platform changed up to `covered_until` is in the store; None before the first
    window. `window_seconds` is a smaller window that the platform once insisted on, since
    `narrowed_at`. A sweep looks at older windows again, from `sweep_reached` to `sweep_until`.
    """

    key: SourceKey
    begun_from: datetime | None = None
    covered_until: datetime | None = None
    window_seconds: int | None = None
    narrowed_at: datetime | None = None
    swept_at: datetime | None = None
    sweep_reached: datetime | None = None
    sweep_until: datetime | None = None
    answered_at: datetime | None = None
    skew_seconds: int | None = None
    trouble: str | None = None
    trouble_words: str | None = None
    trouble_at: datetime | None = None
    unreadable: int = 0
    lag_told: bool = False

    @property
    def window(self) -> timedelta | None:
        """The smaller window to be asked for, if there is one."""
        return timedelta(seconds=self.window_seconds) if self.window_seconds else None

    def without_trouble(self) -> "Cursor":
        """The same once the platform has answered."""
        return replace(self, trouble=None, trouble_words=None, trouble_at=None)


_columns = [sync_cursors.c[each.name] for each in fields(Cursor) if each.name != "key"]
_key = (sync_cursors.c.platform, sync_cursors.c.method, sync_cursors.c.account)


def load_cursor(connection: Connection, key: SourceKey) -> Cursor:
    """Where a source stands; at its beginning if it was never asked."""
    row = connection.execute(select(*_columns).where(*_is(key))).one_or_none()
    return Cursor(key, *row) if row else Cursor(key)


def all_cursors(connection: Connection) -> list[Cursor]:
    """Where all sources stand that were ever asked."""
    found = connection.execute(select(*_key, *_columns).order_by(*_key))
    return [
        Cursor(SourceKey(Platform(platform), method, account), *rest)
        for platform, method, account, *rest in found
    ]


def save_cursor(
    connection: Connection, cursor: Cursor, before: Cursor, lease: str, owner: str, seconds: float
) -> None:
    """Note how far a source is, that stood at `before`.

    Raises LeaseLostError if another process asks it by now, CursorMovedError if it was sent back.
    """
    if not renew(connection, lease, owner, seconds):
        raise LeaseLostError(f"{cursor.key.platform}: another process asks this platform now")
    stored = load_cursor(connection, cursor.key)
    if (stored.begun_from, stored.covered_until) != (before.begun_from, before.covered_until):
        raise CursorMovedError(f"{cursor.key.platform}: sent back meanwhile")
    _write(connection, cursor.key, _values(cursor))


def note_trouble(connection: Connection, key: SourceKey, trouble: dict[str, Any]) -> None:
    """Note what stands in the way of a source, beside where it stands."""
    _write(connection, key, trouble)


def mark_lag_told(connection: Connection, key: SourceKey, *, told: bool) -> bool:
    """Note that the operator knows a source lags, or that it is well again; False if noted."""
    changed = connection.execute(
        sync_cursors.update()
        .where(*_is(key), sync_cursors.c.lag_told != told)
        .values(lag_told=told)
    )
    return changed.rowcount == 1


def go_back_to(connection: Connection, key: SourceKey, since: datetime) -> None:
    """Have a source asked again from an instant on, unless it is not there yet."""
    _write(connection, key, {})
    connection.execute(
        sync_cursors.update()
        .where(*_is(key), sync_cursors.c.covered_until.is_(None))
        .values(begun_from=since)
    )
    connection.execute(
        sync_cursors.update()
        .where(*_is(key), sync_cursors.c.covered_until > since)
        .values(covered_until=since, begun_from=since, sweep_reached=None, sweep_until=None)
    )


def covered_platforms(connection: Connection) -> dict[Platform, datetime]:
    """Up to when the orders of each platform are known that is asked by its interface."""
    found = connection.execute(
        select(sync_cursors.c.platform, func.min(sync_cursors.c.covered_until))
        .where(sync_cursors.c.covered_until.is_not(None))
        .group_by(sync_cursors.c.platform)
    )
    return {Platform(platform): covered for platform, covered in found}


def _is(key: SourceKey) -> tuple[ColumnElement[bool], ...]:
    return tuple(column == value for column, value in zip(_key, key, strict=True))


def _values(cursor: Cursor) -> dict[str, Any]:
    named = (each.name for each in fields(Cursor) if each.name not in ("key", "lag_told"))
    return {name: getattr(cursor, name) for name in named}


def _write(connection: Connection, key: SourceKey, values: dict[str, Any]) -> None:
    statement = insert(connection, sync_cursors).values(**key._asdict(), **values)
    names = [column.name for column in _key]
    connection.execute(
        statement.on_conflict_do_update(index_elements=names, set_=values)
        if values
        else statement.on_conflict_do_nothing()
    )
