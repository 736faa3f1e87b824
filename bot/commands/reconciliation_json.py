"""What reconciling found as JSON: amounts are texts in yuan."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from settlement.reconciliation.findings import Finding, Outcome, Totals
from settlement.reconciliation.months import MonthFinding

__all__ = ["as_json", "month_json"]

Json = dict[str, object]


def as_json(
    totals: Totals, largest: Iterable[Finding], place: Callable[[tuple[int, ...]], str]
) -> Json:
    """Write the totals and the largest differences."""
    return {
        "statement_total": _yuan(totals.statement),
        "expected_total": _yuan(totals.due),
        "difference": _yuan(totals.difference),
        "unknown": totals.unknown,
        "outcomes": {outcome.value: _outcome(totals, outcome) for outcome in Outcome},
        "causes": {
            cause.value: {"count": total.findings, "amount": _yuan(total.amount)}
            for cause, total in sorted(totals.causes.items())
        },
        "largest": [_finding(each, place) for each in largest],
    }


def month_json(found: MonthFinding) -> Json:
    """Write a month's bill beside the orders."""
    return {
        "month": f"{found.bill.month:%Y-%m}",
        "platform": found.bill.platform,
        "real": _yuan(found.bill.real),
        "expected": _yuan(found.sums.due),
        "difference": _yuan(found.difference),
        "lines": found.sums.lines,
        "unknown": found.sums.unknown,
        "parts": {
            part.name: {
                "stated": _yuan(part.stated),
                "reckoned": _yuan(part.reckoned),
                "explains": _yuan(part.explains),
            }
            for part in found.parts
        },
        "other": _yuan(found.other),
    }


def _outcome(totals: Totals, outcome: Outcome) -> Json:
    return {
        "count": totals.findings[outcome],
        "paid": _yuan(totals.paid[outcome]),
        "expected": _yuan(totals.expected[outcome]),
        "difference": _yuan(totals.gap(outcome)),
    }


def _finding(finding: Finding, place: Callable[[tuple[int, ...]], str]) -> Json:
    return {
        "outcome": finding.outcome.value,
        "platform": finding.platform,
        "order_number": finding.order_number,
        "sub_order_number": finding.sub_order_number,
        "rows": place(finding.rows),
        "paid": _yuan(finding.paid),
        "expected": _yuan(finding.expected),
        "difference": _yuan(finding.difference),
        "state": finding.state,
        "shop": finding.shop,
        "causes": [
            {
                "cause": share.cause.value,
                "amount": _yuan(share.amount),
                "stated": share.stated,
                "may_be": [cause.value for cause in share.candidates],
            }
            for share in finding.shares
        ],
    }


def _yuan(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"
