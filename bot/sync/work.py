"""What every part of a sync works with (同步所需)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from bot.sync.asking import Asking
from bot.sync.figures import SyncFigures
from bot.sync.progress import Event

__all__ = ["SyncWork"]


@dataclass(frozen=True, slots=True)
class SyncWork:
    """The store, the way to the platforms, the clock, and whom to tell.

    `owner` is a word no other process uses: leases are held by it.
    """

    engine: Engine
    asking: Asking = field(repr=False)
    now: Callable[[], datetime]
    figures: SyncFigures
    owner: str
    tell: Callable[[Event], None]
