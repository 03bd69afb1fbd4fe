"""Arithmetic and axes through the corpus: what must hold for any expression."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import ConceptError, Corpus, ExpressionError
from explorer.corpus.opening import default_corpus

CORPUS = default_corpus()
WORDS = ["reasoning", "arithmetic", "vision", "benchmark", "language", '"reward model"', "agents"]
terms = st.lists(
    st.tuples(st.sampled_from([-3.0, -1.0, 0.5, 1.0, 2.0]), st.sampled_from(WORDS)),
    min_size=1,
    max_size=4,
    unique_by=lambda t: t[1],
)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return CORPUS


def written(pairs: list[tuple[float, str]]) -> str:
    return " ".join(f"{'-' if weight < 0 else '+'} {abs(weight)}*{word}" for weight, word in pairs)


def scores(expression: str) -> pd.Series:
    ranked = CORPUS.rank(expression)
    assert ranked["score"].is_monotonic_decreasing
    assert (ranked["score"] <= 0).all()
    assert ranked["id"].is_unique
    assert len(ranked) == len(CORPUS)
    return ranked.set_index("id")["score"].sort_index()


@settings(deadline=None, max_examples=examples(25))
@given(terms, st.randoms(use_true_random=False))
def test_order_does_not_matter(pairs: list[tuple[float, str]], chance: object) -> None:
    shuffled = pairs[:]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert CORPUS.rank(written(pairs)).equals(CORPUS.rank(written(shuffled)))


@settings(deadline=None, max_examples=examples(25))
@given(terms, st.sampled_from([0.25, 2.0, 10.0]))
def test_weights_scale(pairs: list[tuple[float, str]], factor: float) -> None:
    scaled = [(weight * factor, word) for weight, word in pairs]
    np.testing.assert_allclose(scores(written(scaled)), factor * scores(written(pairs)), rtol=1e-4, atol=1e-5)


@settings(deadline=None, max_examples=examples(25))
@given(terms, st.sampled_from(WORDS))
def test_a_minus_a_is_neutral(pairs: list[tuple[float, str]], word: str) -> None:
    assert scores(f"{written(pairs)} + {word} - {word}").equals(scores(written(pairs)))


@settings(deadline=None, max_examples=examples(25))
@given(terms, st.integers(0, 40))
def test_a_limit_cuts_and_parts_add_up(pairs: list[tuple[float, str]], limit: int) -> None:
    whole, some = CORPUS.rank(written(pairs)), CORPUS.rank(written(pairs), limit=limit)
    pd.testing.assert_frame_equal(some, whole.head(limit))
    np.testing.assert_allclose(whole.iloc[:, 3:].sum(axis=1), whole["score"], rtol=1e-4, atol=1e-5)
    assert len(whole.columns) == 3 + len(pairs)


@pytest.mark.parametrize("expression", ["vision + qqqzzz", "qqqzzz", "2*vision - qqqzzz"])
def test_unknown_words_say_so(corpus: Corpus, expression: str) -> None:
    with pytest.raises(ConceptError, match="'qqqzzz'"):
        corpus.rank(expression)


@pytest.mark.parametrize(
    ("expression", "position"), [("", 0), ("vision +", 8), ("vision * 2", 7), ('vision + "language', 9), ("set:", 4)]
)
def test_errors_point_at_the_character(corpus: Corpus, expression: str, position: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        corpus.rank(expression)
    assert caught.value.position == position


@pytest.mark.parametrize("expression", ["topic:nonesuch", "paper:nonesuch"])
def test_unknown_papers_say_so(corpus: Corpus, expression: str) -> None:
    with pytest.raises(ConceptError, match="nonesuch"):
        corpus.rank(expression)


def test_a_topic_and_its_papers_are_poles(corpus: Corpus) -> None:
    first, second = (f'topic:"{label}"' for label in corpus.topics.labels[:2])
    axis = corpus.axis(first, second)
    side = axis.merge(corpus.papers[["id", "topic"]], on="id")
    means = side.groupby("topic", observed=True)["place"].mean()
    assert means[corpus.topics.labels[0]] < 0 < means[corpus.topics.labels[1]]
    assert 0.5 < axis.attrs["separation"] <= 1
    assert (corpus.ranker.axis_between(first, second).low, corpus.ranker.axis_between(first, second).high) == (first, second)


def test_one_paper_is_a_pole(corpus: Corpus) -> None:
    one, other = corpus.papers["id"][:2]
    axis = corpus.axis(f"paper:{one}", f"paper:{other}").set_index("id")["place"]
    assert axis[one] < axis[other]


def test_ends_are_words_as_papers_write_them(corpus: Corpus) -> None:
    axis = corpus.axis("vision image", "reasoning arithmetic")
    words = set(" ".join(f"{p.title} {p.abstract}" for p in corpus.papers.itertuples()).lower().split())
    ends = [*axis.attrs["low_terms"], *axis.attrs["high_terms"]]
    assert "reasoning" in axis.attrs["high_terms"]
    assert sum(end in words for end in ends) >= 0.8 * len(ends)


@pytest.mark.parametrize("pole", ['topic:"a" + vision', "paper:x - y", "topic:"])
def test_a_pole_is_one_concept(corpus: Corpus, pole: str) -> None:
    with pytest.raises((ExpressionError, ConceptError)):
        corpus.axis(pole, "vision")
