"""What is fuzzed, and what must hold of whatever comes out."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from settlement.apis import ApiMethod, ApiRefusal, Page, Question, methods_of
from settlement.contract import OrderError, order_json, read_order
from settlement.model import Order, Platform
from settlement.reports import ReportError, ReportLine, RowError, read_report
from tests.fuzzing.mutating import mutated_json, mutated_table
from tests.fuzzing.seeds import answer_seeds, report_seeds

__all__ = ["ASKED_AT", "QUESTION", "TARGETS", "Target", "api_methods"]

ASKED_AT = datetime(2026, 8, 1, tzinfo=UTC)
QUESTION = Question(ASKED_AT - timedelta(minutes=20), ASKED_AT)


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to be fuzzed."""

    packages: tuple[str, ...]
    """Where growing coverage is watched."""
    seeds: Callable[[], list[bytes]]
    mutated: Callable[[bytes, random.Random], bytes]
    run: Callable[[bytes], None]
    """Raises AssertionError where an answer breaks a promise, and whatever was not handled."""


def run_report(content: bytes) -> None:
    """Read a file as a report."""
    report = read_report(content, "订单.csv")
    if isinstance(report, ReportError):
        assert report.message
        assert "\n" not in str(report)
        return
    for item in report.rows:
        if isinstance(item, RowError):
            assert "；" in item.message
            assert "\n" not in str(item)
        elif isinstance(item, ReportLine):
            _check_order(item.order)


def run_answer(content: bytes) -> None:
    """Read bytes as the answer of the method that the first byte chooses."""
    if not content:
        return
    method = api_methods()[content[0] % len(api_methods())]
    page = method.decode(content[1:], QUESTION, ASKED_AT)
    if isinstance(page, ApiRefusal):
        assert page.kind
        return
    assert isinstance(page, Page)
    for statement in page.statements:
        _check_order(statement.order)
    for row in page.unread:
        assert row.message


@cache
def api_methods() -> tuple[ApiMethod, ...]:
    """The methods of all platforms, in their order."""
    return tuple(method for platform in Platform for method in methods_of(platform))


def _check_order(order: Order) -> None:
    """What is read is an order line of the contract, fact by fact."""
    again = read_order(order_json(order))
    assert not isinstance(again, OrderError), again
    assert again == order


def _mutated_answer(content: bytes, dice: random.Random) -> bytes:
    chosen = content[:1] if dice.random() < 0.97 else bytes([dice.randrange(64)])
    return chosen + mutated_json(content[1:], dice)


TARGETS = {
    "reports": Target(
        ("settlement.reports", "settlement.reading", "settlement.contract"),
        report_seeds,
        mutated_table,
        run_report,
    ),
    "apis": Target(
        ("settlement.apis", "settlement.platforms", "settlement.reading"),
        lambda: answer_seeds([method.name for method in api_methods()]),
        _mutated_answer,
        run_answer,
    ),
}
