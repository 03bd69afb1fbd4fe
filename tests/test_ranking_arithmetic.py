"""Concepts, arithmetic, axes and preference directions on a small made-up corpus."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.errors import ConceptError
from explorer.ranking.arithmetic import Arithmetic, projected
from explorer.ranking.axes import area_under_curve, fit_axis
from explorer.ranking.concepts import ConceptSpace
from explorer.ranking.hybrid import HybridRanker
from explorer.ranking.preference import pareto_front, percentiles, utility
from explorer.ranking.terms import TermIndex, top
from explorer.ranking.vectors import LSA
from explorer.selection.expression import Operand
from explorer.selection.fields import OBJECTIVES
from explorer.selection.selection import Selection

OPTICS = "laser beam cavity photon mirror lens".split()
PLANTS = "leaf root soil seed pollen flower".split()


@pytest.fixture(scope="module")
def space() -> ConceptSpace:
    """90 papers: 30 on optics, 30 on plants, 30 on both."""
    rng = np.random.default_rng(3)
    vocabularies = [OPTICS, PLANTS, OPTICS + PLANTS]
    bodies = [" ".join(rng.choice(vocabularies[i % 3], 24)) + " common filler" for i in range(90)]
    index = TermIndex().fit([""] * 90, bodies)
    lsa = LSA(dimensions=8).fit_index(index)
    return ConceptSpace(index, HybridRanker(index, lsa.encoder(index), np.concatenate([*lsa.projected(index)])))


@pytest.fixture(scope="module")
def arithmetic(space: ConceptSpace) -> Arithmetic:
    sets = {"optics": np.flatnonzero(np.arange(90) % 3 != 1), "plants": np.flatnonzero(np.arange(90) % 3 != 0)}
    return Arithmetic(space, resolve=lambda operand: sets[operand.name])


def test_sum_is_a_conjunction(arithmetic: Arithmetic) -> None:
    assert set(top(arithmetic.rank("set:optics + set:plants").scores, 20) % 3) == {2}


def test_difference_leaves_the_concept_out(arithmetic: Arithmetic) -> None:
    assert set(top(arithmetic.rank("set:optics - set:plants").scores, 20) % 3) == {0}


def test_words_find_their_subject(arithmetic: Arithmetic) -> None:
    # A word seen in both kinds of paper is no pure concept; its best papers are still of its subject.
    assert 1 not in set(top(arithmetic.rank("laser cavity").scores, 20) % 3)


def test_order_does_not_matter_and_weights_scale(arithmetic: Arithmetic) -> None:
    one = arithmetic.rank("laser + 2*leaf - root").scores
    np.testing.assert_array_equal(one, arithmetic.rank("2*leaf - root + laser").scores)
    np.testing.assert_allclose(arithmetic.rank("3*laser + 6*leaf - 3*root").scores, 3 * one, rtol=1e-4, atol=1e-5)


def test_a_minus_a_is_neutral(arithmetic: Arithmetic) -> None:
    assert not arithmetic.rank("laser - laser").scores.any()
    np.testing.assert_array_equal(arithmetic.rank("leaf + laser - laser").scores, arithmetic.rank("leaf").scores)


def test_parts_add_up(arithmetic: Arithmetic) -> None:
    ranking = arithmetic.rank("laser + leaf - root")
    np.testing.assert_allclose(sum(ranking.parts.values()), ranking.scores, rtol=1e-5)
    assert (ranking.scores <= 0).all()


def test_unknown_words_say_so(arithmetic: Arithmetic) -> None:
    with pytest.raises(ConceptError, match="no paper has the word 'zzzz'"):
        arithmetic.rank("laser + zzzz")


@pytest.mark.parametrize(("rows", "words"), [([], "no paper shows"), (range(90), "every paper shows")])
def test_concept_needs_examples_and_others(space: ConceptSpace, rows: list[int], words: str) -> None:
    with pytest.raises(ConceptError, match=words):
        space.of_papers("odd", list(rows))


def test_concept_names_its_terms(space: ConceptSpace) -> None:
    concept = space.of_papers("optics", np.flatnonzero(np.arange(90) % 3 == 0))
    assert set(space.terms(concept, 4)) <= {"laser", "beam", "caviti", "photon", "mirror", "len"}


def test_cached_concept_is_fitted_once(arithmetic: Arithmetic) -> None:
    operand = Operand("words", "laser")
    assert arithmetic.concept(operand) is arithmetic.concept(operand)


def test_caches_stay_small_and_whole_among_threads(space: ConceptSpace) -> None:
    small = Arithmetic(space)
    words = [f"{a} {b}" for a in OPTICS for b in PLANTS] + OPTICS + PLANTS
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda word: small.rank(f'"{word}" + laser - leaf').scores, words * 3))
    assert len(small._odds) <= 8
    np.testing.assert_array_equal(found[: len(words)], found[len(words) : 2 * len(words)])


def test_projection_is_orthogonal() -> None:
    rng = np.random.default_rng(0)
    a, b = (v / np.linalg.norm(v) for v in rng.normal(size=(2, 16)).astype(np.float32))
    assert abs(float(projected(a, b) @ b)) < 1e-5
    assert not projected(a, a).any()


def test_axis_separates_and_names_its_ends(space: ConceptSpace) -> None:
    axis = fit_axis(space, "laser beam cavity photon mirror", "leaf root soil seed pollen", examples=25)
    kind = np.arange(90) % 3
    assert area_under_curve(axis.place[kind != 2], (kind == 1)[kind != 2]) > 0.99
    assert axis.separation > 0.9
    assert "laser" in axis.low_terms
    assert "leaf" in axis.high_terms


def test_axis_of_one_pole_twice_is_refused(space: ConceptSpace) -> None:
    with pytest.raises(ConceptError, match="that the other pole has not"):
        fit_axis(space, "laser", "laser")


sliders = st.dictionaries(st.sampled_from(list(OBJECTIVES)), st.integers(-1000, 1000).map(lambda n: n / 100), max_size=4)


@given(sliders)
def test_direction_is_the_sliders_at_length_one(values: dict[str, float]) -> None:
    direction = dict(Selection(prefer=values).prefer)
    length = math.sqrt(sum(value * value for value in values.values()))
    # What is a hair off length one has been brought there before; it stays as it is.
    scale = 1 if abs(length - 1) < 1e-3 else length
    for name, value in values.items():
        assert abs(direction.get(name, 0.0) - (value / scale if scale else 0.0)) <= 0.5001e-4
    assert set(direction) <= set(values)


@given(arrays(np.int8, st.tuples(st.integers(0, 25), st.integers(1, 4)), elements=st.integers(0, 4)))
def test_pareto_front_is_what_nobody_dominates(values: np.ndarray) -> None:
    dominated = [any((o >= p).all() and (o > p).any() for o in values) for p in values]
    assert pareto_front(values).tolist() == [not d for d in dominated]


def test_percentiles_tie_in_the_middle_and_forgive_gaps() -> None:
    np.testing.assert_allclose(percentiles([1, 1, 3, np.nan]), [1 / 3, 1 / 3, 5 / 6, 0.5], rtol=1e-6)


def test_utility_names_a_missing_objective() -> None:
    with pytest.raises(ValueError, match="no objective 'upvotes'; one of recency"):
        utility({"recency": percentiles([1, 2])}, (("upvotes", 1.0),))


def test_features_are_the_weights_of_the_words(space: ConceptSpace) -> None:
    features, index = space.features, space.index
    chosen = np.array([5, 0, 89])
    # BM25 of each word alone, by the index itself.
    words = np.stack([index.scores({int(term): 1.0}) for term in features.columns_], axis=1) / features.length_
    np.testing.assert_allclose(features.rows(chosen).toarray(), words[chosen], rtol=1e-5)
    weights = np.random.default_rng(1).normal(size=len(features.columns_)).astype(np.float32)
    np.testing.assert_allclose(features.products(weights), words @ weights, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(features.background_rows.toarray(), words[features.background], rtol=1e-5)
    # The covariance that the discriminant divides by, as a whole matrix.
    ridge = np.diag(1 / features._precision.astype(np.float64))
    covariance = ridge + (features.components_.T * features.spread_) @ features.components_
    np.testing.assert_allclose(features.unmixed(weights), np.linalg.solve(covariance, weights), rtol=2e-2, atol=1e-2)
