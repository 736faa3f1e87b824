"""What this process has counted since it was last written down (计数)."""

from collections.abc import Callable, Mapping

__all__ = ["NewCounts"]


class NewCounts:
    """The growth of counters that only ever grow.

    What is counted and not yet written is lost when the process is killed: a second's worth.
    """

    def __init__(self, counted: Callable[[], Mapping[str, int]]) -> None:
        self._counted = counted
        self._written = dict(counted())

    def new(self) -> dict[str, int]:
        """How much each has grown since it was last written; what has not is left out."""
        growth = {
            kind: count - self._written.get(kind, 0) for kind, count in self._counted().items()
        }
        return {kind: count for kind, count in growth.items() if count}

    def written(self, counts: Mapping[str, int]) -> None:
        """Take note that this growth is safely kept."""
        for kind, count in counts.items():
            self._written[kind] = self._written.get(kind, 0) + count
