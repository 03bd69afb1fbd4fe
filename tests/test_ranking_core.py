"""Ranking core on a small made-up corpus: analysis, index, hybrid ranking, similar papers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.ranking.analysis import analyse, fold
from explorer.ranking.hybrid import HybridRanker
from explorer.ranking.similar import more_like, shared_terms
from explorer.ranking.terms import TermIndex, top
from explorer.ranking.vectors import LSA

SUBJECTS = {
    "optics": "laser beam cavity photon mirror lens".split(),
    "plants": "leaf root soil seed pollen flower".split(),
    "banks": "loan credit debt market interest deposit".split(),
}


def corpus(n: int = 60) -> tuple[list[str], list[str]]:
    rng = np.random.default_rng(7)
    titles, bodies = [], []
    for i in range(n):
        words = SUBJECTS[list(SUBJECTS)[i % 3]]
        titles.append(" ".join(rng.choice(words, 3)))
        bodies.append(" ".join(rng.choice(words, 25)) + f" study{i}")
    return titles, bodies


@pytest.fixture(scope="module")
def ranker() -> HybridRanker:
    index = TermIndex().fit(*corpus())
    lsa = LSA(dimensions=8).fit_index(index)
    return HybridRanker(index, lsa.encoder(index), lsa.project_index(index))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("time-sharing", "timesharing"),
        ("organisation colours analyse", "organization colors analyze"),
        ("tumour haemoglobin oestrogen", "tumor hemoglobin estrogen"),
        ("Erdős–Rényi", "erdos-renyi"),
        (r"Schr\"odinger", "Schrödinger"),
        ("TNF-α", "TNF-alpha"),
        ("models", "modelling"),
    ],
)
def test_spellings_meet(one: str, other: str) -> None:
    assert set(analyse(one)) & set(analyse(other)), (analyse(one), analyse(other))


@given(st.text())
def test_analysis_takes_any_text(text: str) -> None:
    assert fold(fold(text)) == fold(fold(fold(text)))
    assert all(term for term in analyse(text))


def test_bm25_equals_its_formula(ranker: HybridRanker) -> None:
    index, (titles, bodies) = ranker.index, corpus()
    documents = [analyse(t) * 2 + analyse(b) for t, b in zip(titles, bodies, strict=True)]
    mean = np.mean([len(d) for d in documents])
    df = sum("laser" in d for d in documents)
    idf = np.log(1 + (len(documents) - df + 0.5) / (df + 0.5))
    tf = [d.count("laser") for d in documents]
    expected = [idf * f / (f + 1.2 * (0.25 + 0.75 * len(d) / mean)) for f, d in zip(tf, documents, strict=True)]
    np.testing.assert_allclose(index.scores("laser"), expected, atol=0.003 * idf)


def test_saved_index_and_model_answer_alike(ranker: HybridRanker, tmp_path: Path) -> None:
    ranker.index.save(tmp_path)
    LSA(dimensions=8).fit_index(ranker.index).save(tmp_path)
    index, lsa = TermIndex.open(tmp_path), LSA.open(tmp_path)
    again = HybridRanker(index, lsa.encoder(index), lsa.project_index(index))
    np.testing.assert_array_equal(again.scores("laser cavity"), ranker.scores("laser cavity"))


def test_fitting_twice_gives_the_same_bits(ranker: HybridRanker) -> None:
    index = TermIndex().fit(*corpus())
    lsa = LSA(dimensions=8).fit_index(index)
    np.testing.assert_array_equal(lsa.project_index(index), ranker.vectors)


def test_hybrid_finds_the_subject_beyond_the_word(ranker: HybridRanker) -> None:
    best = top(ranker.scores("laser"), 20)
    assert set(best % 3) == {0}


def test_pool_stays_above_the_rest() -> None:
    index = TermIndex().fit(*corpus(900))
    lsa = LSA(dimensions=8).fit_index(index)
    ranker = HybridRanker(index, lsa.encoder(index), lsa.project_index(index))
    scores = ranker.scores("credit market")
    assert np.isfinite(scores).all()
    assert set(top(scores, 100) % 3) == {2}


@pytest.mark.parametrize("query", ["", "zzzz", "the of and"])
def test_nothing_to_ask_scores_nothing(ranker: HybridRanker, query: str) -> None:
    assert not ranker.scores(query).any()


def test_unknown_words_are_named(ranker: HybridRanker) -> None:
    assert ranker.index.unknown("laser zzzz qqqq zzzz") == ["zzzz", "qqqq"]


@pytest.mark.parametrize("n", [1, 2, 3, 12])
def test_tiny_corpora(n: int) -> None:
    index = TermIndex().fit(*corpus(n))
    lsa = LSA().fit_index(index)
    scores = HybridRanker(index, lsa.encoder(index), lsa.project_index(index)).scores("laser beam cavity")
    assert scores.shape == (n,)
    assert np.isfinite(scores).all()


def test_contributions_add_up(ranker: HybridRanker) -> None:
    weights = ranker.index.weigh("laser cavity photon")
    scores = ranker.index.scores(weights)
    row = int(top(scores, 1)[0])
    assert sum(ranker.index.contributions(row, weights).values()) == pytest.approx(float(scores[row]), rel=1e-4)


def test_more_like_these_less_like_those(ranker: HybridRanker) -> None:
    scores = more_like(ranker.index, ranker.vectors, [0, 3, 6], [1, 4])
    best, worst = top(scores, 15), top(-scores, 15)
    assert set(best % 3) == {0}
    assert set(worst % 3) == {1}
    with pytest.raises(ValueError, match="tick at least one"):
        more_like(ranker.index, ranker.vectors, [])


def test_shared_terms_add_up_to_the_cosine(ranker: HybridRanker) -> None:
    pair = ranker.index.tfidf(np.array([0, 3]))
    shared = shared_terms(ranker.index, 0, 3, n=100)
    assert sum(shared.values()) == pytest.approx(float((pair[0] @ pair[1].T).toarray()[0, 0]), rel=1e-4)


@given(st.lists(st.sampled_from([0.0, 1.0, 1.5, 2.0, -3.0]), max_size=30), st.integers(0, 40))
def test_top_is_a_stable_sort(values: list[float], k: int) -> None:
    scores = np.array(values, dtype=np.float32)
    expected = sorted(range(len(values)), key=lambda i: (-values[i], i))[:k]
    assert top(scores, k).tolist() == expected
