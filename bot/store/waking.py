"""Waking the senders of other replicas (唤醒) when the outbox holds something new.

On PostgreSQL by LISTEN and NOTIFY. On SQLite there is one process, which wakes itself. A word that
gets lost costs little: every sender looks at the outbox now and then by itself.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine

from bot.store.database import PATIENCE

__all__ = ["announce", "listen"]

logger = logging.getLogger(__name__)

CHANNEL = "mingzhang_outbox"
PAUSE_SECONDS = 1.0


def announce(connection: Connection) -> None:
    """Tell the other replicas, once this transaction is committed, to look at the outbox."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"NOTIFY {CHANNEL}")


async def listen(engine: Engine, woken: Callable[[], object]) -> None:
    """Call `woken` whenever some replica has put something into the outbox, until cancelled."""
    while engine.dialect.name == "postgresql":
        try:
            await _listen(engine, woken)
        except OSError as error:
            logger.warning("other replicas cannot be heard: %s", type(error).__name__)
        await asyncio.sleep(PAUSE_SECONDS)


async def _listen(engine: Engine, woken: Callable[[], object]) -> None:
    """Listen until the connection breaks; raises OSError then."""
    from psycopg import AsyncConnection, OperationalError

    _, address = engine.dialect.create_connect_args(engine.url)
    options: dict[str, Any] = {**address, **PATIENCE, "autocommit": True}
    try:
        async with await AsyncConnection.connect(**options) as hearing:
            await hearing.execute(f"LISTEN {CHANNEL}")
            woken()  # for what was said while nobody listened
            async for _ in hearing.notifies():
                woken()
    except OperationalError as error:
        raise ConnectionError from error
