"""Which fact is used where, and which cases test it."""

import re
from collections.abc import Mapping
from pathlib import Path

from knowledge.entry import KnowledgeBase
from settlement.fact_index import fact_index
from settlement.rulebook import Rulebook

__all__ = ["cases_naming", "uses_of_facts"]

FACT = re.compile(r"\b(?:SJD|S1688|SDY2|SDY3|STM|AMB|B)-\d{2}\b")
CASE = re.compile(r"^- name: (.+)$", re.MULTILINE)


def uses_of_facts(rulebook: Rulebook, knowledge: KnowledgeBase) -> dict[str, list[str]]:
    """Each fact's uses: `figure:1688.payout_day`, `state:…`, `answer:1688.payout.when`."""
    uses: dict[str, list[str]] = {}
    for fact, found in fact_index(rulebook).items():
        uses.setdefault(fact, []).extend(f"{use.kind}:{use.name}" for use in found)
    for entry in knowledge.entries.values():
        for fact in entry.covers:
            uses.setdefault(fact, []).append(f"answer:{entry.id}")
    return dict(sorted(uses.items()))


def cases_naming(folder: Path) -> Mapping[str, list[str]]:
    """The cases in YAML files whose text or comment names a fact: `1688.yaml: 没付款的…`."""
    named: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.yaml")):
        text = path.read_text("utf-8")
        starts = [*CASE.finditer(text)]
        ends = [*(case.start() for case in starts[1:]), len(text)]
        for case, end in zip(starts, ends, strict=True):
            for fact in dict.fromkeys(FACT.findall(text, case.start(), end)):
                named.setdefault(fact, []).append(f"{path.name}: {case.group(1)}")
    return named
