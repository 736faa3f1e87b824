"""What an editor is told before publishing."""

from collections.abc import Callable

import pytest

from knowledge.entry import Entry, KnowledgeBase
from knowledge.lint import (
    Finding,
    Weight,
    check_base,
    check_content,
    check_reached,
    markup_fault,
    render_findings,
)
from knowledge.matcher import Matcher, normaliser_of
from knowledge.questions import load_questions
from knowledge.trial import run_trial


def findings(*entries: Entry, figures: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    base = KnowledgeBase({entry.id: entry for entry in entries})
    return check_base(base, Matcher(base), figures)


def causes(found: tuple[Finding, ...], weight: Weight) -> str:
    return "\n".join(finding.cause for finding in found if finding.weight is weight)


def test_a_sound_entry_is_only_advised_to_grow(entry: Callable[..., Entry]) -> None:
    found = findings(entry())
    assert causes(found, Weight.ERROR) == ""
    assert causes(found, Weight.ADVICE) == "has 2 phrasings"


def test_a_dead_link_and_a_link_to_itself_are_errors(entry: Callable[..., Entry]) -> None:
    found = findings(entry(related=("jd.gone", "jd.payout.when")))
    assert "related names jd.gone, which is missing" in causes(found, Weight.ERROR)
    assert "is related to itself" in causes(found, Weight.ERROR)


def test_a_figure_must_exist_and_be_used_in_both_languages(entry: Callable[..., Entry]) -> None:
    one_sided = entry(figures=("jd.days", "jd.rate"), answer="{{ figures['jd.days'] }} 天")
    found = findings(one_sided, figures=("jd.days",))
    assert causes(found, Weight.ERROR) == "the rulebook has no figure jd.rate"
    assert "lists jd.rate and does not use it" in causes(found, Weight.ADVICE)
    assert "gives jd.days in one language only" in causes(found, Weight.ADVICE)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("<b>好", "does not close <b>"),
        ("好</i>", "closes </i> which is not open"),
        ("<b><i>好</b></i>", "closes </b> which is not open"),
        ("5 < 6", "holds '<'"),
        ("A & B", "holds '&'"),
        ("<a href='x'>x</a>", "holds '<'"),
        ("长" * 4097, "longer than 4096"),
        ("😀" * 2049, "longer than 4096"),
        ("<b>好</b> &lt;&#39; <code>x</code>", None),
    ],
)
def test_what_telegram_would_refuse_is_found(text: str, cause: str | None) -> None:
    found = markup_fault(text)
    assert found is None if cause is None else cause in str(found)


def test_broken_markup_names_the_language(entry: Callable[..., Entry]) -> None:
    assert "does not close <b> (en)" in causes(findings(entry(answer_en="<b>x")), Weight.ERROR)


def test_one_question_for_two_entries_is_an_error(entry: Callable[..., Entry]) -> None:
    other = entry("jd.payout.day", questions=("京东返佣哪天发",))
    found = findings(entry(questions=("京东佣金哪天发",)), other)
    assert "is the same to the matcher as '京东返佣哪天发' of jd.payout.day" in causes(
        found, Weight.ERROR
    ) or "of jd.payout.when" in causes(found, Weight.ERROR)


def test_a_phrasing_that_leads_elsewhere_is_advised_against(entry: Callable[..., Entry]) -> None:
    days = ("哪天发", "几号发", "几号打款", "打款日是哪天", "哪天到账", "到账日几号", "发放日")
    payout = entry(questions=tuple(f"京东佣金{day}" for day in days))
    goods = ("退货", "退款", "换货", "仅退款", "售后", "取消订单", "拒收", "保价", "补差价")
    lost = "京东佣金到账几号"
    refund = entry("jd.refund.effect", questions=(*(f"京东{why}扣钱吗" for why in goods), lost))
    assert f"what is like its phrasing {lost!r} leads to jd.payout.when" in causes(
        findings(payout, refund), Weight.ADVICE
    )


def test_phrasings_that_say_the_same_are_advised_against(entry: Callable[..., Entry]) -> None:
    twice = entry(questions=("京东佣金何时到账", "请问京东提成什么时候打款"))
    assert "2 phrasings mean the same" in causes(findings(twice), Weight.ADVICE)


def test_an_entry_nobody_asks_for_is_named(entry: Callable[..., Entry]) -> None:
    base = KnowledgeBase({"jd.payout.when": entry(), "jd.a.b": entry("jd.a.b", questions=("乙",))})
    questions = load_questions(
        {
            "q.yaml": "- {ask: 京东打款日, entry: jd.payout.when, class: plain}\n"
            "- {ask: 京东别的, entry: jd.gone, class: plain}\n"
        }
    )
    found = check_reached(base, run_trial(Matcher(base), questions))
    assert [(finding.weight, finding.entry_id) for finding in found] == [
        (Weight.ADVICE, "jd.a.b"),
        (Weight.ERROR, "jd.gone"),
    ]


def test_errors_are_written_first() -> None:
    advice = Finding(Weight.ADVICE, "a", "could be better", "do this")
    error = Finding(Weight.ERROR, "b", "is wrong", "do that")
    assert render_findings([advice, error]) == (
        "error: b: is wrong; do that\nadvice: a: could be better; do this"
    )


def test_every_error_is_found_without_a_matcher(entry: Callable[..., Entry]) -> None:
    entries = (
        entry(questions=("京东佣金哪天发",), related=("jd.gone",), answer="<b>x"),
        entry("jd.payout.day", questions=("京东返佣哪天发",), figures=("jd.none",)),
    )
    base = KnowledgeBase({each.id: each for each in entries})
    quickly = check_content(base, normaliser_of(base), ())
    assert len(causes(quickly, Weight.ERROR).splitlines()) == 5
    assert causes(quickly, Weight.ERROR) == causes(findings(*entries), Weight.ERROR)


def test_the_shipped_base_has_no_errors(base: KnowledgeBase, matcher: Matcher) -> None:
    figures = {name for entry in base.entries.values() for name in entry.figures}
    assert causes(check_base(base, matcher, figures), Weight.ERROR) == ""
