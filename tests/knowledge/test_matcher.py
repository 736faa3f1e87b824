"""The right entry, an honest no, or one question back; and never another platform's answer."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.entry import Entry, KnowledgeBase
from knowledge.loader import load_knowledge
from knowledge.matcher import Matcher
from knowledge.outcome import Answer, Clarify, Menu, Outcome, Unknown, entries_of

HOSTILE = (
    "佣" * 4096,
    "佣金" * 2048,
    "a" * 4096,
    "1" * 4096,
    "😀" * 4096,
    "\u202e" * 4096,
    "\u200b" * 4000 + "佣金几号发",
    "\ufdfa" * 4096,
    "佣金几号发？" * 700,
    "吗 " * 2048,
    "，吗" * 1365,
    "yongjin" * 600,
    "zhuang" * 700,
    "\x00\ud800\udfff",
    "{{7*7}}<script>",
)


def outcome(matcher: Matcher, text: str, topic: str | None = None) -> Outcome:
    (part,) = matcher.ask(text, topic=topic).parts
    return part.outcome


@pytest.mark.parametrize("platform", ["1688", "jd", "taobao", "douyin", "pinduoduo", "kuaishou"])
@pytest.mark.parametrize(
    "asked",
    ["{}佣金几号到账", "{}退款后佣金怎么办", "{}音浪怎么换钱", "我在{}卖了货没佣金", "{}选品库"],
)
def test_a_named_platform_never_gets_the_answer_of_another(
    matcher: Matcher, base: KnowledgeBase, platform: str, asked: str
) -> None:
    names = {
        "1688": "1688",
        "jd": "京东",
        "taobao": "淘宝",
        "douyin": "抖音",
        "pinduoduo": "拼多多",
        "kuaishou": "快手",
    }
    for part in matcher.ask(asked.format(names[platform])).parts:
        reached = {base[name].platform for name in entries_of(part.outcome)}
        allowed = {platform, "general"} | ({"douyin"} if "音浪" in asked else set())
        allowed |= {"1688"} if "选品库" in asked else set()
        assert reached <= allowed


def test_what_differs_by_platform_is_asked_back(matcher: Matcher, base: KnowledgeBase) -> None:
    said = outcome(matcher, "佣金几号到账")
    assert isinstance(said, Clarify)
    assert said.slot == "platform"
    assert len({option.value for option in said.options}) == len(said.options) >= 2
    for option in said.options:
        assert base[option.entry_id].platform == option.value


@pytest.mark.parametrize(
    ("asked", "platforms"),
    [
        ("淘宝和抖音佣金几号发", {"taobao", "douyin"}),
        ("抖音快手多久结算", {"douyin", "kuaishou"}),
        ("淘宝跟抖音提现是不是都要等到25号", {"taobao", "douyin"}),
        ("京东和淘宝退款都会扣佣金吗", {"jd", "taobao"}),
    ],
)
def test_two_platforms_in_one_breath_are_both_offered(
    matcher: Matcher, asked: str, platforms: set[str]
) -> None:
    said = outcome(matcher, asked)
    assert isinstance(said, Clarify)
    assert {option.value for option in said.options} == platforms


@pytest.mark.parametrize(
    ("asked", "general"),
    [("京东跟拼多多审核要多久", "general.state.in_audit"), ("佣金扣个税不", "general.money.tax")],
)
def test_what_is_the_same_everywhere_is_answered_at_once(
    matcher: Matcher, asked: str, general: str
) -> None:
    """However well one platform's entry fits: nobody is asked back, or told of one alone."""
    said = outcome(matcher, asked)
    assert isinstance(said, Answer)
    assert said.entry_id == general


@pytest.mark.parametrize("word", ["佣金", "退款", "提现", "commission", "你好", "", "???", "😂"])
def test_a_mere_word_gets_the_menu(matcher: Matcher, word: str) -> None:
    assert isinstance(outcome(matcher, word), Menu)


def test_a_mere_platform_gets_its_menu(matcher: Matcher) -> None:
    assert outcome(matcher, "京东") == Menu((), "jd")


@pytest.mark.parametrize(
    "text",
    ["今天天气怎么样", "小红书佣金几号发", "帮我写首诗", "讲个笑话听听", "红烧肉怎么做好吃"],
)
def test_what_is_not_ours_is_neither_answered_nor_offered(matcher: Matcher, text: str) -> None:
    assert outcome(matcher, text) == Unknown()


def test_every_phrasing_wins_for_its_own_entry(matcher: Matcher, base: KnowledgeBase) -> None:
    lost = [
        (question, entry.id)
        for entry in base.entries.values()
        for question in entry.questions
        if not _wins(matcher, question, entry.id)
    ]
    assert not lost


def _wins(matcher: Matcher, question: str, entry_id: str) -> bool:
    """Say whether it is answered, or asked back where no platform is named and several differ."""
    said = outcome(matcher, question)
    if isinstance(said, Clarify):
        return entry_id in entries_of(said) and not matcher.normalise(question).platforms
    return isinstance(said, Answer) and said.entry_id == entry_id


def test_a_phrasing_that_is_not_answered_is_not_answered(
    matcher: Matcher, base: KnowledgeBase
) -> None:
    for questions in base.outside.values():
        for question in questions:
            assert isinstance(outcome(matcher, question), Unknown | Menu), question


def test_the_words_of_a_phrasing_follow_the_conversation(matcher: Matcher) -> None:
    said = outcome(matcher, "佣金几号发", "jd.payout.when")
    assert entries_of(said)[0] == "jd.payout.when"


def test_questions_are_answered_in_their_order(matcher: Matcher, base: KnowledgeBase) -> None:
    parts = matcher.ask("1688佣金几号发？抖音呢，几天结算？").parts
    assert [part.text for part in parts] == ["1688佣金几号发？", "抖音呢，几天结算？"]
    reached = [base[entries_of(part.outcome)[0]] for part in parts]
    assert [(entry.platform, entry.topic) for entry in reached] == [
        ("1688", "payout"),
        ("douyin", "settle"),
    ]


def test_a_story_around_one_question_stays_one_question(matcher: Matcher) -> None:
    assert len(matcher.ask("我在京东卖了三单。佣金还没有，怎么回事？").parts) == 1


def test_a_platform_after_an_answer_asks_the_same_there(matcher: Matcher) -> None:
    assert entries_of(outcome(matcher, "那京东呢？", "1688.payout.when"))[0] == "jd.payout.when"


def test_a_topic_that_is_gone_is_no_topic(matcher: Matcher) -> None:
    assert outcome(matcher, "京东佣金几号发", "gone.entry") == outcome(matcher, "京东佣金几号发")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("topic", [None, "1688.payout.when"])
def test_a_hostile_text_gets_an_answer(matcher: Matcher, text: str, topic: str | None) -> None:
    assert matcher.ask(text, topic=topic).parts


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_gets_the_same_answer_twice(text: str) -> None:
    matcher = _small()
    first = matcher.ask(text)
    assert first.parts
    assert matcher.ask(text) == first


def test_an_empty_base_knows_nothing() -> None:
    matcher = Matcher(KnowledgeBase())
    assert outcome(matcher, "京东佣金几号发") == Unknown()
    assert matcher.ranked("京东佣金几号发") == []


def test_the_only_entry_is_not_right_for_want_of_rivals(entry: Callable[..., Entry]) -> None:
    only = entry(questions=("京东怎么提现",))
    matcher = Matcher(KnowledgeBase({only.id: only}))
    assert entries_of(outcome(matcher, "京东怎么提现")) == (only.id,)
    assert not isinstance(outcome(matcher, "京东买的衣服能退吗"), Answer)


def test_what_is_not_ours_draws_questions_away(entry: Callable[..., Entry]) -> None:
    base = KnowledgeBase(
        {
            "jd.refund.effect": entry(
                "jd.refund.effect", questions=("京东退货了佣金还有吗", "京东退货佣金怎么算")
            )
        }
    )
    outside = replace(base, outside={"outside.a.b": ("京东退货怎么操作", "在京东怎么退货")})
    asked = "京东怎么退货"
    (_, trusted), *_ = Matcher(base).ranked(asked)
    (_, doubted), *_ = Matcher(outside).ranked(asked)
    assert doubted < trusted


@cache
def _small() -> Matcher:
    return Matcher(load_knowledge({"small.yaml": SMALL}))


SMALL = """
- id: jd.payout.when
  platform: jd
  questions: [京东佣金几号发, 京东哪天打款]
  answer: 没有固定的日子
  answer_en: No fixed day
  source: {title: 说明, as_of: undated}
- id: general.human
  platform: general
  questions: [转人工, 我要找真人]
  answer: 好
  answer_en: Fine
  source: {title: 说明, as_of: undated}
"""
