"""The topic panel: for each topic how many papers it has here and in all, and its share of every period, with what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from explorer.dashboard.figures import lines_json, trend_json
from explorer.dashboard.tree_figure import tree_json
from explorer.search.results import Results
from explorer.selection.syntax import COLUMN
from explorer.store.topics import LEAST, PART
from explorer.text.analysis import readable
from explorer.topics.bursts import assess_bursts
from explorer.topics.edits import NONE
from explorer.topics.periods import unfinished_period as unfinished_period
from explorer.topics.trends import (
    PERIODS,
    YEAR,
    ByValue,
    coarseness,
    count_by_value,
    count_grid,
    period_index,
    period_label,
    wilson,
)

if TYPE_CHECKING:
    from explorer.selection.selection import Selection
    from explorer.store.snapshot import Snapshot
    from explorer.store.topics import Division

View = dict[str, Any]

MOST_PERIODS = 180
"""Periods shown: fifteen years by month. A paper dated to the year 209 by mistake shall not flatten the rest."""

_STRAGGLERS = 0.01
"""Part of the dated papers that may lie before the first period shown, and after the last, where that halves the periods at least: one book of
1687, or a paper dated ahead of its time, shall not press the years in which all others are to a few pixels."""

MOST_LINES = 5
"""Topics whose lines are drawn together; more cannot be told apart where they cross."""

_FEW = 10
"""Papers of a period below which its shares are mostly chance: the interval of one half is then wider than 0.5."""

_COARSE = 0.25
"""Part of a year's papers dated too coarsely, above which its months or quarters are marked."""

_CHOSEN_HERE = ("topics", "years", "months")
"""What a click and a range in the panel filter by: its pictures do not change with these."""

MOST_VALUES = 24
"""Values of a facet that stand beside each other in place of periods; the strips of more are too narrow to be pointed at."""

_AGAIN = 1.5
"""Papers that a value of an own column has on average at least, where topics are told apart by it."""

_ASSESSED = 1_500
"""Topics times periods in which the lines show bursts, at 60 ms of the processor at most; ten times as many take 770 ms at each answer."""

_SCALE = 10_000

_TOLD = {"unfinished": ", unfinished", "partial": ", covered in part"}
"""What the table of the lines says of a period that is there in part."""


class Grid(NamedTuple):
    """Papers per topic and period, and what is known of the periods.

    Attributes
    ----------
    counts : ndarray of int64, shape (n_topics, n_periods)
    first : int
        The first period, counted from year 0 (see `trends.period_index`).
    states : list of str
        For each period empty, "unfinished", "partial" (papers begin late in it), "coarse" (many papers of its year are dated to the year
        only), or "few" papers.
    before, after : int
        Papers in periods before the first and after the last that is shown.
    values : ByValue or None
        The values that stand in place of periods.
    earlier : ndarray of int64, shape (n_topics,), or None
        Of the papers before, those of each topic.
    """

    counts: np.ndarray
    first: int
    states: list[str]
    before: int
    after: int = 0
    values: ByValue | None = None
    earlier: np.ndarray | None = None

    def cumulative(self) -> Grid:
        """The same with the papers up to each period, those before the first included, in place of its own; few are no matter then."""
        before = 0 if self.earlier is None else self.earlier[:, None]
        states = [state.replace("few", "") for state in self.states]
        return self._replace(counts=before + np.cumsum(self.counts, axis=1), states=states, before=0)


def places(snapshot: Snapshot) -> np.ndarray:
    """For every topic its place among all by size in the whole corpus: its mark, which no filter changes.

    Returns
    -------
    ndarray of int64, shape (n_topics,)
        From 0, ties by code.
    """
    totals = snapshot.totals("topics")
    order = np.lexsort((np.arange(len(totals)), -totals))
    found = np.empty(len(totals), np.int64)
    found[order] = np.arange(len(totals))
    return found


class Groups(NamedTuple):
    """What the panel has a row for: the topics, or the parts of one.

    Attributes
    ----------
    ids, values, labels : list of str
        `values` are what a selection chooses them by.
    papers, totals, marks : ndarray of int64, shape (n_groups,)
        Papers under all filters but that of topics, papers in all, and the place that gives the mark.
    divided : list of bool
        Whether there are enough papers to divide it.
    within : Division or None
        The topic whose parts they are.
    """

    ids: list[str]
    values: list[str]
    labels: list[str]
    papers: np.ndarray
    totals: np.ndarray
    marks: np.ndarray
    divided: list[bool]
    within: Division | None


def groups(results: Results, within: str | None) -> Groups:
    """The topics, or the parts of the one whose id is given."""
    snapshot = results.snapshot
    table = snapshot.topics.table
    if within is None:
        totals = snapshot.totals("topics")
        divided = [topic != NONE and int(total) >= LEAST for topic, total in zip(table.ids, totals, strict=True)]
        return Groups(table.ids, table.labels, table.labels, results.counts("topics"), totals, places(snapshot), divided, None)
    found = snapshot.topics.divided(within)
    number = len(found.labels)
    parent = table.labels[snapshot.topics.code(within)]
    here = results.mask_without("topics")[found.rows]
    return Groups(
        [f"{within}.{at}" for at in range(1, number + 1)],
        [f"{parent}{PART}{label}" for label in found.labels],
        found.labels,
        np.bincount(found.part[here], minlength=number)[:number],
        np.bincount(found.part, minlength=number)[:number],
        np.arange(number),
        [False] * number,
        found,
    )


def within_of(results: Results, within: str | None) -> str | None:
    """The topic whose parts are shown, by its id: the one asked for, or, where nothing is said (None), that of a part that is chosen."""
    topics = results.snapshot.topics
    if within is None:
        chosen = [value for value in results.selection.topics if value not in topics.labels]
        labels = [value.rpartition(PART)[0] for value in chosen]
        return next((topics.table.ids[topics.labels.index(label)] for label in labels if label in topics.labels), None)
    return within if within in topics.table.ids else None


def grid(results: Results, by: str, within: Division | None = None) -> Grid:
    """Papers per topic, or part of one, and period under all filters but those of topics and of time, which are chosen here."""
    snapshot = results.snapshot
    shown = _rows(results)
    if within is not None:
        everywhere = results.mask_without(*_CHOSEN_HERE)[within.rows]
        shown, part = within.rows[everywhere], within.part[everywhere]
        counts, first = _part_grid(snapshot, shown, part, len(within.labels), by)
    else:
        counts, first = snapshot.topics.grid(by, shown)
    early, end = periods_in_sight(counts.sum(axis=0), first, by, results.selection)
    earlier, after = counts[:, :early].sum(axis=1), int(counts[:, end:].sum())
    counts, first = counts[:, early:end], first + early
    covered = results.ranker.kept(("covered", by), lambda: (snapshot.partial(by), snapshot.unfinished(by)))
    return Grid(
        counts,
        first,
        _states(snapshot, shown, counts.sum(axis=0), first, by, covered),
        int(earlier.sum()),
        after,
        earlier=earlier,
    )


def value_grid(results: Results, by: str, within: Division | None = None) -> Grid:
    """Papers per topic, or part of one, and value of a facet under all filters but those of topics and of the facet."""
    snapshot = results.snapshot
    inside = results.mask_without("topics", by)
    codes, number = np.asarray(snapshot.topics.codes), len(snapshot.topics.labels)
    if within is not None:
        codes, number = np.full(len(snapshot), -1), len(within.labels)
        codes[within.rows] = within.part
        inside = inside & (codes >= 0)
    facet, ordered = snapshot.divided_by(by)
    found = count_by_value(codes, number, facet, inside, most=MOST_VALUES, ordered=ordered)
    states = ["few" if total < _FEW else "" for total in found.counts.sum(axis=0).tolist()]
    return Grid(found.counts, 0, states, 0, 0, found)


def periods_in_sight(totals: np.ndarray, first: int, by: str, selection: Selection) -> tuple[int, int]:
    """Which periods of a course are drawn: without those at both ends in which hardly any of the papers are.

    Parameters
    ----------
    totals : ndarray of int, shape (n_periods,)
        Papers per period.
    first : int
        The first of them, counted from year 0.
    by : {"year", "quarter", "month"}
    selection : Selection
        Periods that it asks for are shown, those before and after them are not for that.

    Returns
    -------
    (int, int)
        Place of the first, and of the one after the last.
    """
    number = len(totals)
    allowed = _STRAGGLERS * int(totals.sum())
    start = int(np.searchsorted(np.cumsum(totals), allowed, side="right"))
    end = number - int(np.searchsorted(np.cumsum(totals[::-1]), allowed, side="right"))
    if 2 * (end - start) > number:
        start, end = 0, number
    low, high = (None if bound is None else bound - first for bound in _asked(selection, by))
    if low is not None:
        start, end = min(start, max(low, 0)), number if high is None and low >= end else end
    if high is not None:
        start, end = 0 if low is None and high < start else start, max(end, min(high + 1, number))
    return max(start, end - MOST_PERIODS, 0), end


def _asked(selection: Selection, by: str) -> list[int | None]:
    """The first and the last period that years or months are chosen from, counted from year 0; None for an open end."""
    if any(selection.years):
        first, last = selection.years
        return [None if first is None else first * PERIODS[by], None if last is None else (last + 1) * PERIODS[by] - 1]
    return [
        None if month is None else (int(month[:4]) * 12 + int(month[5:7]) - 1) * PERIODS[by] // 12 for month in selection.months
    ]


def _part_grid(snapshot: Snapshot, rows: np.ndarray, part: np.ndarray, number: int, by: str) -> tuple[np.ndarray, int]:
    periods = period_index(snapshot.months[rows], snapshot.precision[rows], by)
    dated = periods[periods >= 0]
    if not len(dated):
        return np.zeros((number, 0), np.int64), 0
    first = int(dated.min())
    return count_grid(part, periods, number, first, int(dated.max()) - first + 1), first


def _rows(results: Results) -> np.ndarray | None:
    """Rows of the papers whose course is drawn; None for all."""
    others = {row.field for row, _ in results.selection.active()} - set(_CHOSEN_HERE)
    return np.flatnonzero(results.mask_without(*_CHOSEN_HERE)) if others else None


def _states(
    snapshot: Snapshot,
    shown: np.ndarray | None,
    totals: np.ndarray,
    first: int,
    by: str,
    covered: tuple[int | None, int | None],
) -> list[str]:
    years = (first + np.arange(len(totals))) // PERIODS[by]
    coarse = _coarse_years(snapshot, shown, by)
    partial, last = covered
    states = []
    for period, year, total in zip(range(first, first + len(totals)), years.tolist(), totals.tolist(), strict=True):
        lacking = coarse.get(year, 0)
        if last is not None and period >= last:
            states.append("unfinished")
        elif period == partial:
            states.append("partial")
        elif lacking and lacking > _COARSE * (lacking + int(totals[years == year].sum())):
            states.append("coarse")
        else:
            states.append("few" if total < _FEW else "")
    return states


def _coarse_years(snapshot: Snapshot, shown: np.ndarray | None, by: str) -> dict[int, int]:
    """How many papers of each year are dated to the year only, where periods are shorter than that."""
    if by == "year":
        return {}
    rows = slice(None) if shown is None else shown
    years = snapshot.months[rows][np.asarray(snapshot.precision[rows]) == YEAR] // 12
    found, counts = np.unique(years, return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))


def topics(
    results: Results,
    *,
    share: bool = True,
    cumulative: bool = False,
    by: str = "year",
    lines: bool = False,
    within: str | None = None,
    shape: str = "rows",
) -> View:
    """All topics with their counts, their shares and their course.

    Parameters
    ----------
    share : bool
        Whether the periods show the part of each period's papers, or their number.
    cumulative : bool
        Whether they show the number of papers up to each period, in place of both; values of a facet have none.
    by : str
        "year", "quarter", "month", or a facet whose commonest values stand in place of periods, in order of their papers.
    lines : bool
        Whether the chosen topics are drawn as lines too, over time.
    within : str, optional
        Id of the topic whose parts are shown in place of the topics; empty for none, by default that of a part that is chosen.
    shape : {"rows", "treemap", "sunburst", "icicle"}
        Whether the same papers are drawn as a tree too.

    Returns
    -------
    dict
        `shown`, papers under all filters but that of topics, and `total`, of the corpus; `periods`, each with its `label`, its
        `papers`, its `state` (see `Grid`) and its `span` of months or `value`; `top`, the largest share of a period (or count); `rows`, one a
        topic that is not hidden, largest first: `value`, `id`, `pinned`, `divided` (whether it can be), `label`, `place` (see
        `places`), `papers`, `all` (of the corpus), `on`, `counts` per period, `low` and `high` (95 % interval of the share, in
        ten-thousandths), `rise` (see `rises`); `notes`; `places` of all topics by label; `edits`, how many changes of the topics
        are in force; `within`, the topic whose parts the rows are; `tree`, a chart; `options`; `lines`.

    Notes
    -----
    Intervals are Wilson's (1927) score intervals, 95 %; that of a rise is Newcombe's (1998, method 10) of two of them.
    """
    snapshot = results.snapshot
    chosen = results.selection.topics
    of = groups(results, within_of(results, within))
    over_time = by in PERIODS
    found = grid(results, by, of.within) if over_time else value_grid(results, by, of.within)
    low, high = wilson(found.counts, np.broadcast_to(found.counts.sum(axis=0), found.counts.shape))
    rise = rises(found) if over_time else [None] * len(found.counts)
    if cumulative := cumulative and over_time:
        found, share = found.cumulative(), False
        low, high = wilson(found.counts, np.broadcast_to(found.counts.sum(axis=0), found.counts.shape))
    order = np.lexsort((np.arange(len(of.papers)), -of.totals, -of.papers))
    hidden = set(snapshot.topics.table.hidden) - {
        topic for topic, value in zip(of.ids, of.values, strict=True) if value in chosen
    }
    rows = [
        {
            "value": of.values[code],
            "id": of.ids[code],
            "pinned": of.ids[code] in snapshot.topics.table.pinned,
            "divided": of.divided[code],
            "label": readable(of.labels[code]),
            "place": int(of.marks[code]),
            "papers": int(of.papers[code]),
            "all": int(of.totals[code]),
            "on": of.values[code] in chosen,
            "counts": found.counts[code].tolist(),
            "low": np.floor(low[code] * _SCALE).astype(int).tolist(),
            "high": np.ceil(high[code] * _SCALE).astype(int).tolist(),
            "rise": rise[code],
        }
        for code in order.tolist()
        if (of.totals[code] and of.ids[code] not in hidden) or of.values[code] in chosen
    ]
    left_out = sum(1 for topic, total in zip(of.ids, of.totals, strict=True) if topic in hidden and total)
    stale = snapshot.topics_stale
    notes = _notes(results, found, by)
    notes += [f"{left_out} topic{'s' if left_out > 1 else ''} hidden by an edit."] * bool(left_out)
    notes += ["Its papers tell no parts apart."] * (of.within is not None and not of.values)
    return {
        "shown": int(of.papers.sum()),
        "total": int(of.totals.sum()),
        "periods": _periods(found, by),
        "top": int(found.counts.max(initial=0)) if cumulative else _top(found, share=share),
        "rows": rows,
        "share": share,
        "cumulative": cumulative,
        "by": by,
        "choices": [*([name, name.capitalize()] for name in PERIODS), *_facets(results, by)],
        "notes": notes + ([snapshot.stale_sentence] if stale else []),
        "places": dict(zip(snapshot.topics.labels, places(snapshot).tolist(), strict=True)),
        "edits": len(snapshot.topics.log),
        "within": None if of.within is None else _parent(snapshot, of.within),
        "shape": shape,
        "tree": None if shape == "rows" else _tree(results, of, shape),
        "stale": stale,
        "wants_lines": lines and over_time,
        "lines": _lines(results, of, found, by, share=share, cumulative=cumulative) if lines and over_time else None,
    }


def _facets(results: Results, by: str) -> list[list[str]]:
    """Facets by which topics are told apart, and their headings: those whose values come again, and the one that was asked for."""
    snapshot = results.snapshot
    own = {stored.column.field: stored.column.label for stored in snapshot.columns.by_key.values()}
    numbers = {stored.column.field for stored in snapshot.columns.by_key.values() if stored.facet is None}

    def comes_again(name: str) -> bool:
        """Whether its values have papers in common: pages or a file's name tell no topics apart."""
        facet = snapshot.facet(name)
        return facet.size > 0 and (name not in own or len(facet.codes) >= _AGAIN * facet.size)

    there = (name for name in snapshot.dividing() if name == by or name in numbers or comes_again(name))
    # What stands in for keywords is called as it is elsewhere on the page.
    derived = {"keywords": "Key phrase"} if snapshot.keywords_derived else {}
    return [[name, own.get(name) or derived.get(name) or name.removesuffix("s").capitalize()] for name in there]


def _parent(snapshot: Snapshot, within: Division) -> View:
    label = snapshot.topics.labels[snapshot.topics.code(within.topic)]
    return {"id": within.topic, "label": readable(label), "value": label}


def _tree(results: Results, of: Groups, shape: str) -> View:
    """The topics as a tree of areas; of the one that is looked into the parts."""
    whole = of if of.within is None else groups(results, None)
    parent = None if of.within is None else of.within.topic
    nodes = [("all", "", "All topics", int(whole.papers.sum()), "", -1)]
    hidden = set(results.snapshot.topics.table.hidden)
    for code in np.argsort(-whole.papers, kind="stable").tolist():
        if not whole.papers[code] or whole.ids[code] in hidden:
            continue
        mark = int(whole.marks[code])
        nodes.append((whole.ids[code], "all", whole.labels[code], int(whole.papers[code]), whole.values[code], mark))
        if whole.ids[code] == parent:
            nodes += [
                (of.ids[at], whole.ids[code], of.labels[at], int(of.papers[at]), of.values[at], mark)
                for at in range(len(of.ids))
                if of.papers[at]
            ]
    shown = [node for node in nodes if node[1]] if parent is None else [node for node in nodes if node[1] == parent]
    return {
        "name": "tree",
        "title": "Topics as a tree",
        "description": f"{shape.capitalize()} of papers per topic, {len(shown)} areas."
        if parent is None
        else f"{shape.capitalize()} of papers per part of a topic, {len(shown)} areas.",
        "figure": tree_json(nodes, shape, parent or "all", results.selection.topics),
        "table": {"columns": ["Topic", "Papers"], "rows": [[readable(label), papers] for _, _, label, papers, _, _ in shown]},
        "note": "An area is as large as its papers are many. Click one: only these.",
        "options": [],
        "pick": {"field": "topics", "values": [value for _, _, _, _, value, _ in shown]} if shown else None,
        "bare": not shown,
    }


def _periods(found: Grid, by: str) -> list[View]:
    if found.values is not None:
        totals = found.counts.sum(axis=0).tolist()
        told = zip(found.values.names, totals, found.states, strict=True)
        return [
            {"label": name, "papers": total, "state": state, "span": ["", ""], "value": name} for name, total, state in told
        ]
    length = 12 // PERIODS[by]
    made = []
    for at, total in enumerate(found.counts.sum(axis=0).tolist()):
        months = [(found.first + at) * length, (found.first + at + 1) * length - 1]
        made.append(
            {
                "label": period_label(found.first + at, by),
                "papers": total,
                "state": found.states[at],
                "span": [period_label(month, "month") for month in months],
            }
        )
    return made


def _top(found: Grid, *, share: bool) -> float:
    """What is drawn in full colour, and all that is more: of a hundred shares (or counts) other than nothing the second largest.

    Shares are those of periods with enough papers; a single exception shall not leave all others pale.
    """
    total = found.counts.sum(axis=0)
    enough = total >= min(_FEW, int(total.max(initial=0))) if share else total > 0
    amounts = found.counts[:, enough] / np.maximum(total[enough], 1) if share else found.counts[:, enough]
    amounts = amounts[amounts > 0]
    return round(float(np.quantile(amounts, 0.98, method="higher")), 4) if amounts.size else 0.0


def rises(found: Grid) -> list[View | None]:
    """By how much the share of each topic grew, from the earlier half of the papers to the later.

    Parameters
    ----------
    found : Grid

    Returns
    -------
    list of (dict or None), length n_topics
        `by`, the difference of the shares, with the ends `low` and `high` of its 95 % interval, all from -1 to 1; None where there
        are not two finished periods. Unfinished periods, those covered in part, and those known too coarsely, are left out.

    Notes
    -----
    The halves are cut between two periods, where they are most nearly equal in papers. The interval is method 10 of Newcombe
    (1998), from Wilson's intervals of both shares. It is one of many topics: without a correction, one topic in twenty that does
    not change seems to.
    """
    usable = np.array([state in ("", "few") for state in found.states], bool)
    counts = found.counts[:, usable]
    totals = counts.sum(axis=0)
    if np.count_nonzero(totals) < 2:
        return [None] * len(found.counts)
    running = np.cumsum(totals)
    cut = int(np.argmin(np.abs(running[:-1] * 2 - running[-1]))) + 1
    n = np.array([totals[:cut].sum(), totals[cut:].sum()])
    x = np.stack([counts[:, :cut].sum(axis=1), counts[:, cut:].sum(axis=1)])
    if not n.all():
        return [None] * len(found.counts)
    share = x / n[:, None]
    low, high = wilson(x, np.broadcast_to(n[:, None], x.shape))
    difference = share[1] - share[0]
    under = difference - np.sqrt((share[1] - low[1]) ** 2 + (high[0] - share[0]) ** 2)
    over = difference + np.sqrt((high[1] - share[1]) ** 2 + (share[0] - low[0]) ** 2)
    ends = np.round(np.stack([difference, under, over], axis=1), 4) + 0.0
    return [{"by": a, "low": b, "high": c} for a, b, c in ends.tolist()]


def _notes(results: Results, found: Grid, by: str) -> list[str]:
    """What the periods, or the values, leave out, in words."""
    if found.values is not None:
        notes = [f"{found.values.left_out:,} further value{'s' * (found.values.left_out != 1)}"] * bool(found.values.left_out)
        notes += [f"{found.values.without:,} paper{'s' * (found.values.without != 1)} without one"] * bool(found.values.without)
        return ["Left out: " + ", ".join(notes) + "."] if notes else []
    precision, shown = results.snapshot.precision, _rows(results)
    left_out = coarseness(precision if shown is None else precision[shown], by)
    if left_out["undated"] == (len(precision) if shown is None else len(shown)) > 0:
        return ["No paper shown has a date, so there is no course over time to draw."]
    notes = [f"{left_out['undated']:,} without a date"] * bool(left_out["undated"])
    notes += [f"{left_out['too_coarse']:,} dated to the year only"] * bool(left_out["too_coarse"])
    notes += [f"{found.before:,} before {period_label(found.first, by)}"] * bool(found.before)
    notes += [f"{found.after:,} after {period_label(found.first + found.counts.shape[1] - 1, by)}"] * bool(found.after)
    return ["Left out of the periods: " + ", ".join(notes) + "."] if notes else []


def _percent(part: float) -> str:
    return f"{100 * part:.{0 if part >= 0.1 or not part else 1}f} %"


def _lines(results: Results, of: Groups, found: Grid, by: str, *, share: bool, cumulative: bool) -> View:
    """Lines of the topics that are chosen, at most `MOST_LINES`."""
    labels, marks = of.labels, of.marks
    codes = [of.values.index(value) for value in results.selection.topics if value in of.values][:MOST_LINES]
    names = [period_label(found.first + at, by) for at in range(found.counts.shape[1])]
    totals = found.counts.sum(axis=0)
    low, high = wilson(found.counts[codes], np.broadcast_to(totals, (len(codes), len(totals))))
    shares = found.counts[codes] / np.maximum(totals, 1)
    values = [[None if not total and share else (s if share else c) for s, c, total in zip(*row, totals.tolist(), strict=True)]
              for row in zip(shares.round(4).tolist(), found.counts[codes].tolist(), strict=True)]  # fmt: skip
    cells = [[None if value is None else f"{_percent(value)} ({_percent(a)} to {_percent(b)})" for value, a, b in zip(*row, strict=True)]
             for row in zip(values, low.tolist(), high.tolist(), strict=True)] if share else [list(row) for row in values]  # fmt: skip
    wanted = bool(codes) and not cumulative
    bursts = _bursts(found, codes) if wanted and found.counts.size <= _ASSESSED else []
    for row, those in zip(cells, bursts, strict=False):
        for at, sure in those.items():
            row[at] = f"{row[at]}, {'burst' if sure else 'burst, no more than chance'}"
    columns = zip(*cells, strict=True) if cells else [()] * len(names)
    told = [name + _TOLD.get(state, "") for name, state in zip(names, found.states, strict=True)]
    return {
        "name": "lines",
        "title": "Topics over time",
        "description": f"Line chart of {'the share of' if share else 'the number of'} papers {'up to each' if cumulative else 'per'} {by} for "
        f"{len(codes)} chosen topics, with 95 % intervals.",
        "figure": lines_json(
            names, [labels[code] for code in codes], values, low if share else None, high if share else None,
            [int(marks[code]) for code in codes], found.states, bursts,
        ),
        "table": {
            "columns": [by.capitalize(), *(labels[code] for code in codes)],
            "rows": [[name, *row] for name, row in zip(told, columns, strict=True)],
        },
        "note": " ".join(
            said
            for sure, said in ((True, "Large marks: a burst."), (False, "Large pale marks: one that is no more than chance."))
            if any(sure in those.values() for those in bursts)
        )
        if found.counts.size <= _ASSESSED or not wanted
        else "Bursts are not looked for in so many periods; corpus.topics.trends() tells them.",
        "options": [],
        "pick": None,
        "bare": not codes or not names,
    }  # fmt: skip


def _bursts(found: Grid, codes: list[int]) -> list[dict[int, bool]]:
    """For each of some topics the periods in which it bursts, and whether that is more than chance over all topics."""
    totals = found.counts.sum(axis=0)
    tested = assess_bursts(found.counts, totals)
    return [
        {
            at: burst in tested.significant[code]
            for burst in tested.bursts[code]
            for at in range(burst.first, burst.last + 1)
            if totals[at]
        }
        for code in codes
    ]


def picture(
    results: Results, *, share: bool = True, cumulative: bool = False, by: str = "year", within: str | None = ""
) -> View:
    """The panel as one plotly figure, for a picture: the topics shown, and their course as a heat map, with what that leaves out below."""
    view = topics(results, share=share, cumulative=cumulative, by=by, within=within)
    return {"title": "Topics", "figure": trend_json(view, " ".join(view["notes"]))}


def still_chart(panel: View, most: int = 15) -> View:
    """The panel as a chart that stands still, with its largest topics.

    Parameters
    ----------
    panel : dict
        As `topics` gives it.
    most : int
        Topics at most.
    """
    rows = [row for row in panel["rows"] if row["papers"]][:most]
    left = len(panel["rows"]) - len(rows)
    named = f"; the most frequent is {rows[0]['label']} with {rows[0]['papers']:,} papers" if rows else ""
    return {
        "name": "topics",
        "title": "Topics",
        "description": f"Bar chart of papers per topic, {len(rows)} shown{named}; beside it a heat map of their course.",
        "figure": trend_json({**panel, "rows": rows}) if rows else None,
        "note": " ".join(
            [f"{left:,} more."] * bool(left) + ([_shade(panel)] if rows and panel["periods"] else []) + panel["notes"]
        ),
        "size": (680, 24 * len(rows) + 36),
    }


def _shade(panel: View) -> str:
    """What the shades of the heat map stand for, and what hatching would say where there is none."""
    heading, periods = dict(panel["choices"])[panel["by"]], panel["periods"]
    by = heading if panel["by"].startswith(COLUMN) else heading.lower()
    most = f"{panel['top']:.0%} or more" if panel["top"] < 1 else "all"
    said = (
        f"Right: {by}s; the darkest is {most} of a {by}’s papers."
        if panel["share"]
        else f"Right: papers {'up to each' if panel['cumulative'] else 'a'} {by}; darker is more."
    )
    first, last = periods[0], periods[-1]
    said += f" {first['label']} is covered in part." if first["state"] == "partial" else ""
    return said + (f" {last['label']} is unfinished." if last["state"] == "unfinished" else "")
