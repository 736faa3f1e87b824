"""Fitting how sure the matcher is, on questions it has not seen, and where the lines stand."""

from dataclasses import replace

import numpy as np
import pytest

from knowledge.confidence import (
    Bearing,
    Calibration,
    Evidence,
    Regression,
    load_calibration,
)
from knowledge.entry import KnowledgeBase
from knowledge.fitting import (
    Observation,
    _between,
    fit_calibration,
    held_out,
    joined,
    observe,
    render_calibration,
)
from knowledge.matcher import Matcher
from knowledge.questions import load_questions

ASKED = """
- {ask: 京东佣金几号发, entry: jd.payout.when, class: plain}
- {ask: 京东退货了, entry: jd.payout.when, class: plain}
- {ask: 今天下雨吗, entry: null, class: far}
- {ask: 佣金, entry: null, class: one_word, outcome: menu}
- {ask: 那1688呢, topic: jd.payout.when, entry: jd.payout.when, class: follow_up}
"""
ABOUT = Regression(0.5, (1.0, -2.0, 0.5, 8.0, -4.0))
BEARING = Bearing(0.5, 0.0, 0.1, 0.1)


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


def test_only_questions_that_stand_alone_are_observed(small_matcher: Matcher) -> None:
    seen = list(observe(small_matcher, load_questions({"q.yaml": ASKED})))
    assert [one.right for one in seen] == [True, False, False]
    assert [one.answerable for one in seen] == [True, True, False]


def test_unanswerable_questions_are_joined_in_pairs() -> None:
    unanswerable = (
        "- {ask: 甲, entry: null, class: far}\n"
        "- {ask: 乙, entry: null, class: near}\n"
        "- {ask: 丙, entry: a.b, class: plain}\n"
    )
    pairs = joined(load_questions({"q.yaml": unanswerable}))
    assert [pair.ask for pair in pairs] == ["甲，乙"]


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


def test_a_stricter_line_says_less(base: KnowledgeBase) -> None:
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


@pytest.mark.parametrize(
    ("line", "middle"), [(0.30, 0.30), (0.40, 0.30), (0.41, 0.60), (0.10, 0.10), (0.9, 0.9)]
)
def test_a_line_stands_midway_between_its_neighbours(line: float, middle: float) -> None:
    confidences = np.array([0.8, 0.2, 0.4])
    moved = _between(confidences, line)
    assert moved == pytest.approx(middle)
    assert ((confidences >= moved) == (confidences >= line)).all()
