"""Who the bot is (自我介绍): the first call to Telegram, made until it is answered."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine

from bot.store.pace import EVERYTHING, hold, holds_of
from bot.store.transactions import reads, transact
from bot.telegram.dispatch import Me
from bot.telegram.gateway import (
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    TOKEN_REFUSED,
    TokenRefusedError,
)
from bot.telegram.policy import wait_asked_for
from bot.telegram.transport import Accepted, BotApi, Outcome, Refused

__all__ = ["introduce"]

logger = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]


async def introduce(
    api: BotApi, engine: Engine, now: Callable[[], datetime], sleep: Sleep = asyncio.sleep
) -> Me:
    """Ask Telegram who the bot is, as often as it takes; waits as long as Telegram asked for.

    A 429 to this call concerns all chats, so it is kept where every sender sees it, and a start
    after it waits too. Raises TokenRefusedError if Telegram does not know the token.
    """
    pause = FIRST_PAUSE_SECONDS
    await sleep((await _held(api, engine, now())).total_seconds())
    while True:
        outcome = await api.call("getMe", {})
        match outcome:
            case Accepted({"id": int(id_), "username": str(username)}):
                return Me(id_, username)
            case Refused(401 | 404):
                raise TokenRefusedError(TOKEN_REFUSED)
        logger.warning("Telegram does not answer getMe, trying again: %s", outcome)
        asked_for = await _hold(api, engine, outcome, now())
        await sleep(max(pause, asked_for.total_seconds()))
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


async def _held(api: BotApi, engine: Engine, now: datetime) -> timedelta:
    """How long Telegram wants to hear nothing at all, as an earlier process was told."""

    def look() -> datetime | None:
        with reads(engine) as connection:
            return holds_of(connection, api.bot, (EVERYTHING,)).get(EVERYTHING)

    until = await asyncio.to_thread(look)
    return max(until - now, timedelta()) if until else timedelta()


async def _hold(api: BotApi, engine: Engine, outcome: Outcome, now: datetime) -> timedelta:
    """Keep how long Telegram wants to hear nothing; how long that is."""
    if not isinstance(outcome, Refused) or outcome.code != 429:
        return timedelta()
    asked_for = wait_asked_for(outcome)
    until = {EVERYTHING: now + asked_for}
    await asyncio.to_thread(transact, engine, lambda connection: hold(connection, api.bot, until))
    return asked_for
