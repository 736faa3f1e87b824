"""Where each interface of a platform stands (同步状况): how far, how late, how much is to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.platform_keys import PlatformKeys
from bot.store.sync_cursors import Cursor
from bot.sync.figures import shipped_figures
from bot.sync.lagging import lags
from bot.sync.sources import Source, applications, title_of
from bot.sync.windows import windows_to_go

__all__ = ["Standing", "standings"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one source stands; one without a `source` has no key any more."""

    cursor: Cursor
    source: Source | None
    now: datetime

    @property
    def title(self) -> str:
        """What the source is called (zh)."""
        return title_of(self.cursor.key)

    @property
    def lag(self) -> timedelta | None:
        """How far what is known lies behind."""
        covered = self.cursor.covered_until
        return max(timedelta(), self.now - covered) if covered else None

    @property
    def late(self) -> bool:
        """Whether that is too far."""
        return lags(self.cursor, shipped_figures(), self.now)

    @property
    def to_go(self) -> int | None:
        """How many windows are to be asked; None for what has no windows."""
        if self.source is None or self.source.method.tells_of_months:
            return None
        figures = self.source.method.figures
        return windows_to_go(self.cursor, figures, shipped_figures(), self.now)

    @property
    def skew(self) -> int | None:
        """By how many seconds our clock is behind the platform's, if by too many."""
        skew = self.cursor.skew_seconds
        return skew if skew is not None and abs(skew) > shipped_figures().skew_seconds else None


def standings(settings: PlatformKeys, cursors: Sequence[Cursor], now: datetime) -> list[Standing]:
    """Where everything stands that keys are set for, or that was asked before."""
    given = applications(settings)
    asked = {s.key: s for each in given for s in (*each.sources, *each.bills)}
    known = {cursor.key: cursor for cursor in cursors}
    keys = dict.fromkeys([*asked, *known])
    return [Standing(known.get(key, Cursor(key)), asked.get(key), now) for key in keys]
