"""How much of an import goes into one transaction (分块): as much as holds nobody up."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

__all__ = ["ChunkSize", "chunks_for", "collect_seldom", "collecting_later"]

SMALLEST, LARGEST = 50, 2_000
_MOST_GROWTH = 2.0
_SELDOM = (100_000, 50, 100)


@dataclass(slots=True)
class ChunkSize:
    """Lines of one transaction, fewer where the last ones took long."""

    wanted_seconds: float
    lines: int = 200

    def took(self, lines: int, seconds: float) -> None:
        """Learn from a transaction; a small rest of a file says little."""
        if seconds <= 0:
            return
        fitting = lines * self.wanted_seconds / seconds
        if fitting > self.lines:
            if lines < self.lines:
                return
            fitting = min(fitting, self.lines * _MOST_GROWTH)
        self.lines = max(SMALLEST, min(LARGEST, int(fitting)))


def chunks_for(dialect: str) -> ChunkSize:
    """What fits a database: SQLite has one writer, for whom nobody may wait longer than 50 ms.

    On PostgreSQL new rows hold nobody up, and a transaction has its price.
    """
    return ChunkSize(0.5, LARGEST) if dialect == "postgresql" else ChunkSize(0.02)


def collect_seldom() -> None:
    """Let a process that only imports look for garbage seldom: it was a tenth of a big import.

    The program itself stays for good, and what comes of a row makes no circles.
    """
    gc.freeze()
    gc.set_threshold(*_SELDOM)


@contextmanager
def collecting_later() -> Iterator[None]:
    """Let garbage be collected afterwards: a collection takes longer than a transaction may."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
