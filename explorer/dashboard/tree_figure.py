"""Topics and their parts as areas: a treemap, a sunburst or an icicle of the same nodes."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from explorer.dashboard.figures import JSON

SHAPES = ("treemap", "sunburst", "icicle")

_WIDTH = 16
"""Letters of a line of a label; an area shrinks what is written in it until the longest line fits."""

_SMALLEST = 10
"""Pixels of letters that can be read; an area that has no room for them is told by its tooltip and the table alone."""

Node = tuple[str, str, str, int, str, int]
"""Id, id of the parent (empty for the root), label, papers, the value that a click selects, and the place that gives its colour."""


def tree_json(nodes: Sequence[Node], shape: str, level: str = "all", chosen: Sequence[str] = ()) -> JSON:
    """Areas as large as the papers are many; parents before children, whose papers are part of theirs.

    Parameters
    ----------
    nodes : sequence of Node
    shape : {"treemap", "sunburst", "icicle"}
    level : str
        Id of the node that is looked into.
    chosen : sequence of str
        Values that are filtered by; the other areas are faded if there are any.

    Examples
    --------
    >>> figure = tree_json([("all", "", "All", 3, "", -1), ("t1", "all", "counting", 3, "counting", 0)], "icicle")
    >>> figure["data"][0]["values"]
    [3, 3]
    """
    ids, parents, labels, papers, values, places = (list(column) for column in zip(*nodes, strict=True))
    trace = {
        "type": shape,
        "ids": ids,
        "parents": parents,
        "labels": labels,
        "values": papers,
        "level": level,
        "branchvalues": "total",
        "sort": False,
        "customdata": [["topics", value] if value else None for value in values],
        "hovertemplate": "%{label}<br>%{value:,} papers<extra></extra>",
        "marker": {"colors": []},
        "text": [_written(label, count, shape) for label, count in zip(labels, papers, strict=True)],
        "textinfo": "text",
        "meta": {"areas": places, "faded": [bool(chosen) and value not in chosen for value in values]},
    }
    if shape == "sunburst":
        trace["insidetextorientation"] = "radial"
    if shape != "treemap":
        # Faded leaves would leave writing that was chosen for the colour as it is.
        trace["leaf"] = {"opacity": 1}
    layout = {"height": 420, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}, "uniformtext": {"minsize": _SMALLEST, "mode": "hide"}}
    return {"data": [trace], "layout": layout}


def _written(label: str, papers: int, shape: str) -> str:
    """What is written in an area: in a stripe of an icicle one line, as several would be shrunk to its height."""
    if shape == "icicle":
        return f"{label} · {papers:,}"
    return "<br>".join([*textwrap.wrap(label, _WIDTH, break_long_words=False), f"{papers:,}"])
