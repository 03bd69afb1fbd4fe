"""Orders that take more than words, through the selection: against the functions they stand for."""

from __future__ import annotations

import numpy as np
import pytest

import explorer
from explorer import ConceptError, Corpus, ExpressionError, Selection
from explorer.corpus.opening import default_corpus


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return default_corpus()


def ids(papers: object) -> list[str]:
    return list(papers["id"])  # type: ignore[index]


def test_a_rank_is_that_of_the_expression(corpus: Corpus) -> None:
    expression = "arithmetic + vision - benchmark"
    assert ids(corpus.select(Selection(rank=expression))) == ids(corpus.rank(expression))


def test_a_filter_leaves_the_order_of_concepts_alone(corpus: Corpus) -> None:
    everything = corpus.select(Selection(rank="reasoning + vision"))
    some = corpus.select(Selection(rank="reasoning + vision", has_code=True))
    with_code = everything[everything["code_url"].notna()]
    assert 0 < len(some) < len(everything)
    assert ids(some) == ids(with_code)
    np.testing.assert_allclose(some["score"], with_code["score"])


def test_the_parts_add_up(corpus: Corpus) -> None:
    ordering = corpus.results(Selection(rank="2*reasoning - vision")).ordering
    assert ordering is not None
    assert set(ordering.parts) == {"reasoning", "vision"}
    np.testing.assert_allclose(sum(ordering.parts.values()), ordering.scores, rtol=1e-5)


def test_more_like_one_begins_with_others(corpus: Corpus) -> None:
    first, second = ids(corpus.papers)[:2]
    found = ids(corpus.select(Selection(like=(first,), unlike=(second,))))
    assert set(found[-2:]) == {first, second}
    assert sorted(found) == sorted(ids(corpus.papers))


def test_hybrid_orders_what_the_words_find(corpus: Corpus) -> None:
    by_words = corpus.select(Selection(query="reasoning"))
    by_meaning = corpus.select(Selection(query="reasoning", sort="hybrid"))
    assert sorted(ids(by_words)) == sorted(ids(by_meaning))
    assert ids(by_meaning)[:10] == ids(corpus.search("reasoning", mode="hybrid", limit=10))


def test_a_preference_for_recency_is_the_newest_first(corpus: Corpus) -> None:
    months = corpus.select(Selection(prefer=(("recency", 1.0),), sort="preference"))["published"]
    assert months.is_monotonic_decreasing


def test_a_preference_is_the_sum_of_its_parts(corpus: Corpus) -> None:
    selection = Selection(query="reasoning", prefer={"relevance": 3, "recency": -1}, sort="preference")
    ordering = corpus.results(selection).ordering
    assert ordering is not None
    np.testing.assert_allclose(sum(ordering.parts.values()), ordering.scores, rtol=1e-5)
    scores = corpus.select(selection)["score"]
    assert scores.is_monotonic_decreasing


def test_places_on_an_axis_filter(corpus: Corpus) -> None:
    axis = corpus.axis("vision", "reasoning")
    expected = set(axis[(axis["place"] >= 0.5)]["id"])
    shown = corpus.select(Selection(axes=(("vision", "reasoning"),), x=(0.5, None)))
    assert set(shown["id"]) == expected
    assert 0 < len(expected) < len(corpus)
    counted = corpus.results(Selection(axes=(("vision", "reasoning"),), x=(0.5, None))).counts("topics")
    assert counted.sum() == len(expected)


def test_what_cannot_be_says_so(corpus: Corpus) -> None:
    with pytest.raises(ExpressionError) as error:
        corpus.select(Selection(rank="vision +"))
    assert error.value.position == 8
    with pytest.raises(ConceptError, match="zzyzx"):
        corpus.select(Selection(rank="zzyzx"))
    with pytest.raises(ConceptError, match="nobody"):
        corpus.select(Selection(like=("nobody",)))
    with pytest.raises(explorer.ExplorerError, match="zzyzx"):
        corpus.select(Selection(axes=(("zzyzx", "vision"),), x=(0, None)))
