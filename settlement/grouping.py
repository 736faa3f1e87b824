"""Many lines at once: the lines of one order summed, orders grouped, a running summary."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from settlement.diagnosis import Diagnosis
from settlement.forecast import Forecast
from settlement.model import Platform
from settlement.money import ZERO
from settlement.states import NEVER_PAYS, State


@dataclass(frozen=True, slots=True)
class Total:
    """Amounts of several lines in yuan, as far as each is known."""

    commission: Decimal = ZERO
    net: Decimal = ZERO
    unknown: int = 0
    """Lines whose net cannot be known; they are not in the sums."""

    def plus(self, diagnosis: Diagnosis) -> "Total":
        """Return the total with one more line."""
        net = diagnosis.amounts.net
        if net is None:
            return Total(self.commission, self.net, self.unknown + 1)
        commission = diagnosis.amounts.commission or ZERO
        return Total(self.commission + commission, self.net + net, self.unknown)


@dataclass(frozen=True, slots=True)
class OrderGroup:
    """The lines a person means by one order number (同一订单的各行)."""

    platform: Platform
    order_number: str
    lines: tuple[Diagnosis, ...]
    total: Total

    @property
    def state(self) -> State:
        """The state they share, else that of the first line that may still pay."""
        paying = (line.state for line in self.lines if line.state not in NEVER_PAYS)
        return next(paying, self.lines[0].state)

    @property
    def next_payout(self) -> Forecast | None:
        """The earliest payout that is still to come."""
        payouts = [line.dates.payout for line in self.lines]
        ahead = [payout for payout in payouts if payout is not None and payout.waits_for]
        return min(ahead, key=lambda payout: payout.day, default=None)


@dataclass(frozen=True, slots=True)
class StateGroup:
    """Lines in the same state, for a list that a person can read."""

    state: State
    lines: tuple[Diagnosis, ...]
    total: Total


def group_orders(diagnoses: Iterable[Diagnosis]) -> tuple[OrderGroup, ...]:
    """Group lines by the order they belong to; a split parent goes with its children."""
    groups: dict[tuple[Platform, str], list[Diagnosis]] = {}
    for diagnosis in diagnoses:
        order = diagnosis.order
        number = order.parent_number or order.order_number
        groups.setdefault((order.platform, number), []).append(diagnosis)
    return tuple(
        OrderGroup(platform, number, tuple(lines), total_of(lines))
        for (platform, number), lines in groups.items()
    )


def group_states(diagnoses: Iterable[Diagnosis]) -> tuple[StateGroup, ...]:
    """Group lines by state, in the order of the states."""
    groups: dict[State, list[Diagnosis]] = {}
    for diagnosis in diagnoses:
        groups.setdefault(diagnosis.state, []).append(diagnosis)
    return tuple(
        StateGroup(state, tuple(groups[state]), total_of(groups[state]))
        for state in State
        if state in groups
    )


def total_of(diagnoses: Iterable[Diagnosis]) -> Total:
    """Sum up lines; a split parent carries no money, its children do."""
    total = Total()
    for diagnosis in diagnoses:
        if diagnosis.state is not State.SPLIT:
            total = total.plus(diagnosis)
    return total


@dataclass(slots=True)
class Share:
    """What a summary counts of one state or one reason."""

    lines: int = 0
    total: Total = field(default_factory=Total)

    def add(self, diagnosis: Diagnosis) -> None:
        """Count one line."""
        self.lines += 1
        self.total = self.total.plus(diagnosis)


@dataclass(slots=True)
class Summary:
    """A running summary of any number of lines, by state and by reason, in constant memory."""

    lines: int = 0
    total: Total = field(default_factory=Total)
    states: dict[str, Share] = field(default_factory=dict)
    reasons: dict[str, Share] = field(default_factory=dict)

    def add(self, diagnosis: Diagnosis) -> None:
        """Count one line."""
        self.lines += 1
        self.total = self.total.plus(diagnosis)
        self.states.setdefault(diagnosis.state.value, Share()).add(diagnosis)
        for reason in diagnosis.reasons:
            self.reasons.setdefault(str(reason), Share()).add(diagnosis)

    def as_json(self) -> dict[str, object]:
        """Write how many lines there are and how much money, most lines first."""
        return {
            "lines": self.lines,
            **_total_json(self.total),
            "states": dict(_shares_json(self.states)),
            "reasons": dict(_shares_json(self.reasons)),
        }


def _shares_json(shares: dict[str, Share]) -> Iterator[tuple[str, object]]:
    for word, share in sorted(shares.items(), key=lambda item: (-item[1].lines, item[0])):
        yield word, {"lines": share.lines, **_total_json(share.total)}


def _total_json(total: Total) -> dict[str, object]:
    return {
        "commission": f"{total.commission:.2f}",
        "net": f"{total.net:.2f}",
        "net_unknown": total.unknown,
    }
