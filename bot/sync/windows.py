"""Which span of time is asked for next (时间窗): pure sums with a cursor."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.store.sync_cursors import Cursor
from bot.sync.figures import SyncFigures
from settlement.apis.methods import Figures

__all__ = [
    "Sweep",
    "Window",
    "begin_sweep",
    "end_sweep",
    "first_half",
    "first_start",
    "grown",
    "is_caught_up",
    "narrower",
    "next_window",
    "windows_to_go",
]

_HISTORY = timedelta(days=90)
"""How far back orders are asked for where the platform names no limit."""
_NARROWEST = timedelta(minutes=5)
_EDGE = timedelta(minutes=15)
"""By the platform's clock, and by the time an answer takes, the oldest may be too old already."""


class Window(NamedTuple):
    """A span of time that is asked for as a whole."""

    start: datetime
    end: datetime


class Sweep(NamedTuple):
    """A look at older windows again: the span, and the cursor on which it is noted."""

    cursor: Cursor
    window: Window


def first_start(cursor: Cursor, figures: Figures, now: datetime) -> datetime:
    """Where a turn begins: a little before what is known, else as far back as is allowed."""
    earliest = now - _history(figures)
    if cursor.covered_until is None:
        return max(earliest, cursor.begun_from or earliest)
    return max(earliest, cursor.covered_until - figures.overlap)


def next_window(
    start: datetime, until: datetime, cursor: Cursor, figures: Figures, sync: SyncFigures
) -> Window:
    """The widest window from `start` on that is allowed, and that the platform has borne."""
    return Window(start, min(until, start + _width(until, cursor, figures, sync)))


def first_half(window: Window) -> Window | None:
    """Half a window that has more than one page; None if it cannot be halved.

    Where a line leaves the window while one pages, those behind it move up a page and are missed:
    what fits one page is told as of one moment.
    """
    half = (window.end - window.start) / 2
    half -= timedelta(microseconds=half.microseconds)
    return Window(window.start, window.start + half) if half else None


def grown(window: Window, widest: Window) -> Window:
    """What to ask from a window's end on after it has fitted: twice as much, as far as allowed."""
    twice = 2 * (window.end - window.start)
    return Window(widest.start, min(widest.end, widest.start + twice))


def _width(until: datetime, cursor: Cursor, figures: Figures, sync: SyncFigures) -> timedelta:
    longest = timedelta(hours=sync.longest_window_hours)
    allowed = min(longest, figures.window or longest)
    again = timedelta(hours=sync.wider_again_hours)
    if cursor.window is None or cursor.narrowed_at is None or until >= cursor.narrowed_at + again:
        return allowed
    return min(allowed, cursor.window)


def narrower(cursor: Cursor, refused: Window, figures: Figures, now: datetime) -> Cursor | None:
    """The cursor with half the window that was too wide; None if it cannot be halved."""
    width = refused.end - refused.start
    narrowest = figures.narrowest_window or _NARROWEST
    if width <= narrowest:
        return None
    half = max(narrowest, width / 2)
    return replace(cursor, window_seconds=int(half.total_seconds()), narrowed_at=now)


def begin_sweep(cursor: Cursor, figures: Figures, now: datetime) -> Sweep | None:
    """The sweep to be gone on with or begun; None if none is due.

    A sweep looks again at what was known already, for what the platform changed late: since the
    last sweep, and noted up to `sweep_back` before that.
    """
    if cursor.sweep_reached is not None and cursor.sweep_until is not None:
        return Sweep(cursor, Window(cursor.sweep_reached, cursor.sweep_until))
    if cursor.swept_at is not None and now < cursor.swept_at + figures.sweep_every:
        return None
    back = (cursor.swept_at or now) - figures.sweep_back
    start = max(back, now - _history(figures))
    return Sweep(replace(cursor, sweep_reached=start, sweep_until=now), Window(start, now))


def end_sweep(cursor: Cursor, now: datetime) -> Cursor:
    """The cursor when all has been looked at again."""
    return replace(cursor, swept_at=now, sweep_reached=None, sweep_until=None)


def is_caught_up(cursor: Cursor) -> bool:
    """Whether a source has once been asked for everything."""
    return cursor.swept_at is not None


def windows_to_go(cursor: Cursor, figures: Figures, sync: SyncFigures, now: datetime) -> int:
    """How many windows there are until now."""
    start = cursor.covered_until or first_start(cursor, figures, now)
    return max(0, -((start - now) // _width(now, cursor, figures, sync)))


def _history(figures: Figures) -> timedelta:
    return (figures.history or _HISTORY) - _EDGE
