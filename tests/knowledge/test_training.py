"""What is learned at load is what a plain calculation gives."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from knowledge import profiles, training
from knowledge.features import BLOCKS, block_of, occurrences, sounded
from knowledge.profiles import PlainProfiles, TrainedProfiles, build_profiles
from knowledge.vectors import Rows, Vectoriser, vectorised

TEXTS = ("佣金几号发", "哪天发佣金", "几号能到账", "退货扣佣金吗", "退款了还有佣金吗", "怎么绑定")
OWNERS = np.array([0, 0, 0, 1, 1, 2])


@pytest.fixture(scope="module")
def learned() -> tuple[Vectoriser, Rows]:
    return vectorised(TEXTS, OWNERS)


@pytest.fixture
def vectoriser(learned: tuple[Vectoriser, Rows]) -> Vectoriser:
    return learned[0]


@pytest.fixture
def rows(learned: tuple[Vectoriser, Rows]) -> Rows:
    return learned[1]


def dense(vectoriser: Vectoriser, rows: Rows) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    matrix = np.zeros((len(TEXTS), vectoriser.size))
    matrix[rows.texts, rows.features] = rows.weights
    return matrix


def test_a_known_text_has_length_one_and_equals_its_row(
    vectoriser: Vectoriser, rows: Rows
) -> None:
    matrix = dense(vectoriser, rows)
    assert_allclose((matrix**2).sum(axis=1), 1, rtol=1e-5)
    for text, row in zip(TEXTS, matrix, strict=True):
        vector = vectoriser(text)
        assert_allclose(row[vector.features], vector.weights, rtol=1e-5)
        assert vector.length == pytest.approx(1, abs=1e-5)


def test_unknown_characters_shorten_a_text(vectoriser: Vectoriser) -> None:
    assert vectoriser("佣金几号发公积金贷款").length < vectoriser("佣金几号发").length
    assert vectoriser("zzzz").length < 0.2


def test_a_homophone_shares_the_sounds_of_a_text(vectoriser: Vectoriser) -> None:
    assert sounded("拥金几号法") == sounded("佣金几号发")
    assert vectoriser("用金几号发").length > 0.7


def test_every_occurrence_belongs_to_a_block() -> None:
    where, what = occurrences(["佣金", "", "a😀"])
    assert set(np.unique(block_of(what))) <= set(range(BLOCKS))
    assert np.bincount(where).tolist() == [2 * (2 + 3 + 2), 2 * 1, 2 * (2 + 3 + 2)]


@pytest.mark.parametrize("common", [1, 5, 1000])
def test_a_phrasing_is_judged_without_itself(
    vectoriser: Vectoriser, rows: Rows, common: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "_COMMON", common)
    matrix = dense(vectoriser, rows)
    sums = np.array([matrix[group == OWNERS].sum(axis=0) for group in range(3)])
    norms = np.linalg.norm(sums, axis=1)
    weights = (training.SHARPNESS * (sums / norms[:, None]).T).astype(np.float32)
    split = training._split(rows, len(TEXTS), vectoriser.size)
    logits = training._left_out(split, OWNERS, weights, norms)
    for text, row in enumerate(matrix):
        for group in range(3):
            rest = sums[group] - row * (OWNERS[text] == group)
            length = np.linalg.norm(rest)
            cosine = row @ rest / length if length > 1e-3 else 0
            assert logits[text, group] == pytest.approx(training.SHARPNESS * cosine, abs=1e-3)


@pytest.mark.parametrize("at_once", [1, 4, 512])
@pytest.mark.parametrize("common", [1, 5, 1000])
def test_the_step_solves_its_equation(
    vectoriser: Vectoriser,
    rows: Rows,
    common: int,
    at_once: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(training, "_COMMON", common)
    monkeypatch.setattr(training, "_AT_ONCE", at_once)
    matrix = dense(vectoriser, rows)
    frequency = (matrix > 0).sum(axis=0)
    often = np.zeros(vectoriser.size, dtype=bool)
    often[np.argsort(-frequency, kind="stable")[:common]] = True
    crowded = (matrix**2 * frequency**training._CROWDING)[:, ~often].sum(axis=1)
    products = matrix[:, often] @ matrix[:, often].T + np.diag(crowded)
    wanted = np.random.default_rng(7).normal(size=(len(TEXTS), 3)).astype(np.float32)
    split = training._split(rows, len(TEXTS), vectoriser.size)
    shared, step = training._newton_step(split, wanted.copy())
    image = training._CURVATURE * products @ step + training._PULL * step
    assert_allclose(image, wanted, atol=1e-4)
    assert_allclose(shared, (matrix.T @ step)[often], atol=1e-4)


@pytest.mark.parametrize("common", [1, 5, 1000])
def test_what_is_learned_is_the_step_spread_over_the_features(
    vectoriser: Vectoriser, rows: Rows, common: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "_COMMON", common)
    monkeypatch.setattr(training, "_CHUNK", 3)
    priors = np.zeros((len(TEXTS), 3), dtype=np.float32)
    split = training._split(rows, len(TEXTS), vectoriser.size)
    weights, norms = training._profiles(rows, OWNERS, 3, vectoriser.size)
    wrong = training._errors(split, OWNERS, weights, norms, priors)
    _, step = training._newton_step(split, -wrong)
    learned = training.learned_weights(rows, OWNERS, priors, vectoriser.size)
    assert_allclose(learned, weights + dense(vectoriser, rows).T @ step, atol=1e-3)


def test_learning_raises_what_tells_and_keeps_what_was_right(
    vectoriser: Vectoriser, rows: Rows
) -> None:
    priors = np.zeros((len(TEXTS), 3), dtype=np.float32)
    trained = TrainedProfiles(training.learned_weights(rows, OWNERS, priors, vectoriser.size))
    plain = PlainProfiles(rows, OWNERS, vectoriser.size)
    asked = [(vectoriser(text), owner) for text, owner in zip(TEXTS, OWNERS, strict=True)]
    assert all(trained.scores(vector).argmax() == owner for vector, owner in asked)
    before, after = (
        sum(margin(profile.scores(vector), owner) for vector, owner in asked)
        for profile in (plain, trained)
    )
    assert after > before


def test_a_base_too_large_to_learn_is_scored_by_its_profiles(
    vectoriser: Vectoriser, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profiles, "_LARGEST_TRAINED", 0)
    built = build_profiles(rows, OWNERS, vectoriser.size, lambda: np.zeros((6, 3)))
    assert isinstance(built, PlainProfiles)
    assert built.scores(vectoriser("佣金几号发")).argmax() == 0
    assert_allclose(built.scores(vectoriser("zzzz"))[:2], 0, atol=0.5)


def margin(scores: np.ndarray[tuple[int], np.dtype[np.float32]], owner: int) -> float:
    return float(scores[owner] - np.delete(scores, owner).max())
