"""Ways to read a query, and a query that is still being typed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import Corpus, Selection
from explorer.search.query_modes import MOST, SHARE, any_of, by_meaning
from explorer.selection.query import as_typed, parse, written
from explorer.text.analysis import tokens
from tests import oracles

WORDS = ("planets", "stars", "rewards", "models", "the", "of")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    chance = np.random.default_rng(3)
    texts = [" ".join(chance.choice(WORDS[:4], 1 + row % 3)) for row in range(700)]
    frame = pd.DataFrame(
        {
            "title": texts,
            "id": [f"p{row}" for row in range(700)],
            "authors": [["Ann Lee"] if row % 2 else ["Bo Kim"] for row in range(700)],
        }
    )
    return Corpus.from_papers(frame, tmp_path_factory.mktemp("modes") / "corpus", n_topics=2)


@settings(max_examples=examples(40), deadline=None)
@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True), out=st.sampled_from(["", "models"]))
def test_any_words_finds_papers_with_one_of_them(corpus: Corpus, words: list[str], out: str) -> None:
    found = corpus.select(Selection(query=f"{' '.join(words)} author:lee{f' -{out}' if out else ''}", mode="any"))
    stems = {stem for word in words for _, stem in tokens(word, "english")}
    expected = set()
    for paper in corpus.papers[["id", "title", "authors"]].to_dict("records"):
        own = {stem for _, stem in tokens(paper["title"], "english")}
        if list(paper["authors"]) == ["Ann Lee"] and (not stems or own & stems) and out not in paper["title"].split():
            expected.add(paper["id"])
    assert set(found["id"]) == expected
    assert found["score"].is_monotonic_decreasing


def test_meaning_is_cut_where_it_says(corpus: Corpus) -> None:
    selection = Selection(query="planets", mode="meaning")
    scores = corpus.ranker.meaning.ranker.scores("planets")
    results = corpus.results(selection)
    above = np.flatnonzero(scores >= SHARE * scores.max())
    cutoff = results.cutoff
    assert cutoff is not None
    assert results.shown == cutoff.papers == min(len(above), MOST)
    assert cutoff.full == (len(above) > MOST)
    assert str(cutoff.papers) in str(cutoff)
    if cutoff.full:
        assert f"{cutoff.lowest:.2f}" in str(cutoff)
    rows = results.rows()
    assert (np.diff(results.scores(rows)) <= 0).all()
    # Charts and panels follow it.
    assert results.counts("authors").sum() == cutoff.papers


def test_exclusions_and_fields_filter_by_meaning_too(corpus: Corpus) -> None:
    found = corpus.select(Selection(query="planets author:lee -rewards", mode="meaning"))
    assert len(found)
    assert all(list(authors) == ["Ann Lee"] for authors in found["authors"])
    assert not found["title"].str.contains("rewards").any()
    assert (
        corpus.results(Selection(query="author:lee", mode="meaning")).shown
        == corpus.results(Selection(query="author:lee")).shown
    )
    nothing = corpus.results(Selection(query="zzzz", mode="meaning"))
    assert (nothing.shown, str(nothing.cutoff)) == (
        0,
        "No word of the query is known to this corpus, so that nothing is near to it in meaning.",
    )


@pytest.mark.parametrize("mode", ["all", "any", "meaning"])
def test_reasons_add_up_to_the_score(corpus: Corpus, mode: str) -> None:
    selection = Selection(query="planets stars author:lee", mode=mode)
    results = corpus.results(selection)
    for row in results.rows(0, 5).tolist():
        assert sum(part for _, part in corpus.why(corpus.table.column("id")[row].as_py(), selection)) == pytest.approx(
            float(results.scores(np.array([row]))[0]), abs=1e-3
        )


def test_the_way_is_part_of_the_selection(corpus: Corpus) -> None:
    selection = Selection(query="planets", mode="meaning")
    assert selection.to_url() == "q=planets&mode=meaning"
    assert Selection.from_url(selection.to_url()) == selection
    assert selection.describe() == "papers, matching ‘planets’ by meaning"
    assert "mode='meaning'" in selection.to_python()
    assert selection.by_meaning
    hits, cutoff = by_meaning(corpus.ranker, selection)
    assert cutoff is not None
    assert cutoff.papers == len(hits.rows)


@settings(max_examples=examples(300), deadline=None)
@given(query=oracles.queries, cut=st.integers(0, 60), data=st.data())
def test_no_beginning_of_a_query_is_an_error(query: str, cut: int, data: st.DataObject) -> None:
    parse(query)
    parse(as_typed(query[:cut]))


@pytest.mark.parametrize(
    ("typed", "run"),
    [
        ("reward mod", "reward mod…"),
        ("reward model ", "reward model"),
        ("r", ""),
        ("reward m", "reward"),
        ('"chain of tho', '"chain of tho…"'),
        ('"chain of thought"', '"chain of thought"'),
        ("vision OR", "vision"),
        ("vision NOT (speech AND", "vision NOT (speech)"),
        ("vision NEAR/3", "vision"),
        ("vision -", "vision"),
        ("author:", ""),
        ("title,abstract:(vis", "title,abstract:(vis…)"),
        ("score2:>0.5", "score2:>0.5"),
        ("深", "深…"),
        ("TITLE-ABS-KEY(arithmetic)", "TITLE-ABS-KEY(arithmetic)"),
    ],
)
def test_what_is_typed_is_made_whole(typed: str, run: str) -> None:
    assert as_typed(typed) == run
    parse(run)


def test_the_beginning_of_a_word_finds_all_that_begins_so(corpus: Corpus) -> None:
    for end in range(2, len("planets") + 1):
        begun = as_typed("planets"[:end])
        assert set(corpus.select(begun)["id"]) == {
            i for i, title in zip(corpus.papers["id"], corpus.papers["title"], strict=True) if "planets" in title
        }
    assert written(any_of(parse("planets stars -models"))) == "(planets OR stars) AND (NOT models)"


def test_of_very_many_the_best_are_kept_and_that_is_said(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.search.query_modes.MOST", 2)
    results = corpus.results(Selection(query="stars", mode="meaning"))
    scores = corpus.ranker.meaning.ranker.scores("stars")
    best = np.sort(np.lexsort((np.arange(len(scores)), -scores))[:2])
    assert (scores >= SHARE * scores.max()).sum() > 2
    assert sorted(results.rows().tolist()) == best.tolist()
    lowest, most = scores[best].min(), scores.max()
    assert str(results.cutoff) == f"The 2 papers nearest in meaning, down to a score of {lowest:.2f}; the best has {most:.2f}."
