"""How a line stands (佣金近况): what somebody was told of it, and what differs now."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from settlement.diagnosis import Diagnosis, State
from settlement.forecast import Certainty, Forecast
from settlement.model import Order
from settlement.rulebook import Rulebook
from settlement.shanghai import SHANGHAI, day_of
from settlement.states import NEVER_PAYS

__all__ = [
    "Payout",
    "Standing",
    "midnight_of",
    "next_change",
    "payout_of",
    "standing_of",
]

_PAYING = frozenset(
    {
        State.WAIT_CYCLE,
        State.WAIT_PAYOUT,
        State.NO_ACCOUNT,
        State.WITHDRAWABLE,
        State.PAID,
        State.OVERDUE,
    }
)
"""States in which a payout day is worth telling; after a refund or in a dispute it is none."""
_BY_RULE = frozenset({Certainty.OFFICIAL, Certainty.PROVISIONAL, Certainty.OPERATOR})
_GRACE = "general.overdue_grace_days"
_PATIENCE = "general.overdue_after_days"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is worth telling of a line: its state, the money and how sure that is, and why.

    `net` is null where it cannot be known; `settled` says that it is the platform's last word.
    """

    state: State
    net: Decimal | None
    settled: bool
    reasons: tuple[str, ...] = ()

    @property
    def lost(self) -> bool:
        """Whether nothing will come of it."""
        return self.state in NEVER_PAYS

    def differs(self, other: "Standing") -> bool:
        """Whether there is news in it; other reasons for the same are none."""
        mine, theirs = (self.state, self.net), (other.state, other.net)
        return mine != theirs or (self.settled != other.settled and self.net is not None)

    def document(self) -> dict[str, Any]:
        """As the store keeps it."""
        return {
            "state": str(self.state),
            "net": None if self.net is None else str(self.net),
            "settled": self.settled,
            "reasons": list(self.reasons),
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Standing":
        """As the store kept it."""
        net = document["net"]
        return cls(
            State(document["state"]),
            None if net is None else Decimal(net),
            document["settled"],
            tuple(document["reasons"]),
        )


class Payout(NamedTuple):
    """The day on which a line is paid, and what that day hangs on.

    A day that follows from a rule is that of everything the platform owes for the `month`
    ("2026-07"); one the platform named is this line's own.
    """

    platform: str
    month: str
    day: date
    by_rule: bool

    @property
    def cycle(self) -> str:
        """The name of the day, which stays when a rule moves it."""
        common = f"{self.platform}/{self.month}"
        return common if self.by_rule else f"{common}/{self.day.isoformat()}"

    def apart(self) -> "Payout":
        """The same day as this line's own, where its month has another."""
        return self._replace(by_rule=False)


def standing_of(diagnosis: Diagnosis) -> Standing:
    """What is worth telling of a line that was judged."""
    state = diagnosis.state
    waits = state in {State.WAIT_CYCLE, State.NOT_YET_VISIBLE, State.WAIT_COMPLETE}
    named = diagnosis.order.settled_commission is not None and not waits
    net = Decimal() if state in NEVER_PAYS else diagnosis.amounts.net
    return Standing(state, net, state is State.PAID or named, diagnosis.reasons)


def payout_of(diagnosis: Diagnosis) -> Payout | None:
    """The day on which the creator can expect the money, Shanghai; None if it may not come."""
    if diagnosis.state not in _PAYING or diagnosis.amounts.net == 0:
        return None
    expected = _expected(diagnosis)
    if expected is None:
        return None
    order = diagnosis.order
    by_rule = expected.certainty in _BY_RULE and diagnosis.state is not State.PAID
    return Payout(str(order.platform), _month(order, expected.day), _date(expected), by_rule)


def _expected(diagnosis: Diagnosis) -> Forecast | None:
    dates = diagnosis.dates
    if diagnosis.order.platform_settles_on is None:
        return dates.agency_payout or dates.payout
    return dates.agency_payout or dates.payout or dates.settles


def _month(order: Order, expected: date) -> str:
    """The month the commission was earned in, as far as it is known."""
    earned = order.received_at or order.settled_at or order.created_at
    return f"{day_of(earned) if earned else expected:%Y-%m}"


def _date(forecast: Forecast) -> date:
    return day_of(forecast.day) if isinstance(forecast.day, datetime) else forecast.day


def midnight_of(day: date) -> datetime:
    """When a day begins in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)


def next_change(diagnosis: Diagnosis, rulebook: Rulebook, now: datetime) -> datetime | None:
    """The next instant at which time alone may change the diagnosis; None if it cannot."""
    return min((at for at in _turns(diagnosis, rulebook, now) if at > now), default=None)


def _turns(diagnosis: Diagnosis, rulebook: Rulebook, now: datetime) -> Iterator[datetime]:
    grace = rulebook.number(_GRACE, day_of(now)) or 0
    patience = rulebook.number(_PATIENCE, day_of(now))
    if patience is not None and diagnosis.order.received_at is not None:
        yield midnight_of(day_of(diagnosis.order.received_at) + timedelta(days=patience + 1))
    dates = diagnosis.dates
    known = (dates.visible, dates.settles, dates.payout, dates.closes, dates.agency_payout)
    for forecast in known:
        if forecast is None:
            continue
        if isinstance(forecast.day, datetime):
            yield forecast.day + timedelta(microseconds=1)
            continue
        for days in (0, 1, grace + 1):
            yield midnight_of(forecast.day + timedelta(days=days))
