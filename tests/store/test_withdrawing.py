from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from bot.store.batches import clear_abandoned
from bot.store.importing import Finding, OwnedOrder, ReportImport
from bot.store.lines import latest_lines
from bot.store.withdrawing import NotWithdrawn, Why, Withdrawn, withdraw_import
from settlement.model import Order, Platform, RawStatus
from tests.store.conftest import Bind, Import

PAID = Order(
    platform=Platform.TAOBAO,
    order_number="1",
    raw_status=RawStatus(code="12"),
    paid_amount=Decimal("20.00"),
)
SETTLED = replace(PAID, raw_status=RawStatus(code="3"))
OTHER = replace(PAID, order_number="2")


def visible(engine: Engine) -> list[Order]:
    with engine.begin() as connection:
        return [each.order for each in latest_lines(connection, 7, 9)]


@pytest.fixture
def owner(bind_person: Bind) -> int:
    return bind_person(7, "小林")


def batch_of(report: ReportImport) -> int:
    assert report.batch is not None
    return report.batch


def test_lines_that_came_with_it_vanish_and_others_stand_as_before(
    engine: Engine, owner: int, now: datetime, import_lines: Import
) -> None:
    import_lines("小林", [PAID])
    wrong = batch_of(import_lines("小林", [SETTLED, OTHER]))
    assert isinstance(withdraw_import(engine, wrong, now), Withdrawn)
    assert visible(engine) == [PAID]


def test_one_that_was_taken_back_stays_away_and_can_come_again(
    engine: Engine, owner: int, now: datetime, import_lines: Import
) -> None:
    wrong = batch_of(import_lines("小林", [PAID]))
    withdraw_import(engine, wrong, now)
    again = withdraw_import(engine, wrong, now)
    assert isinstance(again, NotWithdrawn)
    assert again.why is Why.WITHDRAWN
    assert clear_abandoned(engine, now + timedelta(days=1)) == 0
    assert import_lines("小林", [PAID]).findings[Finding.NEW] == 1
    assert visible(engine) == [PAID]


def test_what_later_imports_were_built_on_stays_until_they_go(
    engine: Engine, owner: int, now: datetime, import_lines: Import
) -> None:
    first = batch_of(import_lines("小林", [PAID]))
    second = batch_of(import_lines("小林", [SETTLED]))
    refused = withdraw_import(engine, first, now)
    assert isinstance(refused, NotWithdrawn)
    assert (refused.why, [each.id for each in refused.later]) == (Why.BUILT_ON, [second])
    assert visible(engine) == [SETTLED]
    assert isinstance(withdraw_import(engine, second, now), Withdrawn)
    assert visible(engine) == [PAID]
    assert isinstance(withdraw_import(engine, first, now), Withdrawn)
    assert visible(engine) == []


def test_a_later_import_that_found_the_same_is_named_and_restores_it(
    engine: Engine, owner: int, now: datetime, import_lines: Import
) -> None:
    first = batch_of(import_lines("小林", [PAID]))
    second = batch_of(import_lines("小林", [PAID]))
    found = withdraw_import(engine, first, now)
    assert isinstance(found, Withdrawn)
    assert [each.id for each in found.again] == [second]
    assert visible(engine) == []
    import_lines("小林", [PAID])
    assert visible(engine) == [PAID]


def test_nothing_goes_while_another_import_is_compared_with_it(
    engine: Engine, owner: int, now: datetime, import_lines: Import
) -> None:
    first = batch_of(import_lines("小林", [PAID]))
    running = ReportImport(engine, "report.csv", "hash", now)
    running.add([OwnedOrder(owner, SETTLED)])
    refused = withdraw_import(engine, first, now)
    assert isinstance(refused, NotWithdrawn)
    assert refused.why is Why.UNDER_WAY
    running.publish(refused=0)
    assert visible(engine) == [SETTLED]


def test_only_what_was_published_can_be_taken_back(engine: Engine, now: datetime) -> None:
    refused = withdraw_import(engine, 99, now)
    assert isinstance(refused, NotWithdrawn)
    assert refused.why is Why.UNKNOWN
