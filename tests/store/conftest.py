from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from bot.store.creators import add_creator, make_binding_code
from bot.store.database import open_engine
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.people import bind
from settlement.model import Order
from tests.postgresql import MissingServerError, PostgresServer, programs

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


@pytest.fixture
def postgresqls_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs of the very version that serves, where there is one."""
    with suppress(MissingServerError):
        monkeypatch.setenv("PATH", str(programs()), prepend=":")


@pytest.fixture
def elsewhere(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Another database of the same kind, with nothing in it."""
    if database.startswith("sqlite"):
        engine = open_engine(f"sqlite:///{tmp_path / 'elsewhere.db'}")
        yield engine
        engine.dispose()
        return
    server: PostgresServer = request.getfixturevalue("postgresql")
    with server.database() as address:
        engine = open_engine(address)
        yield engine
        engine.dispose()


@pytest.fixture
def sqlite_engine(sqlite_database: str) -> Iterator[Engine]:
    engine = open_engine(sqlite_database)
    yield engine
    engine.dispose()
