"""The report to print: the whole list in its order, and how it was made."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import oracles
import pytest

from explorer import Corpus, Selection
from explorer.dashboard.views import report as views
from explorer.dashboard.views.page import title_of

Corpora = list[tuple[Corpus, list[oracles.Paper]]]


def report(corpus: Corpus, selection: Selection, only: np.ndarray | None = None) -> Any:
    return json.loads(json.dumps(views.report(corpus.results(selection), only), allow_nan=False))


def test_the_whole_list_in_its_order(corpora: Corpora) -> None:
    corpus, papers = corpora[-1]
    selection = Selection(query="graph", sort="oldest")
    made = report(corpus, selection)
    rows = corpus.results(selection).rows().tolist()
    assert len(rows) > 25
    assert [paper["title"] for paper in made["papers"]] == [title_of(papers[row]["title"]) for row in rows]
    assert made["more"] == 0
    assert "graph" in made["sentence"]
    facts = dict(made["made"])
    assert Selection.from_url(facts["Address"]) == selection
    assert f"{len(papers):,}" in facts["Papers"]
    assert "seed" in facts["Topics"]
    assert "Wilson" in facts["Shares"]
    assert all(paper["url"].startswith(("http://", "https://", "")) for paper in made["papers"])


def test_some_rows_only(corpora: Corpora, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus, papers = corpora[-1]
    made = report(corpus, Selection(), np.array([5, 2]))
    assert [paper["title"] for paper in made["papers"]] == [title_of(papers[row]["title"]) for row in (5, 2)]
    monkeypatch.setattr(views, "MOST", 10)
    assert report(corpus, Selection())["more"] == len(papers) - 10


@pytest.mark.parametrize("size", [0, 1])
def test_corpora_of_few_papers(size: int, corpora: Corpora) -> None:
    corpus, _ = next(item for item in corpora if len(item[1]) == size)
    assert len(report(corpus, Selection())["papers"]) == size
