"""Combining what several rows and sources say of one order line (合并), as contract documents.

A source speaks of some facts only: those in `states`. What it says of them replaces what was
known, also where it says nothing; all other facts stay. An amount nobody stated stays absent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

from settlement.combining_lists import LISTS, in_order, united
from settlement.model import Order, Platform, RawStatus
from settlement.money import EXACT
from settlement.order_members import LINE_AMOUNTS
from settlement.platforms import room_of
from settlement.statuses import Dispute

Document = Mapping[str, Any]

RAW_STATUS = "raw_status"
ALL_STATES = frozenset(
    {
        *(member.name for member in fields(Order) if member.name != RAW_STATUS),
        *(f"{RAW_STATUS}.{member.name}" for member in fields(RawStatus)),
    }
)
"""Every fact a source can state: what an export of whole lines does."""


class Rows(StrEnum):
    """How several rows of one order line make one."""

    SINGLE = "single"
    """A line has one row; a second one must say the same."""
    REPLACE = "replace"
    """A later row replaces an earlier one."""
    SUM = "sum"
    """The amounts of the rows are parts and are summed."""
    PHASES = "phases"
    """Each row is a phase of the settlement."""
    ADD = "add"
    """Each row adds an item, such as a refund."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source says of one order line."""

    order: Order
    states: frozenset[str]
    """The facts the source speaks of: fields of Order, ``raw_status.code`` and the like."""
    rows: Rows
    creator_hint: Mapping[str, str]
    others: Mapping[str, str]
    """What it says beside that, by the source's own names."""


_ADDING = frozenset({Rows.PHASES, Rows.ADD})


class _Contradiction(Exception):
    """Two rows that cannot both hold."""


def combined(
    known: Document | None, said: Document, states: frozenset[str], rows: Rows = Rows.REPLACE
) -> dict[str, Any]:
    """Return what is known of a line after a source has said something of it.

    With `PHASES` and `ADD` lists in `states` are united, else they are replaced; and such a
    source, which tells of an item of the line, takes nothing away by saying nothing. Refunds of
    two sources together may exceed what was paid; `read_order` tells.
    """
    if rows in _ADDING:
        said = {**said, **{name: in_order(name, said[name]) for name in LISTS & said.keys()}}
    if known is None:
        return dict(said)
    gone = _gone(states, rows)
    after = {name: value for name, value in known.items() if name not in gone}
    for name in said.keys() & states:
        after[name] = _as_known(known.get(name), said[name]) if name in _RATES else said[name]
    if rows in _ADDING:
        for name in LISTS & states & known.keys():
            after[name] = united(name, known[name], said.get(name) or [])
    raw = _combined_status(known, said, states, rows)
    after.pop(RAW_STATUS, None)
    return after | {RAW_STATUS: raw} if raw else after


def _as_known(known: Any, said: Any) -> Any:
    """A rate another source writes with other zeros is the same rate."""
    return known if known is not None and Decimal(known) == Decimal(said) else said


def joined(
    first: Document, second: Document, rows: Rows, states: frozenset[str]
) -> dict[str, Any] | None:
    """Return what two rows of one line in one file say together; None if that cannot be.

    Rows may be joined in any grouping, in the order of the file.
    """
    if rows is Rows.REPLACE:
        return combined(first, second, states)
    if rows is Rows.SINGLE:
        return dict(first) if first == second else None
    try:
        return _summed(first, second) if rows is Rows.SUM else _added(first, second)
    except _Contradiction:
        return None


def _gone(states: frozenset[str], rows: Rows) -> frozenset[str]:
    """The facts that are known no longer once a source that speaks of them leaves them away."""
    return frozenset() if rows in _ADDING else states


def _combined_status(
    known: Document, said: Document, states: frozenset[str], rows: Rows
) -> dict[str, Any]:
    before, now = known.get(RAW_STATUS) or {}, said.get(RAW_STATUS) or {}
    gone = _gone(states, rows)
    after = {name: value for name, value in before.items() if f"{RAW_STATUS}.{name}" not in gone}
    after |= {name: value for name, value in now.items() if f"{RAW_STATUS}.{name}" in states}
    rights = before.get("rights")
    adds = rows in _ADDING and rights is not None
    if adds and _dispute(known, after["rights"]) < _dispute(known, rights) == Dispute.WON:
        # One dispute of several has succeeded for good; news of another do not undo it.
        after["rights"] = rights
    return after


def _dispute(document: Document, rights: str | None) -> Dispute:
    return room_of(Platform(document["platform"])).statuses.dispute(rights)


def _added(first: Document, second: Document) -> dict[str, Any]:
    """Rows that each add an item; of all else the later row is right."""
    after = dict(first) | dict(second)
    for name in LISTS & first.keys() & second.keys():
        _check_phases(first[name], second[name])
        after[name] = united(name, first[name], second[name])
    before, now = first.get(RAW_STATUS) or {}, second.get(RAW_STATUS) or {}
    if raw := {**before, **now}:
        rights = (before.get("rights"), now.get("rights"))
        if all(rights):
            raw["rights"] = max(reversed(rights), key=lambda each: _dispute(first, each))
        after[RAW_STATUS] = raw
    return after


def _check_phases(first: list[Document], second: list[Document]) -> None:
    known = {item["phase"]: item for item in first if "phase" in item}
    for item in second:
        if known.get(item.get("phase"), item) != item:
            raise _Contradiction


def _add(first: str, second: str) -> str:
    return f"{EXACT.add(Decimal(first), Decimal(second)):f}"


def _agree(first: Any, second: Any) -> Any:
    if first != second:
        raise _Contradiction
    return first


def _earlier(first: Any, second: Any) -> Any:
    del second
    return first


Joining = Callable[[Any, Any], Any]
_JOINING: dict[str, Joining] = {
    **dict.fromkeys(LINE_AMOUNTS, _add),
    # Each part has the pieces of the whole, and the whole is settled with its last part.
    **dict.fromkeys(("quantity", "return_count", "frozen_count", "settled_at"), max),
    **dict.fromkeys(("shop", "item", "item_id"), _earlier),
}
_STATUS_JOINING: dict[str, Joining] = {
    "refund_tag": max,
    "punished": max,
    **dict.fromkeys(("text", "reason", "frozen_ratio"), _earlier),
}
_RATES = frozenset({"commission_rate", "new_buyer_rate", "old_buyer_rate"})


def _summed(first: Document, second: Document) -> dict[str, Any]:
    after = _member_by_member(first, second, _JOINING)
    for rate in _RATES & after.keys():
        # A rate that does not hold for every part holds for none of the whole.
        if first.get(rate) != second.get(rate):
            del after[rate]
    return after


def _member_by_member(
    first: Document, second: Document, joining: Mapping[str, Joining]
) -> dict[str, Any]:
    after = dict(first)
    for name, value in second.items():
        if name not in first:
            after[name] = value
        elif name == RAW_STATUS:
            after[name] = _member_by_member(first[name], value, _STATUS_JOINING)
        elif name in LISTS:
            after[name] = united(name, first[name], value)
        elif name not in _RATES:
            after[name] = joining.get(name, _agree)(first[name], value)
    return after
