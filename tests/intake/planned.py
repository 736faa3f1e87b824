"""A clock set by hand, a line that is paid on a day, and what was told (计划测试)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select

from bot.store.tables import outbox
from settlement.model import Order, Platform

SHANGHAI = ZoneInfo("Asia/Shanghai")
PAYOUT_DAY = date(2026, 9, 15)
LINE = Order(
    platform=Platform.ALIBABA_1688,
    order_number="1",
    received_at=datetime(2026, 7, 31, 10, tzinfo=SHANGHAI),
    paid_amount=Decimal("100.00"),
    commission_rate=Decimal("0.10"),
    refunds=(),
)
Watch = Callable[..., None]


@dataclass
class Hand:
    """A clock that is set by hand."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def set(self, day: date, hour: int) -> None:
        self.at = datetime.combine(day, time(hour), SHANGHAI)


def kinds_told(engine: Engine) -> list[str]:
    """The kind and the rows of each push, in their order."""
    with engine.begin() as connection:
        rows = connection.execute(select(outbox.c.key, outbox.c.payload).order_by(outbox.c.id))
        return [f"{key.split(':')[2]} {payload['html']}" for key, payload in rows]


def told(engine: Engine) -> list[tuple[int, str]]:
    with engine.begin() as connection:
        rows = connection.execute(select(outbox.c.chat, outbox.c.payload).order_by(outbox.c.id))
        return [(chat, payload["html"]) for chat, payload in rows]


def states(engine: Engine) -> list[tuple[str, str]]:
    """The rows' words and their states, in their order."""
    with engine.begin() as connection:
        rows = connection.execute(select(outbox.c.payload, outbox.c.state).order_by(outbox.c.id))
        return [(payload["html"], state) for payload, state in rows]
