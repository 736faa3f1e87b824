"""Order lines for reconciling and for the radar (对账、漏佣雷达): read a few at a time."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, Row, bindparam, select, true

from bot.store.lines import latest_facts, published_batch, stored_order
from bot.store.said import NUMBERS
from bot.store.tables import order_facts, order_lines
from settlement.model import Order, Platform
from settlement.reconciliation import compare, missing
from settlement.reconciliation.findings import Finding
from settlement.reconciliation.matching import Family, Numbered, families
from settlement.reconciliation.movements import Judged, judge
from settlement.rulebook import Rulebook
from settlement.statements import StatementLine

__all__ = ["Reconciling", "Scope", "every_line"]

Item = TypeVar("Item")
CHUNK = 500
"""Lines read at once; few enough that their facts hardly fill the memory."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose order lines are looked at, and of which platforms; without any, all are."""

    creator: int | None = None
    platforms: frozenset[Platform] = frozenset()

    @property
    def condition(self) -> ColumnElement[bool]:
        """What a line of the scope fulfils."""
        condition: ColumnElement[bool] = true()
        if self.creator is not None:
            condition &= order_lines.c.creator == self.creator
        if self.platforms:
            condition &= order_lines.c.platform.in_(sorted(self.platforms))
        return condition


_with_facts = (
    select(order_lines.c.id, order_facts.c.facts)
    .select_from(order_lines)
    .join(order_facts, latest_facts)
)


@dataclass(slots=True)
class Reconciling:
    """One statement against the store; the statement is in memory, the orders are not."""

    connection: Connection
    rulebook: Rulebook
    now: datetime
    """The statement's day: orders are judged as they stood then."""
    months: frozenset[date]
    scope: Scope

    def findings(self, lines: Sequence[StatementLine]) -> Iterator[Finding]:
        """Yield what is found, first of the statement's lines, then of orders missing on it."""
        met: set[int] = set()
        numbers = {number for line in lines for number in (line.own_number, line.order_number)}
        found = families(lines, self._named(numbers))
        while some := list(islice(found, CHUNK)):
            orders = _stored_orders(self.connection, {key for each in some for key in each.keys})
            for family in some:
                met.update(family.keys)
                yield from self._compare(family, orders)
        if self.months:
            for row, order in every_line(self.connection, self.scope):
                if row not in met:
                    yield from missing(self.judged(order), self.months)

    def judged(self, order: Order) -> Judged:
        """Judge an order line as it stood on the statement's day."""
        return judge(order, self.rulebook, self.now)

    def _compare(self, family: Family, orders: dict[int, Order]) -> Iterator[Finding]:
        judged = [self.judged(orders[key]) for key in family.keys]
        return compare(family.rows, judged, self.months)

    def _named(self, numbers: Collection[str]) -> Iterator[Numbered]:
        """Find the lines that go by any of the numbers; only what they are called is read."""
        named: dict[int, Numbered] = {}
        for some in _chunks(sorted(numbers)):
            for column in NUMBERS:
                query = (
                    select(
                        order_lines.c.id,
                        order_lines.c.platform,
                        *(order_lines.c[name] for name in NUMBERS),
                    )
                    .where(order_lines.c[column].in_(bindparam("numbers", expanding=True)))
                    .where(published_batch.is_not(None), self.scope.condition)
                )
                for row in self.connection.execute(query, {"numbers": some}):
                    named[row.id] = _numbered(row)
        yield from named.values()


def _stored_orders(connection: Connection, rows: Collection[int]) -> dict[int, Order]:
    """Return what is known of some lines."""
    found: dict[int, Order] = {}
    query = _with_facts.where(order_lines.c.id.in_(bindparam("rows", expanding=True)))
    for some in _chunks(sorted(rows)):
        for row, facts in connection.execute(query, {"rows": some}):
            found[row] = stored_order(row, facts)
    return found


def every_line(connection: Connection, scope: Scope) -> Iterator[tuple[int, Order]]:
    """Yield all lines of a scope and what is known of each; a chunk at a time is in memory."""
    query = (
        _with_facts.where(order_lines.c.id > bindparam("after"), scope.condition)
        .order_by(order_lines.c.id)
        .limit(CHUNK)
    )
    after = 0
    while some := connection.execute(query, {"after": after}).all():
        for row, facts in some:
            yield row, stored_order(row, facts)
        after = some[-1].id


def _numbered(row: Row[tuple[object, ...]]) -> Numbered:
    return Numbered(
        row.id,
        Platform(row.platform),
        row.order_number,
        row.sub_order_number,
        row.line_id,
        row.parent_number,
    )


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    items = iter(items)
    while some := list(islice(items, CHUNK)):
        yield some
