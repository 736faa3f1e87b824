"""An answer is Telegram HTML, whatever the figures are."""

from collections.abc import Callable
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from knowledge.entry import Entry, KnowledgeBase, Source
from knowledge.lint import markup_fault
from knowledge.rendering import LANGUAGES, render_answer

FIGURE = "{{ figures['jd.query_days'] }}"


def test_a_figure_is_escaped(entry: Callable[..., Entry]) -> None:
    quoting = entry(figures=("jd.query_days",), answer=f"<b>{FIGURE}</b> 天")
    text = render_answer(quoting, {"jd.query_days": "<90> & {{7*7}}"}, "zh")
    assert text == "<b>&lt;90&gt; &amp; {{7*7}}</b> 天"


@given(value=st.text())
def test_no_figure_can_break_the_markup(value: str) -> None:
    quoting = Entry(
        id="jd.a.b",
        platform="jd",
        questions=("问",),
        answer=f"<b>{FIGURE}</b>",
        answer_en=FIGURE,
        source=Source("说明", "undated"),
        figures=("jd.query_days",),
    )
    text = render_answer(quoting, {"jd.query_days": value}, "zh")
    assert text == f"<b>{escape(value).replace('&quot;', '&#34;').replace('&#x27;', '&#39;')}</b>"
    assert markup_fault(text) is None or len(value) > 4000


def test_an_unknown_figure_is_no_answer(entry: Callable[..., Entry]) -> None:
    quoting = entry(figures=("jd.query_days",), answer=FIGURE)
    with pytest.raises((KeyError, UndefinedError)):
        render_answer(quoting, {}, "zh")


def test_traditional_words_are_those_of_taiwan(entry: Callable[..., Entry]) -> None:
    saying = entry(answer="结算后用软件查看")
    assert render_answer(saying, {}, "zh-hant") == "結算後用軟體檢視"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("账单里的补扣金额", "帳單裡的補扣金額"),
        ("判定后再过 1 天后统一扣", "判定後再過 1 天後統一扣"),
        ("账单只写金额，从保证金里扣", "帳單只寫金額，從保證金裡扣"),
        ("虚假发货和发货超时", "虛假發貨和出貨超時"),
        ("老后台自动打款，新后台点「提现」", "老後台自動撥款，新後台點「提現」"),
        ("到后台提现，去提现页面的「反馈与帮助」", "到後台提領，去提領頁面的「反饋與幫助」"),
        ("按点击结算，审核通过了", "依點擊結算，審核通過了"),
        ("按规则 9 月发，再按「开始」", "依規則 9 月發，再按「開始」"),
        ("看你和机构签的合同，标签也看", "看你和機構簽的合約，標籤也看"),
        ("打到当天绑定的支付宝", "匯到當天綁定的支付寶"),
        ("手机号、手机号码", "手機號碼、手機號碼"),
        ("预售付定金，大促时网上说没法退", "預購付訂金，購物節時網路上說沒辦法退"),
        ("复购按类目代扣个税", "回購依類別代扣所得稅"),
        # a word of Taiwan is not put into another word
        ("符合同样、同类、同一条件", "符合同樣、同類、同一條件"),
        ("固定金额的大促销，恢复购买", "固定金額的大促銷，恢復購買"),
        ("官网上的分类目录", "官網上的分類目錄"),
        ("这个税和各个税种，抽签", "這個稅和各個稅種，抽籤"),
    ],
)
def test_no_character_is_taken_for_another_and_platforms_keep_their_names(
    entry: Callable[..., Entry], ours: str, theirs: str
) -> None:
    assert render_answer(entry(answer=ours), {}, "zh-hant") == theirs


def test_every_answer_can_be_sent_in_every_language(base: KnowledgeBase) -> None:
    for entry in base.entries.values():
        figures = dict.fromkeys(entry.figures, "9" * 12)
        for language in LANGUAGES:
            text = render_answer(entry, figures, language)
            assert markup_fault(text) is None, (entry.id, language)
            assert text.strip()
