"""Who a broadcast is for (群发对象)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from knowledge.rendering import LANGUAGES
from settlement.model import Platform
from settlement.shanghai import SHANGHAI
from settlement.states import State

__all__ = ["EVERYBODY", "LANGUAGES", "Segment"]


@dataclass(frozen=True, slots=True)
class Segment:
    """People by what they speak, by their accounts and by their orders; all of it must fit.

    Empty is no condition. With `platforms`, `states` or `month` ("2026-09", when the order was
    placed, in Shanghai) a person has a line that fits all three.
    """

    languages: tuple[str, ...] = ()
    bound: bool = False
    platforms: tuple[Platform, ...] = ()
    states: tuple[State, ...] = ()
    month: str = ""

    @property
    def asks_for_orders(self) -> bool:
        """Whether a person's order lines decide."""
        return bool(self.platforms or self.states or self.month)

    @property
    def spoken(self) -> frozenset[str]:
        """In which languages the message has to be written: zh, en or both."""
        languages = self.languages or LANGUAGES
        return frozenset("en" if each == "en" else "zh" for each in languages)

    @property
    def ordered(self) -> tuple[datetime, datetime] | None:
        """From when and until before when the order was placed; None at any time."""
        if not self.month:
            return None
        year, month = (int(part) for part in self.month.split("-"))
        first = datetime(year, month, 1, tzinfo=SHANGHAI)
        following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=SHANGHAI)
        return first.astimezone(UTC), following.astimezone(UTC)

    def document(self) -> dict[str, Any]:
        """As it is stored."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            name: list(map(str, value)) if isinstance(value, tuple) else value
            for name, value in values.items()
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Segment":
        """From what is stored; raises ValueError for a name this release does not know."""
        return cls(
            languages=tuple(document["languages"]),
            bound=bool(document["bound"]),
            platforms=tuple(Platform(name) for name in document["platforms"]),
            states=tuple(State(name) for name in document["states"]),
            month=str(document["month"]),
        )


EVERYBODY = Segment()
"""All who ever wrote and can be written to."""
