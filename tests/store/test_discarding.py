"""An import discarded while another writes of the same lines: neither tears the other's away."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Connection, Engine, func, select, text

from bot.store.batches import ImportLostError, begin_staging, discard_batch
from bot.store.database import open_engine, upgrade
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.tables import import_batches, order_facts, order_lines
from settlement.model import Order, Platform
from tests.store.conftest import Bind

PAID = Order(platform=Platform.TAOBAO, order_number="1")


@pytest.fixture
def owner(engine: Engine, bind_person: Bind) -> int:
    return bind_person(7, "小林")


def begun(engine: Engine, owner: int, now: datetime, name: str) -> ReportImport:
    report = ReportImport(engine, f"{name}.csv", name, now)
    report.add([OwnedOrder(owner, PAID)])
    return report


def torn(engine: Engine) -> int:
    """Facts whose line or batch is gone."""
    lines, batches = select(order_lines.c.id), select(import_batches.c.id)
    gone = order_facts.c.line.not_in(lines) | order_facts.c.batch.not_in(batches)
    with engine.connect() as connection:
        return connection.execute(select(func.count()).where(gone)).scalar_one()


def until_it_waits(connection: Connection, discarding: Future[None]) -> bool:
    """Whether a lock holds up what runs, or it is done without having waited."""
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    while not discarding.done():
        if connection.execute(text(waiting)).scalar_one():
            return True
    return False


def test_discarding_waits_for_facts_being_written(postgresql_database: str) -> None:
    engine = open_engine(postgresql_database)
    upgrade(engine)
    with ThreadPoolExecutor(1) as beside, engine.connect() as watching:
        with engine.begin() as writing, engine.begin() as another:
            begin_staging(writing)
            begin_staging(another)
            discarding = beside.submit(discard_batch, engine, 1)
            assert until_it_waits(watching, discarding)
        discarding.result()
    engine.dispose()


def test_a_line_of_two_imports_stays_when_one_is_discarded(
    engine: Engine, owner: int, now: datetime
) -> None:
    first, second = begun(engine, owner, now, "first"), begun(engine, owner, now, "second")
    first.discard()
    assert torn(engine) == 0
    second.publish(refused=0)
    assert torn(engine) == 0
    with engine.connect() as connection:
        assert connection.execute(select(order_facts.c.batch)).scalars().all() == [second.batch]


def test_an_import_that_was_discarded_writes_nothing_more(
    engine: Engine, owner: int, now: datetime
) -> None:
    report = begun(engine, owner, now, "first")
    discard_batch(engine, report.batch or 0)
    with pytest.raises(ImportLostError):
        report.add([OwnedOrder(owner, replace(PAID, order_number="2"))])
    assert torn(engine) == 0
