"""What reconciling finds (对账结果): one finding for what belongs together, and their totals."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from settlement.model import Platform
from settlement.money import ZERO
from settlement.states import State

__all__ = ["Cause", "CauseShare", "CauseTotal", "Finding", "Outcome", "Totals"]


class Outcome(StrEnum):
    """What became of lines of a statement, or of an order that is missing on it."""

    AGREES = "agrees"
    DIFFERS = "differs"
    REPEATED = "repeated"
    """The same line stands on the statement before (重复)."""
    ONLY_STATEMENT = "only_statement"
    """Nobody knows the order (仅账单)."""
    ONLY_ORDERS = "only_orders"
    """Due by its own forecast, and not on the statement (仅订单)."""
    UNDETERMINED = "undetermined"
    """What should be paid cannot be known, so it is not compared (算不出)."""


class Cause(StrEnum):
    """Why the amount paid differs from the amount expected (差异原因)."""

    REFUND = "refund"
    RATE = "rate"
    BASE = "base"
    ESTIMATE = "estimate"
    """The estimate was paid, not what was settled, or the other way round."""
    PLATFORM_FEE = "platform_fee"
    TECHNICAL_FEE = "technical_fee"
    SPECIAL_FEE = "special_fee"
    AGENCY_SHARE = "agency_share"
    TAX = "tax_withheld"
    CLAWBACK = "clawback"
    PHASE = "phase"
    """A phase is missing, or one of another month was paid."""
    PAID_BEFORE = "paid_before"
    NOT_PAYABLE = "not_payable"
    """Paid, and by its status it should not be."""
    ROUNDING = "rounding"
    SEVERAL = "several"
    """Several causes would explain it equally well."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CauseShare:
    """How much of a difference is due to a cause; the shares of a finding add up to it."""

    cause: Cause
    amount: Decimal
    stated: bool = False
    """The statement itself says so; else it was found by trying what would give the amount."""
    candidates: tuple[Cause, ...] = ()
    """The causes it may be, where there are several."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of lines of a statement and the order lines they mean."""

    outcome: Outcome
    platform: Platform | None
    order_number: str
    sub_order_number: str | None = None
    rows: tuple[int, ...] = ()
    """The lines in the file."""
    paid: Decimal | None = None
    expected: Decimal | None = None
    shares: tuple[CauseShare, ...] = ()
    state: State | None = None
    shop: str | None = None
    item: str | None = None

    @property
    def difference(self) -> Decimal:
        """What was paid beyond what was expected, negative if less was paid."""
        return (self.paid or ZERO) - (self.expected or ZERO)


@dataclass(slots=True)
class CauseTotal:
    """What one cause comes to over all findings."""

    findings: int = 0
    amount: Decimal = ZERO


@dataclass(slots=True)
class Totals:
    """The sums of all findings; the parts add up to the fen."""

    findings: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    paid: dict[Outcome, Decimal] = field(default_factory=lambda: dict.fromkeys(Outcome, ZERO))
    expected: dict[Outcome, Decimal] = field(default_factory=lambda: dict.fromkeys(Outcome, ZERO))
    causes: dict[Cause, CauseTotal] = field(default_factory=dict)
    unknown: int = 0
    """Orders that are due and whose amount nobody knows."""

    def add(self, finding: Finding) -> None:
        """Count one finding."""
        outcome = finding.outcome
        self.findings[outcome] += 1
        self.paid[outcome] += finding.paid or ZERO
        self.expected[outcome] += finding.expected or ZERO
        if finding.expected is None and outcome is Outcome.ONLY_ORDERS:
            self.unknown += 1
        for share in finding.shares:
            total = self.causes.setdefault(share.cause, CauseTotal())
            total.findings += 1
            total.amount += share.amount

    @property
    def statement(self) -> Decimal:
        """What the statement comes to."""
        return sum(self.paid.values(), ZERO)

    @property
    def due(self) -> Decimal:
        """What the orders come to."""
        return sum(self.expected.values(), ZERO)

    @property
    def difference(self) -> Decimal:
        """What the statement has beyond the orders."""
        return self.statement - self.due

    def gap(self, outcome: Outcome) -> Decimal:
        """What an outcome adds to the difference."""
        return self.paid[outcome] - self.expected[outcome]
