"""What there is beyond the few papers that have every word of a query, as plain JSON values for the page."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from explorer.dashboard.preparation import SMALL
from explorer.dashboard.views.page import View, date_text, title_of
from explorer.papers.author_names import display
from explorer.search.results import Results
from explorer.selection.syntax import ranked_and_required
from explorer.text.analysis import highlight, joined

FEW = 10
"""Papers; where every word is in so few, the page looks beyond."""

_LISTED = 8
NOTHING: View = {"mode": "", "rows": [], "more": 0, "sentence": ""}


def beyond(results: Results) -> View:
    """The best papers that have not every word of the query, under the same filters.

    By meaning where the corpus has what that takes, or soon makes it; else by any of the words.

    Parameters
    ----------
    results : Results
        Of a selection whose query is read by all words.

    Returns
    -------
    dict
        `mode`, the way by which they are found; `rows`; `more`, how many there are; `sentence`, which says what they are and why
        they are shown. Without rows where there is nothing to say.
    """
    selection, snapshot = results.selection, results.snapshot
    ranked, _ = ranked_and_required(selection.parsed)
    if selection.mode != "all" or not ranked or results.shown >= FEW:
        return NOTHING
    mode = "meaning" if results.ranker.meaning_ready or len(snapshot) < SMALL else "any"
    other = Results(results.ranker, replace(selection, mode=mode, sort="relevance", rank="", like=(), unlike=()), results.read)
    rows = other.rows(0, _LISTED + FEW)
    rows = rows[~results.mask[rows]][:_LISTED]
    more = int(np.count_nonzero(other.mask & ~results.mask))
    if not len(rows):
        return NOTHING
    found = f"{results.shown} paper{' has' if results.shown == 1 else 's have'}" if results.shown else "No paper has"
    ways = {
        "any": f"{more:,} more have some of them; the best come first.",
        "meaning": f"By meaning {more:,} more are near: {_cut(other)}.",
    }
    terms = other.terms
    listed = []
    for row in rows.tolist():
        paper = snapshot.record(row, ("title", "authors", "published", "precision", "venue"))
        listed.append(
            {
                "row": row,
                "title": highlight(title_of(paper["title"]), terms),
                "authors": joined([display(name) for name in paper["authors"] or []]),
                "date": date_text(paper["published"], paper["precision"]),
                "venue": paper["venue"] or "",
                "score": round(float(other.scores(np.array([row]))[0]), 2),
            }
        )
    return {"mode": mode, "rows": listed, "more": more, "sentence": f"{found} every word of your search. {ways[mode]}"}


def _cut(results: Results) -> str:
    cutoff = results.cutoff
    if cutoff is None or cutoff.full:
        return "the nearest there are"
    return f"all with at least a quarter of the best score ({cutoff.best:.2f})"
