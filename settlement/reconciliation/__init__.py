"""Reconciling a payout statement with the orders (对账): what agrees, what differs and why."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from settlement.money import ZERO
from settlement.reconciliation.differences import causes_of
from settlement.reconciliation.expected import Months, expected, in_months, sum_of
from settlement.reconciliation.findings import Finding, Outcome
from settlement.reconciliation.movements import DUE, Judged, movements, paid_on
from settlement.statements import StatementLine, month_of
from settlement.states import NOTHING_KNOWN

__all__ = ["compare", "missing"]


def compare(
    rows: Sequence[StatementLine],
    judged: Sequence[Judged],
    months: Months = frozenset(),
) -> Iterator[Finding]:
    """Compare lines of a statement with the order lines they mean.

    Each line of the statement is in exactly one finding.
    """
    first, repeated = _told_apart(rows)
    if not judged:
        yield from (_on_statement(row, Outcome.ONLY_STATEMENT) for row in first)
        yield from (_on_statement(row, Outcome.REPEATED) for row in repeated)
        return
    # Lines that read the same are two phases rather than one line twice, if only both fit.
    both = expected(judged, rows, months) if repeated else None
    if both is not None and _sum(rows) == both.amount:
        first, repeated = rows, ()
    yield _compared(first, judged, months)
    about = _about(judged, Outcome.REPEATED)
    yield from (_on_statement(row, Outcome.REPEATED, about) for row in repeated)


def missing(judged: Judged, months: Months) -> Iterator[Finding]:
    """Yield a finding if an order that no statement has was due in its months."""
    diagnosis = judged.diagnosis
    if diagnosis.state not in DUE:
        return
    if diagnosis.amounts.net is None:
        day = paid_on(judged)
        if day is not None and month_of(day) in months:
            yield _about([judged], Outcome.ONLY_ORDERS)
        return
    due = tuple(each for each in movements(judged) if in_months(each, months))
    if due:
        yield replace(_about([judged], Outcome.ONLY_ORDERS), expected=sum_of(due))


def _compared(rows: Sequence[StatementLine], judged: Sequence[Judged], months: Months) -> Finding:
    paid, due = _sum(rows), expected(judged, rows, months)
    about = replace(
        _about(judged, Outcome.UNDETERMINED),
        rows=tuple(row.row for row in rows),
        paid=paid,
    )
    if due is None:
        return about
    if due.amount == paid:
        return replace(about, outcome=Outcome.AGREES, expected=due.amount)
    return replace(
        about,
        outcome=Outcome.DIFFERS,
        expected=due.amount,
        shares=causes_of(rows, judged, due),
    )


def _told_apart(
    rows: Sequence[StatementLine],
) -> tuple[Sequence[StatementLine], Sequence[StatementLine]]:
    """Tell first lines from those that repeat one word by word."""
    seen: set[StatementLine] = set()
    first: list[StatementLine] = []
    repeated: list[StatementLine] = []
    for row in rows:
        said = replace(row, row=rows[0].row)
        (repeated if said in seen else first).append(row)
        seen.add(said)
    return first, repeated


def _sum(rows: Iterable[StatementLine]) -> Decimal:
    return sum((row.amount for row in rows), ZERO)


def _on_statement(row: StatementLine, outcome: Outcome, about: Finding | None = None) -> Finding:
    return Finding(
        outcome,
        row.platform or (about.platform if about else None),
        row.order_number,
        row.sub_order_number or row.line_id,
        rows=(row.row,),
        paid=row.amount,
        shop=about.shop if about else None,
        item=about.item if about else None,
    )


def _about(judged: Sequence[Judged], outcome: Outcome) -> Finding:
    """Name the order; of several lines, the one that tells most about them."""
    telling = [each for each in judged if each.diagnosis.state not in NOTHING_KNOWN]
    line = telling[0] if telling else judged[0]
    order = line.order
    alone = len(judged) == 1
    parent = order.parent_number if not alone else None
    return Finding(
        outcome,
        order.platform,
        parent or order.order_number,
        (order.sub_order_number or order.line_id) if alone else None,
        state=line.diagnosis.state,
        shop=order.shop,
        item=order.item if alone else None,
    )
