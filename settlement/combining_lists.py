"""Uniting the lists of an order line: its refunds, settlements and balance changes."""

from collections.abc import Iterable, Mapping
from typing import Any

Item = Mapping[str, Any]

LISTS = frozenset({"refunds", "settlements", "balance_changes"})
_IDENTITY = {"refunds": "requested_at", "settlements": "phase", "balance_changes": "on"}
"""The member by which two sources mean the same item."""


def united(name: str, known: Iterable[Item], said: Iterable[Item]) -> list[dict[str, Any]]:
    """Return the items of both, each once; of an item in both what was said later is right.

    Two items are the same if their identity is, or if one says nothing that the other does not.
    """
    items = [dict(item) for item in known]
    for item in said:
        place = _place(_IDENTITY[name], items, item)
        if place is None:
            items.append(dict(item))
        else:
            items[place] = {**items[place], **item}
    return in_order(name, items)


def in_order(name: str, items: Iterable[Item]) -> list[dict[str, Any]]:
    """Return items in the order in which `united` gives them."""
    return sorted(map(dict, items), key=lambda item: _order(_IDENTITY[name], item))


def _place(identity: str, items: list[dict[str, Any]], item: Item) -> int | None:
    """Where the same item stands: by its identity first, else by what is said of it."""
    own = item.get(identity)
    if own is not None:
        for place, each in enumerate(items):
            if each.get(identity) == own:
                return place
    alike = [
        place
        for place, each in enumerate(items)
        if (own is None or each.get(identity) is None)
        and (item.items() <= each.items() or each.items() <= item.items())
    ]
    # What one item says already is not added to another that says less.
    return max(alike, key=lambda place: item.items() <= items[place].items(), default=None)


def _order(identity: str, item: Item) -> tuple[Any, ...]:
    own = item.get(identity)
    rest = sorted((name, str(value)) for name, value in item.items())
    return (own is None, own if own is not None else "", rest)
