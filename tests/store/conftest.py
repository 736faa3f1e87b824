from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Engine

from bot.store.creators import add_creator, make_binding_code
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.people import bind
from settlement.model import Order

NOW = datetime(2026, 9, 15, 1, 0, tzinfo=UTC)

Import = Callable[..., ReportImport]
Bind = Callable[[int, str], int]


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as connection:
        yield connection


@pytest.fixture
def import_lines(engine: Engine) -> Import:
    """Import orders for a creator, by name, and publish them."""

    def run(
        creator: str, orders: Sequence[Order], *, now: datetime = NOW, dry_run: bool = False
    ) -> ReportImport:
        with engine.begin() as connection:
            owner = add_creator(connection, creator, now)
        report = ReportImport(engine, "report.csv", "hash", now, dry_run=dry_run)
        report.add([OwnedOrder(owner, order) for order in orders])
        report.publish(refused=0)
        return report

    return run


@pytest.fixture
def bind_person(engine: Engine) -> Bind:
    """Bind a person to a creator, by name, with a code; gives the creator."""

    def run(user: int, creator: str) -> int:
        with engine.begin() as connection:
            owner = add_creator(connection, creator, NOW)
            bind(connection, user, make_binding_code(connection, owner, NOW), NOW)
        return owner

    return run
