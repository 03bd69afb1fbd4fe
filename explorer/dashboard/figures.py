"""Counts to plotly figures, without side effects. Colours of text and background come from the page's theme.

Each figure is written as plotly's JSON; `drawn` makes a `plotly.graph_objects.Figure` of it, which checks every property.
The dashboard sends the JSON as it is: making figures took 20 ms of every interaction, and importing plotly a fifth of a second of every start.
"""

from __future__ import annotations

import base64
import gzip
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.selection.syntax import COLUMN

if TYPE_CHECKING:
    import plotly.graph_objects as go

SERIES = ("#005ebe", "#b63578", "#099957", "#8780c2", "#654b0f", "#492d77", "#8f870f", "#722c35")
"""Colours of topics on a light ground."""

SERIES_DARK = ("#819bfd", "#c757a4", "#9ee299", "#e3a3b5", "#927200", "#4dd9ff", "#afc550", "#22865d")
"""Colours of topics on a dark ground.

Both were found by a search that kept each colour at a contrast of 3 with its grounds and any two as far apart as could be in CIELAB,
as seen with normal sight and as simulated for protan, deutan and tritan sight (Machado, Oliveira & Fernandes 2009); the style sheet
has the same. `tests/test_topic_marks.py` measures them.
"""

SYMBOLS = ("circle", "square", "triangle-up", "diamond", "cross")
"""Shapes of topics beyond the first eight, in plotly's words; each is used with all colours before the next."""

DASHES = ("solid", "dash", "dot", "dashdot", "longdash")

REST = "#7d8590"
FADED = 0.35
_MARKED = 60
"""Periods up to which the points of a line are drawn in full; of more they would be a band."""


JSON = dict[str, Any]
"""A figure as plotly.js takes it: ``data``, a list of traces, and ``layout``."""


Range = tuple[float | None, float | None]
Spans = tuple[tuple[float, float], tuple[float, float]]
Axes = tuple[tuple[str, str], tuple[str, str]]


def _whole(most: float) -> JSON:
    """Ticks of an axis of counts up to `most`: never between two of them."""
    return {"tickformat": ",d", **({"dtick": 1} if most < 5 else {"nticks": 5})}


def _layout(height: int, **more: object) -> JSON:
    return {
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 6, "b": 32},
        "hovermode": "closest",
        "showlegend": False,
        "bargap": 0.28,
        **more,
    }


def drawn(written: JSON, nothing: str = "No papers to draw.") -> go.Figure:
    """A figure as plotly's own object, every property checked; where it shows nothing it says so: bare axes look like a fault."""
    import plotly.graph_objects as go

    figure = go.Figure(written).update_layout(template="none")
    if not any(_shows(trace) for trace in written["data"]):
        figure.add_annotation(text=nothing, showarrow=False, x=0.5, y=0.5, xref="paper", yref="paper")
        # The names beside and below a heat map without cells tell what was looked at.
        if not any(trace.get("z") for trace in written["data"]):
            figure.update_traces(visible=False).update_xaxes(visible=False).update_yaxes(visible=False)
    return figure


def _shows(trace: JSON) -> bool:
    """Whether there is anything in a trace: points or bars, cells of a heat map, areas of a tree."""
    if "z" in trace:
        return any(value is not None for row in trace["z"] for value in row)
    return any(trace["values"]) if "values" in trace else len(trace.get("x", ())) > 0


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
        xaxis={"title": {"text": "papers"}, "range": [0, 1.12 * max([1, *counts])], **_whole(max([0, *counts]))},
        yaxis={
            "tickvals": list(range(len(values))),
            "ticktext": _shorts(labels),
            "autorange": "reversed",
            "automargin": True,
            "ticks": "",
            # The line of y = 0 would run through the first bar.
            "zeroline": False,
        },
    )
    return {"data": [bars], "layout": layout}


def _over_periods(share: bool, most: float) -> JSON:
    return _layout(
        300,
        legend={"orientation": "h", "y": -0.18, "x": 0, "yanchor": "top", "itemclick": False, "itemdoubleclick": False},
        xaxis={"type": "category", "nticks": 10, "automargin": True},
        yaxis={"rangemode": "tozero", "automargin": True, **({"nticks": 5, "tickformat": ".0%"} if share else _whole(most))},
    )


def lines_json(
    periods: Sequence[str],
    labels: Sequence[str],
    values: Sequence[Sequence[float | None]],
    low: np.ndarray | None,
    high: np.ndarray | None,
    places: Sequence[int],
    states: Sequence[str],
    bursts: Sequence[Mapping[int, bool]] = (),
) -> JSON:
    """Lines of a few topics over time with the bands of their intervals; what is unfinished is dotted.

    Parameters
    ----------
    periods : sequence of str
    labels : sequence of str
    values : sequence of sequence of (float or None), shape (n_labels, n_periods)
        Shares or counts; None leaves a gap.
    low, high : ndarray, shape (n_labels, n_periods), optional
        Ends of the intervals.
    places : sequence of int
        Each topic's place among all, which gives it its mark.
    states : sequence of str
        For each period empty, or why it says little; see `views.topics.Grid`.
    bursts : sequence of mapping of int to bool
        For each topic the places of the periods in which it bursts, and whether that is more than chance.
    """
    data: list[JSON] = []
    share = low is not None
    # Papers may be dated beyond the period that goes on: all from there are still to come.
    end = next((at for at, state in enumerate(states) if state == "unfinished"), len(states))
    size = 6 if len(periods) <= _MARKED else 3
    names = _shorts(labels, 60)
    for i, label in enumerate(labels):
        mark = mark_of(places[i])
        if low is not None and high is not None:
            around = _around([j for j in range(len(periods)) if values[i][j] is not None])
            data.append(
                {
                    "type": "scatter",
                    "x": [None if j is None else periods[j] for j, _ in around],
                    "y": [None if j is None else round(float((high if up else low)[i][j]), 4) for j, up in around],
                    "fill": "toself",
                    "mode": "lines",
                    "line": {"width": 0, "color": mark["color"]},
                    "fillcolor": mark["color"],
                    "opacity": 0.16,
                    "hoverinfo": "skip",
                    "meta": {"place": places[i], "band": True},
                }
            )
        told = "%{y:.1%}" if share else "%{y:,d}"
        common = {
            "type": "scatter",
            "name": names[i],
            "customdata": [["topics", label]] * len(periods),
            "hovertemplate": f"{_escaped(label)}<br>%{{x}}: {told}<extra></extra>",
            "meta": {"place": places[i]},
        }
        data.append(
            {
                **common,
                "x": list(periods[:end]),
                "y": list(values[i][:end]),
                "mode": "lines+markers",
                "line": {"color": mark["color"], "width": 2, "dash": mark["dash"]},
                "marker": {"color": mark["color"], "symbol": mark["symbol"], "size": size},
            }
        )
        if end < len(periods):
            data.append(
                {
                    **common,
                    "x": list(periods[max(end - 1, 0) :]),
                    "y": list(values[i][max(end - 1, 0) :]),
                    "mode": "lines+markers",
                    "line": {"color": mark["color"], "width": 1.5, "dash": "dot"},
                    "marker": {"color": mark["color"], "symbol": f"{mark['symbol']}-open", "size": size},
                    "meta": {"place": places[i], "band": True},
                }
            )
    for i, those in enumerate(bursts):
        for certain in sorted(set(those.values())):
            bursting = [j for j in those if those[j] is certain]
            data.append(
                {
                    "type": "scatter",
                    "x": [periods[j] for j in bursting],
                    "y": [values[i][j] for j in bursting],
                    "mode": "markers",
                    "marker": {"color": mark_of(places[i])["color"], "size": 12},
                    "opacity": 1 if certain else 0.35,
                    "hoverinfo": "skip",
                    "showlegend": False,
                    "meta": {"place": places[i], "band": True},
                }
            )
    most = max([value for row in values for value in row if value is not None], default=0)
    layout = _over_periods(share, most)
    if low is not None and high is not None:
        # One paper of a year is a share of 0 to 79 %: where years tell little, intervals shall not press the lines flat.
        sure = [float(high[i][j]) for i in range(len(labels)) for j, state in enumerate(states) if not state]
        layout["yaxis"]["range"] = [0, min(1.02, 1.06 * max([most, *sure]))] if sure else [0, 1.02]
    # A band has no empty periods, and plotly takes the order of categories from what it meets first.
    layout["xaxis"] |= {"categoryorder": "array", "categoryarray": list(periods)}
    return {"data": data, "layout": layout}


def _around(at: Sequence[int]) -> list[tuple[int | None, bool]]:
    """The outline of a band over some periods, with whether it is at its upper end: there and back, for each run by itself, None between two.

    Examples
    --------
    >>> [place for place, _ in _around([0, 1, 5])]
    [0, 1, 1, 0, None, 5, 5]
    """
    found: list[tuple[int | None, bool]] = []
    for run in np.split(np.asarray(at, int), np.flatnonzero(np.diff(at) > 1) + 1):
        there = run.tolist()
        found += [
            *([(None, False)] if found else []),
            *((place, True) for place in there),
            *((place, False) for place in there[::-1]),
        ]
    return found


def mark_of(place: int) -> JSON:
    """Colour, symbol and dash of a topic by its place among all; see `views.topics.places`."""
    kind = place // len(SERIES) % len(SYMBOLS)
    return {"color": SERIES[place % len(SERIES)], "symbol": SYMBOLS[kind], "dash": DASHES[kind]}


def trend_json(panel: JSON, note: str = "") -> JSON:
    """The topic panel as one figure: bars of the papers, and beside them the share of each period as a heat map.

    Parameters
    ----------
    panel : dict
        As `views.topics.topics` gives it.
    note : str
        What stands below.
    """
    rows, periods = panel["rows"], panel["periods"]
    heading = dict(panel["choices"])[panel["by"]]
    of = heading if panel["by"].startswith(COLUMN) else heading.lower()
    totals = [period["papers"] for period in periods]
    at = list(range(len(rows)))
    counts = [row["papers"] for row in rows]
    bars = {
        "type": "bar",
        "x": counts,
        "y": at,
        "orientation": "h",
        "text": [f"{count:,}" for count in counts],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertext": [row["label"] for row in rows],
        "hovertemplate": "%{hovertext}<br>%{x:,} papers<extra></extra>",
        "marker": {"color": [SERIES[row["place"] % len(SERIES)] for row in rows]},
        "meta": {"places": [row["place"] for row in rows]},
    }
    shares = [
        [
            (count / total if panel["share"] else count) if total else None
            for count, total in zip(row["counts"], totals, strict=True)
        ]
        for row in rows
    ]
    heat = {
        "type": "heatmap",
        "x": [period["label"] for period in periods],
        "y": at,
        "z": shares,
        "zmin": 0,
        "zmax": panel["top"] or 1,
        "xaxis": "x2",
        "colorscale": [[0, "#ffffff"], [1, "#0b6770"]],
        "colorbar": {
            "thickness": 8,
            "outlinewidth": 0,
            "tickformat": ".0%" if panel["share"] else ",d",
            "title": {
                "text": f"share of each {of}’s papers"
                if panel["share"]
                else f"papers {'up to' if panel['cumulative'] else 'of'} each {of}",
                "side": "right",
            },
        },
        "hovertemplate": f"%{{x}}: %{{z:{'.1%' if panel['share'] else ',d'}}}<extra></extra>",
        "meta": {"heat": True},
    }
    layout = _layout(
        max(200, 24 * len(rows) + 60),
        xaxis={"domain": [0, 0.38 if periods else 1], "range": [0, 1.2 * max([1, *counts])], **_whole(max([0, *counts]))},
        yaxis={
            "tickvals": at,
            "ticktext": _shorts([row["label"] for row in rows], 48),
            "range": [len(rows) - 0.5, -0.5],
            "automargin": True,
            "ticks": "",
            "zeroline": False,
        },
    )
    if periods:
        layout["xaxis2"] = {"domain": [0.42, 1], "type": "category", "nticks": 8, "anchor": "y"}
    if note:
        below = {"x": 0, "xref": "paper", "xanchor": "left", "y": 0, "yref": "paper", "yanchor": "top", "yshift": -30}
        layout["annotations"] = [{"text": _escaped(note), "showarrow": False, **below}]
        layout["margin"]["b"] += 24
        layout["height"] += 24
    return {"data": [bars, heat] if periods else [bars], "layout": layout}


def histogram_json(
    edges: np.ndarray, labels: Sequence[str], grid: np.ndarray, within: Range, poles: tuple[str, str], places: Sequence[int]
) -> JSON:
    """Stacked bars of how many papers lie where between two poles.

    Parameters
    ----------
    edges : ndarray, shape (n_bins + 1,)
        Ends of the bins, at equal distances.
    labels : sequence of str
        Names of the series; one without a name is drawn in the accent colour.
    grid : ndarray, shape (n_labels, n_bins)
        Counts.
    within : (float or None, float or None)
        The range that is filtered by; bars outside of it are faded.
    poles : (str, str)
    places : sequence of int
        Each topic's place among all, which gives it its mark; a series beyond them is grey.
    """
    middles = (edges[:-1] + edges[1:]) / 2
    low, high = (-np.inf if within[0] is None else within[0], np.inf if within[1] is None else within[1])
    opacity = np.where((middles >= low) & (middles <= high), 1.0, FADED).tolist()
    names = _shorts(labels, 30)
    bars = [
        {
            "type": "bar",
            "x": middles.tolist(),
            "y": grid[i].tolist(),
            "width": float(edges[1] - edges[0]),
            "name": names[i],
            "marker": {"opacity": opacity, "line": {"width": 0}, **_bar_mark(places[i] if i < len(places) else None)},
            "hovertemplate": f"{_escaped(label)}{'<br>' * bool(label)}at %{{x:.4~r}}: %{{y:,d}}<extra></extra>"
            if not poles[1]
            else f"{_escaped(label)}{'<br>' * bool(label)}at %{{x:.2f}}: %{{y:,d}}<extra></extra>",
            "meta": {"accent": True} if not label else {"place": places[i]} if i < len(places) else {},
        }
        for i, label in enumerate(labels)
    ]
    layout = _layout(
        260,
        barmode="stack",
        bargap=0,
        xaxis={"range": [float(edges[0]), float(edges[-1])], "zeroline": True},
        yaxis={"rangemode": "tozero", "automargin": True, **_whole(grid.sum(axis=0).max(initial=0))},
        annotations=_ends(poles, "x"),
        selectdirection="h",
    )
    layout["margin"]["b"] = 46
    return {"data": bars, "layout": layout}


def _bar_mark(place: int | None) -> JSON:
    """How a bar of a topic is filled: in its colour, hatched where it is not among the first eight."""
    if place is None:
        return {"color": REST}
    shape = ("", "/", "x", "-", "|")[place // len(SERIES) % len(SYMBOLS)]
    return {"color": mark_of(place)["color"], **({"pattern": {"shape": shape, "size": 5}} if shape else {})}


def scatter_json(
    points: Sequence[Points], spans: Spans, within: tuple[Range, Range], axes: Axes, density: np.ndarray | None
) -> JSON:
    """Papers between two poles across and two poles up.

    Parameters
    ----------
    points : sequence of Points
        One series each.
    spans : ((float, float), (float, float))
        What is shown of the first and the second axis.
    within : (Range, Range)
        The ranges that are filtered by.
    axes : ((str, str), (str, str))
        Poles of the first and the second axis.
    density : ndarray of int, shape (n_rows, n_columns), optional
        Papers in each cell of the plane, drawn behind the points where these are a sample.
    """
    data: list[JSON] = []
    if density is not None:
        rows, columns = density.shape
        steps = [(high - low) / count for (low, high), count in zip(spans, (columns, rows), strict=True)]
        data.append(
            {
                "type": "heatmap",
                "x0": spans[0][0] + steps[0] / 2,
                "dx": steps[0],
                "y0": spans[1][0] + steps[1] / 2,
                "dy": steps[1],
                "z": typed(np.log1p(density).astype(np.float32)),
                "zsmooth": "best",
                "showscale": False,
                "hoverinfo": "skip",
                "meta": {"density": True},
            }
        )
    size = 8 if sum(len(series.rows) for series in points) < 1000 else 5
    data += [_points(series, size) for series in points]
    layout = _layout(
        420,
        xaxis={"range": list(spans[0]), "zeroline": True},
        yaxis={"range": list(spans[1]), "zeroline": True, "automargin": True},
        annotations=[*_ends(axes[0], "x"), *_ends(axes[1], "y")],
        shapes=_frame(within),
        selectdirection="any",
    )
    layout["margin"]["b"] = 46
    return {"data": data, "layout": layout}


@dataclass(frozen=True, eq=False)
class Points:
    """A series of papers in a plane.

    Attributes
    ----------
    name : str
    x, y : ndarray of float32
    rows : ndarray of int
        Rows of the papers, in the points' `customdata`.
    colour : str, int or ndarray of float32
        One colour, the place of a topic among all, or a number for each paper, drawn on a scale.
    opacity : float
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    rows: np.ndarray
    colour: str | int | np.ndarray
    opacity: float = 0.7


_SCALE: JSON = {"thickness": 8, "len": 0.9, "outlinewidth": 0, "tickformat": "~g", "nticks": 6}


def _points(series: Points, size: int) -> JSON:
    scaled = isinstance(series.colour, np.ndarray)
    marker: JSON = {"size": size, "opacity": series.opacity, "line": {"width": 0}}
    if isinstance(series.colour, np.ndarray):
        # Years and votes are whole numbers: no tick between two of them.
        close = np.all(series.colour % 1 == 0) and np.ptp(series.colour) < 6
        marker |= {"color": typed(series.colour), "showscale": True, "colorbar": _SCALE | ({"dtick": 1} if close else {})}
    elif isinstance(series.colour, int):
        marker |= {"color": mark_of(series.colour)["color"], "symbol": mark_of(series.colour)["symbol"]}
    else:
        marker |= {"color": series.colour, "symbol": "circle-open" if series.name == "Unknown" else "circle"}
    return {
        "type": "scattergl",
        "mode": "markers",
        "name": _short(series.name, 30),
        "x": typed(series.x),
        "y": typed(series.y),
        "customdata": typed(series.rows.astype(np.int32)),
        "marker": marker,
        "hoverinfo": "none",
        "meta": {"scaled": scaled, **({"place": series.colour} if isinstance(series.colour, int) else {})},
    }


def typed(values: np.ndarray) -> JSON:
    """An array as plotly.js takes it without turning every number into text."""
    kind = {"f": "f", "i": "i", "u": "u"}[values.dtype.kind] + str(values.dtype.itemsize)
    written: JSON = {"dtype": kind, "bdata": base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()}
    if values.ndim > 1:
        written["shape"] = ", ".join(map(str, values.shape))
    return written


def _ends(poles: tuple[str, str], way: str) -> list[JSON]:
    """The names of the poles at the ends of an axis; of a column, which has no second one, its name at the end."""
    low, high = (_short(pole, 40) for pole in poles)
    if not high:
        end = {"xref": "paper", "yref": "paper", "showarrow": False}
        if way == "x":
            return [{**end, "x": 1, "xanchor": "right", "y": 0, "yanchor": "top", "yshift": -22, "text": f"{low} →"}]
        return [{**end, "x": 0, "xanchor": "left", "xshift": 4, "y": 1, "yanchor": "top", "text": f"↑ {low}"}]
    if way == "x":
        common = {"xref": "paper", "yref": "paper", "y": 0, "yanchor": "top", "yshift": -22, "showarrow": False}
        return [
            {**common, "x": 0, "xanchor": "left", "text": f"← {low}"},
            {**common, "x": 1, "xanchor": "right", "text": f"{high} →"},
        ]
    common = {"xref": "paper", "yref": "paper", "x": 0, "xanchor": "left", "xshift": 4, "showarrow": False}
    return [
        {**common, "y": 0, "yanchor": "bottom", "text": f"↓ {low}"},
        {**common, "y": 1, "yanchor": "top", "text": f"↑ {high}"},
    ]


def _frame(within: tuple[Range, Range]) -> list[JSON]:
    """What is filtered by, as a box; an open end reaches the edge."""
    if within == ((None, None), (None, None)):
        return []
    shape: JSON = {"type": "rect", "fillcolor": "rgba(0,0,0,0)", "line": {"width": 1.5, "dash": "dot"}}
    for way, ends in zip("xy", within, strict=True):
        # An end beyond the paper's edge is cut off there.
        closed = ends != (None, None)
        shape[f"{way}ref"] = way if closed else "paper"
        shape[f"{way}0"], shape[f"{way}1"] = (
            ((-1e3, 1e3)[i] if end is None else end for i, end in enumerate(ends)) if closed else (0, 1)
        )
    return [shape]


def _escaped(text: str) -> str:
    """Text within a hover template, where braces, percent signs and tags have a meaning."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("%{", "% {")


def _short(text: str, most: int = 34) -> str:
    """Cut a label at a word; tags in it are text and not markup."""
    return _as_text(_cut(text, most))


def _shorts(labels: Sequence[str], most: int = 34) -> list[str]:
    """Labels cut at a word, in the middle where others would be cut to the same; tags in them are text and not markup."""
    times = Counter(_cut(label, most) for label in labels)
    return [_as_text(_cut(label, most) if times[_cut(label, most)] == 1 else _cut_within(label, most)) for label in labels]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0].rstrip(",") + " …"


def _cut_within(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    end = text[-(most // 2) :]
    end = end.partition(" ")[2] or end
    return f"{text[: most - len(end)].rsplit(' ', 1)[0].rstrip(',')} … {end}"


def _as_text(label: str) -> str:
    return label.replace("&", "&amp;").replace("<", "&lt;")


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
