"""The charts of the page as functions: the same figures, from the same selection."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

import explorer
from explorer import Corpus, Selection, SelectionError
from explorer.dashboard import plots
from explorer.dashboard.plots import FUNCTIONS, code_of
from explorer.dashboard.widget import Dashboard


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return explorer.open_corpus()


def as_json(figure: go.Figure | dict[str, Any]) -> Any:
    """A figure as plotly writes it, whichever way it was made."""
    made = figure if isinstance(figure, go.Figure) else go.Figure(figure).update_layout(template="none")
    return json.loads(made.to_json())


def test_topics_are_counted_as_pandas_counts(corpus: Corpus) -> None:
    figure = explorer.plot_topics(corpus, "reasoning", share=False)
    papers = corpus.select("reasoning")
    counts = papers["topic"].value_counts()
    bars, heat = figure.data
    drawn = dict(zip((text for text in bars.hovertext), bars.x, strict=True))
    assert {topic: count for topic, count in drawn.items() if count} == counts.to_dict()
    assert sum(value or 0 for row in heat.z for value in row) == papers["published"].notna().sum()


def test_they_are_the_figures_of_the_page(corpus: Corpus) -> None:
    selection = Selection(query="reasoning", axes=(("arithmetic", "vision"),))
    board = Dashboard(corpus, selection)
    [keywords] = [chart for chart in board.charts if chart["name"] == "keywords"]
    assert as_json(explorer.plot_keywords(corpus, selection)) == as_json(keywords["figure"])
    chart = board.axes["chart"]
    assert as_json(explorer.plot_axes(corpus, selection, colour=board.axes["colour"])) == as_json(chart["figure"])
    chosen = corpus.topics.labels[:2]
    board.selection = Selection(query="reasoning", topics=tuple(chosen))
    for option, value in (("lines", True), ("by", "quarter")):
        board._received(board, {"kind": "chart", "seq": 1, "option": option, "value": value}, [])
    assert board.topics["lines"] is not None
    assert as_json(explorer.plot_trends(corpus, "reasoning", topics=chosen, by="quarter")) == as_json(
        board.topics["lines"]["figure"]
    )
    board.close()


def test_the_largest_topics_are_drawn_where_none_is_chosen(corpus: Corpus) -> None:
    figure = explorer.plot_trends(corpus, "reasoning", share=False)
    largest = corpus.select("reasoning")["topic"].value_counts()
    names = {trace.name for trace in figure.data}
    assert len(names) == plots.MOST
    assert {largest.index[0], largest.index[1]} <= names


def test_a_figure_that_shows_nothing_says_so(corpus: Corpus, tmp_path: Any) -> None:
    none = "zzzzqq"
    shown = [explorer.plot_trends(corpus, none), explorer.plot_keywords(corpus, none), explorer.plot_topic_tree(corpus, none)]
    assert {figure.layout.annotations[0].text for figure in shown} == {"No papers to draw."}
    assert explorer.plot_relations(corpus, selection=none).layout.annotations[0].text == "No value is on five of these papers."
    undated = Corpus.from_papers(pd.DataFrame({"title": [f"lattice sums {i}" for i in range(6)]}), tmp_path / "u")
    assert "has a date" in explorer.plot_trends(undated).layout.annotations[0].text
    assert "chance" in explorer.plot_relations(undated, "keywords").layout.annotations[0].text
    assert "too few to try several" in explorer.plot_topic_number(undated).layout.annotations[0].text
    # What has something to show has no such words over it.
    assert not explorer.plot_trends(corpus).layout.annotations
    assert not explorer.plot_topics(corpus, none).layout.annotations


def test_a_column_of_ones_own(tmp_path: Any) -> None:
    papers = pd.DataFrame({"title": [f"paper {n}" for n in range(6)], "my_label": ["yes", "no", "yes", "yes", "no", "yes"]})
    corpus = Corpus.from_papers(papers, tmp_path / "corpus")
    assert list(explorer.plot_column(corpus, "my_label").data[0].x) == [4, 2]
    with pytest.raises(SelectionError, match="Columns: my_label"):
        explorer.plot_column(corpus, "label")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda corpus: explorer.plot_topics(corpus, by="decade"), "Periods: year, quarter, month"),
        (lambda corpus: explorer.plot_trends(corpus, by="week"), "Periods: year"),
        (lambda corpus: explorer.plot_trends(corpus, topics=["nothing"]), "Topics: "),
        (lambda corpus: explorer.plot_trends(corpus, topics=corpus.topics.labels[:6]), "at most 5"),
        (lambda corpus: explorer.plot_axes(corpus, Selection()), "no axes"),
        (lambda corpus: explorer.plot_axes(corpus, Selection(axes=(("a", "b"),)), colour="red"), "Choices: none, topic"),
        (lambda corpus: explorer.plot_column(corpus, "x"), "Columns: "),
        (lambda corpus: explorer.plot_topics(corpus, 3), "Selection"),
        (lambda corpus: code_of("pie", Selection(), "corpus/", {}), "Charts: topics"),
    ],
)
def test_what_cannot_be_drawn_is_said_with_the_choices(call: Any, says: str, corpus: Corpus) -> None:
    with pytest.raises(SelectionError, match=says):
        call(corpus)


@pytest.mark.parametrize("chart", sorted(FUNCTIONS))
def test_the_copied_python_draws_the_chart(chart: str, corpus: Corpus, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if chart == "own":
        table = pd.DataFrame({"title": ["a word", "b word", "c"], "my_label": ["yes", "no", "yes"]})
        corpus = Corpus.from_papers(table, tmp_path / "corpus")
    selection = Selection(
        query="word" if chart == "own" else "reasoning", axes=(("arithmetic", "vision"),) if chart == "axes" else ()
    )
    board = Dashboard(corpus, selection)
    heard: list[dict[str, Any]] = []
    monkeypatch.setattr(board, "send", lambda content, buffers=None: heard.append(content))
    board._received(board, {"kind": "chart", "seq": 1, "option": "cumulative", "value": True}, [])
    board._received(board, {"kind": "chart_code", "seq": 2, "chart": chart}, [])
    [answer] = heard
    assert answer["kind"] == "chart_code"
    assert answer["seq"] == 2
    shown: list[go.Figure] = []
    monkeypatch.setattr(go.Figure, "show", lambda figure: shown.append(figure))
    names: dict[str, Any] = {}
    exec(answer["text"], names)
    assert names["selection"] == selection
    assert shown == [names["figure"]]
    expected = {
        "topics": lambda: explorer.plot_topics(corpus, selection, cumulative=True),
        "lines": lambda: explorer.plot_trends(corpus, selection, cumulative=True),
        "keywords": lambda: explorer.plot_keywords(corpus, selection),
        "own": lambda: explorer.plot_column(corpus, "", selection),
        "axes": lambda: explorer.plot_axes(corpus, selection),
        "tree": lambda: explorer.plot_topic_tree(corpus, selection),
    }[chart]()
    assert as_json(shown[0]) == as_json(expected)
    board.close()
