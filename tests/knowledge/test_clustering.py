"""Questions that ask the same thing are put together, whoever else asks what."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from knowledge.clustering import ALIKE, clustered
from knowledge.loader import shipped_knowledge
from knowledge.matcher import normaliser_of
from knowledge.normalise import Normalised
from knowledge.vectors import vectorised

GROUPS: list[list[str]] = YAML(typ="safe").load(Path(__file__).with_name("clusters.yaml"))
QUESTIONS = [question for group in GROUPS for question in group]


@pytest.fixture(scope="module")
def normalise() -> Callable[[str], Normalised]:
    return normaliser_of(shipped_knowledge())


@pytest.mark.parametrize("seed", range(3))
def test_what_is_meant_alike_is_together_in_whatever_order_it_came(
    normalise: Callable[[str], Normalised], seed: int
) -> None:
    asked = QUESTIONS.copy()
    random.Random(seed).shuffle(asked)  # noqa: S311 (any order will do)
    found = clustered([normalise(question) for question in asked])
    assert {frozenset(asked[place] for place in each.members) for each in found} == {
        frozenset(group) for group in GROUPS
    }


def test_the_largest_comes_first_and_its_most_frequent_wording_leads() -> None:
    asked = [Normalised(text) for text in ("乙丙丁", "甲", "乙丙丁戊", "乙丙丁戊")]
    assert [each.members for each in clustered(asked)] == [(2, 3, 0), (1,)]


def test_platforms_are_kept_apart() -> None:
    jd, taobao = frozenset({"jd"}), frozenset({"taobao"})
    asked = [Normalised("佣金", jd), Normalised("佣金", taobao), Normalised("佣金", jd)]
    assert [each.members for each in clustered(asked)] == [(0, 2), (1,)]


def test_nothing_and_questions_without_a_word_are_no_trouble() -> None:
    assert clustered([]) == ()
    assert [each.members for each in clustered([Normalised("")] * 2)] == [(0, 1)]


def likenesses(order: Sequence[str]) -> np.ndarray:
    """The cosine of every text with every other."""
    _, rows = vectorised(order, np.arange(len(order)))
    dense = np.zeros((len(order), int(rows.features.max(initial=0)) + 1))
    dense[rows.texts, rows.features] = rows.weights
    return np.asarray(dense @ dense.T)


@given(st.sets(st.text("佣金几号发甲乙ab", min_size=1, max_size=8), min_size=2, max_size=12))
def test_looking_among_the_rare_features_misses_nobody(texts: set[str]) -> None:
    """Compared with every leader so far, each text has the one it was given, or leads."""
    order = sorted(texts, key=lambda each: (len(each), each))
    found = clustered([Normalised(text) for text in order])
    led_by = {place: each.leader for each in found for place in each.members}
    assert sorted(led_by) == list(range(len(order)))
    alike = likenesses(order)
    for place, leader in led_by.items():
        earlier = [alike[place, other] for other in set(led_by.values()) if other < place]
        if leader == place:
            assert max(earlier, default=0.0) < ALIKE + 1e-6
        else:
            assert alike[place, leader] == pytest.approx(max(earlier), abs=1e-6)
            assert alike[place, leader] >= ALIKE - 1e-6
