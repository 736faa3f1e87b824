"""Rows that cannot be read (读不懂的行): kept, and taken off once their line can be read."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from bot.store.sync_cursors import SourceKey
from bot.store.unread_rows import forget_unread, keep_unread, unread_of
from settlement.apis import Page, UnreadRow, methods_of
from settlement.apis.json_text import parsed
from settlement.combining import Rows, Statement

__all__ = ["note_rows", "without_variant"]


def note_rows(connection: Connection, key: SourceKey, page: Page, now: datetime) -> None:
    """Keep what a page has that cannot be read, and forget what of it can be by now."""
    _take_off(connection, key, page.statements)
    keep_unread(connection, key.platform, without_variant(key.method), page.unread, now)


def without_variant(method: str) -> str:
    """The platform's name of a method: by whichever time it is asked, the rows are the same."""
    return method.partition("#")[0]


def _take_off(connection: Connection, key: SourceKey, said: Iterable[Statement]) -> None:
    rows = {each.order.key.number: each.rows for each in said}
    if not rows:
        return
    kept = unread_of(connection, key.platform, without_variant(key.method), rows.keys())
    done = [
        each.id
        for each in kept
        if each.number and (rows[each.number] is Rows.REPLACE or _is_readable(key, each.raw))
    ]
    forget_unread(connection, done)


def _is_readable(key: SourceKey, raw: str) -> bool:
    """Whether the row itself can be read by now.

    Where a line has several rows, such as phases, another one that can be read says nothing.
    """
    method = next(each for each in methods_of(key.platform) if each.name == key.method)
    return not isinstance(method.read(parsed(raw), None), UnreadRow)
