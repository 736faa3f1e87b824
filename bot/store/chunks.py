"""How much of an import goes into one transaction (分块): as much as holds nobody up."""

from dataclasses import dataclass

__all__ = ["ChunkSize"]

WANTED_SECONDS = 0.015
"""What a transaction should take; the longest anybody may wait for the writer is 50 ms."""
SMALLEST, LARGEST = 20, 2_000
_MOST_GROWTH = 2.0


@dataclass(slots=True)
class ChunkSize:
    """Lines of one transaction, fewer where the last ones took long."""

    lines: int = 200

    def took(self, lines: int, seconds: float) -> None:
        """Learn from a transaction; a small rest of a file says little."""
        if seconds <= 0:
            return
        fitting = lines * WANTED_SECONDS / seconds
        if fitting > self.lines:
            if lines < self.lines:
                return
            fitting = min(fitting, self.lines * _MOST_GROWTH)
        self.lines = max(SMALLEST, min(LARGEST, int(fitting)))
