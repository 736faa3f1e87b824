"""A platform's own books: what was sold, how it stands, and when the platform noted that."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import StrEnum

SHANGHAI = timezone(timedelta(hours=8))
CREATORS = 20
ITEMS = ("明前茶 250g", "手工皂 3 块装", "儿童雨靴", "不锈钢保温杯", "亚麻床单", "蓝牙耳机")
SHOPS = ("山里人家", "小满日用", "乐游童鞋", "四季家纺")


class Phase(StrEnum):
    PAID = "paid"
    RECEIVED = "received"
    SETTLED = "settled"
    INVALID = "invalid"


@dataclass(slots=True)
class Dispute:
    """A refund the buyer asked for after receipt; won when it is completed."""

    suit: str
    requested: datetime
    completed: datetime
    refunded: int


@dataclass(slots=True)
class Sale:
    """One line as the platform has it; amounts in fen, the rate in 1/10000."""

    order: str
    parent: str
    item_id: str
    item: str
    shop: str
    quantity: int
    creator: int
    paid_fen: int
    rate: int
    created: datetime
    paid: datetime
    phase: Phase = Phase.PAID
    received: datetime | None = None
    settled: datetime | None = None
    kept_fen: int = 0
    """What is left of the base after refunds, once it is settled."""
    disputes: list[Dispute] = field(default_factory=list)
    punished: bool = False
    noted: datetime = datetime(2000, 1, 1, tzinfo=SHANGHAI)
    """The platform's update time: questions by update time are answered by this."""

    @property
    def expected_fen(self) -> int:
        return share(self.paid_fen, self.rate)

    @property
    def settled_fen(self) -> int:
        return share(self.kept_fen, self.rate)

    def advance(self, at: datetime, chance: random.Random) -> None:
        """Take the next step of an order's life."""
        at = max(at, self.noted)
        if self.phase is Phase.PAID and chance.random() < 0.12:
            self.phase = Phase.INVALID
        elif self.phase is Phase.PAID:
            self.phase, self.received = Phase.RECEIVED, at
        elif self.phase is Phase.RECEIVED:
            self.phase, self.settled = Phase.SETTLED, at
            self.kept_fen = self.paid_fen if chance.random() < 0.8 else self.paid_fen // 2
        elif self.phase is Phase.SETTLED and not self.disputes:
            refunded = min(self.kept_fen, self.paid_fen // 3)
            suit = f"{self.order}1"
            self.disputes.append(Dispute(suit, at - timedelta(hours=1), at, refunded))
        self.noted = at


def share(amount_fen: int, rate: int) -> int:
    """A share in 1/10000, half up to the fen."""
    return (amount_fen * rate * 2 + 10_000) // 20_000


def ledger(
    count: int, seed: int, start: datetime, end: datetime, digits: int = 19
) -> Iterator[Sale]:
    """Sales between two instants, each as it stands at the end; always the same for a seed."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    span = int((end - start).total_seconds())
    for number in range(count):
        sale = new_sale(
            number, seed, start + timedelta(seconds=chance.randrange(span)), chance, digits
        )
        for _ in range(chance.randrange(4)):
            later = sale.noted + timedelta(seconds=chance.randrange(3600, 12 * 86_400))
            if later > end:
                break
            sale.advance(later, chance)
        sale.punished = number % 97 == 5
        yield sale


def new_sale(
    number: int, seed: int, at: datetime, chance: random.Random, digits: int = 19
) -> Sale:
    """A sale paid at an instant; every fifth shares its parent with the one before."""
    first = 10 ** (digits - 1) * (1 + seed % 8)
    line = first + number * 7 + seed % 7
    parent = first + (number - (number % 5 == 4)) * 7 + 3 * 10 ** (digits - 3)
    paid_fen = chance.randrange(100, 50_000)
    return Sale(
        order=str(line),
        parent=str(parent),
        item_id=str(100_000_000_000 + chance.randrange(10**9)),
        item=chance.choice(ITEMS),
        shop=chance.choice(SHOPS),
        quantity=chance.randrange(1, 4),
        creator=chance.randrange(CREATORS),
        paid_fen=paid_fen,
        rate=chance.randrange(1, 60) * 50,
        created=at - timedelta(seconds=30),
        paid=at,
        noted=at,
    )


def yuan(fen: int) -> str:
    """Fen as yuan with two places."""
    return f"{fen // 100}.{fen % 100:02d}"


def clock_time(at: datetime | None, empty: str = "") -> str:
    """Shanghai's clock to the second."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") if at else empty
