"""What is shown as a report to print: the sentence, the whole list, and how it was made."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.dashboard.views.page import date_text, links, summary, title_of
from explorer.papers.author_names import display
from explorer.search.results import Results
from explorer.text.analysis import joined

View = dict[str, Any]

MOST = 5000
"""Papers of a report: some two hundred pages of paper."""

_NAMED = 10
"""Authors of a paper that are named."""


def report(results: Results, only: np.ndarray | None = None) -> View:
    """A report of a selection.

    Parameters
    ----------
    results : Results
    only : ndarray of int, optional
        Rows to list instead of those shown, in their order.

    Returns
    -------
    dict
        `title` (of the corpus), `sentence`; `papers`, each its `title`, `authors`, `facts` (venue, date, topic) and `url`; `more`,
        papers left out beyond `MOST`; `made`, pairs of what and how.
    """
    snapshot = results.snapshot
    rows = results.rows(0, MOST) if only is None else only[:MOST]
    listed = results.shown if only is None else len(only)
    shown = summary(results)
    manifest = snapshot.manifest["made"]
    versions, topics = manifest.get("versions", {}), manifest["topics"]
    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    made = [
        ("Papers", f"{len(snapshot):,}, of {', '.join(manifest.get('files', [])) or snapshot.name}"),
        ("Records", shown["ledger"]["sentence"]),
        ("Corpus made", str(manifest.get("at", ""))),
        ("Topics", f"{topics['topics']}, by {topics['method']}, seed {topics['seed']}. {snapshot.stale_sentence}".strip()),
        ("Shares", "of a period’s papers, with 95 % intervals of Wilson (1927); rises with those of Newcombe (1998)"),
        ("Address", shown["url"] or "without a filter"),
        ("Python", shown["python"]),
        ("Software", named),
    ]
    return {
        "title": snapshot.name,
        "sentence": shown["sentence"],
        "papers": [_paper(results, int(row)) for row in rows],
        "more": listed - len(rows),
        "made": [[what, how] for what, how in made if how],
    }


def _paper(results: Results, row: int) -> View:
    snapshot = results.snapshot
    names = ("title", "authors", "published", "precision", "venue", "url", "doi", "arxiv_id", "code_url")
    paper = snapshot.record(row, names)
    found = links(paper)
    return {
        "title": title_of(paper["title"]),
        "authors": joined([display(name) for name in paper["authors"] or []], _NAMED),
        "facts": [
            text
            for text in (
                paper["venue"] or "",
                date_text(paper["published"], paper["precision"]),
                snapshot.topics.labels[int(snapshot.topics.codes[row])],
            )
            if text
        ],
        "url": found[0]["url"] if found else "",
    }
