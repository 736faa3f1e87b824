"""How much money waits, and for what (待发的钱): the latest order lines judged, kept a while.

Nobody judges lines that nobody watches, so what waits is reckoned here, of a bounded number of
lines, and only every few minutes: the page says of how many and when.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Lock
from typing import TypeVar

from sqlalchemy import Engine

from bot.desk.snapshot import Snapshot
from bot.store.overview import latest_orders
from bot.store.transactions import reads
from settlement.diagnosis import diagnose
from settlement.model import Order, Platform
from settlement.money import ZERO
from settlement.rulebook import Rulebook
from settlement.states import NEVER_PAYS, NOTHING_KNOWN, State

__all__ = ["LINES", "MoneyWaiting", "Waiting"]

Key = TypeVar("Key")
LINES = 2000
KEPT = timedelta(minutes=5)
_OVER = NEVER_PAYS | NOTHING_KNOWN | {State.PAID, State.NOT_PAID}
"""States in which no money waits."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits by platform and state in yuan; `unknown` lines wait for nobody knows how much."""

    amounts: dict[tuple[Platform, State], Decimal]
    lines: int
    unknown: int
    at: datetime

    @property
    def total(self) -> Decimal:
        """All that waits."""
        return sum(self.amounts.values(), start=ZERO)

    @property
    def by_state(self) -> list[tuple[State, Decimal]]:
        """What waits in each state, the most first."""
        return _summed((state, amount) for (_, state), amount in self.amounts.items())

    @property
    def by_platform(self) -> list[tuple[Platform, Decimal]]:
        """What waits on each platform, the most first."""
        return _summed((platform, amount) for (platform, _), amount in self.amounts.items())


def _waiting_in(orders: Iterable[Order], rulebook: Rulebook, now: datetime) -> Waiting:
    """Judge some lines, and sum up what they are still to bring."""
    amounts: dict[tuple[Platform, State], Decimal] = defaultdict(lambda: ZERO)
    lines = unknown = 0
    for order in orders:
        lines += 1
        diagnosis = diagnose(order, rulebook, now)
        if diagnosis.state in _OVER:
            continue
        net = diagnosis.amounts.net
        if net is None:
            unknown += 1
        elif net > 0:
            amounts[order.platform, diagnosis.state] += net
    return Waiting(dict(amounts), lines, unknown, now)


@dataclass
class MoneyWaiting:
    """What was reckoned last; reckoned anew when it is old, or the rules are new."""

    _lock: Lock = field(default_factory=Lock)
    _kept: Waiting | None = None
    _revision: str = ""

    def look(self, engine: Engine, snapshot: Snapshot, now: datetime) -> Waiting:
        """What waits, as of some minutes ago at most; asks the database, so from a thread."""
        with self._lock:
            kept = self._kept
            if kept is None or self._revision != snapshot.revision or not self._is_fresh(now):
                kept = self._reckoned(engine, snapshot, now)
                self._kept, self._revision = kept, snapshot.revision
            return kept

    def _is_fresh(self, now: datetime) -> bool:
        return self._kept is not None and timedelta() <= now - self._kept.at < KEPT

    def _reckoned(self, engine: Engine, snapshot: Snapshot, now: datetime) -> Waiting:
        with reads(engine) as connection:
            orders = latest_orders(connection, LINES)
        return _waiting_in(orders, snapshot.rulebook, now)


def _summed(amounts: Iterable[tuple[Key, Decimal]]) -> list[tuple[Key, Decimal]]:
    sums: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    for key, amount in amounts:
        sums[key] += amount
    return sorted(sums.items(), key=lambda each: -each[1])
