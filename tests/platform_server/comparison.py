"""What is known of order lines, compared with what the platform has."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

Documents = Mapping[str, Mapping[str, Any]]


def differences(known: Documents, truth: Documents) -> Iterator[str]:
    """Say which lines are missing, too many or wrong in a fact that the truth has."""
    for key in truth.keys() - known.keys():
        yield f"{key} is missing"
    for key in known.keys() - truth.keys():
        yield f"{key} was never sold"
    for key in truth.keys() & known.keys():
        yield from _unlike(key, known[key], truth[key])


def _unlike(place: str, known: Any, truth: Any) -> Iterator[str]:
    if isinstance(truth, Mapping) and isinstance(known, Mapping):
        for name, value in truth.items():
            yield from _unlike(f"{place}.{name}", known.get(name), value)
    elif isinstance(truth, list) and isinstance(known, list) and len(truth) == len(known):
        for index, value in enumerate(truth):
            yield from _unlike(f"{place}[{index}]", known[index], value)
    elif known != truth and not _same_number(known, truth):
        yield f"{place} is {known!r}, should be {truth!r}"


def _same_number(known: Any, truth: Any) -> bool:
    try:
        return Decimal(known) == Decimal(truth)
    except (InvalidOperation, TypeError, ValueError):
        return False
