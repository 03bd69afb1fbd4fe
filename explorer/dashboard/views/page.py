"""What the page shows, as plain JSON values: the counts of the panels, the charts, a page of papers, one paper, the preference in force."""

from __future__ import annotations

from collections.abc import Set
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.dashboard.figures import counts_json
from explorer.dashboard.views.chips import chips, titles_of
from explorer.dashboard.views.concepts import bars
from explorer.dashboard.views.provenance import merged, versions
from explorer.errors import LibraryError
from explorer.papers.author_names import display
from explorer.papers.own_columns import OwnColumn, bounds
from explorer.search.own_marks import OWN_FACETS
from explorer.search.results import Results
from explorer.search.similar import similar
from explorer.selection.fields import FILTERS, OBJECTIVES
from explorer.selection.selection import Selection
from explorer.selection.syntax import COLUMN
from explorer.text.analysis import Terms, highlight, joined, readable, snippet
from explorer.topics.trends import period_label

if TYPE_CHECKING:
    from explorer.store.own_columns import StoredColumn
    from explorer.store.snapshot import Snapshot

PAGE = 25
"""Papers a page."""

FACET_PAGE = 8
"""Values of a filter panel at first."""

FACET_MORE = 40
"""Values that come when the panel is scrolled to its end."""

BARS = 15
"""Bars of a frequency chart at most."""

_SOME = 64
"""Times as many values are looked at first as are wanted: those that most papers have come first."""

_NAMED = 3
"""Authors that a paper in the list is shown with; of the others their number."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LEAST_GAP = 10
"""Years without papers that a slider goes through, however few others there are."""

_MOST_MONTHS = 1200

_LABELS = {row.field: row.label for row in FILTERS}

View = dict[str, Any]


def fields(selection: Selection) -> View:
    """The fields of a selection, tuples as lists."""
    found = ((name, getattr(selection, name)) for name in selection.__dataclass_fields__)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found}


def summary(results: Results) -> View:
    """Counts, sentence, address, chips, what became of the records and, where nothing is shown, which filter to loosen."""
    selection, total = results.selection, len(results.snapshot)
    titles = titles_of(results.snapshot, (*selection.like, *selection.unlike))
    loosen = [
        {"label": f"without {_LABELS[field].lower()}", "changes": {field: _default(field)}, "shown": shown}
        for field, value, shown in (results.loosened() if results.shown == 0 else [])
    ]
    return {
        "shown": results.shown,
        "total": total,
        "name": results.snapshot.name,
        "sentence": selection.describe(results.shown, total, titles),
        "translation": _translation(selection),
        "cutoff": "" if results.cutoff is None else str(results.cutoff),
        "url": selection.to_url(),
        "python": selection.to_python(str(results.snapshot.folder)),
        "chips": chips(selection, titles),
        "loosen": loosen,
        "unknown": [] if results.shown else _unknown(results),
        "ledger": {"sentence": results.snapshot.ledger_sentence, "notes": results.snapshot.accounts.notes.num_rows},
    }


def _unknown(results: Results) -> list[str]:
    """Topics that are filtered by and are none: those of an address of before topics were found anew have other names now."""
    topics = results.snapshot.topics
    return [
        f"There is no topic “{readable(value)}” here. Topics that were found anew, or changed, may be called otherwise."
        for value in results.selection.topics
        if value not in topics.labels and value not in topics.former and topics.rows_of_part(value) is None
    ]


def _translation(selection: Selection) -> View | None:
    """What a query of another database was read as, and what of it has no equal here; None for a query of ours."""
    found = selection.translation
    return {"dialect": found.dialect, "query": found.query, "left_out": list(found.left_out)} if found.dialect else None


def _default(field: str) -> Any:
    kind = next(row.kind for row in FILTERS if row.field == field)
    return {"text": "", "range": [None, None], "values": [], "pairs": [], "flag": None}[kind]


def panels(results: Results, facet_state: dict[str, tuple[str, int]], opened: Set[str] = frozenset()) -> list[View]:
    """The filter panels with their counts, in the order of the page; panels without a value are left out.

    Parameters
    ----------
    facet_state : dict
        For each field the text searched for within the panel, and how often more of its values were asked for.
    opened : set of str
        Panels of the reader's own columns that are open; the others are not counted.
    """
    found = [years(results)]
    for field in ("topics", "venues", "authors", "keywords", *own_facets(results)):
        if results.facet(field).size:
            found.append(values(results, field, *facet_state.get(field, ("", 0))))
    if results.snapshot.totals("has_code")[1]:
        found.append(code(results))
    return found + [own_panel(results, stored, facet_state, opened) for stored in results.snapshot.columns.by_key.values()]


def own_panel(
    results: Results, stored: StoredColumn, facet_state: dict[str, tuple[str, int]], opened: Set[str] = frozenset()
) -> View:
    """The panel of a column of the reader's own; without counts while it is closed and filters nothing."""
    column = stored.column
    used = bool(chosen_of(results, column.field) or excluded_of(results, column.field))
    if column.field not in opened and not used:
        return {"name": column.field, "kind": "closed", "label": column.label, "telling": column.telling}
    if column.kind == "values":
        return values(results, column.field, *facet_state.get(column.field, ("", 0)))
    return steps(results, stored)


def chosen_of(results: Results, field: str) -> tuple[str, ...]:
    """Values of a facet, or ranges of a column, that are chosen."""
    selection = results.selection
    if not field.startswith(COLUMN):
        return tuple(getattr(selection, field))
    return tuple(text for key, text in selection.columns if f"{COLUMN}{key}" == field)


def excluded_of(results: Results, field: str) -> tuple[str, ...]:
    """Values of a facet that are excluded."""
    name = field.removeprefix(COLUMN)
    return tuple(value for key, value in results.selection.exclude if key == name)


def steps(results: Results, stored: StoredColumn) -> View:
    """The range of a column of numbers or dates, as a histogram.

    `reach` is how far a step goes beyond its label; `written` are ends of the chosen range that lie within a step.
    """
    column = stored.column
    labels = stored.steps
    chosen = chosen_of(results, column.field)
    reach = 0.0 if column.kind == "date" else stored.reach
    return {
        "name": column.field,
        "kind": "steps",
        "label": column.label,
        "of": column.kind,
        "bars": [[label, int(count)] for label, count in zip(labels, results.counts(column.field), strict=True)],
        "selected": _selected(stored, chosen[0]) if len(chosen) == 1 else [None, None],
        "written": _written(stored, chosen[0]) if len(chosen) == 1 and column.kind == "number" else [None, None],
        "reach": reach,
        "missing": len(results.snapshot) - column.papers,
    }


def _selected(stored: StoredColumn, text: str) -> list[Any]:
    """The first and the last step within a range; None where it is open there."""
    kind = stored.column.kind
    ends = bounds(text, kind)
    spans = [bounds(_step_range(stored, place), kind) for place in range(len(stored.steps))]
    slack = 1e-9 * (stored.reach if kind == "number" else 1)
    inside = [
        place
        for place, span in enumerate(spans)
        if ends is not None and span is not None and span[0] >= ends[0] - slack and span[1] <= ends[1] + slack
    ]
    if not inside:
        return [None, None]
    first, last = inside[0], inside[-1]
    return [None if first == 0 else stored.steps[first], None if last == len(spans) - 1 else stored.steps[last]]


def _written(stored: StoredColumn, text: str) -> list[float | None]:
    """The ends of a range of numbers that are no ends of steps; None for those that are, and for open ones."""
    given = bounds(text, "number")
    if given is None:
        return [None, None]
    lows = np.array(stored.steps, float)
    slack = 1e-9 * (stored.reach or 1)
    return [
        None if np.isinf(end) or np.any(np.abs(edges - end) <= slack) else end
        for end, edges in zip(given, (lows, lows + stored.reach), strict=True)
    ]


def own_facets(results: Results) -> tuple[str, ...]:
    """The facets of what the reader put on papers; none where the library cannot be read, which is said where it is shown."""
    try:
        for field in OWN_FACETS:
            results.facet(field)
    except LibraryError:
        return ()
    return OWN_FACETS


def years(results: Results) -> View:
    """Years with their counts, without long runs in which no paper of the corpus is; months too where a century or less is left."""
    first, last = results.snapshot.year_span
    # A corpus without a date has no year to choose, and the page then says only that.
    dated = results.snapshot.undated < len(results.snapshot)
    counts = results.counts("years") if dated else np.zeros(0, np.int64)
    gaps = empty_runs(results.snapshot.totals("years")) if dated else []
    kept = np.ones(len(counts), bool)
    for start, end in gaps:
        kept[start:end] = False
    view: View = {
        "name": "years",
        "kind": "range",
        "label": _LABELS["years"],
        "lo": first,
        "hi": last,
        "bars": [[first + i, int(counts[i])] for i in np.flatnonzero(kept).tolist()],
        "gaps": [[first + start, first + end - 1] for start, end in gaps],
        "selected": list(results.selection.years),
        "undated": results.snapshot.undated,
        "months": None,
    }
    if dated and int(kept.sum()) * 12 <= _MOST_MONTHS:
        monthly = results.counts("months")
        if monthly.any():
            labels = [period_label(first * 12 + i, "month") for i in range(len(monthly))]
            used = np.flatnonzero(results.snapshot.totals("months"))
            view["months"] = {
                "bars": [[labels[i], int(monthly[i])] for i in range(used[0], used[-1] + 1) if kept[i // 12]],
                "selected": list(results.selection.months),
            }
    return view


def empty_runs(papers: np.ndarray) -> list[tuple[int, int]]:
    """Runs of years without papers that would take more than an eighth of the years, those longer ones left out, and ten at least.

    Parameters
    ----------
    papers : ndarray of int, shape (n_years,)
        Papers of each year.

    Returns
    -------
    list of (int, int)
        Place of the first year, and of the one after the last, in their order.

    Examples
    --------
    >>> empty_runs(np.array([1] + [0] * 300 + [5, 0, 7]))
    [(1, 301)]
    """
    used = np.flatnonzero(papers)
    runs = sorted(((int(a) + 1, int(b)) for a, b in pairwise(used)), key=lambda run: run[0] - run[1])
    left, found = len(papers), []
    for start, end in runs:
        if end - start < max(_LEAST_GAP, left / 8):
            break
        found.append((start, end))
        left -= end - start
    return sorted(found)


def values(results: Results, field: str, text: str = "", page: int = 0) -> View:
    """One panel of values: chosen and excluded ones first, then by how many papers they would show.

    Parameters
    ----------
    results : Results
    field : str
        A facet, or ``columns.KEY``.
    text : str
        Values that contain it only.
    page : int
        How often more values were asked for.
    """
    facet = results.facet(field)
    counts = results.counts(field)
    chosen, left_out = chosen_of(results, field), excluded_of(results, field)
    if text:
        match = facet.containing(text)
        codes = np.flatnonzero(match & ((facet.counts() if field in OWN_FACETS else results.snapshot.totals(field)) > 0))
        found = len(codes)
    else:
        # Of numbers it takes four times as long as of what is true.
        codes, found = None, int(np.count_nonzero(counts > 0))
    page = min(max(page, 0), -(-max(found - FACET_PAGE, 0) // FACET_MORE))
    codes = largest(counts, FACET_PAGE + page * FACET_MORE, codes)
    rows = [_row(facet.values[int(code)].as_py(), int(counts[code]), chosen, left_out) for code in codes]
    if not text:
        shown = {row["value"] for row in rows}
        ahead = [value for value in (*chosen, *left_out) if value not in shown]
        codes_ahead = [facet.code(value) for value in ahead]
        rows = [
            _row(v, int(counts[c]) if c >= 0 else 0, chosen, left_out) for v, c in zip(ahead, codes_ahead, strict=True)
        ] + rows
    return {
        "name": field,
        "kind": "values",
        "label": _panel_label(results, field),
        "values": found,
        "page": page,
        "more": max(found - FACET_PAGE - page * FACET_MORE, 0),
        "text": text,
        "rows": rows,
        "max": int(counts.max(initial=0)),
    }


def _panel_label(results: Results, field: str) -> str:
    if field.startswith(COLUMN):
        return results.snapshot.columns[field.removeprefix(COLUMN)].column.label
    return "Key phrase" if field == "keywords" and results.snapshot.keywords_derived else _LABELS[field]


def _row(value: str, count: int, chosen: tuple[str, ...], left_out: tuple[str, ...] = ()) -> View:
    return {"value": value, "label": readable(value), "count": count, "on": value in chosen, "out": value in left_out}


def largest(counts: np.ndarray, most: int, codes: np.ndarray | None = None) -> np.ndarray:
    """The codes of the largest counts, largest first, ties by code: among some codes, or among all that count anything."""
    if codes is None:
        # The last of the largest counts at least as much as that of some, and of a million authors few do.
        some = counts[: _SOME * most]
        least = np.partition(some, -most)[-most] if most < len(some) else 1
        codes = np.flatnonzero(counts >= max(least, 1))
    found = counts[codes]
    if most < len(codes):
        keep = found >= -np.partition(-found, most - 1)[most - 1]
        codes, found = codes[keep], found[keep]
    return np.asarray(codes[np.lexsort((codes, -found))][:most])


def code(results: Results) -> View:
    """The panel of papers with and without a code link."""
    without, having = (int(count) for count in results.counts("has_code"))
    chosen = results.selection.has_code
    rows = [
        {"value": True, "label": "with code", "count": having, "on": chosen is True, "out": False},
        {"value": False, "label": "without code", "count": without, "on": chosen is False, "out": False},
    ]
    return {
        "name": "has_code",
        "kind": "values",
        "label": _LABELS["has_code"],
        "values": 2,
        "page": 0,
        "more": 0,
        "text": "",
        "rows": rows,
        "max": max(without, having),
    }


def keyword_chart(results: Results) -> list[View]:
    """The chart of the most frequent keywords, in a list; an empty one where there are none."""
    if not results.snapshot.facet("keywords").size:
        return []
    return [_frequency(results, "keywords", "Key phrases" if results.snapshot.keywords_derived else "Keywords")]


def own_chart(results: Results, key: str = "") -> list[View]:
    """The chart of a column of the reader's own, in a list: by default the first that parts the papers; empty without one."""
    offered = [stored.column for stored in results.snapshot.columns.by_key.values() if stored.column.telling]
    if not offered:
        return []
    column = next((column for column in offered if column.key == key), offered[0])
    view = _frequency(results, column.field, column.label) if column.kind == "values" else _own_histogram(results, column)
    choices = [one.key for one in offered]
    labels = [one.label for one in offered]
    option = {"name": "column", "label": "Column", "value": column.key, "choices": choices, "labels": labels}
    return [{**view, "name": "own", "options": [option] if len(choices) > 1 else []}]


def _own_histogram(results: Results, column: OwnColumn) -> View:
    stored = results.snapshot.columns[column.key]
    counts = results.counts(column.field)
    labels = [str(label) if column.kind == "date" else f"{label:.12g}" for label in stored.steps]
    chosen = chosen_of(results, column.field)
    ranges = [_step_range(stored, place) for place in range(len(labels))]
    return {
        "name": "own",
        "title": column.label,
        "description": f"Bar chart of papers by {column.label.lower()}, {len(labels)} steps.",
        "figure": counts_json(labels, ranges, [int(count) for count in counts], chosen, column.field),
        "table": {"columns": [column.label, "Papers"], "rows": [[n, int(c)] for n, c in zip(labels, counts, strict=True)]},
        "note": "each bar begins at its label" if column.kind == "number" else "",
        "options": [],
        "pick": {"field": column.field, "values": ranges} if labels else None,
    }


def _step_range(stored: StoredColumn, place: int) -> str:
    """A step of a range as text."""
    label = stored.steps[place]
    return f"{label}..{label}" if isinstance(label, str) else f"{label:.12g}..{label + stored.reach:.12g}"


def _frequency(results: Results, field: str, title: str) -> View:
    counts = results.counts(field)
    found, codes = int(np.count_nonzero(counts)), largest(counts, BARS)
    names = [results.snapshot.facet(field).values[int(c)].as_py() for c in codes]
    numbers = [int(counts[c]) for c in codes]
    chosen = chosen_of(results, field)
    more = found - len(codes)
    notes = ["from titles and abstracts, as few papers came with keywords"] if title == "Key phrases" else []
    notes += [f"{more:,} more in the filter panel"] if more > 0 else []
    top = f"; the most frequent is {names[0]} with {numbers[0]:,} papers" if names else ""
    return {
        "name": field,
        "title": title,
        "description": f"Bar chart of papers per {_one(title).lower()}, {len(codes)} shown{top}.",
        "figure": counts_json([readable(n) for n in names], names, numbers, chosen, field),
        "table": {"columns": [_one(title), "Papers"], "rows": [[n, c] for n, c in zip(names, numbers, strict=True)]},
        "note": "; ".join(notes),
        "options": [],
        "pick": {"field": field, "values": names} if names else None,
    }


def _one(title: str) -> str:
    """One of what a chart counts."""
    return title[:-1] if title in ("Keywords", "Key phrases") else title


def page(
    results: Results,
    number: int,
    ticked: frozenset[int],
    opened: int | None,
    *,
    read: frozenset[int] = frozenset(),
    only: np.ndarray | None = None,
) -> View:
    """One page of the list; of the rows in `only`, in their order, if they are given.

    Each paper says whether it is `ticked`, `open`, `read`, and whether it is `best`: no other paper shown beats it.
    """
    listed = results.shown if only is None else len(only)
    pages = max(1, -(-listed // PAGE))
    number = min(max(number, 0), pages - 1)
    terms = results.terms
    part = slice(number * PAGE, (number + 1) * PAGE)
    rows = results.rows(part.start, part.stop) if only is None else only[part]
    best = set() if results.front is None else set(results.front.rows.tolist())
    papers = _papers(results.snapshot, rows, terms)
    marks = {"ticked": ticked, "open": {opened}, "read": read, "best": best}
    return {
        "listed": listed,
        "page": number,
        "pages": pages,
        "per_page": PAGE,
        "rows": [{**paper, **{mark: paper["row"] in some for mark, some in marks.items()}} for paper in papers],
        "ticked": len(ticked),
        "parts": None if results.ordering is None else bars(results, rows.tolist()),
        "scored": results.scored,
    }


def _papers(snapshot: Snapshot, rows: np.ndarray, terms: Terms) -> list[View]:
    names = ("title", "abstract", "authors", "published", "precision", "venue", "upvotes", "comments", "code_url")
    return [
        {
            "row": row,
            "title": highlight(title_of(paper["title"]), terms),
            "snippet": snippet(readable(paper["abstract"]), terms),
            "authors": _byline(paper["authors"] or []),
            "date": date_text(paper["published"], paper["precision"]),
            "venue": paper["venue"] or "",
            "topic": snapshot.topics.labels[int(snapshot.topics.codes[row])],
            "upvotes": paper["upvotes"],
            "comments": paper["comments"],
            "code": paper["code_url"] is not None,
        }
        for row, paper in zip(rows.tolist(), snapshot.records(rows, names), strict=True)
    ]


def _byline(authors: list[str]) -> str:
    """The authors of a paper in a list, of whom only those are put as they are shown who are."""
    return joined([*map(display, authors[:_NAMED]), *authors[_NAMED:]], _NAMED)


def title_of(title: str | None) -> str:
    """A title as shown."""
    return readable(title) or "Untitled"


def date_text(published: Any, precision: str | None) -> str:
    """A date as far as it is known: ``2024``, ``Mar 2024`` or ``11 Mar 2024``; empty without one."""
    if published is None or precision is None:
        return ""
    month = _MONTHS[published.month - 1]
    return {
        "year": f"{published.year}",
        "month": f"{month} {published.year}",
        "day": f"{published.day} {month} {published.year}",
    }[precision]


def reader(results: Results, row: int) -> View:
    """One paper in full, with links, and the papers nearest to it."""
    snapshot = results.snapshot
    paper = snapshot.record(row, snapshot.table.column_names)
    shown = {"title", "abstract", "authors", "published", "precision", "year", "venue", "keywords", "url", "doi", "arxiv_id"}
    shown |= {"code_url", "upvotes", "comments", "source", "id", "versions", "title_latex"}
    extra = [
        ["date" if name == "edtf" else name, _plain(value)]
        for name, value in paper.items()
        if name not in shown and value not in (None, "", []) and not _is_vector(value)
    ]
    nearest = [
        {
            "row": other,
            "title": title_of(snapshot.record(other, ["title"])["title"]),
            "date": date_text(*snapshot.record(other, ["published", "precision"]).values()),
            "why": f"both on {', '.join(phrases)}" if phrases else "",
        }
        for other, phrases in similar(snapshot, row)
    ]
    return {
        "row": row,
        "title": highlight(title_of(paper["title"]), results.terms),
        "abstract": highlight(readable(paper["abstract"]), results.terms),
        "authors": [display(name) for name in paper["authors"] or []],
        "date": date_text(paper["published"], paper["precision"]),
        "venue": paper["venue"] or "",
        "topic": snapshot.topics.labels[int(snapshot.topics.codes[row])],
        "keywords": snapshot.facet("keywords").of(row) if snapshot.keywords_derived else paper["keywords"] or [],
        "links": links(paper),
        "versions": versions(paper),
        "merged": merged(snapshot, paper["id"]),
        "upvotes": paper["upvotes"],
        "comments": paper["comments"],
        "source": paper["source"] or "",
        "extra": extra[:12],
        "similar": nearest,
        "place": _place(results, row),
    }


def _is_vector(value: Any) -> bool:
    return isinstance(value, list) and isinstance(value[0], float)


def _plain(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text[:300]


def _place(results: Results, row: int) -> str:
    if not results.mask[row]:
        return "not among the papers shown"
    at = int(np.flatnonzero(results.rows() == row)[0]) + 1
    return f"{at:,} of {results.shown:,}"


def links(paper: dict[str, Any]) -> list[View]:
    """Addresses of a paper; only http and https ones, for an address from a file may hold anything."""
    found = []
    if paper["arxiv_id"]:
        found.append(("arXiv", f"https://arxiv.org/abs/{paper['arxiv_id']}"))
        found.append(("PDF", f"https://arxiv.org/pdf/{paper['arxiv_id']}"))
    if paper["doi"]:
        found.append(("DOI", f"https://doi.org/{paper['doi']}"))
    if paper["url"] and paper["url"] not in {url for _, url in found}:
        found.append(("Link", paper["url"]))
    if paper["code_url"]:
        found.append(("Code", paper["code_url"]))
    return [{"label": label, "url": url} for label, url in found if url.lower().startswith(("https://", "http://"))]


def preference(results: Results, read: int) -> View:
    """The objectives with their weights, and how many papers no other beats.

    Returns
    -------
    dict
        `objectives`: for each its `name`, `label`, `weight` (the direction has length one) and `lacking`, why it says nothing
        here, or empty. `front`: `papers` on the Pareto front, out of `among` that were looked at; None without one. `read`:
        number of papers read.
    """
    weights = dict(results.selection.prefer)
    lacking = _lacking(results, read)
    front = results.front
    return {
        "on": results.selection.sort == "preference",
        "objectives": [
            {"name": name, "label": label, "weight": weights.get(name, 0.0), "lacking": lacking.get(name, "")}
            for name, label in OBJECTIVES.items()
        ],
        "front": front and {"papers": len(front.rows), "among": front.among},
        "read": read,
    }


def _lacking(results: Results, read: int) -> dict[str, str]:
    """Why some objectives cannot tell papers apart."""
    snapshot, selection = results.snapshot, results.selection
    upvotes = snapshot.table.column("upvotes")
    code = snapshot.has_code
    why = {}
    if not (selection.query or selection.rank or selection.like):
        why["relevance"] = "Search for something first."
    if not (snapshot.precision > 0).any():
        why["recency"] = "No paper here has a date."
    if upvotes.null_count == len(upvotes):
        why["upvotes"] = "No paper here has upvotes."
    if not read:
        why["novelty"] = "Read some papers first, or mark them as read."
    if code.all() or not code.any():
        why["code"] = "All papers here have code." if len(code) and code.all() else "No paper here has a link to code."
    return why
