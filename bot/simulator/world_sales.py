"""What the creators of the sample world sold: told orders, and everyday ones between them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from bot.shipped_tables import shipped_table
from bot.simulator.world_days import moment
from settlement.model import Platform
from settlement.money import share

__all__ = ["Sale", "ToldOrder", "rate_of", "sales", "told_orders", "world"]

_DAYS = ("ordered", "received", "settled", "settles")
_EVERYDAY_TIMES = 4
_EVERYDAY_FIRST = 501
_DAYS_APART = 3


@dataclass(frozen=True, slots=True)
class ToldOrder:
    """An order that shows something, by its number."""

    creator: str
    platform: Platform
    number: str
    shows: str


@dataclass(frozen=True, slots=True)
class Sale:
    """One line of an order, in the words of its platform's report; rates are shares."""

    creator: str
    platform: Platform
    number: str
    line: int
    """Its place in the order, from 1."""
    item: str
    paid: Decimal
    rate: Decimal
    status: str
    ordered: datetime
    shop: str = "好物集合店"
    parent: str = ""
    received: datetime | None = None
    settled: datetime | None = None
    settles: datetime | None = None
    """The day JD expects to settle (payMonth)."""
    refunded: Decimal = Decimal("0.00")
    returned: int = 0
    in_after_sale: int = 0
    disputed: bool = False
    reason: str = ""
    frozen: str = ""
    settle: str = ""
    """1688's own settlement status."""
    rights: str = ""
    agency_share: Decimal = Decimal(0)


@cache
def world() -> Mapping[str, Any]:
    """Read ``world.yaml``."""
    content: Mapping[str, Any] = shipped_table("simulator", "world.yaml")
    return content


def told_orders() -> tuple[ToldOrder, ...]:
    """Every order that shows something, creator by creator."""
    return tuple(
        ToldOrder(told["creator"], Platform(told["platform"]), told["number"], told["shows"])
        for told in world()["orders"]
    )


def sales(today: date) -> tuple[Sale, ...]:
    """All order lines as they stand on a day."""
    return (*_told(today), *_everyday(today))


def _told(today: date) -> Iterator[Sale]:
    for order in world()["orders"]:
        for line, facts in enumerate(order["lines"], start=1):
            named = {"parent": order.get("parent", "")}
            yield _sale(
                order["creator"],
                Platform(order["platform"]),
                order["number"],
                line,
                facts | named,
                today,
            )


def _everyday(today: date) -> Iterator[Sale]:
    goods: Sequence[Mapping[str, Any]] = world()["goods"]
    for place, creator in enumerate(world()["creators"], start=1):
        for name, standings in world()["everyday"].items():
            platform = Platform(name)
            for count in range(_EVERYDAY_TIMES * len(standings)):
                round_, standing = divmod(count, len(standings))
                sold = goods[(count + place) % len(goods)]
                number = _order_number(platform, place, _EVERYDAY_FIRST + count)
                facts = {**sold, **standings[standing]}
                earlier = round_ * _DAYS_APART
                yield _sale(creator, platform, number, 1, facts, today, earlier)


def _order_number(platform: Platform, creator: int, count: int) -> str:
    """Make a number in the platform's form that shows whose it is: 3188 1111 0501."""
    mine = str(creator)
    return {
        Platform.JD: f"3188{mine * 4}{count:04}",
        Platform.TAOBAO: f"1888{mine * 8}{count:07}",
        Platform.DOUYIN: f"6888{mine * 8}{count:07}",
        Platform.ALIBABA_1688: f"1688{mine * 8}{count:04}",
    }[platform]


def _sale(
    creator: str,
    platform: Platform,
    number: str,
    line: int,
    facts: Mapping[str, Any],
    today: date,
    earlier: int = 0,
) -> Sale:
    agency = world()["creators"][creator].get("agency_share", "0%")
    told: dict[str, Any] = dict(facts)
    told |= {name: moment(facts[name], today, earlier) for name in _DAYS if name in facts}
    told |= {
        "paid": Decimal(facts["paid"]),
        "rate": rate_of(facts["rate"]),
        "refunded": Decimal(facts.get("refunded", "0.00")),
        "agency_share": rate_of(agency) if platform is Platform.DOUYIN else Decimal(0),
    }
    return Sale(creator, platform, number, line, **told)


def rate_of(percent: str) -> Decimal:
    """Read ``20%`` as a share."""
    return share(Decimal(percent.removesuffix("%")), Decimal("0.01"))
