"""A corpus at a glance, as a notebook shows it."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.papers.html_table import html_table

_TOPICS = 8
"""Topics in the table."""


def card(corpus: Any) -> str:
    """What a corpus holds, as HTML: its name, papers and years, what became of the records, and its largest topics.

    Parameters
    ----------
    corpus : Corpus

    Examples
    --------
    >>> import explorer
    >>> "88 papers, 2016 to 2025" in card(explorer.open_corpus())
    True
    """
    snapshot = corpus.snapshot
    first, last = snapshot.year_span
    when = (f", {first} to {last}" if first < last else f", {last}") if np.any(snapshot.precision) else ""
    counts = np.bincount(snapshot.topics.codes, minlength=len(snapshot.topics.labels))
    largest = np.argsort(-counts, kind="stable")
    largest = largest[counts[largest] > 0]
    rows = [[snapshot.topics.labels[code], int(counts[code])] for code in largest[:_TOPICS].tolist()]
    left = len(largest) - len(rows)
    more = [f"{left} more topics." if left else "", snapshot.ledger_sentence]
    caption = f"{snapshot.name}: {len(snapshot):,} paper{'' if len(snapshot) == 1 else 's'}{when}"
    return html_table(caption, ["Topic", "Papers"], rows, more=" ".join(filter(None, more)))
