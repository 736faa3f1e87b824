"""What a source says of an order line, written down for the store (陈述): made where it is read.

Made in the process that reads a file, so that the one that writes only hands it on. Instants are
UTC in the form both databases read.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

__all__ = ["NUMBERS", "Said", "asked_at", "said_of", "stamped", "written"]

NUMBERS = ("order_number", "sub_order_number", "line_id", "parent_number")
"""What an order line may be called by."""


class Said(NamedTuple):
    """One line as a source states it; everything is text, as the tables keep it."""

    platform: str
    key: str
    order_number: str
    sub_order_number: str | None
    line_id: str | None
    parent_number: str | None
    ordered_at: str | None
    facts: str
    """The contract's document."""
    fingerprint: str
    data_as_of: str | None
    others: str | None
    """Cells of columns nobody has described yet, as a JSON object."""


def said_of(document: Mapping[str, Any], others: Mapping[str, str] | None = None) -> Said:
    """Write down an order line, given as the contract's document."""
    facts, fingerprint = written(document)
    get = document.get
    number, sub_number, line_id = document["order_number"], get("sub_order_number"), get("line_id")
    ordered_at = get("created_at") or get("paid_at")
    return Said(
        document["platform"],
        line_id or sub_number or number,
        number,
        sub_number,
        line_id,
        get("parent_number"),
        _stamp(ordered_at) if ordered_at else None,
        facts,
        fingerprint,
        asked_at(document),
        orjson.dumps(dict(others)).decode() if others else None,
    )


def written(document: Mapping[str, Any]) -> tuple[str, str]:
    """A document as text, and its fingerprint."""
    text = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    if "data_as_of" in document:
        return text.decode(), _fingerprint_of(document)
    return text.decode(), _digest(text)


def _fingerprint_of(document: Mapping[str, Any]) -> str:
    """What a line says, whenever it was asked: the same words in a later report are no change."""
    said = {name: value for name, value in document.items() if name != "data_as_of"}
    return _digest(orjson.dumps(said, option=orjson.OPT_SORT_KEYS))


def asked_at(document: Mapping[str, Any]) -> str | None:
    """When the platform was asked, as both databases keep it; None if that is not known."""
    instant = document.get("data_as_of")
    return _stamp(instant) if instant else None


@lru_cache(4096)
def _stamp(instant: str) -> str:
    """An instant of the contract, as both databases keep it."""
    return stamped(datetime.fromisoformat(instant))


def stamped(instant: datetime) -> str:
    """An instant as both databases keep it; a naive one is a mistake of the caller."""
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a zone, got the naive {instant.isoformat()}")
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _digest(text: bytes) -> str:
    return hashlib.blake2b(text, digest_size=16).hexdigest()
