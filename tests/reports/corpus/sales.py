"""What was sold, before any report tells of it: the truth that a good file must bring back.

A sale is a set of facts by the names of the contract (``raw_status.code`` for a nested one), and
a few that only reports know, such as ``gross_rate``. Nothing here looks at the program's code.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from ruamel.yaml import YAML

__all__ = ["CREATORS", "SHANGHAI", "Fact", "Sale", "sales"]

SHANGHAI = timezone(timedelta(hours=8))
Fact = str | int | Decimal | datetime | date

_WORLD = YAML(typ="safe").load((Path(__file__).parent / "sales.yaml").read_text("utf-8"))
CREATORS: Mapping[str, Mapping[str, str]] = _WORLD["creators"]
_STAGES = ("unpaid", "paid", "received", "settled", "closed")
_ORDERS_OF_SEVERAL_LINES = frozenset({"taobao", "1688", "jd"})
_FIRST_DAY = datetime(2026, 7, 1, 9, 30, tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class Sale:
    """One order line and whose it is."""

    facts: Mapping[str, Fact]
    creator: str


def sales(platform: str, count: int, seed: int) -> list[Sale]:
    """As many sales of a platform as wished, the same for the same seed, all stages among them."""
    dice = random.Random(f"{platform}-{seed}")  # noqa: S311 - test data, no secret
    found: list[Sale] = []
    for place in range(count):
        found.append(_sale(platform, dice, seed, place, found[-1] if place % 3 == 2 else None))
    return found


def _sale(
    platform: str, dice: random.Random, seed: int, place: int, together_with: Sale | None
) -> Sale:
    codes: Mapping[str, str] = _WORLD["codes"][platform]
    known = [stage for stage in _STAGES if stage in codes]
    stage = known[(place + 1) % len(known)]
    creator = dice.choice(list(CREATORS))
    shop, item = dice.choice(_WORLD["goods"])
    facts: dict[str, Fact] = {
        **_numbers(platform, dice, place, together_with),
        "raw_status.code": codes[stage],
        "shop": shop,
        "item": item,
        "item_id": f"{dice.randrange(10**11, 10**12)}",
        "quantity": dice.randint(1, 3),
        "row": place + 1,
        **{f"creator.{hint}": word for hint, word in CREATORS[creator].items()},
        **_days(stage, dice, seed * 7 + place),
        **_amounts(stage, dice),
    }
    facts["order_and_item"] = f"{facts['order_number']}-{facts['item_id']}"
    return Sale({**facts, **_OWN[platform](facts, stage)}, creator)


def _numbers(
    platform: str, dice: random.Random, place: int, together_with: Sale | None
) -> dict[str, Fact]:
    """Numbers as each platform makes them; every third sale is another line of the last order."""
    if platform == "pinduoduo":
        return {"order_number": f"2607{dice.randint(1, 28):02}-{_digits(dice, 15)}"}
    length = {"jd": 12, "kuaishou": 16}.get(platform, 19)
    number = _digits(dice, length)
    if together_with and platform in _ORDERS_OF_SEVERAL_LINES:
        number = str(together_with.facts["order_number"])
    if platform in ("taobao", "1688"):
        return {"order_number": number, "sub_order_number": _digits(dice, 13) + number[-6:]}
    if platform == "jd" and place % 3 == 0:
        return {"order_number": number, "parent_number": _digits(dice, 12)}
    return {"order_number": number}


def _digits(dice: random.Random, length: int) -> str:
    """A number that begins with no zero and ends in none."""
    return f"{dice.randint(1, 3)}{dice.randrange(10 ** (length - 2)):0{length - 2}}7"


def _days(stage: str, dice: random.Random, shift: int) -> dict[str, Fact]:
    created = _FIRST_DAY + timedelta(hours=5 * shift, seconds=dice.randrange(3600))
    days: dict[str, Fact] = {"created_at": created}
    if stage != "unpaid":
        days["paid_at"] = created + timedelta(seconds=dice.randint(20, 600))
    if stage in ("received", "settled"):
        days["received_at"] = created + timedelta(days=dice.randint(2, 9))
    if stage == "settled":
        days["settled_at"] = created + timedelta(days=dice.randint(10, 20))
    return days


def _amounts(stage: str, dice: random.Random) -> dict[str, Fact]:
    paid = _fen(Decimal(dice.randint(990, 250_000)) / 100)
    gross_rate = Decimal(dice.choice(["0.015", "0.05", "0.09", "0.2", "0.355"]))
    amounts: dict[str, Fact] = {
        "paid_amount": paid,
        "gross_rate": gross_rate,
        "technical_rate": Decimal("0.1"),
        **_income(paid, gross_rate, "estimated"),
    }
    if stage == "settled":
        kept = paid - (Decimal("5.50") if dice.random() < 0.3 else 0)
        amounts |= {"settled_base": kept, **_income(kept, gross_rate, "settled")}
        amounts["special_fee"] = _fen(kept * Decimal("0.001"))
    return amounts


def _income(base: Decimal, rate: Decimal, kind: str) -> dict[str, Fact]:
    """What a base brings at a rate; of which a fee, or an agency's part, is taken elsewhere."""
    commission = _fen(base * rate)
    return {f"{kind}_commission": commission, f"{kind}_fee": _fen(commission / 10)}


def _fen(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


Facts = dict[str, Fact]


def _of_jd(facts: Facts, stage: str) -> Facts:
    share, base = Decimal("0.9"), facts["paid_amount"]
    assert isinstance(base, Decimal)
    rate = facts["gross_rate"] * share  # type: ignore[operator]
    own: Facts = {
        "share": share,
        "base_amount": base,
        "commission_rate": rate,
        "estimated_commission": _fen(base * rate),
        "frozen_count": 0,
        "return_count": 0,
    }
    if stage in ("received", "settled"):
        own |= {"settled_base": base, "settled_commission": _fen(base * rate)}
    if stage == "settled":
        own["platform_settles_on"] = facts["settled_at"].date()  # type: ignore[union-attr]
    return own


def _of_taobao(facts: Facts, stage: str) -> Facts:
    own = {"commission_rate": facts["gross_rate"], "raw_status.refund_tag": "0"}
    return own | ({"technical_fee": facts["settled_fee"]} if stage == "settled" else {})


def _of_douyin(facts: Facts, stage: str) -> Facts:
    own: Facts = {"commission_rate": facts["gross_rate"]}
    if stage == "received":
        own |= {"raw_status.reason": "商家未开通货款结算", "raw_status.frozen_ratio": "30%"}
    return own


def _of_1688(facts: Facts, stage: str) -> Facts:
    settled = {"raw_status.settle": "1"} if stage == "settled" else {}
    return {"commission_rate": facts["gross_rate"], **settled}


def _plainly(facts: Facts, stage: str) -> Facts:
    return {"commission_rate": facts["gross_rate"]}


_OWN: Mapping[str, Callable[[Facts, str], Facts]] = {
    "jd": _of_jd,
    "taobao": _of_taobao,
    "douyin": _of_douyin,
    "1688": _of_1688,
    "pinduoduo": _plainly,
    "kuaishou": _plainly,
}
