"""Telling the operator that a platform lags (告警): once, and once when it is well again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, Engine

from bot.desk.syncing_said import sync_is_well, sync_lags
from bot.store.letters import Kind, Letter
from bot.store.outbox import enqueue
from bot.store.sync_cursors import Cursor, all_cursors, mark_lag_told
from bot.store.transactions import transact
from bot.sync.figures import SyncFigures
from bot.sync.sources import title_of
from bot.sync.windows import is_caught_up

__all__ = ["lags", "tell_of_lags"]


def tell_of_lags(engine: Engine, figures: SyncFigures, operator_chat: int, now: datetime) -> int:
    """Put into the outbox what the operator does not know yet; returns how many letters."""
    return transact(engine, partial(_tell, figures, operator_chat, now))


def lags(cursor: Cursor, figures: SyncFigures, now: datetime) -> bool:
    """Whether a source has been behind for too long.

    One that still fetches its history is behind for good reason, as long as it is answered.
    """
    patience = timedelta(minutes=figures.lag_minutes)
    if is_caught_up(cursor) and cursor.covered_until is not None:
        return now - cursor.covered_until > patience
    since = max(filter(None, (cursor.answered_at, cursor.trouble_at)), default=None)
    return cursor.trouble is not None and since is not None and now - since > patience


def _tell(figures: SyncFigures, operator_chat: int, now: datetime, connection: Connection) -> int:
    letters = list(_letters(connection, figures, operator_chat, now))
    return enqueue(connection, letters, now)


def _letters(
    connection: Connection, figures: SyncFigures, chat: int, now: datetime
) -> Iterator[Letter]:
    for cursor in all_cursors(connection):
        late = lags(cursor, figures, now)
        if late == cursor.lag_told or not mark_lag_told(connection, cursor.key, told=late):
            continue
        title, platform = title_of(cursor.key), str(cursor.key.platform)
        if late:
            said = sync_lags(title, platform, cursor.covered_until, cursor.trouble_words)
        elif (as_of := cursor.covered_until or cursor.answered_at) is not None:
            said = sync_is_well(title, platform, as_of)
        else:
            continue
        word = "lags" if late else "well"
        key = f"sync:{':'.join(cursor.key)}:{word}:{now:%Y%m%d%H%M%S}"
        yield Letter(key, Kind.PUSH, chat, said)
