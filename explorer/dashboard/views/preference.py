"""The preference in force and what it may weigh, as plain JSON values for the page."""

from __future__ import annotations

from explorer.dashboard.views.page import View
from explorer.search.results import Results
from explorer.selection.fields import OBJECTIVES


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
