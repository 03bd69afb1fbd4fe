"""A search ranked by words, by words and meaning, or by meaning alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import SelectionError
from explorer.papers.schema import to_frame
from explorer.search.own_marks import text_part
from explorer.search.results import Results
from explorer.selection.query import parse
from explorer.selection.selection import Selection
from explorer.store.fulltext import leaves

if TYPE_CHECKING:
    import pandas as pd

    from explorer.ranking.vectors import Embedder
    from explorer.search.ranker import Ranker

MODES = ("bm25", "hybrid", "semantic")
"""Ways to rank a search: by words, by words and vectors and the best papers themselves, by vectors alone."""


def check_mode(mode: str) -> None:
    """Raise `SelectionError` unless there is such a mode."""
    if mode not in MODES:
        raise SelectionError(f"There is no search mode {mode!r}. Modes: {', '.join(MODES)}.")


def select(found: Results) -> pd.DataFrame:
    """The papers of a selection, in its order.

    Parameters
    ----------
    selection : Selection or str
        A text is a query: ``corpus.select("reward model")``.

    Returns
    -------
    DataFrame
        The columns of the paper table, `topic`, `score` (BM25, or what else orders them; missing without either), for
        concepts and preferences one column ``part: NAME`` each, which add up to the score, and the places on the axes, if
        there are any, as `x` and `y`.

    Raises
    ------
    QueryError
        The query is malformed.
    SelectionError
        The selection is neither.

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.open_corpus()
    >>> bool((corpus.select("arithmetic")["score"].diff().dropna() <= 0).all())
    True
    """
    return to_frame(found.table())


def search(
    ranker: Ranker,
    query: str,
    *,
    mode: str = "bm25",
    natural: bool = False,
    limit: int | None = 50,
    embedder: Embedder | None = None,
) -> pd.DataFrame:
    """Rank papers by a query.

    Parameters
    ----------
    query : str
        In the language of `explorer.selection.query`, or plain text with `natural`.
    mode : {"bm25", "hybrid", "semantic"}
        How to rank: by words; by words, vectors and the best papers themselves; by vectors alone.
    natural : bool
        Take the query as plain text: any of its words may match, nothing is an operator.
    limit : int or None
        Number of papers at most.
    embedder : Embedder, optional
        Where the vectors come from (see `explorer.ranking.embedders`); by default LSA, fitted on the corpus.

    Returns
    -------
    DataFrame
        As `Corpus.select` gives, best first.

    Raises
    ------
    QueryError
        The query is malformed.
    SelectionError
        There is no such mode, or the limit is negative.
    EmbedderError
        The embedder gives what cannot be used.

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.open_corpus()
    >>> corpus.search("chain of thought", limit=3)["title"].size
    3
    """
    if limit is not None and limit < 0:
        raise SelectionError(f"The limit is {limit}; it must be 0 or more, or None for all.")
    check_mode(mode)
    snapshot = ranker.snapshot
    if mode != "bm25":
        node = None if natural else parse(query)
        text = query if natural else " ".join(leaf.text for leaf in leaves(text_part(node)))
        hybrid = ranker.hybrid(embedder)
        scores = hybrid.scores(text) if mode == "hybrid" else hybrid.cosines(text)
        rows = np.flatnonzero(scores > 0) if node is None else np.sort(ranker.hits(node).rows)
        best = rows[np.lexsort((rows, -scores[rows]))][:limit]
        return to_frame(snapshot.take(best, scores[best]))
    if natural:
        hits = snapshot.index.natural(query, limit or len(snapshot))
        best = np.lexsort((hits.rows, -hits.scores))[:limit]
        return to_frame(snapshot.take(hits.rows[best], hits.scores[best]))
    results = Results(ranker, Selection(query=query))
    rows = results.rows(0, limit)
    return to_frame(snapshot.take(rows, results.scores(rows)))
