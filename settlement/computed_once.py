"""A property that is computed on first use and then kept."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

Kept = TypeVar("Kept")


class computed_once(Generic[Kept]):
    """Like functools.cached_property, without the lock that makes it slow before Python 3.12."""

    def __init__(self, compute: Callable[[Any], Kept]) -> None:
        self.compute = compute
        self.name = compute.__name__

    def __get__(self, instance: object, owner: type | None = None) -> Kept:
        kept = instance.__dict__[self.name] = self.compute(instance)
        return kept
