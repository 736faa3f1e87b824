"""Statements against the store: the same as in memory, a few order lines at a time."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from bot.store import reconciling
from bot.store.creators import add_creator
from bot.store.importing import ReportImport
from bot.store.reconciling import Reconciling, Scope, every_line
from bot.store.transactions import reads
from settlement.model import Order, Platform, RawStatus
from settlement.reconciliation.findings import Finding, Outcome
from settlement.rulebook import shipped_rulebook
from settlement.shanghai import SHANGHAI, end_of
from settlement.statements import StatementLine
from tests.settlement.reconciling import reconcile

Import = Callable[..., ReportImport]
SEPTEMBER = date(2026, 9, 1)
DAY = end_of(date(2026, 9, 30))
SETTLED = datetime(2026, 9, 20, 10, tzinfo=SHANGHAI)


def line(number: int, sub: int | None = None, **facts: object) -> Order:
    return Order(
        Platform.TAOBAO,
        f"71300918527503{number:04}",
        f"71300918527603{sub:04}" if sub is not None else None,
        raw_status=RawStatus("3"),
        settled_commission=Decimal(number),
        settled_at=SETTLED,
        **facts,  # type: ignore[arg-type]
    )


def paid(row: int, number: int, amount: str, sub: int | None = None) -> StatementLine:
    return StatementLine(
        row,
        f"71300918527503{number:04}",
        Decimal(amount),
        sub_order_number=f"71300918527603{sub:04}" if sub is not None else None,
    )


ORDERS = [
    *(line(number) for number in range(1, 8)),
    *(line(20, sub) for sub in (1, 2)),
    line(30, parent_number="713009185275039999"),
]
STATEMENT = [
    *(paid(number, number, f"{number}.00") for number in range(1, 5)),
    paid(5, 5, "4.00"),
    paid(6, 5, "4.00"),
    paid(7, 20, "20.00", sub=2),
    paid(8, 20, "19.00", sub=1),
    paid(9, 99, "9.00"),
    StatementLine(10, "713009185275039999", Decimal("30.00")),
]


@pytest.fixture
def found(
    engine: Engine, import_lines: Import, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[Finding]]:
    """Reconcile the statement with the store, two lines at a time."""
    monkeypatch.setattr(reconciling, "CHUNK", 2)
    import_lines("小雅", ORDERS)
    import_lines("别人", [line(8), Order(Platform.JD, "312345678901")])

    def run(scope: Scope, months: frozenset[date] = frozenset([SEPTEMBER])) -> list[Finding]:
        with reads(engine) as connection:
            work = Reconciling(connection, shipped_rulebook(), DAY, months, scope)
            return list(work.findings(STATEMENT))

    return run


def test_the_store_finds_what_is_found_in_memory(
    engine: Engine, found: Callable[..., list[Finding]]
) -> None:
    with engine.begin() as connection:
        creator = add_creator(connection, "小雅", DAY)
    in_memory = reconcile(
        STATEMENT, ORDERS, shipped_rulebook(), DAY, frozenset([SEPTEMBER])
    ).findings
    assert found(Scope(creator)) == list(in_memory)
    assert {each.outcome for each in in_memory} == set(Outcome) - {Outcome.UNDETERMINED}


def test_the_scope_says_whose_orders_can_be_missing(found: Callable[..., list[Finding]]) -> None:
    def missing(scope: Scope, *months: date) -> list[str]:
        findings = found(scope, frozenset(months))
        return [each.order_number[-4:] for each in findings if each.outcome is Outcome.ONLY_ORDERS]

    assert missing(Scope(), SEPTEMBER) == ["0006", "0007", "0008"]
    assert missing(Scope(platforms=frozenset([Platform.JD])), SEPTEMBER) == []
    assert missing(Scope()) == []


def test_what_is_not_published_is_not_there(engine: Engine, import_lines: Import) -> None:
    import_lines("小雅", [line(1)])
    import_lines("小雅", [line(2)], dry_run=True)
    with reads(engine) as connection:
        lines = list(every_line(connection, Scope()))
    assert [order.settled_commission for _, order in lines] == [Decimal(1)]
