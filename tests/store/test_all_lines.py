"""All order lines, for the operator: of one creator, platform or time, and published only."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from bot.store.all_lines import all_lines
from bot.store.creators import add_creator
from bot.store.importing import OwnedOrder, ReportImport
from settlement.model import Order, Platform

NOW = datetime(2026, 11, 21, tzinfo=UTC)
FIRST, LATER = datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
def creators(engine: Engine) -> tuple[int, int]:
    with engine.begin() as connection:
        first, second = (add_creator(connection, name, NOW) for name in ("小雅", "阿泽"))
    return first, second


@pytest.fixture
def numbers(engine: Engine, creators: tuple[int, int]) -> Callable[..., list[str]]:
    """What the operator reads of five lines, of which one is not published."""
    first, second = creators
    arriving = ReportImport(engine, "订单.csv", "hash", NOW)
    arriving.add(
        [
            OwnedOrder(first, Order(Platform.JD, "1001", created_at=FIRST)),
            OwnedOrder(first, Order(Platform.TAOBAO, "1002", created_at=LATER)),
            OwnedOrder(second, Order(Platform.JD, "1003", paid_at=LATER)),
            OwnedOrder(second, Order(Platform.JD, "1004")),
        ]
    )
    arriving.publish(0)
    ReportImport(engine, "没完.csv", "other", NOW).add(
        [OwnedOrder(first, Order(Platform.JD, "1005"))]
    )

    def read(**wanted: object) -> list[str]:
        with engine.connect() as connection:
            lines = all_lines(connection, **wanted)  # type: ignore[arg-type]
            return [f"{line.creator} {line.document['order_number']}" for line in lines]

    return read


def test_all_that_is_published_is_read(numbers: Callable[..., list[str]]) -> None:
    assert numbers() == ["小雅 1001", "小雅 1002", "阿泽 1003", "阿泽 1004"]


def test_one_may_ask_for_a_part(
    numbers: Callable[..., list[str]], creators: tuple[int, int]
) -> None:
    assert numbers(creator=creators[1]) == ["阿泽 1003", "阿泽 1004"]
    assert numbers(platform=Platform.TAOBAO) == ["小雅 1002"]
    assert numbers(since=LATER) == ["小雅 1002", "阿泽 1003"]
    assert numbers(creator=creators[0], platform=Platform.JD, since=LATER) == []
