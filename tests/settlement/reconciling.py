"""A whole statement against orders that all fit into memory; the store does it a few at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from settlement.model import Order
from settlement.reconciliation import compare, missing
from settlement.reconciliation.expected import Months, months_of
from settlement.reconciliation.findings import Finding, Totals
from settlement.reconciliation.matching import Numbered, families
from settlement.reconciliation.movements import judge
from settlement.rulebook import Rulebook
from settlement.statements import StatementLine


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """All findings of a statement, and what they come to."""

    findings: tuple[Finding, ...]
    totals: Totals


def reconcile(
    lines: Sequence[StatementLine],
    orders: Sequence[Order],
    rulebook: Rulebook,
    now: datetime,
    months: Months = frozenset(),
) -> Reconciliation:
    """Compare a statement with orders as they stood at `now`, the statement's day.

    Orders that are not on it are missed only if they were due in `months`, which are those the
    statement names if none are given.
    """
    months = months or months_of(lines)
    judged = [judge(order, rulebook, now) for order in orders]
    findings: list[Finding] = []
    met: set[int] = set()
    for family in families(lines, map(_numbered, orders, range(len(orders)))):
        met.update(family.keys)
        findings += compare(family.rows, [judged[key] for key in family.keys], months)
    for key, each in enumerate(judged):
        if key not in met:
            findings += missing(each, months)
    totals = Totals()
    for finding in findings:
        totals.add(finding)
    return Reconciliation(tuple(findings), totals)


def _numbered(order: Order, key: int) -> Numbered:
    return Numbered(
        key,
        order.platform,
        order.order_number,
        order.sub_order_number,
        order.line_id,
        order.parent_number,
    )
