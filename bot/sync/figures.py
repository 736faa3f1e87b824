"""The figures of fetching (同步参数), from a file beside this one."""

from dataclasses import dataclass
from functools import cache

from bot.shipped_tables import shipped_table

__all__ = ["SyncFigures", "shipped_figures"]


@dataclass(frozen=True, slots=True)
class SyncFigures:
    """How often, how patiently and how far; the file says what each is for."""

    turn_seconds: float
    lease_seconds: float
    attempts: int
    first_wait_seconds: float
    throttled_seconds: float
    longest_wait_seconds: float
    share_of_calls: float
    answer_seconds: float
    largest_answer_mb: int
    longest_window_hours: float
    wider_again_hours: float
    now_and_then_minutes: float
    waiting_days: int
    skew_seconds: int
    lag_minutes: float


@cache
def shipped_figures() -> SyncFigures:
    """The figures that come with the program."""
    return SyncFigures(**shipped_table("sync", "figures.yaml"))
