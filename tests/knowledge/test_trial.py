"""Judging the matcher on test questions, and fitting its confidence on them."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from knowledge.confidence import (
    Bearing,
    Calibration,
    Evidence,
    Regression,
    load_calibration,
)
from knowledge.entry import Entry, KnowledgeBase
from knowledge.fitting import (
    Observation,
    fit_calibration,
    held_out,
    joined,
    observe,
    render_calibration,
)
from knowledge.matcher import Matcher
from knowledge.questions import Question, load_questions
from knowledge.trial import render_report, run_trial

ASKED = """
- {ask: 京东佣金几号发, entry: jd.payout.when, class: plain}
- {ask: 京东退货了, entry: [jd.gone, jd.refund.effect], class: plain}
- {ask: 京东佣金几号发呢, entry: jd.refund.effect, class: plain}
- {ask: 佣金, entry: null, class: one_word, outcome: menu}
- {ask: 今天下雨吗, entry: null, class: far}
- {ask: 那1688呢, topic: jd.payout.when, entry: jd.payout.when, class: follow_up}
"""


@pytest.fixture
def small(entry: Callable[..., Entry]) -> Matcher:
    payout = entry(questions=("京东佣金几号发", "京东哪天打款", "京东什么时候到账"))
    refund = entry("jd.refund.effect", questions=("京东退货了", "京东买家退款"))
    return Matcher(KnowledgeBase({payout.id: payout, refund.id: refund}))


def questions(text: str) -> tuple[Question, ...]:
    return load_questions({"q.yaml": text})


def test_each_question_is_judged(small: Matcher) -> None:
    report = run_trial(small, questions(ASKED))
    right, listed, wrong, word, far, follow_up = report.verdicts
    assert right.passed
    assert right.first
    assert listed.passed
    assert listed.reached == ("jd.refund.effect",)
    assert wrong.misled
    assert not wrong.passed
    assert word.passed
    assert far.passed
    assert not follow_up.passed
    assert report.answerable.count == 4
    assert report.answerable.misled == 1 / 4
    assert report.unanswerable.first == 1
    assert ("jd.refund.effect", "jd.payout.when", 1) in report.confusions
    assert report.kinds["plain"].count == 3


def test_the_report_names_what_went_wrong(small: Matcher) -> None:
    text = render_report(run_trial(small, questions(ASKED)))
    assert "[plain] 京东佣金几号发呢 (jd.refund.effect): answer jd.payout.when" in text
    assert "jd.refund.effect → jd.payout.when: 1" in text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("- {ask: a, entry: b.c, class: odd}", "class: 'odd' is not known"),
        ("- {ask: a, class: plain}", "entry: is missing"),
        ("- {ask: a, entry: b.c, class: multi}", "entries: is missing"),
        ("- {ask: a, entry: b.c, class: follow_up}", "topic: belongs to a follow_up"),
        ("- {ask: a, entry: b.c, class: plain, topic: b.c}", "topic: belongs to a follow_up"),
        ("- {ask: a, entry: null, class: far, outcome: answer}", "outcome: 'answer'"),
        ("- {ask: a, entry: b.c, class: plain, why: x}", "why: unknown key"),
        ("- {entry: b.c, class: plain}", "ask: is missing"),
        ("ask: a", "must be a list"),
        ("- {ask: a, entry: b.c, class: plain}\n" * 2, "is asked in q.yaml already"),
    ],
)
def test_a_faulty_question_is_refused(line: str, words: str) -> None:
    with pytest.raises(ValueError, match=r"q\.yaml") as caught:
        questions(line)
    assert words in str(caught.value)


def test_held_out_phrasings_are_in_no_kept_entry(base: KnowledgeBase) -> None:
    total = sum(len(entry.questions) for entry in base.entries.values())
    taken = 0
    for fold in range(4):
        kept, asked = held_out(base, fold, 4)
        known = {question for entry in kept.entries.values() for question in entry.questions}
        assert not known & {question.ask for question in asked}
        taken += sum(bool(question.expected[0].entries) for question in asked)
    assert taken == total - sum(
        len(entry.questions) for entry in base.entries.values() if len(entry.questions) < 4
    )


def test_only_questions_that_stand_alone_are_observed(small: Matcher) -> None:
    seen = list(observe(small, questions(ASKED)))
    assert [one.right for one in seen] == [True, True, False, False]
    assert [one.answerable for one in seen] == [True, True, True, False]


def test_unanswerable_questions_are_joined_in_pairs() -> None:
    pairs = joined(
        questions(
            "- {ask: 甲, entry: null, class: far}\n"
            "- {ask: 乙, entry: null, class: near}\n"
            "- {ask: 丙, entry: a.b, class: plain}\n"
        )
    )
    assert [pair.ask for pair in pairs] == ["甲，乙"]


ABOUT = Regression(0.5, (1.0, -2.0, 0.5, 8.0, -4.0))
BEARING = Bearing(0.5, 0.0, 0.1, 0.1)


def observation(log_odds: float, *, right: bool) -> Observation:
    evidence = Evidence(log_odds, 0.5, 0.5, 1.0)
    return Observation(evidence, BEARING, right, right, answerable=right)


def test_what_goes_with_being_right_raises_the_confidence() -> None:
    seen = [observation(odds, right=odds > 0) for odds in (-3, -2, -1, 1, 2, 3) for _ in range(9)]
    fitted = fit_calibration(seen, seen)
    assert fitted.confidence(Evidence(3, 0.5, 0.5, 1)) > 0.9
    assert fitted.confidence(Evidence(-3, 0.5, 0.5, 1)) < 0.1
    assert 0 <= fitted.plausible < 1
    assert 0 < fitted.sure < 1


def test_what_goes_with_being_ours_raises_the_relevance() -> None:
    evidence = Evidence(1.0, 0.5, 0.5, 1.0)
    ours = (Bearing(0.5, 0.0, 0.2 + 0.01 * n, 0.1) for n in range(9))
    others = (Bearing(0.5, 0.0, 0.1 - 0.01 * n, 0.1) for n in range(9))
    seen = [
        Observation(evidence, bearing, is_ours, is_ours, answerable=is_ours)
        for is_ours, bearings in ((True, ours), (False, others))
        for bearing in bearings
    ]
    fitted = fit_calibration(seen, seen)
    relevances = [fitted.relevance(evidence, one.bearing) for one in seen]
    assert min(relevances[:9]) >= fitted.plausible > max(relevances[9:])


@pytest.mark.parametrize("meaning", [0.0, 12.5])
def test_a_fitted_calibration_is_read_as_it_was_written(meaning: float) -> None:
    fitted = Calibration(Regression(-1.5, (0.5, 1.0, 2.0, 0.25, meaning)), ABOUT, 0.8, 0.05)
    assert load_calibration("c.yaml", render_calibration(fitted, "two\nlines")) == fitted


@pytest.mark.parametrize(
    ("change", "words"),
    [(("sure: 0.8\n", ""), "must hold exactly"), (("sure: 0.8", "sure: high"), "is no number")],
)
def test_a_broken_calibration_is_refused(change: tuple[str, str], words: str) -> None:
    right = Regression(-1.5, (0.5, 1.0, 2.0, 0.25, 0.0))
    text = render_calibration(Calibration(right, ABOUT, 0.8, 0.05), "x")
    with pytest.raises(ValueError, match=words):
        load_calibration("c.yaml", text.replace(*change))


def test_a_stricter_line_says_less(small: Matcher, base: KnowledgeBase) -> None:
    asked = "京东佣金大概几号发呀"
    trusting = Calibration(Regression(0, (1, 0, 0, 0)), ABOUT, sure=0.01, plausible=0.0)
    strict = replace(trusting, sure=1.0)
    payout = base["jd.payout.when"]
    given = KnowledgeBase({payout.id: payout})
    said = [
        type(Matcher(given, calibration=line).ask(asked).parts[0].outcome).__name__
        for line in (trusting, strict)
    ]
    assert said == ["Answer", "Choices"]
