"""Topics as figures that the page does not draw by itself: their tree, what goes with what, and how their number was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from explorer.corpus.corpus import Corpus
from explorer.dashboard.figures import FADED, SERIES, drawn
from explorer.dashboard.plots import of_corpus
from explorer.errors import SelectionError
from explorer.selection.selection import Selection
from explorer.topics.arguments import rate, whole

if TYPE_CHECKING:
    import plotly.graph_objects as go

KINDS = ("treemap", "sunburst", "icicle")

_UNSTABLE = 0.25
"""Stability below which a topic is drawn faded: less than a quarter of its words come back. A convention."""


@of_corpus
def plot_topic_tree(
    corpus: Corpus, selection: Selection | str | None = None, *, kind: str = "treemap", depth: int = 2, number: int = 3
) -> go.Figure:
    """Draw the topics and their parts; topics that hardly come back over samples of the papers are faded.

    Parameters
    ----------
    corpus : Corpus
    selection : Selection or str, optional
        Whose papers are counted, under all its filters but that of topics; all by default.
    kind : {"treemap", "sunburst", "icicle"}
    depth : {1, 2}
        Topics alone, or with their parts.
    number : int
        Parts of each topic.

    Returns
    -------
    plotly.graph_objects.Figure
        Of the frame that ``corpus.topics.tree(depth=depth, number=number)`` gives.

    Raises
    ------
    CorpusError
        It is given something else than a corpus, such as a table.
    SelectionError
        There is no such kind of figure, or no such depth.
    TopicError
        `number` is no number of parts.

    Examples
    --------
    >>> import explorer
    >>> figure = explorer.plot_topic_tree(explorer.open_corpus(), depth=1)
    >>> figure.data[0].type, int(figure.data[0]["values"][0])
    ('treemap', 88)
    """
    if kind not in KINDS:
        raise SelectionError(f"There is no kind of tree {kind!r}. Kinds: {', '.join(KINDS)}.")
    rows = None if selection is None else np.flatnonzero(corpus.results(Selection.of(selection)).mask_without("topics"))
    if depth not in (1, 2):
        raise SelectionError(f"There is no depth {depth!r}. Depths: 1 (topics alone), 2 (with their parts).")
    number = whole(number, "number", "a number of parts, 2 or more", 2)
    tree = corpus.topics.snapshot.tree(depth=depth, number=number, rows=rows)
    summary = corpus.topics.summary().set_index("topic")
    stability = summary["stability"].astype(float)
    order = {topic: place for place, topic in enumerate(tree.loc[tree["level"] == 1, "topic"])}
    colours, faint = [], []
    for topic, parent, level in zip(tree["topic"], tree["parent"], tree["level"], strict=True):
        owner = topic if level == 1 else parent
        colours.append("rgba(0,0,0,0)" if level == 0 else SERIES[order[owner] % len(SERIES)])
        faint.append(level > 0 and bool(stability.get(owner, 1.0) < _UNSTABLE))
    trace = {
        "type": kind,
        "ids": tree["topic"].to_list(),
        "parents": tree["parent"].to_list(),
        "labels": tree["label"].to_list(),
        "values": tree["papers"].to_list(),
        "branchvalues": "total",
        "text": [", ".join(words[:5]) for words in tree["words"]],
        "hovertemplate": "%{label}<br>%{value:,} papers<br>%{text}<extra></extra>",
        "marker": {"colors": [_faded(colour) if weak else colour for colour, weak in zip(colours, faint, strict=True)]},
    }
    return drawn({"data": [trace], "layout": {"height": 480, "margin": {"l": 4, "r": 4, "t": 4, "b": 4}}})


def _faded(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{FADED})"


@of_corpus
def plot_relations(
    corpus: Corpus, field: str = "venues", *, selection: Selection | str | None = None, most: int = 20, level: float = 0.05
) -> go.Figure:
    """Draw which topics go with which values of a facet: observed over expected papers, as logarithms to the base 2.

    Parameters
    ----------
    corpus : Corpus
    field : {"topics", "venues", "authors", "keywords"} or ``columns.NAME``, a column of your own
        With ``"topics"``, the topic that is the next likeliest for each paper.
    selection : Selection or str, optional
        Papers to count; all by default.
    most : int
        Values that are drawn, the commonest.
    level : float
        Cells that could be chance at this rate of false discoveries are left blank.

    Returns
    -------
    plotly.graph_objects.Figure
        Of the frame that ``corpus.topics.relations(field)`` gives; each cell has the address of its papers as `customdata`.

    Raises
    ------
    CorpusError
        It is given something else than a corpus, such as a table.
    SelectionError
        There is no such facet, or the selection is none.
    TopicError
        `most` is no number, or `level` no rate.

    Examples
    --------
    >>> import explorer
    >>> explorer.plot_relations(explorer.open_corpus(), "keywords").data[0].type
    'heatmap'
    """
    most, level = whole(most, "most", "a number of values, 1 or more", 1), rate(level)
    frame = corpus.topics.relations(field, selection=selection)
    frame["log"] = np.log2(frame["ratio"].clip(lower=2**-4)).where(frame["q"] <= level)
    values = (
        frame.groupby("value", sort=False)["papers"].sum().sort_values(ascending=False, kind="stable").index[:most].to_list()
    )
    labels = [label for label in corpus.topics.labels if label in set(frame["label"])]
    cells = {(row["label"], row["value"]): row for row in frame.to_dict("records")}
    grid = [[cells.get((label, value)) for value in values] for label in labels]
    addresses = [["" if cell is None else cell["selection"].to_url() for cell in row] for row in grid]
    said = [
        [
            "" if cell is None else f"{cell['papers']:,} papers, {cell['expected']:.1f} expected, q = {cell['q']:.2g}"
            for cell in row
        ]
        for row in grid
    ]
    trace = {
        "type": "heatmap",
        "x": values,
        "y": labels,
        "z": [[None if cell is None or np.isnan(cell["log"]) else float(cell["log"]) for cell in row] for row in grid],
        "zmid": 0,
        "colorscale": "RdBu",
        "reversescale": True,
        "text": said,
        "customdata": addresses,
        "hovertemplate": "%{y} × %{x}<br>%{text}<extra></extra>",
        "colorbar": {"title": {"text": "log₂ observed / expected"}},
    }
    across = "topic that is next likeliest" if field == "topics" else field.removeprefix("columns.")
    layout = {
        "height": max(240, 24 * len(labels) + 120),
        "xaxis": {"type": "category", "automargin": True, "title": {"text": across, "standoff": 12}},
        "yaxis": {"type": "category", "automargin": True, "autorange": "reversed", "title": {"text": "topic", "standoff": 12}},
    }
    if len(frame):
        nothing = f"Nothing goes together more or less often than by chance (false discoveries held at {level:.0%})."
    else:
        nothing = "No papers to draw." if field == "topics" else "No value is on five of these papers."
    return drawn({"data": [trace], "layout": layout}, nothing)


@of_corpus
def plot_topic_number(corpus: Corpus) -> go.Figure:
    """Draw how the number of topics was chosen: stability and coherence of each number that was tried.

    Parameters
    ----------
    corpus : Corpus

    Returns
    -------
    plotly.graph_objects.Figure
        Of ``corpus.topics.table.curve``; where the number was given, or the papers are too few to try several, it says so.

    Raises
    ------
    CorpusError
        It is given something else than a corpus, such as a table.

    Examples
    --------
    >>> import explorer
    >>> len(explorer.plot_topic_number(explorer.open_corpus()).data)
    3
    """
    curve = corpus.topics.table.curve
    lines = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": name,
            "x": [row["topics"] for row in curve],
            "y": [row[name] for row in curve],
            "line": {"color": SERIES[at], "width": 3 if name == "score" else 1.5},
        }
        for at, name in enumerate(("score", "stability", "coherence"))
    ]
    return drawn(
        {"data": lines, "layout": {"height": 300, "xaxis": {"title": {"text": "topics"}}, "yaxis": {"rangemode": "tozero"}}},
        "The number of topics was given, or papers are too few to try several.",
    )
