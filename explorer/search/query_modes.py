"""Ways to read a query: all of its words must occur, any of them may, or papers are found by what they mean.

Whatever the way, what a query excludes and what it looks for in a field that holds no text (authors, venues, ids, columns of the
reader's own) filters. A way that ranks more than it finds is cut off, and the cut-off is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import QueryError
from explorer.search.own_marks import asks_own
from explorer.selection.selection import Selection
from explorer.selection.syntax import All, Either, Node, leaves_of, ranked_and_required
from explorer.store.fulltext import Hits, says_nothing

if TYPE_CHECKING:
    from explorer.search.ranker import Ranker
    from explorer.store.snapshot import Snapshot

SHARE = 0.25
"""Part of the best score below which a paper does not count as found by meaning.

On four test collections (scifact, cisi, cacm, npl) papers down to a quarter of the best score hold .97, .69, .78 and .84 of those
judged relevant, among 94 to 350 papers; down to a half .88, .20, .44 and .39 (benchmarks/cutoff.py).
"""

MOST = 500
"""Papers found by meaning at most: as many as the hybrid ranking looks at again."""


@dataclass(frozen=True)
class Cutoff:
    """Where a ranking was cut off.

    Attributes
    ----------
    papers : int
        Papers above it.
    best, lowest : float
        Scores of the best paper and of the last one above it.
    full : bool
        Whether there were more than `MOST`.
    """

    papers: int
    best: float
    lowest: float
    full: bool

    def __str__(self) -> str:
        """Say it."""
        if not self.papers:
            return "No word of the query is known to this corpus, so that nothing is near to it in meaning."
        if self.full:
            return f"The {self.papers:,} papers nearest in meaning, down to a score of {self.lowest:.2f}; the best has {self.best:.2f}."
        return (
            f"{self.papers:,} paper{'' if self.papers == 1 else 's'} nearest in meaning: those with at least a quarter of the "
            f"best score, {self.best:.2f}."
        )


def any_of(node: Node) -> Node:
    """The query that any of the words of another matches; what filters goes on to.

    Examples
    --------
    >>> from explorer.selection.query import parse, written
    >>> written(any_of(parse("planets near the stars -review")))
    '(planets OR near OR stars) AND (NOT review)'
    """
    ranked, required = ranked_and_required(node)
    # A stop word would find every paper.
    telling = tuple(part for part in ranked if not all(map(says_nothing, leaves_of(part)))) or ranked
    some = telling[:1] if len(telling) == 1 else (Either(telling),) if telling else ()
    parts = (*some, *required)
    return parts[0] if len(parts) == 1 else All(parts)


def hits_of(ranker: Ranker, selection: Selection) -> Hits | None:
    """All hits of the query of a selection, read as it says; None without a query.

    Raises
    ------
    QueryError
        The query is malformed.
    """
    node = selection.parsed
    if node is None:
        return None
    check_query(ranker.snapshot, selection)
    if selection.mode == "meaning":
        return by_meaning(ranker, selection)[0]
    return ranker.hits(any_of(node) if selection.mode == "any" else node)


def check_query(snapshot: Snapshot, selection: Selection) -> None:
    """See that each field the query of a selection names is one here.

    Raises
    ------
    QueryError
        One is not.
    """
    try:
        snapshot.check(selection.parsed)
    except QueryError as error:
        raise QueryError(str(error), error.position, selection.query) from None


def text_of(selection: Selection) -> str:
    """The words of a query that its meaning is taken from: none that it excludes, none of a field without text."""
    ranked, _ = ranked_and_required(selection.parsed)
    leaves = [leaf for part in ranked for leaf in leaves_of(part) if leaf.field in ("", "title", "abstract", "keywords")]
    # A word that is still typed stands in the tree twice.
    return " ".join(dict.fromkeys(leaf.text.rstrip("*") for leaf in leaves))


def by_meaning(ranker: Ranker, selection: Selection) -> tuple[Hits, Cutoff | None]:
    """The papers nearest to a query in meaning, as the hybrid of words and vectors ranks them, and where they are cut off.

    Parameters
    ----------
    ranker : Ranker
    selection : Selection
        Its query; nothing else of it counts.

    Returns
    -------
    hits : Hits
    cutoff : Cutoff or None
        None where nothing of the query can be ranked by, so that it only filters.
    """
    node = selection.parsed
    assert node is not None
    version = ranker.own.version() if asks_own(node) else ()
    return ranker.kept(("meaning", node, version), lambda: _by_meaning(ranker, selection, node))


def _by_meaning(ranker: Ranker, selection: Selection, node: Node) -> tuple[Hits, Cutoff | None]:
    ranked, required = ranked_and_required(node)
    if not ranked:
        return ranker.hits(node), None
    scores = ranker.meaning.ranker.scores(text_of(selection))
    rows = np.arange(len(scores))
    if required:
        rows = np.sort(ranker.hits(required[0] if len(required) == 1 else All(required)).rows)
    best = float(scores[rows].max(initial=0.0))
    rows = rows[scores[rows] >= SHARE * best] if best > 0 else rows[:0]
    full = len(rows) > MOST
    # Ties by row, so that the same query finds the same papers on every run.
    rows = np.sort(rows[np.lexsort((rows, -scores[rows]))][:MOST]).astype(np.int32)
    lowest = float(scores[rows].min(initial=best))
    return Hits(rows, np.asarray(scores[rows], np.float32)), Cutoff(len(rows), best, lowest, full)
