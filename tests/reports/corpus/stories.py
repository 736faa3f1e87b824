"""How a sale comes to several rows of a report: in parts, in phases, with a dispute."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.reports.corpus.sales import Fact, Sale

__all__ = ["STORIES", "Story"]

Facts = Mapping[str, Fact]
FEN = Decimal("0.01")


class Story:
    """Rows of a sale, and what they tell together beside the columns of a single one."""

    def __init__(
        self,
        rows: Callable[[Facts], list[dict[str, Fact]]],
        told: Callable[[list[dict[str, Fact]]], dict[str, Any]] = lambda rows: {},
    ) -> None:
        self._rows, self._told = rows, told

    def rows(self, sale: Sale) -> list[dict[str, Fact]]:
        """The facts of each row."""
        return self._rows(sale.facts)

    def told(self, sale: Sale) -> dict[str, Any]:
        """Facts of the contract that the rows tell together, in JSON."""
        return self._told(self.rows(sale))


def _single(facts: Facts) -> list[dict[str, Fact]]:
    return [dict(facts)]


def _parts(facts: Facts) -> list[dict[str, Fact]]:
    """Two rows, each with a part of the amounts."""
    paid, rate = facts["paid_amount"], facts["commission_rate"]
    assert isinstance(paid, Decimal)
    assert isinstance(rate, Decimal)
    first = (paid * Decimal("0.4")).quantize(FEN, ROUND_HALF_UP)
    return [
        {
            **facts,
            "paid_amount": part,
            "estimated_commission": (part * rate).quantize(FEN, ROUND_HALF_UP),
        }
        for part in (first, paid - first)
    ]


def _sums(rows: list[dict[str, Fact]]) -> dict[str, Any]:
    names = ("paid_amount", "estimated_commission")
    return {name: f"{sum(row[name] for row in rows):f}" for name in names}  # type: ignore[misc]


def _phases(facts: Facts) -> list[dict[str, Fact]]:
    """A settled sale settles in two phases; another has a row that settles nothing yet."""
    settled, commission = facts.get("settled_at"), facts.get("settled_commission")
    if not isinstance(settled, datetime) or not isinstance(commission, Decimal):
        return [{**facts, "phase": 1, "phase_commission": Decimal("0.00")}]
    first = (commission * Decimal("0.7")).quantize(FEN, ROUND_HALF_UP)
    return [
        {
            **facts,
            "phase": place,
            "phase_commission": part,
            "phase_settled_at": settled + timedelta(days=10 * (place - 1)),
        }
        for place, part in enumerate((first, commission - first), 1)
    ]


def _settlements(rows: list[dict[str, Fact]]) -> dict[str, Any]:
    found = [
        {
            "phase": row["phase"],
            "commission": f"{row['phase_commission']:f}",
            "settled_at": settled.isoformat(),
        }
        for row in rows
        if isinstance(settled := row.get("phase_settled_at"), datetime)
    ]
    return {"settlements": found} if found else {}


def _disputes(facts: Facts) -> list[dict[str, Fact]]:
    """Only what was settled is disputed afterwards: won for an even item, else still open."""
    settled = facts.get("settled_at")
    if not isinstance(settled, datetime):
        return []
    dispute: dict[str, Fact] = {
        **facts,
        "refund.amount": Decimal("5.50"),
        "refund.requested_at": settled + timedelta(days=2),
        "raw_status.rights": "4",
    }
    if int(str(facts["item_id"])) % 2 == 0:
        dispute["raw_status.rights"] = "2"
        dispute["refund.ended_at"] = settled + timedelta(days=3)
        dispute["refund.given_back"] = Decimal("1.20")
    return [dispute]


def _refunds(rows: list[dict[str, Fact]], *, times: bool = True) -> dict[str, Any]:
    if not rows:
        return {}
    (row,) = rows
    requested, ended = row["refund.requested_at"], row.get("refund.ended_at")
    assert isinstance(requested, datetime)
    refund: dict[str, str] = {"requested_at": requested.isoformat()}
    if isinstance(ended, datetime):
        refund |= {"amount": "5.50", "succeeded_at": ended.isoformat()}
    if not times:
        refund.pop("requested_at")
        refund.pop("succeeded_at", None)
    return {"refunds": [refund]} if refund else {}


def _refunds_of_creator(rows: list[dict[str, Fact]]) -> dict[str, Any]:
    """The creator's table has no times, and says what goes back to the merchant."""
    found = _refunds(rows, times=False)
    if rows and "refund.given_back" in rows[0]:
        found["balance_changes"] = [{"amount": "-1.20"}]
    return found


def _repeated(facts: Facts) -> list[dict[str, Fact]]:
    """The row of an earlier export, in which nothing was settled, and the present one."""
    earlier = dict(facts)
    for name in ("settled_at", "settled_base", "settled_commission", "received_at"):
        earlier.pop(name, None)
    return [earlier, dict(facts)]


STORIES: Mapping[str, Story] = {
    "single": Story(_single),
    "parts": Story(_parts, _sums),
    "phases": Story(_phases, _settlements),
    "disputes": Story(_disputes, _refunds),
    "creator_disputes": Story(_disputes, _refunds_of_creator),
    "repeated": Story(_repeated),
}
