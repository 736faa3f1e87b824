"""What changed between two diagnoses of a line: other rules, or what was told before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from settlement.contract import dates_json, diagnosis_json
from settlement.diagnosis import Diagnosis, diagnose
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
    """Return what changes in the diagnosis of an order line under other rules (规则对比)."""
    return changes(
        diagnosis_json(diagnose(order, before, now)), diagnosis_json(diagnose(order, after, now))
    )


def date_changes(told: Mapping[str, object], diagnosis: Diagnosis) -> tuple[Change, ...]:
    """Return the dates that differ from the ``dates`` a person was told last (日期变动).

    A date that has come in the meantime is no change.
    """
    now = dates_json(diagnosis.dates, "zh")
    return tuple(
        change
        for name in now.keys() | told.keys()
        for change in _date_change(name, told.get(name), now.get(name))
    )


def _date_change(name: str, before: object, after: object) -> Iterator[Change]:
    old = before.get("date") if isinstance(before, Mapping) else None
    new = after.get("date") if isinstance(after, Mapping) else None
    if old != new:
        yield Change(f"dates.{name}.date", old, new)


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[Change, ...]:
    """Return the members that differ between two diagnoses as JSON, the revision left out."""
    return tuple(
        change for change in _differences("", before, after) if change.path != ALWAYS_DIFFERENT
    )


def _differences(path: str, before: object, after: object) -> Iterator[Change]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in sorted(before.keys() | after.keys()):
            inner = f"{path}.{name}" if path else str(name)
            yield from _differences(inner, before.get(name), after.get(name))
    elif before != after:
        yield Change(path, before, after)
