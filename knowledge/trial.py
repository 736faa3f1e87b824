"""Asking the matcher all test questions and judging what it says (题库测试)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.matcher import Matcher
from knowledge.outcome import Answer, Choices, Clarify, Menu, Outcome
from knowledge.questions import Expected, Question

__all__ = [
    "EntryFigures",
    "Figures",
    "Report",
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
        match self.outcome:
            case Answer(entry_id):
                return (entry_id,)
            case Choices(candidates):
                return tuple(candidate.entry_id for candidate in candidates)
            case Clarify(_, options):
                return tuple(option.entry_id for option in options)
        return ()


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares over a group of questions, 0 to 1."""

    count: int
    first: float
    among_three: float
    misled: float


@dataclass(frozen=True, slots=True)
class EntryFigures:
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
    def answerable(self) -> Figures:
        """Over the questions that have an entry."""
        return _figures([v for v in self.verdicts if v.expected.entries])

    @property
    def unanswerable(self) -> Figures:
        """Over the questions that must not be answered."""
        return _figures([v for v in self.verdicts if not v.expected.entries])

    @property
    def kinds(self) -> dict[str, Figures]:
        """For each class of questions."""
        groups: dict[str, list[Verdict]] = defaultdict(list)
        for verdict in self.verdicts:
            groups[verdict.question.kind].append(verdict)
        return {kind: _figures(group) for kind, group in groups.items()}

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
    def entries(self) -> tuple[EntryFigures, ...]:
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
        figures = [
            EntryFigures(
                name,
                asked[name],
                found[name] / said[name] if said[name] else 0.0,
                found[name] / asked[name] if asked[name] else 0.0,
            )
            for name in asked | said
        ]
        return tuple(sorted(figures, key=lambda e: (e.precision * e.recall, -e.asked, e.entry_id)))


def run_trial(matcher: Matcher, questions: Iterable[Question]) -> Report:
    """Ask every question and judge it."""
    return Report(tuple(verdict for asked in questions for verdict in judge(matcher, asked)))


def render_report(report: Report) -> str:
    """Write the figures, the weakest entries and every question that went wrong."""
    lines = [
        _row("answerable", report.answerable),
        _row("unanswerable", report.unanswerable),
        "",
        *(_row(kind, figures) for kind, figures in sorted(report.kinds.items())),
        "",
        "weakest entries (asked, precision, recall):",
        *(
            f"  {entry.entry_id:40} {entry.asked:4} {entry.precision:6.2f} {entry.recall:6.2f}"
            for entry in report.entries[:_WEAKEST]
            if entry.precision * entry.recall < 1
        ),
        "",
        "went elsewhere:",
        *(f"  {wanted} → {instead}: {count}" for wanted, instead, count in report.confusions),
        "",
        "not passed:",
        *(f"  {describe(verdict)}" for verdict in report.verdicts if not verdict.passed),
    ]
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


def _verdict(question: Question, expected: Expected, outcome: Outcome | None) -> Verdict:
    verdict = Verdict(question, expected, outcome, first=False, among_three=False, misled=False)
    fits = expected.outcome in (None, _name(outcome))
    answered = isinstance(outcome, Answer)
    if not expected.entries:
        right = outcome is not None and fits and not answered
        return Verdict(question, expected, outcome, right, right, misled=answered)
    reached = verdict.reached
    offered = any(name in expected.entries for name in reached)
    first = offered and (isinstance(outcome, Clarify) or reached[0] in expected.entries)
    return Verdict(
        question, expected, outcome, first and fits, offered and fits, answered and not first
    )


def _name(outcome: Outcome | None) -> str:
    return "several" if outcome is None else _NAMES.get(type(outcome), "unknown")


def _figures(verdicts: Sequence[Verdict]) -> Figures:
    count = len(verdicts)
    share = max(count, 1)
    return Figures(
        count,
        sum(verdict.first for verdict in verdicts) / share,
        sum(verdict.among_three for verdict in verdicts) / share,
        sum(verdict.misled for verdict in verdicts) / share,
    )


def _row(name: str, figures: Figures) -> str:
    return (
        f"{name:14} {figures.count:5}  first {figures.first:7.2%}  "
        f"among three {figures.among_three:7.2%}  misled {figures.misled:7.2%}"
    )


def describe(verdict: Verdict) -> str:
    """Write a question, what it should reach, and what came instead, in one line."""
    wanted = "|".join(verdict.expected.entries) or verdict.expected.outcome or "no answer"
    reached = " ".join(verdict.reached) or "-"
    return (
        f"[{verdict.question.kind}] {verdict.question.ask} ({wanted}): "
        f"{_name(verdict.outcome)} {reached}"
    )
