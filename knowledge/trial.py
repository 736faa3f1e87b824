"""Asking the matcher all test questions and judging what it says (题库测试)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from knowledge.matcher import Matcher
from knowledge.outcome import Answer, Choices, Clarify, Menu, Outcome, entries_of
from knowledge.questions import Expected, Question

__all__ = [
    "EntryShares",
    "Report",
    "Shares",
    "Verdict",
    "describe",
    "judge",
    "render_report",
    "run_trial",
]

_NAMES = {Answer: "answer", Choices: "choices", Clarify: "clarify", Menu: "menu"}
_WEAKEST = 15


@dataclass(frozen=True, slots=True)
class Verdict:
    """One question, what was said, and how right it was.

    `first` and `among_three` say whether the right entry came first, or was offered at all;
    `misled` that something else was said with confidence. A question that must not be
    answered is right (`first`) unless it was, or the expected outcome did not come.
    """

    question: Question
    expected: Expected
    outcome: Outcome | None
    first: bool
    among_three: bool
    misled: bool

    @property
    def passed(self) -> bool:
        """Whether a reader of the answer is served: the right entry offered, none wrong said."""
        return self.among_three and not self.misled

    @property
    def reached(self) -> tuple[str, ...]:
        """The entries said or offered, in their order."""
        return entries_of(self.outcome)


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares over a group of questions, 0 to 1."""

    count: int
    first: float
    among_three: float
    misled: float


@dataclass(frozen=True, slots=True)
class EntryShares:
    """How well one entry is found: precision of what it was said for, recall of its questions."""

    entry_id: str
    asked: int
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class Report:
    """The verdicts on all questions."""

    verdicts: tuple[Verdict, ...]

    @property
    def answerable(self) -> Shares:
        """Over the questions that have an entry."""
        return _shares([v for v in self.verdicts if v.expected.entries])

    @property
    def unanswerable(self) -> Shares:
        """Over the questions that must not be answered."""
        return _shares([v for v in self.verdicts if not v.expected.entries])

    @property
    def misled(self) -> tuple[Verdict, ...]:
        """What was said with confidence and is wrong, but for what is known to fail."""
        return tuple(v for v in self.verdicts if v.misled and not v.question.known_failure)

    @property
    def kinds(self) -> dict[str, Shares]:
        """For each class of questions."""
        groups: dict[str, list[Verdict]] = defaultdict(list)
        for verdict in self.verdicts:
            groups[verdict.question.kind].append(verdict)
        return {kind: _shares(group) for kind, group in groups.items()}

    @property
    def confusions(self) -> tuple[tuple[str, str, int], ...]:
        """(expected entry, first entry instead, how often), the most frequent first."""
        missed = Counter(
            (verdict.expected.entries[0], verdict.reached[0] if verdict.reached else "-")
            for verdict in self.verdicts
            if verdict.expected.entries and not verdict.first
        )
        return tuple((*pair, count) for pair, count in missed.most_common())

    @property
    def entries(self) -> tuple[EntryShares, ...]:
        """Each entry that is asked for or said, the weakest first."""
        asked: Counter[str] = Counter()
        found: Counter[str] = Counter()
        said: Counter[str] = Counter()
        for verdict in self.verdicts:
            first = verdict.reached[:1]
            if verdict.expected.entries or verdict.misled:
                said.update(first)
            if verdict.expected.entries:
                wanted = first[0] if verdict.first and first else verdict.expected.entries[0]
                asked[wanted] += 1
                found[wanted] += verdict.first
        shares = [
            EntryShares(
                name,
                asked[name],
                found[name] / said[name] if said[name] else 0.0,
                found[name] / asked[name] if asked[name] else 0.0,
            )
            for name in asked | said
        ]
        return tuple(sorted(shares, key=lambda e: (e.precision * e.recall, -e.asked, e.entry_id)))


def run_trial(matcher: Matcher, questions: Iterable[Question]) -> Report:
    """Ask every question and judge it."""
    return Report(tuple(verdict for asked in questions for verdict in judge(matcher, asked)))


def render_report(report: Report) -> str:
    """Write the figures, the weakest entries and every question that went wrong."""
    weakest = (entry for entry in report.entries if entry.precision * entry.recall < 1)
    listed = {
        "weakest entries (asked, precision, recall):": [
            f"{entry.entry_id:40} {entry.asked:4} {entry.precision:6.2f} {entry.recall:6.2f}"
            for entry in islice(weakest, _WEAKEST)
        ],
        "went elsewhere:": [
            f"{wanted} → {instead}: {count}" for wanted, instead, count in report.confusions
        ],
        "not passed:": [describe(verdict) for verdict in report.verdicts if not verdict.passed],
    }
    lines = [
        _row("answerable", report.answerable),
        _row("unanswerable", report.unanswerable),
        "",
        *(_row(kind, shares) for kind, shares in sorted(report.kinds.items())),
    ]
    for title, rows in listed.items():
        if rows:
            lines += ["", title, *(f"  {row}" for row in rows)]
    return "\n".join(lines)


def judge(matcher: Matcher, question: Question) -> list[Verdict]:
    """Ask one question and judge each part of the answer."""
    parts = matcher.ask(question.ask, topic=question.topic).parts
    outcomes: Sequence[Outcome | None] = [part.outcome for part in parts]
    if len(outcomes) != len(question.expected):
        outcomes = [None] * len(question.expected)
    return [
        _verdict(question, expected, outcome)
        for expected, outcome in zip(question.expected, outcomes, strict=True)
    ]


def describe(verdict: Verdict) -> str:
    """Write a question, what it should reach, and what came instead, in one line."""
    question, wanted = verdict.question, verdict.expected
    entries = "|".join(wanted.entries) or wanted.outcome or "no answer"
    reached = " ".join(verdict.reached) or "-"
    known = f"; known: {question.known_failure}" if question.known_failure else ""
    return (
        f"[{question.kind}] {question.ask} ({entries}): {_name(verdict.outcome)} {reached}{known}"
    )


def _verdict(question: Question, expected: Expected, outcome: Outcome | None) -> Verdict:
    fits = expected.outcome in (None, _name(outcome))
    answered = isinstance(outcome, Answer)
    if not expected.entries:
        right = outcome is not None and fits and not answered
        return Verdict(question, expected, outcome, right, right, misled=answered)
    offered = [name in expected.entries for name in entries_of(outcome)]
    first = any(offered) and (isinstance(outcome, Clarify) or offered[0])
    return Verdict(
        question, expected, outcome, first and fits, any(offered) and fits, answered and not first
    )


def _name(outcome: Outcome | None) -> str:
    return "several" if outcome is None else _NAMES.get(type(outcome), "unknown")


def _shares(verdicts: Sequence[Verdict]) -> Shares:
    count = len(verdicts)
    share = max(count, 1)
    return Shares(
        count,
        sum(verdict.first for verdict in verdicts) / share,
        sum(verdict.among_three for verdict in verdicts) / share,
        sum(verdict.misled for verdict in verdicts) / share,
    )


def _row(name: str, shares: Shares) -> str:
    return (
        f"{name:14} {shares.count:5}  first {shares.first:7.2%}  "
        f"among three {shares.among_three:7.2%}  misled {shares.misled:7.2%}"
    )
