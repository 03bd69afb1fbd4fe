"""Figures of topics: each shows the frame that it names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import explorer
from explorer import Selection, SelectionError


@pytest.mark.parametrize("kind", ["treemap", "sunburst", "icicle"])
def test_a_tree_shows_its_frame(kind: str) -> None:
    corpus = explorer.open_corpus()
    figure = explorer.plot_topic_tree(corpus, kind=kind, number=2)
    tree = corpus.topics.tree(number=2)
    (trace,) = figure.data
    assert trace.type == kind
    assert list(zip(trace.ids, trace.parents, trace["values"], strict=True)) == list(
        zip(tree["topic"], tree["parent"], tree["papers"], strict=True)
    )
    with pytest.raises(SelectionError, match="no kind of tree"):
        explorer.plot_topic_tree(corpus, kind="pie")


def test_cells_of_relations_lead_to_their_papers() -> None:
    corpus = explorer.open_corpus()
    (trace,) = explorer.plot_relations(corpus, "keywords", level=1.0).data
    papers = corpus.papers
    for row, label in enumerate(trace.y):
        for column in range(len(trace.x)):
            if not (address := trace.customdata[row][column]):
                continue
            found = corpus.select(Selection.from_url(address))
            expected = papers[(papers["topic"] == label)]
            assert set(found["id"]) <= set(expected["id"])
            counted = int(trace.text[row][column].split()[0].replace(",", ""))
            assert counted == len(found)
    frame = corpus.topics.relations("keywords")
    first = frame.iloc[0]
    assert first["expected"] == pytest.approx(
        (papers["topic"] == first["label"]).sum() * frame[frame["value"] == first["value"]]["papers"].sum() / len(papers)
    )


def test_trends_of_a_facet_and_of_a_selection_count_as_pandas_does() -> None:
    corpus = explorer.open_corpus()
    found = corpus.topics.trends(by="year", field="keywords")
    dated = corpus.papers[corpus.papers["published"].notna()]
    for row in found.itertuples():
        has = corpus.select(Selection(keywords=(row.value,)))["id"]
        assert row.papers == dated["id"].isin(has).sum()
    ours = corpus.topics.trends(by="year", selection="reasoning").set_index("label")["papers"]
    theirs = corpus.select("reasoning")["topic"].value_counts()
    assert ours[ours > 0].to_dict() == theirs.to_dict()


def test_two_selections_are_compared_without_what_both_have() -> None:
    corpus = explorer.open_corpus()
    found = corpus.topics.compare("vision", "reasoning")
    first, second = (corpus.select(query) for query in ("vision", "reasoning"))
    both = set(first["id"]) & set(second["id"])
    assert found.attrs["both"] == len(both)
    for column, papers in (("before", first), ("after", second)):
        counts = papers[~papers["id"].isin(both)]["topic"].value_counts().to_dict()
        assert {label: n for label, n in zip(found["label"], found[column], strict=True) if n} == counts


def test_the_last_period_is_marked_where_the_corpus_ends_within_it(tmp_path: Path) -> None:
    months = [f"{year}-{month:02d}-15" for year in (2023, 2024) for month in range(1, 13) for _ in range(10)]
    dates = [date for date in months if date < "2024-04"]
    papers = pd.DataFrame({"title": [f"graph number {i} of {date}" for i, date in enumerate(dates)], "published": dates})
    corpus = explorer.Corpus.from_papers(papers, tmp_path / "c")
    frame = corpus.topics.frequency(by="year")
    assert set(frame.loc[~frame["finished"], "period"]) == {"2024"}
    assert corpus.topics.trends().attrs["unfinished"] == "2024"
    assert (frame.groupby("topic")["papers"].sum() == frame.groupby("topic")["cumulative"].max()).all()


def test_central_papers_are_of_the_topic_and_say_its_words() -> None:
    corpus = explorer.open_corpus()
    summary = corpus.topics.summary().iloc[0]
    central = corpus.topics.central(summary["topic"])
    assert len(central) == 3
    assert set(central["id"]) <= set(corpus.topics.papers(summary["topic"]))
    assert all(any(word in sentence.lower() for word in summary["words"]) for sentence in central["sentence"])
    assert central["sure"].between(0, 1).all()


def test_terms_that_emerge_are_those_that_were_put_in() -> None:
    from explorer.topics.emerging import emerging_terms

    draw = np.random.default_rng(0)
    words = [f"w{letter}{other}x" for letter in "abcdefgh" for other in "abcdefgh"]
    texts = [" ".join(draw.choice(words, 12)) + (" gravitational waves" if i >= 300 and i % 3 == 0 else "") for i in range(400)]
    found = emerging_terms(texts, np.arange(400) >= 300, set(), level=0.001)
    assert found["term"].tolist() == ["gravitational waves"]
    assert found["before"].tolist() == [0]
    assert emerging_terms(texts, np.arange(400) >= 300, {"waves"}, level=0.001)["term"].tolist() == ["gravitational"]
    assert len(emerging_terms(texts, np.zeros(400, bool), set())) == 0
    # None is commoner than chance makes it: a frame of the same columns.
    none = emerging_terms(texts[:300], np.arange(300) >= 150, set(), level=1e-9)
    assert (len(none), list(none.columns)) == (0, list(found.columns))
