"""Which platforms' orders are known too late (落后的平台), of those that are synchronised."""

from collections.abc import Collection, Iterable
from datetime import datetime

from bot.store.sync_cursors import Cursor
from bot.sync.figures import SyncFigures
from bot.sync.lagging import lags

__all__ = ["late_platforms"]


def late_platforms(
    cursors: Iterable[Cursor], synchronised: Collection[str], figures: SyncFigures, now: datetime
) -> list[str]:
    """Their names; one whose keys were taken away is asked no more, and so is not late."""
    late = {str(each.key.platform) for each in cursors if lags(each, figures, now)}
    return sorted(late.intersection(synchronised))
