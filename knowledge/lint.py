"""What an editor should put right before publishing (检查)."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from knowledge.entry import Entry, KnowledgeBase
from knowledge.matcher import Matcher
from knowledge.normalise import Normaliser
from knowledge.rendering import LANGUAGES, render_answer
from knowledge.trial import Report

__all__ = [
    "Finding",
    "Weight",
    "check_base",
    "check_content",
    "check_entry",
    "check_reached",
    "markup_fault",
    "render_findings",
]

_FEWEST_PHRASINGS = 10
_LONGEST_ANSWER = 4096
_TAG = re.compile(r"<(/?)(b|i|code)>")
_STRAY = re.compile(r"<(?!/?(?:b|i|code)>)|&(?!(?:amp|lt|gt|quot|#\d{1,6});)")
_EXTREMES = ("0", "0.01", "9" * 12, "<&>")


class Weight(StrEnum):
    """Whether a finding forbids publishing."""

    ERROR = "error"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to put right: where, what, and how."""

    weight: Weight
    entry_id: str
    cause: str
    remedy: str


def check_base(
    base: KnowledgeBase, matcher: Matcher, known_figures: Collection[str]
) -> tuple[Finding, ...]:
    """Check a base by itself; `matcher` is the one built from it."""
    phrasings = (found for entry in base.entries.values() for found in check_entry(entry, matcher))
    return (*check_content(base, matcher.normalise, known_figures), *phrasings)


def check_content(
    base: KnowledgeBase, normalise: Normaliser, known_figures: Collection[str]
) -> tuple[Finding, ...]:
    """Check what needs no matcher, quickly; every error of `check_base` is among it."""
    findings: list[Finding] = []
    for entry in base.entries.values():
        findings += _links(entry, base)
        findings += _figures(entry, known_figures)
        findings += _renderings(entry)
    findings += _ambiguities(base, normalise)
    return tuple(findings)


def check_entry(entry: Entry, matcher: Matcher) -> Iterator[Finding]:
    """Check an entry's phrasings; `matcher` is the one built from its base."""
    if len(entry.questions) < _FEWEST_PHRASINGS:
        yield Finding(
            Weight.ADVICE,
            entry.id,
            f"has {len(entry.questions)} phrasings",
            f"write at least {_FEWEST_PHRASINGS}, as people really type",
        )
    same = Counter(matcher.normalise(question).text for question in entry.questions)
    for text, count in same.items():
        if count > 1:
            yield Finding(
                Weight.ADVICE,
                entry.id,
                f"{count} phrasings mean the same to the matcher ({text})",
                "word one of them differently",
            )
    for question in entry.questions:
        yield from _shadowed(entry, question, matcher)


def check_reached(base: KnowledgeBase, report: Report) -> tuple[Finding, ...]:
    """Find entries that no test question asks for."""
    asked = {name for verdict in report.verdicts for name in verdict.expected.entries}
    return (
        *(
            Finding(Weight.ADVICE, name, "no test question asks for it", "add a few questions")
            for name in base.entries
            if name not in asked
        ),
        *(
            Finding(Weight.ERROR, name, "is asked for by a test question and missing", "rename it")
            for name in sorted(asked - base.entries.keys())
        ),
    )


def render_findings(findings: Iterable[Finding]) -> str:
    """Write one line a finding, errors first."""
    ordered = sorted(findings, key=lambda finding: finding.weight != Weight.ERROR)
    return "\n".join(
        f"{finding.weight}: {finding.entry_id}: {finding.cause}; {finding.remedy}"
        for finding in ordered
    )


def markup_fault(text: str) -> str | None:
    """Say why Telegram would refuse a text."""
    if stray := _STRAY.search(text):
        return f"holds {stray.group()!r} where Telegram wants &lt; or &amp;"
    opened: list[str] = []
    for tag in _TAG.finditer(text):
        if not tag.group(1):
            opened.append(tag.group(2))
        elif not opened or opened.pop() != tag.group(2):
            return f"closes {tag.group()} which is not open"
    if opened:
        return f"does not close <{opened[-1]}>"
    if len(text.encode("utf-16-le")) // 2 > _LONGEST_ANSWER:
        return f"is longer than {_LONGEST_ANSWER} characters"
    return None


def _links(entry: Entry, base: KnowledgeBase) -> Iterator[Finding]:
    for other in entry.related:
        if other not in base.entries:
            yield Finding(
                Weight.ERROR, entry.id, f"related names {other}, which is missing", "correct it"
            )
        elif other == entry.id:
            yield Finding(Weight.ERROR, entry.id, "is related to itself", "remove it")


def _figures(entry: Entry, known: Collection[str]) -> Iterator[Finding]:
    for name in entry.figures:
        if name not in known:
            yield Finding(
                Weight.ERROR, entry.id, f"the rulebook has no figure {name}", "correct the name"
            )
        if f"figures['{name}']" not in entry.answer + entry.answer_en:
            yield Finding(
                Weight.ADVICE, entry.id, f"lists {name} and does not use it", "remove it"
            )
        elif (f"figures['{name}']" in entry.answer) != (f"figures['{name}']" in entry.answer_en):
            yield Finding(
                Weight.ADVICE, entry.id, f"gives {name} in one language only", "give it in both"
            )


def _renderings(entry: Entry) -> Iterator[Finding]:
    for language in LANGUAGES:
        for value in _EXTREMES:
            text = render_answer(entry, dict.fromkeys(entry.figures, value), language)
            if cause := markup_fault(text):
                yield Finding(Weight.ERROR, entry.id, f"{cause} ({language})", "correct the text")
                break


def _shadowed(entry: Entry, question: str, matcher: Matcher) -> Iterator[Finding]:
    ranked = (ranked for ranked, _ in matcher.ranked(question))
    # Asked in just these words it is answered all the same; in words like these it is not.
    best = max(ranked, key=lambda ranked: ranked.score, default=None)
    same = (entry.platform, "general")
    if best is not None and best.entry_id != entry.id and best.platform in same:
        yield Finding(
            Weight.ADVICE,
            entry.id,
            f"what is like its phrasing {question!r} leads to {best.entry_id}",
            "move the phrasing, or tell the two entries apart",
        )


def _ambiguities(base: KnowledgeBase, normalise: Normaliser) -> Iterator[Finding]:
    """Find phrasings that are the same for two entries which apply to the same platform."""
    askers: dict[str, dict[str, str]] = defaultdict(dict)
    for entry in base.entries.values():
        for question in entry.questions:
            askers[normalise(question).text][entry.id] = question
    for text, entries in askers.items():
        for name in entries:
            others = [other for other in entries if other > name]
            for other in others:
                if base[other].platform == base[name].platform:
                    yield Finding(
                        Weight.ERROR,
                        name,
                        f"{entries[name]!r} is the same to the matcher as {entries[other]!r} "
                        f"of {other} ({text})",
                        "keep it where it is answered best",
                    )
