"""Changes of an order in words for people: 付款金额 100.00 元 → 90.00 元."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from bot.shipped_tables import shipped_table
from settlement.shanghai import in_shanghai

__all__ = ["changes_json", "field_words", "said_changes"]

NOTHING = "（无）"
LONGEST = 60
Change = tuple[str, object, object]


@cache
def field_words() -> Mapping[str, Mapping[str, str]]:
    """The words for the facts of an order, by how their values are shown."""
    words: Mapping[str, Mapping[str, str]] = shipped_table("commands", "field_words.yaml")
    return words


def said_changes(changes: Sequence[Change]) -> Iterator[str]:
    """What has changed, fact by fact; amounts in yuan, times of Shanghai."""
    for field, before, after in changes:
        if field == "raw_status":
            yield from _status_changes(_members(before), _members(after))
        else:
            kind, word = _word(field)
            yield f"{word} {_said(kind, before)} → {_said(kind, after)}"


def changes_json(changes: Sequence[Change]) -> list[dict[str, object]]:
    """What has changed, fact by fact, as it is kept."""
    return [{"field": field, "before": before, "after": after} for field, before, after in changes]


def _status_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    worded = before.get("text") != after.get("text")
    for member, word in field_words()["status"].items():
        if member == "code" and worded:
            continue
        if before.get(member) != after.get(member):
            said = (_said("plain", each.get(member)) for each in (before, after))
            yield f"{word} {' → '.join(said)}"


def _members(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _word(field: str) -> tuple[str, str]:
    kinds = ("yuan", "percent", "moment", "yes_or_no", "plain", "parts")
    return next(
        ((kind, words[field]) for kind in kinds if field in (words := field_words()[kind])),
        ("plain", field),
    )


def _said(kind: str, value: object) -> str:
    if value is None:
        return NOTHING
    match kind:
        case "yuan":
            return f"{value} 元"
        case "percent":
            return f"{(Decimal(str(value)) * 100).normalize():f}%"
        case "moment":
            return _moment(str(value))
        case "parts":
            return _parts(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    text = field_words()["words"].get(str(value), str(value))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _moment(value: str) -> str:
    moment = datetime.fromisoformat(value)
    if "T" not in value and " " not in value:
        return value
    local = in_shanghai(moment).replace(tzinfo=None)
    return local.isoformat(" ", "seconds" if local.second else "minutes")


def _parts(value: object) -> str:
    """A list of refunds, phases, changes: how many, and what they come to where they say so."""
    items = value if isinstance(value, list | tuple) else [value]
    if not items:
        return "没有"
    amounts = [each.get("amount", each.get("commission")) for each in map(_members, items)]
    if None in amounts:
        return f"{len(items)} 笔"
    return f"{len(items)} 笔共 {sum(map(Decimal, map(str, amounts)), Decimal(0))} 元"
