"""Which order lines the lines of a statement mean (账单与订单的对应), by their numbers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from settlement.model import Platform
from settlement.statements import StatementLine

__all__ = ["Family", "Numbered", "families"]


@dataclass(frozen=True, slots=True)
class Numbered:
    """What an order line is called, without its facts; `key` is its place with the caller."""

    key: int
    platform: Platform
    order_number: str
    sub_order_number: str | None = None
    line_id: str | None = None
    parent_number: str | None = None

    @property
    def names(self) -> frozenset[str]:
        """Every number the line goes by."""
        names = (self.order_number, self.sub_order_number, self.line_id, self.parent_number)
        return frozenset(name for name in names if name)


@dataclass(frozen=True, slots=True)
class Family:
    """Lines of a statement and the order lines they mean; no key where nobody knows the order."""

    rows: tuple[StatementLine, ...]
    keys: tuple[int, ...]


def families(lines: Sequence[StatementLine], known: Iterable[Numbered]) -> Iterator[Family]:
    """Put together what belongs together, in the order of the statement.

    A line means the order lines that go by its own number (子订单号), and only where there are
    none those that go by its order number; a parent's number means its children.
    """
    by_name: dict[str, list[Numbered]] = {}
    for each in known:
        for name in each.names:
            by_name.setdefault(name, []).append(each)
    meant = [_meant(line, by_name) for line in lines]
    groups = _Groups(len(lines))
    first: dict[object, int] = {}
    for place, (line, keys) in enumerate(zip(lines, meant, strict=True)):
        links: tuple[object, ...] = keys or ((line.platform, line.own_number),)
        for link in links:
            groups.join(first.setdefault(link, place), place)
    for members in groups.members():
        together = dict.fromkeys(key for place in members for key in meant[place])
        yield Family(tuple(lines[place] for place in members), tuple(together))


def _meant(line: StatementLine, by_name: dict[str, list[Numbered]]) -> tuple[int, ...]:
    for number in (line.own_number, line.order_number):
        fitting = tuple(
            each.key for each in by_name.get(number, ()) if line.platform in (None, each.platform)
        )
        if fitting:
            return fitting
    return ()


class _Groups:
    """Places joined into groups (union-find)."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def join(self, one: int, other: int) -> None:
        one, other = self._top(one), self._top(other)
        # The earlier place stands for both, so groups keep the order of the statement.
        self._above[max(one, other)] = min(one, other)

    def members(self) -> Iterable[list[int]]:
        groups: dict[int, list[int]] = {}
        for place in range(len(self._above)):
            groups.setdefault(self._top(place), []).append(place)
        return groups.values()

    def _top(self, place: int) -> int:
        while self._above[place] != place:
            self._above[place] = place = self._above[self._above[place]]
        return place
