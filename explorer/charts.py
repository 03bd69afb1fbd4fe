"""Counts to plotly figures, without side effects. Colours of text and background come from the page's theme.

Each figure is written as plotly's JSON; `plot_counts` and `plot_series` make a `plotly.graph_objects.Figure` of it, which
checks every property. The dashboard sends the JSON as it is: making figures took 20 ms of every interaction, and importing
plotly a fifth of a second of every start.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import plotly.graph_objects as go

SERIES = ("#2f6fb2", "#b3541e", "#2f855a", "#8a4fae", "#b1375f", "#7a6512", "#1f7f8c", "#6b5bd2")
"""Line colours: each at least 3:1 against white and against the dark background, in an order that keeps neighbours apart."""

REST = "#7d8590"
FADED = 0.35


JSON = dict[str, Any]
"""A figure as plotly.js takes it: ``data``, a list of traces, and ``layout``."""


def _layout(height: int, **more: object) -> JSON:
    return {
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 6, "b": 32},
        "hovermode": "closest",
        "showlegend": False,
        "bargap": 0.28,
        **more,
    }


def plot_counts(
    labels: Sequence[str], values: Sequence[str], counts: Sequence[int], chosen: Sequence[str], field: str
) -> go.Figure:
    """Draw `counts_json`, which has the same parameters."""
    return _figure(counts_json(labels, values, counts, chosen, field))


def plot_series(
    periods: Sequence[str], labels: Sequence[str], grid: np.ndarray, totals: np.ndarray, chosen: Sequence[str], *, share: bool
) -> go.Figure:
    """Draw `series_json`, which has the same parameters."""
    return _figure(series_json(periods, labels, grid, totals, chosen, share=share))


def _figure(written: JSON) -> go.Figure:
    import plotly.graph_objects as go

    return go.Figure(written).update_layout(template="none")


def counts_json(labels: Sequence[str], values: Sequence[str], counts: Sequence[int], chosen: Sequence[str], field: str) -> JSON:
    """Horizontal bars of how many papers each value has, the first on top.

    Parameters
    ----------
    labels, values : sequence of str
        Text beside each bar, and the value a click on it selects.
    counts : sequence of int
    chosen : sequence of str
        Values that are filtered by; the other bars are faded if there are any.
    field : str
        Field of the selection, in the points' `customdata` with the value.
    """
    opacity = [1.0 if not chosen or value in chosen else FADED for value in values]
    bars = {
        "type": "bar",
        "x": list(counts),
        "y": list(range(len(values))),
        "orientation": "h",
        "customdata": [[field, value] for value in values],
        "text": [f"{count:,}" for count in counts],
        "textposition": "outside",
        "textfont": {"size": 12},
        "cliponaxis": False,
        "hovertext": list(labels),
        "hovertemplate": "%{hovertext}<br>%{x:,} papers<extra></extra>",
        "marker": {"opacity": opacity},
        "meta": {"accent": True},
    }
    layout = _layout(
        max(160, 26 * len(values) + 46),
        xaxis={"title": {"text": "papers"}, "range": [0, 1.12 * max([1, *counts])], "tickformat": ",d", "nticks": 5},
        yaxis={
            "tickvals": list(range(len(values))),
            "ticktext": [_short(label) for label in labels],
            "autorange": "reversed",
            "automargin": True,
            "ticks": "",
            # The line of y = 0 would run through the first bar.
            "zeroline": False,
        },
    )
    return {"data": [bars], "layout": layout}


def series_json(
    periods: Sequence[str], labels: Sequence[str], grid: np.ndarray, totals: np.ndarray, chosen: Sequence[str], *, share: bool
) -> JSON:
    """Lines of how many papers each topic has over time.

    Parameters
    ----------
    periods : sequence of str
    labels : sequence of str
        Topics, at most as many as `SERIES` has colours.
    grid : ndarray, shape (n_labels, n_periods)
        Counts.
    totals : ndarray, shape (n_periods,)
        Papers of all topics, for shares; a share of an empty period is a gap.
    chosen : sequence of str
        Topics that are filtered by.
    share : bool
        Draw the fraction of the period's papers instead of their number.
    """
    sparse = len(periods) < 3
    with np.errstate(divide="ignore", invalid="ignore"):
        heights = np.where(totals > 0, grid / np.maximum(totals, 1), np.nan) if share else grid
    lines = [
        {
            "type": "scatter",
            "x": list(periods),
            "y": [None if np.isnan(v) else v for v in heights[i].tolist()] if share else heights[i].tolist(),
            "name": _short(label, 30),
            "mode": "markers" if sparse else "lines+markers",
            "line": {"color": SERIES[i % len(SERIES)], "width": 2, "dash": "solid" if i < len(SERIES) else "dot"},
            "marker": {"color": SERIES[i % len(SERIES)], "size": 9 if sparse else 5},
            "opacity": 1.0 if not chosen or label in chosen else FADED,
            "customdata": [["topics", label]] * len(periods),
            "hovertemplate": f"{_escaped(label)}<br>%{{x}}: %{{y:{'.1%' if share else ',d'}}}<extra></extra>",
        }
        for i, label in enumerate(labels)
    ]
    layout = _layout(
        300,
        legend={"orientation": "h", "y": -0.18, "x": 0, "yanchor": "top", "itemclick": False, "itemdoubleclick": False},
        xaxis={"type": "category", "nticks": 10, "automargin": True},
        yaxis={"rangemode": "tozero", "automargin": True, "nticks": 5, "tickformat": ".0%" if share else ",d"},
    )
    return {"data": lines, "layout": {**layout, "showlegend": True}}


def _escaped(text: str) -> str:
    """Text within a hover template, where braces, percent signs and tags have a meaning."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("%{", "% {")


def _short(text: str, most: int = 34) -> str:
    """Cut a label at a word; tags in it are text and not markup."""
    cut = text if len(text) <= most else text[:most].rsplit(" ", 1)[0].rstrip(",") + " …"
    return cut.replace("&", "&amp;").replace("<", "&lt;")


def plotly_path() -> Path:
    """plotly.js as the plotly package carries it, so that it is always in step with the figures."""
    import plotly

    return Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


def plotly_version() -> str:
    """Version of the plotly package."""
    from importlib.metadata import version

    return version("plotly")


@cache
def plotly_bundle() -> bytes:
    """plotly.js, compressed with gzip."""
    return gzip.compress(plotly_path().read_bytes(), 6)
