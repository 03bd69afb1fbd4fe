"""Ranking core on a small made-up corpus: analysis, index, hybrid ranking, similar papers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import Stemmer
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
from sklearn.linear_model import LogisticRegression

from explorer import Corpus
from explorer.ranking.acronyms import Acronyms, definitions
from explorer.ranking.analysis import Numbering, analyse, fold
from explorer.ranking.hybrid import HybridRanker
from explorer.ranking.logistic import sharpened
from explorer.ranking.similar import more_like
from explorer.ranking.terms import TermIndex, top
from explorer.ranking.vectors import LSA, RoundedVectors
from explorer.ranking.vocabulary import Terms, Vocabulary
from explorer.text.stopwords import FUNCTION_WORDS

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
    return HybridRanker(index, lsa.encoder(index), np.concatenate([*lsa.projected(index)]))


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


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("tumour behavioural favourable", "tumor behavioral favorable"),
        ("realise synthesis", "realize synthesis"),
        pytest.param(
            "organise",
            "organize",
            marks=pytest.mark.skipif(
                Stemmer.Stemmer("english").stemWord("organize") == "organ", reason="PyStemmer 2 takes it for organ"
            ),
        ),
        ("catalyse analysed", "catalyze analyzed"),
        ("leukaemia anaemia haemorrhage", "leukemia anemia hemorrhage"),
        ("oestradiol oedema oesophagus", "estradiol edema esophagus"),
        ("paediatric foetal", "pediatric fetal"),
        ("anaesthetic gynaecological", "anesthetic gynecological"),
    ],
)
def test_every_rule_of_spelling_holds(british: str, american: str) -> None:
    assert analyse(british) == analyse(american)


@given(st.text())
def test_analysis_takes_any_text(text: str) -> None:
    assert fold(fold(text)) == fold(fold(fold(text)))
    assert all(term for term in analyse(text))


def _numbers(numbering: Numbering, texts: list[str]) -> list[list[int]]:
    numbers, lengths = numbering.of_all(texts)
    return [part.tolist() for part in np.split(numbers, lengths.cumsum())][:-1]


@pytest.mark.parametrize("kept", [1, 3, 1000])
@given(st.lists(st.lists(st.sampled_from("tumours anaesthesia time-sharing the x model models".split())), max_size=8))
@settings(max_examples=examples(30), deadline=None)
def test_terms_are_numbered_as_they_are_met(kept: int, texts: list[list[str]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("explorer.ranking.analysis._KEPT", kept)
        vocabulary: dict[str, int] = {}
        numbering = Numbering(vocabulary)
        found = [_numbers(numbering, [" ".join(words) for words in some]) for some in (texts[:3], texts[3:])]
    terms = [analyse(" ".join(words)) for words in texts]
    assert list(vocabulary) == list(dict.fromkeys(term for some in terms for term in some))
    assert [[list(vocabulary)[number] for number in numbers] for some in found for numbers in some] == terms


@given(st.lists(st.text(st.characters(codec="utf-8") | st.sampled_from("ab-– '’\u00ad1é"), max_size=30), max_size=4))
@settings(max_examples=examples(200), deadline=None)
def test_any_text_is_numbered_as_it_is_analysed(texts: list[str]) -> None:
    vocabulary: dict[str, int] = {}
    found = _numbers(Numbering(vocabulary), texts)
    names = list(vocabulary)
    assert [[names[number] for number in numbers] for numbers in found] == [analyse(text) for text in texts]


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
    again = HybridRanker(index, lsa.encoder(index), np.concatenate([*lsa.projected(index)]))
    np.testing.assert_array_equal(again.scores("laser cavity"), ranker.scores("laser cavity"))


def test_fitting_twice_gives_the_same_bits(ranker: HybridRanker) -> None:
    index = TermIndex().fit(*corpus())
    lsa = LSA(dimensions=8).fit_index(index)
    np.testing.assert_array_equal(np.concatenate([*lsa.projected(index)]), ranker.vectors)


def test_hybrid_finds_the_subject_beyond_the_word(ranker: HybridRanker) -> None:
    best = top(ranker.scores("laser"), 20)
    assert set(best % 3) == {0}


def test_pool_stays_above_the_rest() -> None:
    index = TermIndex().fit(*corpus(900))
    lsa = LSA(dimensions=8).fit_index(index)
    ranker = HybridRanker(index, lsa.encoder(index), np.concatenate([*lsa.projected(index)]))
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
    scores = HybridRanker(index, lsa.encoder(index), np.concatenate([*lsa.projected(index)])).scores("laser beam cavity")
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


@given(st.lists(st.sampled_from([0.0, 1.0, 1.5, 2.0, -3.0]), max_size=30), st.integers(0, 40))
def test_top_is_a_stable_sort(values: list[float], k: int) -> None:
    scores = np.array(values, dtype=np.float32)
    expected = sorted(range(len(values)), key=lambda i: (-values[i], i))[:k]
    assert top(scores, k).tolist() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We train a support vector machine (SVM) here.", [("SVM", "support vector machine")]),
        ("magnetic resonance imaging (MRI) and deoxyribonucleic-acid (DNA)", [("MRI", "magnetic resonance imaging")]),
        ("the cat (CAT) sat; see (FIG) and (a) and (et al)", []),
        ("chain-of-thought (CoT) prompting", [("CoT", "chain-of-thought")]),
        ("(GAN)", []),
        ("words that do not fit (XYZ)", []),
    ],
)
def test_definitions_of_acronyms(text: str, expected: list[tuple[str, str]]) -> None:
    found = definitions(text)
    assert [pair for pair in found if pair[0] != "DNA"] == expected


@given(st.text(alphabet="abAB ()-,.", max_size=80))
def test_a_long_form_stands_before_its_acronym_and_has_its_letters(text: str) -> None:
    for short, long in definitions(text):
        assert long in text[: text.index(f"({short})") + len(text)]
        letters = iter(long.lower())
        assert all(letter in letters for letter in short.lower() if letter.isalnum())
        assert long[0].lower() == short[0].lower()


def test_an_acronym_finds_what_is_written_out() -> None:
    titles = ["A support vector machine (SVM)", "Support vector machine (SVM) again", "SVM in use", "Vector spaces", "Soil"] * 3
    bodies = ["", "", "", "a machine in support of a vector machine", "rain"] * 3
    index = TermIndex().fit(titles, bodies)
    lsa = LSA().fit_index(index)
    acronyms = Acronyms.learn(titles)
    assert acronyms.long_forms == {"SVM": "support vector machine"}
    ranker = HybridRanker(index, lsa.encoder(index), np.concatenate([*lsa.projected(index)]), acronyms=acronyms)
    terms = {index.terms_[t]: w for t, w in ranker.weigh("svm").items()}
    assert terms == {"svm": 1.0, "support": 0.5, "vector": 0.5, "machin": 0.5}
    assert index.terms_[min(ranker.weigh("support vector machines"), key=ranker.weigh("support vector machines").get)] == "svm"  # type: ignore[arg-type]
    assert ranker.weigh("soil svm") == index.weigh("soil svm")


def unit_vectors(count: int, dimensions: int) -> np.ndarray:
    vectors = np.random.default_rng(3).normal(size=(count, dimensions)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[7] = 0
    return vectors


@pytest.mark.parametrize("leading", [20, 8, None])
def test_rounded_vectors_are_unit_vectors_near_the_exact_ones(leading: int | None, tmp_path: Path) -> None:
    vectors = unit_vectors(5000, 20)
    made = RoundedVectors.of(vectors, leading)
    made.save(tmp_path)
    rounded = RoundedVectors.open(tmp_path)
    assert rounded.shape == (len(rounded), 20) == (5000, 20)
    # Half a unit of each code, of which 127 are the largest value; the length then moves by no more than that again.
    allowed = np.abs(vectors).max(axis=1) / 127 * np.sqrt(20)
    assert (np.linalg.norm(rounded[np.arange(5000)] - vectors, axis=1) <= allowed).all()
    lengths = np.linalg.norm(np.asarray(rounded, np.float64), axis=1)
    np.testing.assert_allclose(np.delete(lengths, 7), 1, atol=1e-6)
    assert not rounded[7].any()
    np.testing.assert_array_equal(rounded[[4, 2]], np.stack([rounded[4], rounded[2]]))
    query = vectors[:3]
    np.testing.assert_allclose(rounded @ query[0], np.asarray(rounded) @ query[0], atol=1e-6)
    np.testing.assert_allclose(rounded @ query.T, np.asarray(rounded) @ query.T, atol=1e-6)
    np.testing.assert_allclose(rounded.nearness(query[0]), np.asarray(rounded)[:, :leading] @ query[0][:leading], atol=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_fitted_is_the_ridge_regression_of_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    features = sparse.random(300, 12, density=0.4, random_state=seed, format="csr", dtype=np.float32) * rng.choice([1, 5])
    shown, importance = rng.random(300) < 0.3, rng.choice([0.5, 1, 20], 300).astype(np.float32)
    shown |= np.asarray(features[:, 0].todense()).ravel() > 0.7
    weights, bias = sharpened(features, np.zeros(300, np.float32), shown, importance, strength=1.5, steps=20, columns=12)
    expected = LogisticRegression(C=1.5, tol=1e-8, max_iter=1000).fit(features, shown, importance)
    np.testing.assert_allclose(weights, expected.coef_[0], rtol=0.01, atol=0.01)
    assert bias == pytest.approx(expected.intercept_[0], abs=0.02)
    assert np.abs(weights).max() > 0.3


def test_what_is_fitted_adds_to_the_odds_that_are_given() -> None:
    """Two fits, the second of what the first left: nothing is left to add but what the penalty kept back."""
    rng = np.random.default_rng(5)
    features = sparse.csr_matrix(rng.normal(size=(400, 3)).astype(np.float32))
    shown = features @ np.array([1, -2, 0.5], np.float32) + rng.normal(size=400) > 0
    even = np.ones(400, np.float32)
    weights, bias = sharpened(features, np.zeros(400, np.float32), shown, even, strength=1e4, steps=20, columns=3)
    more, shift = sharpened(features, features @ weights + np.float32(bias), shown, even, strength=1e4, steps=20, columns=3)
    assert np.abs(more).max() < 0.01
    assert abs(shift) < 0.01


LARGEST = float(np.finfo(np.float32).max)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("large", [0.0, 1e-42, 1e-30, 1.0, 1e6, 1e10, 1e18, 1e19, 1e25, 1e30, LARGEST])
def test_whatever_is_fitted_is_a_number(large: float) -> None:
    rng = np.random.default_rng(1)
    half = np.arange(200) < 100
    varied = rng.uniform(-1, 1, (200, 3)).astype(np.float32)
    size, even, flat = np.float32(large), np.ones(200, np.float32), np.zeros(200, np.float32)
    for values, offset, importance in (
        (varied * size, flat, even),
        (varied, varied[:, 0] * size, even),
        (varied, flat, even * size),
        # Papers that are all the same; of two kinds, far apart; one far from all.
        (np.ones_like(varied) * size, flat, even),
        (np.where(half, size, -size)[:, None] * np.ones((1, 3), np.float32), flat, even),
        (np.where(np.arange(200) == 0, size, 1)[:, None] * varied, flat, even),
    ):
        for shown in (half, half | True, half & False):
            for steps, gradients in ((20, 10), (1, 2)):
                weights, bias = sharpened(
                    sparse.csr_matrix(values),
                    offset,
                    shown,
                    importance,
                    strength=1.5,
                    steps=steps,
                    gradients=gradients,
                    columns=3,
                )
                assert np.isfinite(weights).all()
                assert np.isfinite(bias)


def test_no_vectors_are_rounded_to_none() -> None:
    assert (RoundedVectors.of(np.zeros((0, 4), np.float32)) @ np.ones(4, np.float32)).shape == (0,)


@settings(deadline=None)
@given(st.sets(st.text(st.characters(codec="utf-8"), min_size=1), max_size=40), st.text(st.characters(codec="utf-8")))
def test_terms_are_numbered_as_in_a_dictionary(words: set[str], other: str) -> None:
    listed = sorted(words, key=hash)
    terms = Terms.of(listed)
    assert list(terms) == listed
    assert dict(Vocabulary(terms)) == {word: number for number, word in enumerate(listed)}
    assert terms.number(other) == (listed.index(other) if other in listed else None)


def test_function_words_are_those_of_scikit_learn() -> None:
    assert FUNCTION_WORDS == ENGLISH_STOP_WORDS


@pytest.mark.parametrize("query", ["laser cavity", "laser", "market market seed", "study7 laser"])
@pytest.mark.parametrize("n", [3, 60, 900])
def test_an_explanation_adds_up(query: str, n: int) -> None:
    index = TermIndex().fit(*corpus(n))
    lsa = LSA(dimensions=8).fit_index(index)
    ranker = HybridRanker(index, lsa.encoder(index), np.concatenate([*lsa.projected(index)]))
    scores = ranker.scores(query)
    order = top(scores, n)
    for row in {*order[:5].tolist(), *order[-5:].tolist(), int(order[len(order) // 2])}:
        assert sum(ranker.explain(query, row).values()) == pytest.approx(float(scores[row]), abs=2e-5)


def test_pairs_are_bm25_of_two_words_side_by_side(ranker: HybridRanker) -> None:
    titles, bodies = corpus()
    documents = [analyse(t) + analyse(b) for t, b in zip(titles, bodies, strict=True)]
    pool = np.array([0, 3, 7, 12, 40, 57])
    mean = np.mean([len(d) for d in documents])
    expected = np.zeros(len(pool))
    for pair in {("laser", "beam"), ("beam", "laser"), ("loan", "loan")}:
        tf = np.array([sum(both == pair for both in zip(documents[i], documents[i][1:], strict=False)) for i in pool])
        df = np.count_nonzero(tf)
        norm = 1.2 * (0.25 + 0.75 * np.array([len(documents[i]) for i in pool]) / mean)
        expected += np.log(1 + (60 - df + 0.5) / (df + 0.5)) * tf / (tf + norm)
    assert expected.any()
    np.testing.assert_allclose(ranker._pairs("laser beam laser the zzzz loan loan", pool), expected, rtol=1e-5)


def test_a_query_of_many_thousand_words(ranker: HybridRanker) -> None:
    scores = ranker.scores(" ".join([*SUBJECTS["optics"], "market"] * 3000))
    assert np.isfinite(scores).all()
    assert set(top(scores, 15) % 3) == {0}


def test_the_public_search_gives_the_ranking(tmp_path: Path) -> None:
    titles, bodies = corpus(60)
    titles[4:7], bodies[7:10], bodies[20] = [""] * 3, [""] * 3, bodies[23]
    ids = [str(i) for i in range(60)]
    ids[11] = ids[10]
    papers = pd.DataFrame({"id": ids, "title": titles, "abstract": bodies})
    searched = Corpus.from_papers(papers, tmp_path / "corpus")
    index = TermIndex().fit(titles, bodies)
    lsa = LSA().fit_index(index)
    ranker = HybridRanker(index, lsa.encoder(index), RoundedVectors.of(np.concatenate([*lsa.projected(index)])))
    row = {paper: i for i, paper in enumerate(searched.table.column("id").to_pylist())}
    assert list(row)[:11] == ids[:11]
    for query in ("laser", "market: (credit OR -debt)", "seed " * 400 + "flower", "study9", 'title:laser "cavity'):
        scores = ranker.scores(query)
        expected = [i for i in top(scores, 60).tolist() if scores[i] > 0]
        assert [row[paper] for paper in searched.search(query, mode="hybrid", natural=True, limit=100)["id"]] == expected
