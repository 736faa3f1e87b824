"""Judging the matcher on test questions."""

import pytest

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


def questions(text: str) -> tuple[Question, ...]:
    return load_questions({"q.yaml": text})


def test_each_question_is_judged(small_matcher: Matcher) -> None:
    report = run_trial(small_matcher, questions(ASKED))
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


def test_what_is_known_to_fail_is_said_to_be_known_and_misleads_nobody(
    small_matcher: Matcher,
) -> None:
    known = questions(
        "- {ask: 京东佣金几号发呢, entry: jd.refund.effect, class: plain, known_failure: why}\n"
    )
    report = run_trial(small_matcher, known)
    assert report.misled == ()
    assert "answer jd.payout.when; known: why" in render_report(report)
    assert run_trial(small_matcher, questions(ASKED)).misled


def test_the_report_names_what_went_wrong(small_matcher: Matcher) -> None:
    text = render_report(run_trial(small_matcher, questions(ASKED)))
    assert "[plain] 京东佣金几号发呢 (jd.refund.effect): answer jd.payout.when" in text
    assert "jd.refund.effect → jd.payout.when: 1" in text


def test_the_report_lists_nothing_where_nothing_is_amiss(small_matcher: Matcher) -> None:
    right = questions("- {ask: 京东佣金几号发, entry: jd.payout.when, class: plain}\n")
    text = render_report(run_trial(small_matcher, right))
    assert [line.split()[0] for line in text.splitlines() if line] == [
        "answerable",
        "unanswerable",
        "plain",
    ]


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
        (
            "- {ask: a, entry: b.c, class: plain}\n"
            "- {ask: b, entry: b.c, class: plain}\n"
            "- {ask: a, entry: null, class: far}\n",
            "is asked in q.yaml already",
        ),
    ],
)
def test_a_faulty_question_is_refused(line: str, words: str) -> None:
    with pytest.raises(ValueError, match=r"q\.yaml") as caught:
        questions(line)
    assert words in str(caught.value)
