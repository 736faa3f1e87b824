"""What changes in the diagnosis of a line under other rules (规则对比)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from settlement.contract import diagnosis_json
from settlement.diagnosis import diagnose
from settlement.model import Order
from settlement.rulebook import Rulebook

ALWAYS_DIFFERENT = "rules_revision"


@dataclass(frozen=True, slots=True)
class Change:
    """One member of a diagnosis that differs, by its path such as ``dates.payout.date``."""

    path: str
    before: object
    after: object


def compare_rulebooks(
    order: Order, before: Rulebook, after: Rulebook, now: datetime
) -> tuple[Change, ...]:
    """Return the members of a diagnosis that differ under other rules, the revision left out."""
    old, new = (diagnosis_json(diagnose(order, rules, now)) for rules in (before, after))
    return tuple(each for each in _differences("", old, new) if each.path != ALWAYS_DIFFERENT)


def _differences(path: str, before: object, after: object) -> Iterator[Change]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in sorted(before.keys() | after.keys()):
            inner = f"{path}.{name}" if path else str(name)
            yield from _differences(inner, before.get(name), after.get(name))
    elif before != after:
        yield Change(path, before, after)
