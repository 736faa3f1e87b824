"""How many requests one may send (限流): a bucket of tokens for each key.

They are kept in memory, each process for itself: a limit guards the processor of this process
from a flood, while guessing is hopeless whatever the pace (256 random bits). With two replicas
somebody may send twice as much, which the database need not know.
"""

from collections import OrderedDict
from datetime import datetime

__all__ = ["Limit"]

_MOST_KEYS = 10_000


class Limit:
    """Lets `burst` requests of a key through at once, then `a_second` more each second."""

    def __init__(self, burst: int, a_second: float) -> None:
        self._burst = burst
        self._a_second = a_second
        self._buckets: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def admits(self, key: str, now: datetime) -> bool:
        """Whether one more request of this key may pass now; counts it if so."""
        left, seen = self._buckets.pop(key, (float(self._burst), now))
        # A clock set back must not empty a bucket.
        passed = max((now - seen).total_seconds(), 0.0)
        left = min(left + passed * self._a_second, float(self._burst))
        admitted = left >= 1
        self._buckets[key] = (left - 1 if admitted else left, now)
        while len(self._buckets) > _MOST_KEYS:
            self._buckets.popitem(last=False)
        return admitted
