"""Where the papers lie between the poles of one axis or two, as plain JSON values for the page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.dashboard import figures as charts
from explorer.dashboard.views.page import View, date_text, title_of
from explorer.dashboard.views.topics import places
from explorer.errors import SelectionError
from explorer.ranking.analysis import analyse
from explorer.search.results import Results
from explorer.selection.fields import axis_name
from explorer.selection.query import parse
from explorer.selection.syntax import COLUMN

if TYPE_CHECKING:
    from explorer.ranking.axes import Axis
    from explorer.store.facets import Facet
    from explorer.store.snapshot import Snapshot

COLOURS = {"none": "One colour", "topic": "Topic", "year": "Year", "upvotes": "Upvotes", "score": "Score"}
"""What a paper's colour may tell, and how it is called."""

MOST_DRAWN = 5000
"""Points at most; of more papers a sample is drawn, over the density of all."""

LISTED = 50
"""Papers in the table of a scatter plot."""

_MOST_BINS = 48
_CELLS = (48, 72)
_WEAK = 0.75
_LOOKED_AT = 8
CAVEAT = (
    "The papers of a pole hold the very words they were chosen by, so this figure flatters: read it as a warning when it is low, "
    "not as praise when it is high."
)


NONE: View = {"axes": [], "colours": [], "colour": "", "chart": None, "suggested": None, "columns": []}
"""Where no axis is chosen, and no topics suggest one."""


def axes(results: Results, colour: str) -> View:
    """The axes of a selection with their ends and how well they part, and the chart of the papers on them.

    Parameters
    ----------
    results : Results
    colour : str
        A key of `COLOURS`, or ``columns.KEY``; one that this corpus or chart has not is taken as the first that it has.

    Returns
    -------
    dict
        `axes`, one entry each; `colours`, `colour`; `chart`, as the others are, or None without an axis; `suggested`, the poles of
        one to try, or None.

    Raises
    ------
    ConceptError
        A pole has no papers of its own.
    """
    found, snapshot = results.axes, results.snapshot
    offered = columns(snapshot)
    if not found:
        return {**NONE, "suggested": snapshot.kept("suggested axis", lambda: suggested(snapshot)), "columns": offered}
    names = _colours(results, len(found))
    colour = colour if colour in names else names[0]
    return {
        "columns": offered,
        "axes": [_axis(axis, *pair) for axis, pair in zip(found, _pairs(results), strict=True)],
        "colours": [[name, _called(results, name)] for name in names],
        "colour": colour,
        "suggested": None,
        "chart": _histogram(results, found[0], colour) if len(found) == 1 else _scatter(results, found, colour),
    }


def columns(snapshot: Snapshot) -> list[list[str]]:
    """The reader's own columns that can be an axis, numbers and dates: each its field and its label."""
    return [
        [stored.column.field, stored.column.label]
        for stored in snapshot.columns.by_key.values()
        if stored.numbers is not None and stored.column.telling
    ]


def suggested(snapshot: Snapshot) -> list[str] | None:
    """Two poles that part this corpus: the first phrases of two large topics that have no word in common.

    Topics are where the papers of a corpus differ most, so that an axis between two of them has papers at both ends, as one between
    words that somebody thought of for another corpus has not. Of the largest, those are taken whose phrase says most of its papers and
    of few others: the papers of a pole are found by its words.
    """
    totals, codes = snapshot.totals("topics"), snapshot.topics.codes
    told: list[tuple[float, str, set[str]]] = []
    for code in np.lexsort((np.arange(len(totals)), -totals))[:_LOOKED_AT].tolist():
        label, words = snapshot.topics.labels[code], set(snapshot.topics.table.words[code])
        phrase = label.split(",")[0].replace('"', "").strip()
        # What ranks by meaning knows words in Latin letters only.
        said = parse(f'"{phrase}"') if analyse(phrase) else None
        if said is not None and totals[code] > 1 and words:
            rows = snapshot.hits(said).rows
            within = np.count_nonzero(codes[rows] == code)
            told.append((within**2 / max(len(rows), 1), phrase, words | set(label.replace(",", " ").split())))
    told.sort(key=lambda topic: -topic[0])
    return next(
        ([low, high] for at, (_, low, ours) in enumerate(told) for _, high, theirs in told[at + 1 :] if not ours & theirs),
        [told[0][1], told[1][1]] if len(told) > 1 else None,
    )


def check_colour(colour: object) -> str:
    """A colour that the page asks for. Raises `SelectionError` if there is none of that name."""
    if not isinstance(colour, str) or not (colour in COLOURS or colour.startswith(COLUMN)):
        raise SelectionError(f"Papers cannot be coloured by {colour!r}. Choices: {', '.join(COLOURS)}.")
    return colour


def point(results: Results, row: int) -> View:
    """What is said of a paper under the pointer."""
    paper = results.snapshot.record(row, ("title", "published", "precision"))
    return {"title": title_of(paper["title"]), "date": date_text(paper["published"], paper["precision"])}


def _pairs(results: Results) -> list[tuple[tuple[str, ...], charts.Range]]:
    selection = results.selection
    return list(zip(selection.axes, (selection.x, selection.y), strict=False))


def _ends(axis: Axis, poles: tuple[str, ...]) -> tuple[str, str]:
    """What stands at the ends of an axis: its poles, or the name of the column and nothing."""
    return (axis.low, "") if len(poles) == 1 else (poles[0], poles[1])


def _along(axis: Axis, poles: tuple[str, ...]) -> str:
    return f"by {axis.low}" if len(poles) == 1 else f"from {poles[0]} to {poles[1]}, in standard deviations"


def _place(place: float) -> float | None:
    return None if math.isnan(place) else round(float(place), 2)


def _titled(axis: Axis, poles: tuple[str, ...]) -> str:
    return axis.low if len(poles) == 1 else axis_name(poles)


def _axis(axis: Axis, poles: tuple[str, ...], within: charts.Range) -> View:
    parts = axis.separation
    known = not math.isnan(parts)
    low, high = _span(axis.place)
    first, second = _ends(axis, poles)
    caveat = CAVEAT if known else "Too few papers stand for a pole to tell how well the axis parts them."
    if len(poles) == 1:
        lacking = int(np.isnan(axis.place).sum())
        caveat = f"{lacking:,} paper{'s have' if lacking != 1 else ' has'} no {axis.low}." if lacking else ""
    return {
        "column": poles[0] if len(poles) == 1 else "",
        "low": first,
        "high": second,
        "low_terms": axis.low_terms,
        "high_terms": axis.high_terms,
        "separation": round(parts, 3) if known else None,
        "weak": known and parts < _WEAK,
        "caveat": caveat,
        "within": list(within),
        "span": [low, high],
    }


def _colours(results: Results, n_axes: int) -> list[str]:
    """The colours that tell something here, the one to begin with first."""
    if n_axes == 1:
        return ["none", "topic"]
    snapshot = results.snapshot
    upvotes = snapshot.table.column("upvotes")
    ordered = results.ordering is not None or results.selection.parsed is not None
    there = {
        "topic": True,
        "year": bool((snapshot.precision > 0).any()),
        "upvotes": upvotes.null_count < len(upvotes),
        "score": ordered,
        "none": True,
    }
    own = [stored.column.field for stored in snapshot.columns.by_key.values() if stored.column.telling]
    return [*(name for name, told in there.items() if told), *own]


def _called(results: Results, colour: str) -> str:
    """What a colour is called."""
    if colour.startswith(COLUMN):
        return results.snapshot.columns[colour.removeprefix(COLUMN)].column.label
    return COLOURS[colour]


def _span(place: np.ndarray) -> tuple[float, float]:
    """Whole bins around all papers of the corpus, so that a filter moves no axis."""
    known = place[~np.isnan(place)].astype(np.float64)
    if not len(known):
        return -1.0, 1.0
    width = _width(place)
    low, high = math.floor(float(known.min()) / width), math.floor(float(known.max()) / width) + 1
    return float(f"{low * width:.9g}"), float(f"{high * width:.9g}")


def _width(place: np.ndarray) -> float:
    """A round width that gives not too many bins."""
    known = place[~np.isnan(place)]
    reach = float(known.max() - known.min()) if len(known) else 0.0
    if reach <= 0:
        return 0.05
    if bool((known == np.round(known)).all()):
        # Of whole numbers each bin has as many.
        return max(1.0, math.ceil(reach / (_MOST_BINS - 1)))
    power = math.floor(math.log10(reach / _MOST_BINS))
    widths = [step * 10.0**exponent for exponent in (power, power + 1) for step in (1.0, 2.5, 5.0)]
    return next(width for width in [*widths, 10.0 ** (power + 2)] if reach / width <= _MOST_BINS - 1)


def _topics(results: Results) -> tuple[np.ndarray, list[str], list[int]]:
    """For every topic its place among the most frequent here, or the place behind them; their names, and their marks.

    A mark is the place among all topics of the corpus, as in the panel of topics (see `views.topics.places`).
    """
    counts = results.counts("topics")
    largest = np.lexsort((np.arange(len(counts)), -counts))[: len(charts.SERIES)]
    largest = largest[counts[largest] > 0]
    series = np.full(len(counts), len(charts.SERIES), np.int64)
    series[largest] = np.arange(len(largest))
    labels = results.snapshot.topics.labels
    return series, [labels[int(code)] for code in largest], places(results.snapshot)[largest].tolist()


def _histogram(results: Results, axis: Axis, colour: str) -> View:
    low, high = _span(axis.place)
    width = _width(axis.place)
    edges = np.linspace(low, high, max(1, round((high - low) / width)) + 1)
    rows = np.flatnonzero(results.mask_without("x") & ~np.isnan(axis.place))
    places = np.clip(((axis.place[rows] - low) / width).astype(np.int64), 0, len(edges) - 2)
    series, names, marks = np.zeros(len(rows), np.int64), [""], [0]
    if colour == "topic":
        by_topic, names, marks = _topics(results)
        series = by_topic[np.asarray(results.snapshot.topics.codes)[rows]]
        rest = series == len(charts.SERIES)
        series[rest] = len(names)
        names = [*names, "Other topics"] if rest.any() else names
    grid = np.bincount(series * (len(edges) - 1) + places, minlength=len(names) * (len(edges) - 1)).reshape(len(names), -1)
    [(poles, within)] = _pairs(results)
    columns = ["From", "To", *(names if colour == "topic" else ["Papers"])]
    bins = zip(edges[:-1], edges[1:], grid.T.tolist(), strict=True)
    return {
        "name": "axes",
        "title": _titled(axis, poles),
        "description": f"Histogram of {len(rows):,} papers {_along(axis, poles)}. The boxes below the chart choose a range.",
        "figure": charts.histogram_json(edges, names, grid, within, _ends(axis, poles), marks),
        "table": {"columns": columns, "rows": [[round(a, 3), round(b, 3), *counts] for a, b, counts in bins]},
        "note": "",
        "options": [],
        "pick": None,
        "bare": not len(rows),
        "select": "bins",
        "step": width,
    }


def _scatter(results: Results, found: list[Axis], colour: str) -> View:
    x, y = (axis.place for axis in found)
    spans = _span(x), _span(y)
    (first, within_x), (second, within_y) = _pairs(results)
    titles = _titled(found[0], first), _titled(found[1], second)
    ends = _ends(found[0], first), _ends(found[1], second)
    there = ~(np.isnan(x) | np.isnan(y))
    rows = np.flatnonzero(results.mask_without("x", "y") & there)
    drawn = sample(rows, MOST_DRAWN)
    density = None
    if len(drawn) < len(rows):
        density, _, _ = np.histogram2d(y[rows], x[rows], bins=_CELLS, range=(spans[1], spans[0]))
    inside = results.mask[drawn]
    outside = drawn[~inside]
    points = [charts.Points("Outside", x[outside], y[outside], outside, charts.REST, 0.25)] if len(outside) else []
    series, notes = _series(results, drawn[inside], colour)
    points += [charts.Points(name, x[some], y[some], some, shade) for name, some, shade in series if len(some)]
    notes = [f"{len(drawn):,} of {len(rows):,} drawn, over the density of all"] * (density is not None) + notes
    lacking = int(np.count_nonzero(results.mask_without("x", "y") & ~there))
    notes += [f"{lacking:,} without a place on both axes left out"] * bool(lacking)
    listed = results.rows(0, LISTED)
    listed_titles = [title_of(results.snapshot.record(int(row), ["title"])["title"]) for row in listed]
    return {
        "name": "axes",
        "title": f"{titles[0]} by {titles[1]}",
        "description": f"Scatter plot of {len(rows):,} papers {_along(found[0], first)} across and {_along(found[1], second)} up, "
        f"coloured by {_called(results, colour).lower()}. The boxes below the chart choose a range.",
        "figure": charts.scatter_json(points, spans, (within_x, within_y), ends, density),
        "table": {
            "columns": ["Paper", *titles],
            "rows": [[name, _place(x[row]), _place(y[row])] for name, row in zip(listed_titles, listed, strict=True)],
        },
        "note": "; ".join(notes),
        "options": [],
        "pick": None,
        "bare": not len(rows),
        "select": "box",
        "step": min(_width(x), _width(y)) / 5,
    }


def sample(rows: np.ndarray, most: int) -> np.ndarray:
    """At most so many of some rows, spread evenly and the same on every run; a row kept of many is kept of fewer too.

    Notes
    -----
    Rows are ranked by Fibonacci hashing: D. Knuth, "The Art of Computer Programming", vol. 3, 6.4.
    """
    if len(rows) <= most:
        return rows
    hashed = (rows.astype(np.uint64) * np.uint64(2654435761)) & np.uint64(0xFFFFFFFF)
    return np.sort(rows[np.argpartition(hashed, most)[:most]])


def _series(results: Results, rows: np.ndarray, colour: str) -> tuple[list[tuple[str, np.ndarray, Any]], list[str]]:
    """Papers by colour, each series with its name and its colour or numbers; and what cannot be coloured, in words."""
    if colour == "none":
        return [("Papers", rows, charts.SERIES[0])], []
    if colour == "topic":
        by_topic, names, marks = _topics(results)
        series = by_topic[np.asarray(results.snapshot.topics.codes)[rows]]
        named = [(name, rows[series == i], marks[i]) for i, name in enumerate(names)]
        return [("Other topics", rows[series == len(charts.SERIES)], charts.REST), *named], []
    own = results.snapshot.columns[colour.removeprefix(COLUMN)] if colour.startswith(COLUMN) else None
    if own is not None and own.facet is not None:
        return _own_series(own.facet, rows), []
    values = _numbers(results, rows, colour) if own is None else np.asarray(own.order[rows], np.float32)
    known = ~np.isnan(values)
    unknown = rows[~known]
    withouts = {"year": "without a date", "upvotes": "without upvotes", "score": "without a score"}
    without = withouts.get(colour, "without a value")
    notes = [f"{len(unknown):,} {without}, in grey"] if len(unknown) else []
    return [("Unknown", unknown, charts.REST), (_called(results, colour), rows[known], values[known])], notes


def _own_series(facet: Facet, rows: np.ndarray) -> list[tuple[str, np.ndarray, Any]]:
    """Papers by the first of their values in a column of the reader's own; the most frequent values have colours."""
    first = np.full(len(facet.starts) - 1, -1, np.int64)
    first[facet.rows[::-1]] = facet.codes[::-1]
    codes = first[rows]
    rest = (codes < 0) | (codes >= len(charts.SERIES))
    named = [
        (facet.values[code].as_py(), rows[codes == code], charts.SERIES[code])
        for code in range(min(facet.size, len(charts.SERIES)))
    ]
    return [("Other values", rows[rest], charts.REST), *named]


def _numbers(results: Results, rows: np.ndarray, colour: str) -> np.ndarray:
    snapshot = results.snapshot
    if colour == "year":
        return np.where(snapshot.precision[rows] > 0, snapshot.months[rows] // 12, np.nan).astype(np.float32)
    if colour == "score":
        return np.asarray(results.scores(rows), np.float32)
    return np.asarray(snapshot.upvotes[rows])
