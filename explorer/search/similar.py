"""Papers like one paper, by the rare words they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from explorer.text.analysis import as_written, tokens

if TYPE_CHECKING:
    from explorer.store.snapshot import Snapshot


def similar(snapshot: Snapshot, row: int, limit: int = 8) -> list[tuple[int, list[str]]]:
    """Papers nearest to one by their rare words.

    Parameters
    ----------
    row : int
        Row of the paper in the table of papers, from 0.
    limit : int
        Number of papers at most.

    Returns
    -------
    list of (int, list of str)
        Row, and up to four of the shared words, rarest first; the nearest paper first.

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.open_corpus()
    >>> [len(words) for _, words in corpus.similar(0, limit=2)]
    [4, 4]
    """
    title, abstract = (snapshot.table.column(name)[row].as_py() or "" for name in ("title", "abstract"))
    hits = snapshot.index.similar(title, abstract, limit + 1)
    own = {term for _, term in tokens(f"{title} {abstract}", "english") if len(term) > 2 and not term.isdigit()}
    found = []
    for other in hits.rows[np.lexsort((hits.rows, -hits.scores))]:
        if other == row:
            continue
        text = " ".join(snapshot.table.column(name)[int(other)].as_py() or "" for name in ("title", "abstract"))
        shared = own & {term for _, term in tokens(text, "english")}
        rare = sorted(shared, key=lambda term: (snapshot.index.rarity(term), term))
        found.append((int(other), as_written(rare[:4], f"{title} {abstract}")))
    return found[:limit]
