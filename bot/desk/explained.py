"""Which answers of the knowledge base explain an order: why it stands so, what lies behind it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cache
from typing import Any

from bot.desk.cards import Judged
from bot.shipped_tables import shipped_table
from knowledge.entry import Entry, KnowledgeBase
from settlement.diagnosis import Diagnosis
from settlement.model import Platform
from settlement.platforms import room_of

__all__ = ["covering", "explained", "explaining", "nearest", "why_table"]

_TELLING = 0.25
"""The least an entry must say of a card to stand behind it: a fact shared by four of them."""


def explaining(knowledge: KnowledgeBase, judged: Judged) -> list[Entry]:
    """Return the entries that explain the card, the most telling first.

    The entry of the platform's own code comes first. A fact that many entries tell of, such as a
    table of status codes, makes none of them telling; where there is nothing better, the state's
    own entry explains it.
    """
    wanted = set(judged.diagnosis.sources)
    entries = covering(knowledge, wanted, judged.order.platform.value, "general")
    told = Counter(fact for entry in entries for fact in entry.covers) | _behind_codes(
        judged.order.platform
    )
    weight = {
        entry.id: sum(1 / told[fact] for fact in wanted & set(entry.covers)) for entry in entries
    }
    telling = [entry for entry in entries if weight[entry.id] >= _TELLING]
    telling.sort(key=lambda entry: -weight[entry.id])
    first = _of_codes(knowledge, judged)
    if first and _decided_by_code(judged.diagnosis):
        return first
    state = knowledge.entries.get(f"general.state.{judged.diagnosis.state}")
    found = [*first, *(entry for entry in telling if entry not in first)]
    return found or ([state] if state else [])


def nearest(knowledge: KnowledgeBase, judged: Judged) -> Entry | None:
    """Return the one entry that says why a line stands as it does, by why.yaml."""
    diagnosis = judged.diagnosis
    names = (
        *_why("reasons", judged),
        *(name for reason in diagnosis.reasons for name in explained().get(reason, ())),
        *_why("states", judged),
        f"general.state.{diagnosis.state}",
    )
    return next((knowledge[name] for name in names if name in knowledge.entries), None)


def _why(part: str, judged: Judged) -> Iterator[str]:
    """Name the answers in a part of why.yaml whose lines fit."""
    diagnosis, platform = judged.diagnosis, judged.order.platform.value
    for line in why_table()[part]:
        has_reason = "reason" not in line or line["reason"] in diagnosis.reasons
        in_state = "states" not in line or diagnosis.state in line["states"]
        if has_reason and in_state and platform in line:
            yield line[platform]


@cache
def why_table() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return the lines of why.yaml by its parts, "reasons" and "states"."""
    table: Mapping[str, Sequence[Mapping[str, Any]]] = shipped_table("desk", "why.yaml")
    return table


@cache
def explained() -> Mapping[str, Sequence[str]]:
    """Return which entries explain which code of a platform, from explained.yaml."""
    entries: Mapping[str, Sequence[str]] = shipped_table("desk", "explained.yaml")
    return entries


def _of_codes(knowledge: KnowledgeBase, judged: Judged) -> list[Entry]:
    """Return the entries that explain the platform's own codes, each once."""
    diagnosis = judged.diagnosis
    code = f"{judged.order.platform}_{diagnosis.evidence.get('raw_status.code')}"
    names = dict.fromkeys(
        name for each in (*diagnosis.reasons, code) for name in explained().get(each, ())
    )
    entries = knowledge.entries
    return [entries[name] for name in names if name in entries]


def _decided_by_code(diagnosis: Diagnosis) -> bool:
    """Tell whether the platform's own code says it all, and no rule about refunds besides."""
    ruled = any(reason.startswith("refund_verdict") for reason in diagnosis.reasons)
    return not ruled and any(reason in explained() for reason in diagnosis.reasons)


@cache
def _behind_codes(platform: Platform) -> Counter[str]:
    """Count the codes that rest on each fact: a whole table tells of no code in particular."""
    tables = room_of(platform).statuses.tables.values()
    return Counter(
        fact for table in tables for each in table.values() for fact in each.explanation.facts
    )


def covering(knowledge: KnowledgeBase, facts: Set[str], *platforms: str) -> list[Entry]:
    """Return these platforms' entries that tell of any of the facts."""
    return [
        entry
        for entry in knowledge.entries.values()
        if entry.platform in platforms and not facts.isdisjoint(entry.covers)
    ]
