"""A figure as a still picture: plotly's JSON to SVG, without a browser and without plotly.

What is drawn are the kinds of trace that the page has: bars, lines, points and heat maps. A still picture stands in a saved
notebook, and on a page until plotly.js is there. It needs no script, loads nothing and holds only escaped text.
"""

from __future__ import annotations

import base64
import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.dashboard.figures import JSON

_TEXT = 12
"""Size of text in px."""

_LETTER = 0.56
"""Width of a letter, in sizes of the text; a picture cannot ask how wide a text is."""

_MOST_POINTS = 1500
"""Points that are drawn of all series; more would look the same and take the room of the whole picture."""

_MOST_CELLS = 4000
_SERIES_BELOW = 18
"""Height in px of a line of the legend."""


@dataclass(frozen=True)
class Palette:
    """Colours of a picture, each as CSS takes it."""

    ink: str
    muted: str
    line: str
    accent: str
    edge: str
    surface: str
    ground: str = ""
    """Behind all; empty where what is below shows."""


PAPER = Palette("#1e2328", "#565f69", "#e2e3df", "#0b6770", "#c9cbc6", "#ffffff", "#ffffff")
"""For pictures that stand anywhere: on white, in the colours of the light page."""

PAGE = Palette(*(f"var(--{name})" for name in ("ink", "muted", "line", "accent", "edge", "surface")))
"""For pictures within the page, which follow its theme."""


def svg(
    figure: JSON, *, width: int = 560, height: int = 300, palette: Palette = PAPER, label: str = "", legend: bool = True
) -> str:
    """Draw a figure.

    Parameters
    ----------
    figure : dict
        ``data`` and ``layout`` as `figures` writes them. Traces of other kinds than bar, scatter and heatmap are left out.
    width, height : int
        In px; the picture grows and shrinks with what it stands in.
    palette : Palette
    label : str
        What the picture shows, for who cannot see it.
    legend : bool
        Name the series, where there are several.

    Returns
    -------
    str
        One ``<svg>`` element; empty where there is nothing to draw.

    Examples
    --------
    >>> from explorer.dashboard.figures import counts_json
    >>> picture = svg(counts_json(["vision & sound"], ["vision"], [3], [], "topics"))
    >>> picture.count("<rect"), "vision &amp; sound" in picture
    (2, True)
    """
    layout = figure["layout"]
    traces = [trace for trace in figure["data"] if trace["type"] in _DRAWN]
    if not traces:
        return ""
    several = legend and len(traces) > 1
    ranked = [trace for trace in traces if trace.get("name") and not trace.get("meta", {}).get("band")]
    named = _legend(ranked if several else [], width, palette)
    room = height - named.height
    across = traces[0].get("orientation") == "h"
    draw = _across if across else _upright
    body = draw(traces, layout, width, room, palette)
    if not body:
        return ""
    body += _ends(layout, width, room, palette) + named.drawn(room)
    ground = f'<rect width="{width}" height="{height}" {_fill(palette.ground)}/>' if palette.ground else ""
    title = f"<title>{html.escape(label)}</title>" if label else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" font-family="system-ui, sans-serif" font-size="{_TEXT}">{title}{ground}{body}</svg>'
    )


def data_address(picture: str) -> str:
    """A picture as the address of an image: within an ``<img>`` nothing of it can run, and sanitisers let it pass."""
    return f"data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()}"


# Bars that lie


def _across(traces: Sequence[JSON], layout: JSON, width: int, height: int, palette: Palette) -> str:
    """Bars, and beside them a heat map with the same rows, if there is one."""
    heat = next((trace for trace in traces if trace["type"] == "heatmap"), None)
    if heat is None:
        return _bars_across(traces[0], layout, width, height, palette)
    cells = _numbers(heat["z"])
    if not 0 < cells.size <= _MOST_CELLS or cells.ndim != 2:
        return _bars_across(traces[0], layout, width, height, palette)
    left, low = 0.62 * width, height - 22
    step, broad = (low - 6) / len(cells), (width - left - 8) / cells.shape[1]
    most = float(heat.get("zmax") or np.nanmax(cells, initial=0)) or 1.0
    drawn = [_bars_across(traces[0], layout, int(left - 10), int(low), palette)]
    for row, column in np.argwhere(~np.isnan(cells)).tolist():
        part = min(float(cells[row, column]) / most, 1.0)
        drawn.append(_cell(left + column * broad, 3 + row * step, broad, step, part, palette))
    names = [_plain(name) for name in heat["x"]]
    ends = [(left, names[0], "start")] + ([(width - 8, names[-1], "end")] if len(names) > 1 else [])
    drawn += [_text(x, height - 10, name, palette.muted, anchor=anchor) for x, name, anchor in ends]
    return "".join(drawn)


def _cell(x: float, y: float, broad: float, high: float, part: float, palette: Palette) -> str:
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(max(broad - 1, 0.5))}" height="{_n(max(high - 1, 0.5))}" '
        f'{_fill(palette.accent)} opacity="{_n(0.06 + 0.94 * part)}"/>'
    )


def _bars_across(trace: JSON, layout: JSON, width: int, height: int, palette: Palette) -> str:
    counts = _numbers(trace["x"])
    labels = [_plain(text) for text in layout.get("yaxis", {}).get("ticktext", trace["y"])]
    if not len(counts):
        return ""
    left = min(0.45 * width, max(_wide(label) for label in labels) + 14)
    right = max(_wide(text) for text in trace.get("text", [""])) + 12
    step = (height - 6) / len(counts)
    unit = (width - left - right) / max(1.0, float(counts.max()))
    opacity = _each(trace.get("marker", {}).get("opacity", 1.0), len(counts))
    colours = trace.get("marker", {}).get("color")
    drawn = []
    for place, (count, label) in enumerate(zip(counts, labels, strict=True)):
        middle = 3 + (place + 0.5) * step
        thick = min(step * 0.72, 22)
        drawn.append(_text(left - 8, middle, _fitting(label, left - 10), palette.ink, anchor="end"))
        drawn.append(
            f'<rect x="{_n(left)}" y="{_n(middle - thick / 2)}" width="{_n(max(count * unit, 0.5))}" height="{_n(thick)}" '
            f'{_fill(colours[place] if isinstance(colours, list) else palette.accent)} opacity="{_n(opacity[place])}"/>'
        )
        written = trace.get("text", [])[place : place + 1]
        drawn += [_text(left + count * unit + 5, middle, text, palette.ink) for text in written]
    return "".join(drawn)


# Bars that stand, lines, points and heat maps


def _upright(traces: Sequence[JSON], layout: JSON, width: int, height: int, palette: Palette) -> str:
    heat = [trace for trace in traces if trace["type"] == "heatmap" and "z" in trace]
    if heat and "x" in heat[0]:
        return _heat(heat[0], layout, width, height, palette)
    shown = [trace for trace in traces if trace["type"] != "heatmap" and len(trace.get("x", ()))]
    names = layout.get("xaxis", {}).get("categoryarray") or _names(shown)
    across = _scale_of(layout.get("xaxis", {}), [_places(trace["x"], names) for trace in shown], whole=bool(names))
    if across is None:
        return ""
    stacked = layout.get("barmode") == "stack"
    heights = [_numbers(trace["y"]) for trace in shown]
    tops = [np.nansum(heights, axis=0)] if stacked and len({len(h) for h in heights}) == 1 else heights
    bars = any(trace["type"] == "bar" for trace in shown)
    up = _scale_of(layout.get("yaxis", {}), tops, zero=bars or layout.get("yaxis", {}).get("rangemode") == "tozero")
    if up is None:
        return ""
    pattern = layout.get("yaxis", {}).get("tickformat", "")
    ticks = _ticks(*up, whole="d" in pattern)
    left = max(_wide(_written(tick, pattern)) for tick in ticks) + 12
    box = (left, 8.0, width - 12.0, height - (40.0 if layout.get("annotations") else 26.0))

    def x(value: float) -> float:
        return box[0] + (value - across[0]) / (across[1] - across[0]) * (box[2] - box[0])

    def y(value: float) -> float:
        return box[3] - (value - up[0]) / (up[1] - up[0]) * (box[3] - box[1])

    drawn = []
    for tick in ticks:
        drawn.append(_line(box[0], y(tick), box[2], y(tick), palette.line))
        drawn.append(_text(box[0] - 6, y(tick), _written(tick, pattern), palette.muted, anchor="end"))
    drawn += _bottom(names, across, x, box, palette)
    below = np.zeros(max((len(h) for h in heights), default=0))
    most = max(1, _MOST_POINTS // max(len(shown), 1))
    for trace, tall in zip(shown, heights, strict=True):
        places = [x(float(place)) for place in _places(trace["x"], names)]
        if trace["type"] == "bar":
            broad = abs(x(across[0] + float(trace.get("width", 0.72))) - x(across[0]))
            drawn += _bars(trace, places, tall, below[: len(tall)] if stacked else 0 * tall, broad, y, palette)
            below[: len(tall)] += np.nan_to_num(tall) if stacked else 0
        elif trace.get("fill") == "toself":
            drawn.append(_band(trace, places, [y(float(value)) for value in tall], box))
        else:
            drawn += _scattered(trace, places, [y(float(value)) for value in tall], most, palette)
    return "".join(drawn)


def _bars(trace: JSON, places: list[float], tall: Any, below: Any, broad: float, y: Any, palette: Palette) -> list[str]:
    marker = trace.get("marker", {})
    accent = (trace.get("meta") or {}).get("accent")
    colour = palette.accent if accent or not isinstance(marker.get("color"), str) else marker["color"]
    opacity = _each(marker.get("opacity", 1.0), len(tall))
    return [
        f'<rect x="{_n(place - broad / 2)}" y="{_n(y(low + high))}" width="{_n(broad)}" '
        f'height="{_n(max(y(low) - y(low + high), 0))}" {_fill(colour)} opacity="{_n(faint)}"/>'
        for place, low, high, faint in zip(places, below, np.nan_to_num(tall), opacity, strict=True)
        if high
    ]


def _band(trace: JSON, places: list[float], heights: list[float], box: tuple[float, float, float, float]) -> str:
    """An area within its outline, of which there may be several with nothing between; within the picture, however far it goes."""
    begins = [place == 0 or math.isnan(heights[place - 1]) for place in range(len(heights))]
    steps = [
        f"{'M' if begins[place] else 'L'}{_n(places[place])} {_n(heights[place])}"
        for place in range(len(heights))
        if not math.isnan(heights[place])
    ]
    left, top, broad, high = _n(box[0]), _n(box[1]), _n(box[2] - box[0]), _n(box[3] - box[1])
    return (
        f'<svg x="{left}" y="{top}" width="{broad}" height="{high}" viewBox="{left} {top} {broad} {high}">'
        f'<path d="{"".join(steps)}" {_fill(trace["fillcolor"])} opacity="{_n(trace["opacity"])}"/></svg>'
    )


def _scattered(trace: JSON, places: list[float], heights: list[float], most: int, palette: Palette) -> list[str]:
    marker, line = trace.get("marker", {}), trace.get("line", {})
    colour = next((c for c in (line.get("color"), marker.get("color")) if isinstance(c, str)), palette.accent)
    drawn = []
    known = [not math.isnan(height) for height in heights]
    opacity = trace.get("opacity", marker.get("opacity", 1.0) if isinstance(marker.get("opacity"), float) else 1.0)
    if "lines" in trace.get("mode", ""):
        steps = [
            f"{'L' if place and known[place - 1] else 'M'}{_n(places[place])} {_n(heights[place])}"
            for place in range(len(places))
            if known[place]
        ]
        dash = ' stroke-dasharray="2 3"' if line.get("dash") == "dot" else ""
        drawn.append(
            f'<path d="{"".join(steps)}" fill="none" style="stroke:{html.escape(colour)}" stroke-width="2"{dash} '
            f'opacity="{_n(opacity)}"/>'
        )
    if ("markers" in trace.get("mode", "") and len(places) <= 40) or "lines" not in trace.get("mode", ""):
        radius = _n(marker.get("size", 6) / 2)
        skip = -(-len(places) // most)
        points = [
            f'<circle cx="{_n(places[place])}" cy="{_n(heights[place])}" r="{radius}"/>'
            for place in range(0, len(places), max(skip, 1))
            if known[place]
        ]
        drawn.append(f'<g {_fill(colour)} opacity="{_n(opacity)}">{"".join(points)}</g>')
    return drawn


def _heat(trace: JSON, layout: JSON, width: int, height: int, palette: Palette) -> str:
    cells = _numbers(trace["z"])
    if cells.ndim != 2 or not 0 < cells.size <= _MOST_CELLS or np.isnan(cells).all():
        return ""
    columns, rows = [_plain(str(name)) for name in trace["x"]], [_plain(str(name)) for name in trace.get("y", [])]
    labels = [_plain(text) for text in layout.get("yaxis", {}).get("ticktext", rows)]
    left = min(0.45 * width, max((_wide(label) for label in labels), default=0) + 14)
    high, broad = (height - 28) / len(cells), (width - left - 8) / cells.shape[1]
    turned = layout.get("yaxis", {}).get("autorange") == "reversed"
    most = float(np.nanmax(cells)) or 1.0
    drawn = []
    for row in range(len(cells)):
        top = 4 + (row if turned else len(cells) - 1 - row) * high
        if row < len(labels):
            drawn.append(_text(left - 8, top + high / 2, _fitting(labels[row], left - 10), palette.ink, anchor="end"))
        drawn += [
            _cell(left + column * broad, top, broad, high, float(cells[row, column]) / most, palette)
            for column in range(cells.shape[1])
            if not np.isnan(cells[row, column])
        ]
    every = max(1, -(-len(columns) * 52 // max(int(width - left), 1)))
    for column in range(0, len(columns), every):
        drawn.append(_text(left + (column + 0.5) * broad, height - 12, columns[column], palette.muted, anchor="middle"))
    return "".join(drawn)


def _bottom(names: list[str], across: tuple[float, float], x: Any, box: Any, palette: Palette) -> list[str]:
    """The labels of the horizontal axis: as many names as fit, or numbers."""
    y = box[3] + 14
    if not names:
        return [_text(x(tick), y, _written(tick, ""), palette.muted, anchor="middle") for tick in _ticks(*across)]
    every = max(1, -(-len(names) * 52 // max(int(box[2] - box[0]), 1)))
    return [_text(x(float(place)), y, names[place], palette.muted, anchor="middle") for place in range(0, len(names), every)]


def _ends(layout: JSON, width: int, height: int, palette: Palette) -> str:
    """What stands at the ends of the axes, as the poles of papers between two."""
    drawn = []
    for note in layout.get("annotations") or ():
        right, top = note.get("x") == 1, note.get("y") == 1
        below = note.get("yanchor") == "top" and "yshift" in note
        y = height - 2 if below else 10.0 if top else height - 40.0
        text = _fitting(_plain(note.get("text", "")), width / 2)
        drawn.append(_text(width - 8.0 if right else 44.0, y, text, palette.muted, anchor="end" if right else "start"))
    return "".join(drawn)


# The legend


@dataclass(frozen=True)
class _Legend:
    """Entries of a legend and where each stands, from its top."""

    entries: list[tuple[float, float, str, str]]
    height: int
    palette: Palette

    def drawn(self, top: float) -> str:
        return "".join(
            f'<circle cx="{_n(x + 5)}" cy="{_n(top + y)}" r="4" {_fill(colour)}/>'
            + _text(x + 14, top + y, name, self.palette.muted)
            for x, y, name, colour in self.entries
        )


def _legend(traces: Sequence[JSON], width: int, palette: Palette) -> _Legend:
    entries: list[tuple[float, float, str, str]] = []
    x, y = 8.0, 10.0
    for trace in traces:
        name = _plain(trace["name"])
        marker = trace.get("marker", {})
        colour = next(
            (c for c in (trace.get("line", {}).get("color"), marker.get("color")) if isinstance(c, str)), palette.accent
        )
        room = _wide(name) + 26
        if x + room > width and x > 8:
            x, y = 8.0, y + _SERIES_BELOW
        entries.append((x, y, name, colour))
        x += room
    return _Legend(entries, int(y + 10) if entries else 0, palette)


# Numbers, scales and words


def _numbers(values: Any) -> np.ndarray:
    """Values of a trace as floats, also where they are written as typed arrays; None is nan."""
    if isinstance(values, dict):
        kinds = {"f4": np.float32, "f8": np.float64}
        kind = kinds.get(values["dtype"]) or np.dtype(values["dtype"])
        found = np.frombuffer(base64.b64decode(values["bdata"]), kind).astype(float)
        return found.reshape([int(n) for n in str(values["shape"]).split(",")]) if "shape" in values else found
    return np.array([[math.nan if v is None else v for v in row] if isinstance(row, list) else row for row in values], float)


def _names(traces: Sequence[JSON]) -> list[str]:
    """Names on a horizontal axis of categories, in the order they come; none where it is one of numbers."""
    written = [trace["x"] for trace in traces if isinstance(trace["x"], list) and any(isinstance(v, str) for v in trace["x"])]
    return list(dict.fromkeys(str(value) for values in written for value in values))


def _places(values: Any, names: list[str]) -> np.ndarray:
    if not names:
        return _numbers(values)
    where = {name: place for place, name in enumerate(names)}
    return np.array([where.get(str(value), math.nan) for value in values], float)


def _scale_of(axis: JSON, values: Sequence[Any], *, zero: bool = False, whole: bool = False) -> tuple[float, float] | None:
    """Ends of an axis; None where nothing is on it."""
    if "range" in axis and axis.get("type") != "category":
        return float(axis["range"][0]), float(axis["range"][1])
    known = np.concatenate([np.ravel(v) for v in values]) if len(values) else np.empty(0)
    known = known[~np.isnan(known)]
    if not len(known):
        return None
    if whole:
        return float(known.min()) - 0.5, float(known.max()) + 0.5
    low, high = (min(0.0, float(known.min())) if zero else float(known.min())), float(known.max())
    return (low, high + 0.05 * (high - low)) if high > low else (low, low + 1)


def _ticks(low: float, high: float, *, whole: bool = False) -> list[float]:
    """Some four round numbers within an axis."""
    step = 10.0 ** math.floor(math.log10(max(high - low, 1e-9) / 4))
    step *= next(times for times in (1, 2, 5, 10) if step * times >= (high - low) / 5)
    step = max(step, 1.0) if whole else step
    first = math.ceil(low / step - 1e-9)
    return [place * step for place in range(first, math.floor(high / step + 1e-9) + 1)]


def _written(value: float, pattern: str) -> str:
    if "%" in pattern:
        return f"{value:.0%}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"


def _each(value: Any, count: int) -> list[float]:
    return [float(v) for v in value] if isinstance(value, list) else [float(value)] * count


def _plain(text: Any) -> str:
    """A label of a figure, in which tags are escaped, as text."""
    return html.unescape(str(text))


def _wide(text: str) -> float:
    return len(text) * _TEXT * _LETTER


def _fitting(text: str, room: float) -> str:
    most = int(room / (_TEXT * _LETTER))
    return text if len(text) <= most else text[: max(most - 1, 1)].rstrip() + "…"


def _text(x: float, y: float, text: str, colour: str, *, anchor: str = "start") -> str:
    return f'<text x="{_n(x)}" y="{_n(y + 4)}" text-anchor="{anchor}" {_fill(colour)}>{html.escape(text)}</text>'


def _line(x0: float, y0: float, x1: float, y1: float, colour: str) -> str:
    return f'<line x1="{_n(x0)}" y1="{_n(y0)}" x2="{_n(x1)}" y2="{_n(y1)}" style="stroke:{html.escape(colour)}"/>'


def _fill(colour: str) -> str:
    return f'style="fill:{html.escape(colour)}"'


def _n(number: float) -> str:
    """A number in as few letters as a tenth of a pixel needs."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


_DRAWN = {"bar", "scatter", "scattergl", "heatmap"}
