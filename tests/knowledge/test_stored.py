"""What was learned comes back from its bytes as it was, or not at all."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import profiles
from knowledge.entry import Entry, KnowledgeBase, Source
from knowledge.matcher import Matcher
from knowledge.stored import fingerprint_of, read_index, written
from knowledge.vocabulary import Vocabulary, shipped_vocabulary

MakeEntry = Callable[..., Entry]
ASKED = (
    "京东佣金几号发",
    "jd 佣金",
    "天猫退款了怎么办",
    "tuikuan zenme ban",
    "小红书呢",
    "佣金",
    "",
)
WHOLE = Entry("jd.payout.when", "jd", ("京东佣金几号发",), "-", "-", Source("说明", "undated"))


@pytest.fixture
def small(entry: MakeEntry) -> KnowledgeBase:
    refund = entry("taobao.refund.after", questions=("天猫退款了怎么办", "淘宝 refund 之后呢"))
    payout = entry()
    outside = {"outside.savings": ("公积金怎么提取", "小红书的佣金呢")}
    return KnowledgeBase({payout.id: payout, refund.id: refund}, outside)


def stored(base: KnowledgeBase) -> bytes:
    content = written(Matcher(base).index, "name")
    assert content is not None
    return content


def test_a_matcher_with_what_was_learned_says_the_same(small: KnowledgeBase) -> None:
    learned = Matcher(small)
    read = read_index(stored(small), "name")
    assert read is not None
    again = Matcher(small, index=read)
    assert again.known == learned.known
    assert [again.ask(text) for text in ASKED] == [learned.ask(text) for text in ASKED]
    assert [again.ranked(text) for text in ASKED] == [learned.ranked(text) for text in ASKED]
    assert [group.phrasings for group in again.index.groups] == [
        group.phrasings for group in learned.index.groups
    ]


def test_learning_again_gives_the_same_bytes(small: KnowledgeBase) -> None:
    assert stored(small) == stored(small)


def test_what_belongs_to_something_else_is_not_read(small: KnowledgeBase) -> None:
    assert read_index(stored(small), "another name") is None


def test_an_empty_base_comes_back() -> None:
    assert read_index(stored(KnowledgeBase()), "name") is not None


def test_what_is_not_learned_is_not_stored(
    small: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profiles, "_LARGEST_TRAINED", 0)
    assert written(Matcher(small).index, "name") is None


@given(share=st.floats(0, 1), length=st.integers(0, 8), junk=st.binary(max_size=8))
def test_damaged_bytes_are_read_as_nothing_or_as_they_were(
    share: float, length: int, junk: bytes
) -> None:
    whole = stored(KnowledgeBase({WHOLE.id: WHOLE}))
    at = int(share * len(whole))
    read = read_index(whole[:at] + junk + whole[at + length :], "name")
    sound = read_index(whole, "name")
    assert sound
    assert read is None or read.groups == sound.groups


@pytest.mark.parametrize("content", [b"", b"PK", b"\x80\x04.", b"not an archive"])
def test_what_is_no_index_is_read_as_nothing(content: bytes) -> None:
    assert read_index(content, "name") is None


def test_the_name_follows_from_all_that_is_learned_from(small: KnowledgeBase) -> None:
    words = shipped_vocabulary()
    name = fingerprint_of(small, words)
    (first, *_) = small.entries.values()
    asked_otherwise = replace(first, questions=(*first.questions, "京东几时给钱"))
    reworded = replace(first, answer="每月 20 日")
    assert fingerprint_of(KnowledgeBase({first.id: asked_otherwise}), words) != name
    assert fingerprint_of(KnowledgeBase(small.entries), words) != name
    assert fingerprint_of(small, Vocabulary({})) != name
    answered = KnowledgeBase({**small.entries, first.id: reworded}, small.outside)
    assert fingerprint_of(answered, words) == name


def test_half_precision_moves_no_score_that_matters(matcher: Matcher) -> None:
    weights = matcher.index.profiles.weights  # type: ignore[attr-defined]
    assert weights.dtype == np.float16
    assert np.isfinite(weights).all()
    assert np.abs(weights).max() < 64  # so that a step of half precision is below 0.04


def test_phrasings_known_before_are_prepared_alike(small: KnowledgeBase) -> None:
    fresh = Matcher(small)
    again = Matcher(small, known=fresh.known)
    assert "京东佣金几号发" in fresh.known
    assert "淘宝 refund 之后呢" not in fresh.known, "letters are read as other phrasings teach"
    assert again.index.groups == fresh.index.groups
