"""The sample world of the demo (示例数据): creators, their reports, and numbers worth trying.

The same day gives the same bytes; every day the same order numbers. Nothing here is real.
"""

from dataclasses import dataclass
from datetime import date

from bot.simulator.world_reports import exported
from bot.simulator.world_sales import sales, told_orders, world
from settlement.model import Platform

__all__ = [
    "Promoter",
    "SampleCreator",
    "SampleReport",
    "Try",
    "numbers_to_try",
    "sample_creators",
    "sample_reports",
]


@dataclass(frozen=True, slots=True)
class Promoter:
    """What a platform's report calls a creator: the kind of hint and its value (推广位…)."""

    platform: Platform
    hint: str
    value: str


@dataclass(frozen=True, slots=True)
class SampleCreator:
    """A creator of the sample world."""

    name: str
    promoters: tuple[Promoter, ...]


@dataclass(frozen=True, slots=True)
class SampleReport:
    """A file as the platform exports it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Try:
    """An order number to try, and what it shows (zh)."""

    creator: str
    platform: Platform
    number: str
    what: str


def sample_creators() -> tuple[SampleCreator, ...]:
    """Return the creators, in the order in which the demo shows them."""
    return tuple(
        SampleCreator(
            name,
            tuple(
                Promoter(Platform(platform), hint, value)
                for platform, hints in creator["promoters"].items()
                for hint, value in hints.items()
            ),
        )
        for name, creator in world()["creators"].items()
    )


def sample_reports(today: date) -> tuple[SampleReport, ...]:
    """Return one report of each platform, exported on that day."""
    sold = sales(today)
    return tuple(
        SampleReport(
            f"{export['file']}-{today:%Y%m%d}.csv",
            exported(Platform(name), (sale for sale in sold if sale.platform == name)),
        )
        for name, export in world()["exports"].items()
    )


def numbers_to_try() -> tuple[Try, ...]:
    """Return the orders that show something; their numbers are the same every day."""
    return tuple(
        Try(told.creator, told.platform, told.number, told.shows) for told in told_orders()
    )
