"""What goes wrong at a platform, by a seed."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Faults:
    """How often a platform fails, and how; shares of all calls unless it says otherwise."""

    broken: float = 0.0
    """HTTP 500, 502 or 503 with a page that is no JSON."""
    throttled: float = 0.0
    """HTTP 429 with ``Retry-After``, or the platform's own code for it in an ordinary answer."""
    cut: float = 0.0
    """An answer that ends in the middle."""
    dropped: float = 0.0
    """A connection that ends without an answer."""
    slow: float = 0.0
    slow_seconds: float = 0.05
    expires_after: int | None = None
    """After how many calls the platform takes only a new token (`PlatformServer.renew_token`)."""
    narrow: timedelta | None = None
    """In a big sale, the longest span of time one may ask for; 1688 takes whole days always."""
    skew: timedelta = timedelta(0)
    """How far the platform's clock is ahead of the right one."""
    tick: timedelta = timedelta(seconds=1)
    """How much later it is after each call."""
    changes_per_call: float = 0.0
    """How many sales move on with each call: their update time is now …"""
    changes_at_most: int = 0
    late: float = 0.0
    """… or, for this share of them, hours ago: inside what was asked already."""
    sales_per_call: float = 0.0
    """How many new sales appear with each call, the same share of them late."""
    sales_at_most: int = 0
