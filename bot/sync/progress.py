"""What a sync tells whoever watches it (进度): values, said elsewhere."""

from dataclasses import dataclass
from datetime import datetime

from bot.store.sync_cursors import SourceKey
from bot.sync.taking_in import Counts

__all__ = ["CaughtUp", "Event", "Fetched", "Stopped"]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A window is in the store; `to_go` more are to come."""

    key: SourceKey
    covered_until: datetime
    counts: Counts
    to_go: int
    sweep: bool = False


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """A source knows all that there is by now; what became of the rows of this turn."""

    key: SourceKey
    covered_until: datetime
    counts: Counts


@dataclass(frozen=True, slots=True)
class Stopped:
    """A source could not go on: what is wrong and what to do (zh)."""

    key: SourceKey
    kind: str
    words: str


Event = Fetched | CaughtUp | Stopped
