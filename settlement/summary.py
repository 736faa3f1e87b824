"""Many lines summed up (汇总): how many there are of each state and reason, and how much money."""

from dataclasses import dataclass, field
from decimal import Decimal

from settlement.diagnosis import Diagnosis
from settlement.money import ZERO


@dataclass(slots=True)
class Share:
    """Some of the lines: how many, and their amounts in yuan, as far as each is known."""

    lines: int = 0
    commission: Decimal = ZERO
    net: Decimal = ZERO
    net_unknown: int = 0
    """Lines whose net cannot be known; they are not in the sums."""

    def add(self, diagnosis: Diagnosis) -> None:
        """Count one line."""
        amounts = diagnosis.amounts
        self.lines += 1
        if amounts.net is None:
            self.net_unknown += 1
            return
        self.commission += amounts.commission or ZERO
        self.net += amounts.net

    def as_json(self) -> dict[str, object]:
        """Write how many lines there are and how much money."""
        return {
            "lines": self.lines,
            "commission": f"{self.commission:.2f}",
            "net": f"{self.net:.2f}",
            "net_unknown": self.net_unknown,
        }


@dataclass(slots=True)
class Summary:
    """A running summary of any number of lines, by state and by reason, in constant memory."""

    whole: Share = field(default_factory=Share)
    states: dict[str, Share] = field(default_factory=dict)
    reasons: dict[str, Share] = field(default_factory=dict)

    def add(self, diagnosis: Diagnosis) -> None:
        """Count one line."""
        self.whole.add(diagnosis)
        self.states.setdefault(diagnosis.state.value, Share()).add(diagnosis)
        for reason in diagnosis.reasons:
            self.reasons.setdefault(str(reason), Share()).add(diagnosis)

    def as_json(self) -> dict[str, object]:
        """Write the sums; of the states and reasons, those with most lines first."""
        return {
            **self.whole.as_json(),
            "states": _most_lines_first(self.states),
            "reasons": _most_lines_first(self.reasons),
        }


def _most_lines_first(shares: dict[str, Share]) -> dict[str, object]:
    ordered = sorted(shares.items(), key=lambda item: (-item[1].lines, item[0]))
    return {word: share.as_json() for word, share in ordered}
