"""Keeping up with the platforms beside the bot (随机器人同步)."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from bot.platform_keys import PlatformKeys
from bot.sync.engine import Sync
from bot.sync.figures import SyncFigures, shipped_figures
from bot.sync.lagging import tell_of_lags
from bot.sync.sources import applications

__all__ = ["keep_up"]


async def keep_up(
    engine: Engine,
    keys: Callable[[], PlatformKeys],
    now: Callable[[], datetime],
    operator_chat: int | None,
    figures: SyncFigures | None = None,
) -> None:
    """Fetch what changes until cancelled, and tell the operator's chat of what lags.

    Returns at once if no platform's keys are set.
    """
    if not applications(keys()):
        return
    known = figures or shipped_figures()

    def tell() -> None:
        if operator_chat is not None:
            tell_of_lags(engine, known, operator_chat, now())

    async with Sync(engine, keys, now, figures=known) as sync:
        await sync.run(tell)
