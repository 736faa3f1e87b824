"""Two imports at the same time: neither takes anything from the other."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import Connection, Engine, select

import bot.store.parts
from bot.store.importing import OwnedOrder, ReportImport
from bot.store.known_lines import Key, KnownLine, known_lines
from bot.store.lines import find_lines
from bot.store.tables import import_batches, order_history
from settlement.combining import Rows
from settlement.model import Order, Platform, RawStatus, Refund
from tests.store.conftest import Bind

LINE = Order(
    platform=Platform.TAOBAO,
    order_number="1",
    raw_status=RawStatus(code="12", text="订单付款"),
    paid_amount=Decimal("20.00"),
)
SETTLED = replace(LINE, raw_status=RawStatus(code="3", text="订单结算"))
REFUND = Refund(amount=Decimal("5.00"))
STATUS = frozenset({"raw_status.code", "raw_status.text"})


@pytest.fixture
def owner(bind_person: Bind) -> int:
    return bind_person(7, "小林")


def known(engine: Engine) -> Order:
    with engine.begin() as connection:
        (found,) = find_lines(connection, [7], ["1"], [])
    return found.line.order


def begun(engine: Engine, now: datetime, *said: OwnedOrder) -> ReportImport:
    report = ReportImport(engine, "report.csv", f"{said}", now)
    report.add(said)
    return report


@pytest.mark.parametrize("turned", [False, True])
def test_what_each_says_of_a_line_is_kept_whoever_is_first(
    engine: Engine, owner: int, now: datetime, *, turned: bool
) -> None:
    begun(engine, now, OwnedOrder(owner, LINE)).publish(refused=0)
    refunded = replace(LINE, refunds=(REFUND,))
    both = [
        begun(engine, now, OwnedOrder(owner, SETTLED, STATUS)),
        begun(engine, now, OwnedOrder(owner, refunded, frozenset({"refunds"}), Rows.ADD)),
    ]
    for report in reversed(both) if turned else both:
        report.publish(refused=0)
    assert known(engine) == replace(SETTLED, refunds=(REFUND,))
    with engine.begin() as connection:
        fields = connection.execute(select(order_history.c.field)).scalars().all()
        waiting = connection.execute(
            select(import_batches.c.id).where(import_batches.c.published_at.is_(None))
        ).all()
    assert sorted(fields) == ["raw_status", "refunds"]
    assert waiting == []


@pytest.mark.parametrize("turned", [False, True])
def test_a_line_that_both_bring_first_is_one(
    engine: Engine, owner: int, now: datetime, *, turned: bool
) -> None:
    both = [
        begun(engine, now, OwnedOrder(owner, LINE)),
        begun(engine, now, OwnedOrder(owner, replace(LINE, shop="茶铺"), frozenset({"shop"}))),
    ]
    for report in reversed(both) if turned else both:
        report.publish(refused=0)
    assert known(engine) == replace(LINE, shop="茶铺")


def test_three_at_once_come_to_an_end(engine: Engine, owner: int, now: datetime) -> None:
    begun(engine, now, OwnedOrder(owner, LINE)).publish(refused=0)
    said = {"shop": "茶铺", "item": "茶", "item_id": "9"}
    reports = [
        begun(engine, now, OwnedOrder(owner, replace(LINE, **{name: word}), frozenset({name})))  # type: ignore[arg-type]
        for name, word in said.items()
    ]
    for report in reversed(reports):
        report.publish(refused=0)
    assert known(engine) == replace(LINE, shop="茶铺", item="茶", item_id="9")
    assert all(report.batch is not None for report in reports)


def test_a_row_that_another_import_makes_at_the_same_moment_is_taken(
    engine: Engine, owner: int, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looks for the line, and finds none; then the other import makes it."""
    look, looked = known_lines, list[dict[Key, KnownLine]]()

    def look_too_early(connection: Connection, keys: Collection[Key]) -> dict[Key, KnownLine]:
        found = look(connection, keys)
        looked.append(found)
        return found if len(looked) > 1 else {}

    begun(engine, now, OwnedOrder(owner, LINE)).publish(refused=0)
    monkeypatch.setattr(bot.store.parts, "known_lines", look_too_early)
    begun(engine, now, OwnedOrder(owner, SETTLED)).publish(refused=0)
    assert len(looked) == 2
    assert known(engine) == SETTLED
