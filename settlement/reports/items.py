"""Rows that state an item of a line's list: a refund, a phase of the settlement, a deduction."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from settlement.model import Platform
from settlement.platforms import room_of
from settlement.reports.steps import Step
from settlement.statuses import Dispute

_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "refunds": ("amount", "requested_at", "succeeded_at", "closed_at", "ended_at"),
    "settlements": ("phase", "commission", "settled_at"),
    "balance_changes": ("on", "amount"),
}
ITEM_FIELDS = frozenset(
    f"{name}[].{member}" for name, members in _MEMBERS.items() for member in members
)
"""What columns can say of an item, such as ``refunds[].amount``. A refund's `ended_at` is its
success, or its end without one, as the state of the dispute has it."""

Item = dict[str, Any]


class ItemReader:
    """Reads the items that one row states."""

    def __init__(self, platform: Platform, steps: Sequence[Step]) -> None:
        self._statuses = room_of(platform).statuses
        self._steps: dict[str, list[tuple[str, Step]]] = {}
        for step in steps:
            name, _, member = step.fact.partition("[].")
            self._steps.setdefault(name, []).append((member, step))

    @property
    def names(self) -> frozenset[str]:
        """The lists that the columns of this file speak of."""
        return frozenset(self._steps)

    def add_to(self, document: dict[str, Any], cells: Sequence[str]) -> None:
        """Add the items of a row to what else it states; raises UnreadableCell."""
        dispute = self._statuses.dispute((document.get("raw_status") or {}).get("rights"))
        for name, steps in self._steps.items():
            said = {member: step.value(cells) for member, step in steps}
            item = _ITEMS[name](said, dispute)
            if known := {member: value for member, value in item.items() if value is not None}:
                document[name] = [known]


def _refund(said: Item, dispute: Dispute) -> Item:
    """A refund that is not won moves no money; one that is over is told by its end alone."""
    ended_at, asked = said.pop("ended_at", None), {"requested_at": said.get("requested_at")}
    if dispute is Dispute.UNTOLD:
        return said
    if dispute is Dispute.WON:
        succeeded_at = said.get("succeeded_at") or ended_at
        return asked | {"amount": said.get("amount"), "succeeded_at": succeeded_at}
    closed_at = said.get("closed_at") or ended_at
    if dispute is Dispute.OVER:
        return asked | {"closed_at": closed_at} if closed_at else {}
    return asked


def _phase(said: Item, dispute: Dispute) -> Item:
    """A phase with a column for its day and no day in it is not settled yet."""
    del dispute
    unsettled = "settled_at" in said and said["settled_at"] is None
    return {} if unsettled or said.get("commission") is None else said


def _balance_change(said: Item, dispute: Dispute) -> Item:
    """While a dispute is open nothing is taken back, and after a lost one never."""
    taken = dispute in (Dispute.UNTOLD, Dispute.WON)
    return said if taken and said.get("amount") is not None else {}


_ITEMS: Mapping[str, Callable[[Item, Dispute], Item]] = {
    "refunds": _refund,
    "settlements": _phase,
    "balance_changes": _balance_change,
}
