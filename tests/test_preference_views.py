"""Preferences as the page shows them: utilities by pandas, the Pareto front by comparing every paper with every other."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import oracles
import pandas as pd
import pyarrow as pa
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import Corpus, Dashboard, Selection
from explorer.dashboard.views.page import preference
from explorer.search import scores as ordering

Corpora = list[tuple[Corpus, list[oracles.Paper]]]
WEIGHTS = st.dictionaries(st.sampled_from(["relevance", "recency", "upvotes", "code"]), st.floats(-1, 1), min_size=2)


@pytest.fixture(scope="module")
def corpus(corpora: Corpora) -> Corpus:
    return corpora[-1][0]


def objectives(corpus: Corpus, query: str) -> pd.DataFrame:
    """Mid-rank percentiles, 0.5 where unknown, by pandas."""
    papers = corpus.papers
    scores = corpus.select(Selection(query=query)).set_index("id")["score"] if query else pd.Series(dtype="float64")
    raw = pd.DataFrame(
        {
            "relevance": papers["id"].map(scores).astype("float64"),
            "recency": papers["published"].dt.year * 12.0 + papers["published"].dt.month,
            "upvotes": papers["upvotes"].astype("float64"),
            "code": papers["code_url"].notna().astype("float64"),
        }
    )
    return ((raw.rank(method="average") - 0.5) / raw.notna().sum()).fillna(0.5).set_axis(papers["id"])


def best(values: np.ndarray) -> np.ndarray:
    beaten = [((values >= row).all(axis=1) & (values > row).any(axis=1)).any() for row in values]
    return ~np.array(beaten, bool)


@settings(max_examples=examples(40), deadline=None)
@given(
    weights=WEIGHTS,
    query=st.sampled_from(["", "graph OR model", "vision"]),
    years=st.sampled_from([(None, None), (2021, 2022)]),
)
def test_the_list_is_by_utility_and_the_front_is_what_nobody_beats(
    corpus: Corpus, weights: dict[str, float], query: str, years: Any
) -> None:
    selection = Selection(query=query, years=years, prefer=weights, sort="preference")
    view = json.loads(json.dumps(preference(corpus.results(selection), 0), allow_nan=False))
    direction = dict(selection.prefer)
    assert {row["name"]: row["weight"] for row in view["objectives"] if row["weight"]} == direction
    table = corpus.select(selection)
    if not direction:
        assert view["front"] is None
        return
    values = objectives(corpus, query).loc[table["id"], list(direction)] * pd.Series(direction)
    np.testing.assert_allclose(table["score"], values.sum(axis=1), atol=2e-6)
    assert table["score"].is_monotonic_decreasing
    if len(direction) < 2:
        assert view["front"] is None
        return
    front = corpus.results(selection).front
    assert front is not None
    assert view["front"] == {"papers": len(front.rows), "among": len(table)}
    expected = set(table["id"][best(values.round(6).to_numpy())])
    assert set(corpus.papers["id"].iloc[front.rows]) == expected


def test_the_front_of_the_best_leaves_none_of_them_out(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    selection = Selection(
        query="graph OR model OR vision", prefer={"relevance": 1, "recency": 0.4, "upvotes": -0.7}, sort="preference"
    )
    whole = corpus.results(selection)
    assert whole.front is not None
    monkeypatch.setattr(ordering, "MOST_COMPARED", 25)
    part = corpus.results(selection).front
    assert part is not None
    assert part.among == 25
    assert set(part.rows.tolist()) == set(whole.front.rows.tolist()) & set(whole.rows(0, 25).tolist())
    assert 0 < len(part.rows) < len(whole.front.rows)


def test_what_a_corpus_lacks_is_said(tmp_path: Any, corpus: Corpus) -> None:
    bare = Corpus.from_papers(pa.table({"title": ["reward model", "graph"]}), tmp_path / "bare")
    why = {row["name"]: row["lacking"] for row in preference(bare.results(Selection()), 0)["objectives"]}
    assert all(why.values())
    assert set(why) == {"relevance", "recency", "upvotes", "novelty", "code"}
    full = {row["name"]: row["lacking"] for row in preference(corpus.results(Selection(query="graph")), 0)["objectives"]}
    assert not any(full[name] for name in ("relevance", "recency", "upvotes", "code"))


def test_parts_are_exported_and_add_up(corpus: Corpus) -> None:
    table = corpus.select(Selection(prefer={"recency": 0.6, "upvotes": -0.8}, sort="preference"))
    np.testing.assert_allclose(table["part: recency"] + table["part: upvotes"], table["score"], atol=1e-6)


def test_the_list_marks_the_front(corpus: Corpus) -> None:
    board = Dashboard(corpus)
    board.session.change({"prefer": [["recency", 1], ["upvotes", 1]], "sort": "preference"})
    front = board.session.results.front
    assert front is not None
    assert [row["row"] for row in board.papers["rows"] if row["best"]] == [
        row["row"] for row in board.papers["rows"] if row["row"] in front.rows
    ]
    assert board.papers["rows"][0]["best"]
    board.session.change({"sort": "newest"})
    assert not any(row["best"] for row in board.papers["rows"])


def test_one_undo_takes_back_a_move_of_a_slider(corpus: Corpus) -> None:
    board = Dashboard(corpus)
    moves = ((0.2, False), (0.4, True), (0.6, True), (-0.5, False))
    for seq, (weight, joined) in enumerate(moves, 1):
        changes = {"prefer": [["recency", weight], ["code", 0.5]], "sort": "preference"}
        board._received(board, {"kind": "set", "seq": seq, "changes": changes, "joined": joined}, [])
    moved = board.session.selection
    board.session.undo()
    assert dict(board.session.selection.prefer)["recency"] == pytest.approx(0.6 / np.hypot(0.6, 0.5), abs=1e-3)
    board.session.undo()
    assert board.session.selection == Selection()
    board.session.redo()
    board.session.redo()
    assert board.session.selection == moved
