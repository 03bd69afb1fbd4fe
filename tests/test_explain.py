"""Why a paper stands where it stands: the parts add up to the score that is shown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from explorer import ConceptError, Corpus, Selection, SelectionError
from explorer.corpus.opening import default_corpus


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return default_corpus()


SELECTIONS = [
    Selection(query="reasoning"),
    Selection(query="chain of thought"),
    Selection(query='"chain of thought" reasoning'),
    Selection(query="reason* -vision"),
    Selection(query="vision OR -reasoning"),
    Selection(query="(vision benchmark) OR (title:arithmetic -vision) OR numer*"),
    Selection(query="-vision"),
    Selection(query="NOT NOT vision"),
    Selection(query="reasoning reasoning"),
    Selection(query="the"),
    Selection(query="vision", has_code=True),
    Selection(query="reasoning numbers", sort="hybrid"),
    Selection(query="model", sort="hybrid", rank="vision"),
    Selection(rank="2*reasoning - vision"),
    Selection(query="model", rank="vision + benchmark"),
    Selection(query="model", prefer=(("recency", 1.0), ("relevance", -0.4)), sort="preference"),
]


def id_of(corpus: Corpus, row: int) -> str:
    return str(corpus.table.column("id")[int(row)].as_py())


@pytest.mark.parametrize("selection", SELECTIONS, ids=lambda selection: selection.to_url())
def test_the_parts_add_up_to_the_score_shown(corpus: Corpus, selection: Selection) -> None:
    results = corpus.results(selection)
    rows = results.rows()
    assert len(rows)
    for row, score in zip(rows, results.scores(rows), strict=True):
        found = corpus.why(id_of(corpus, row), selection)
        assert sum(part for _, part in found) == pytest.approx(float(score), rel=1e-4, abs=1e-5)
        parts = [part for _, part in found]
        assert parts == sorted(parts, reverse=True)
        assert len({label for label, _ in found}) == len(found)


def test_likeness_is_the_sum_of_shared_words_and_meaning(corpus: Corpus) -> None:
    ids = list(corpus.papers["id"])
    selection = Selection(like=(ids[0], ids[5]), unlike=(ids[9],))
    results = corpus.results(selection)
    rows = results.rows()
    for row, score in zip(rows, results.scores(rows), strict=True):
        assert sum(part for _, part in corpus.why(id_of(corpus, row), selection)) == pytest.approx(
            float(score), rel=1e-3, abs=1e-5
        )
    assert [label for label, _ in corpus.why(id_of(corpus, 0), selection)] == ["one of the papers compared with"]


def test_a_paper_that_does_not_match_has_no_reasons(corpus: Corpus) -> None:
    for query in ("vision", "vision OR (arithmetic -the)", "-reasoning"):
        hits = set(corpus.results(Selection(query=query)).rows().tolist())
        for row in range(len(corpus)):
            assert bool(corpus.why(id_of(corpus, row), Selection(query=query))) == (row in hits)


def test_without_a_query_there_is_nothing_to_explain(corpus: Corpus) -> None:
    assert corpus.why(id_of(corpus, 0), Selection()) == []
    assert corpus.why(id_of(corpus, 0), Selection(sort="title")) == []


@pytest.mark.parametrize("mode", ["bm25", "hybrid", "semantic"])
@pytest.mark.parametrize("natural", [True, False])
def test_explain_adds_up_to_the_search(corpus: Corpus, mode: str, natural: bool) -> None:
    query = "reasoning and arithmetic arithmetic" if natural else "reasoning arithmetic"
    hits = corpus.search(query, mode=mode, natural=natural, limit=None)
    for paper, score in zip(hits["id"], hits["score"], strict=True):
        reasons = corpus.explain(query, paper, mode=mode, natural=natural)
        assert list(reasons.columns) == ["reason", "contribution"]
        assert reasons["contribution"].sum() == pytest.approx(float(score), rel=1e-4, abs=1e-5)
        assert reasons["contribution"].is_monotonic_decreasing


def test_words_are_named_as_the_paper_writes_them() -> None:
    corpus = Corpus.from_papers(pd.DataFrame({"title": ["Modelling neural networks", "Roots", "Leaves", "Seeds", "Soil"]}))
    reasons = corpus.explain("network model", corpus.papers["id"][0], mode="hybrid", natural=True)
    assert {"modelling", "networks"} <= set(reasons["reason"])


def test_what_cannot_be_explained_says_so(corpus: Corpus) -> None:
    with pytest.raises(ConceptError, match="nobody"):
        corpus.explain("vision", "nobody")
    with pytest.raises(SelectionError, match="magic"):
        corpus.explain("vision", corpus.papers["id"][0], mode="magic")
    nothing = corpus.explain("zzyzx", corpus.papers["id"][0], mode="hybrid", natural=True)
    assert nothing.empty
    assert nothing["contribution"].dtype == np.float64
