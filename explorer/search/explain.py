"""Why a paper stands where it stands: the parts of its score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from explorer.search.own_marks import text_part
from explorer.search.query_modes import any_of, hits_of, text_of
from explorer.search.ranked_search import check_mode
from explorer.search.scores import ordering
from explorer.search.similar import row_of
from explorer.selection.query import parse
from explorer.selection.selection import Selection
from explorer.selection.syntax import ranked_and_required, without_columns
from explorer.store.fulltext import leaves

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from explorer.ranking.hybrid import HybridRanker
    from explorer.ranking.vectors import Embedder
    from explorer.search.ranker import Ranker

Reasons = list[tuple[str, float]]

LABELS = {
    ("query", True): "{}",
    ("pairs", False): "words side by side",
    ("vectors", False): "meaning",
    ("best", True): "{} (in the best papers)",
    ("best", False): "other words of the best papers",
    ("best vectors", False): "meaning of the best papers",
    ("below", False): "not among the best papers",
}
"""What a part of a score is called, with a term and without."""


def reasons(ranker: Ranker, row: int, selection: Selection, read: tuple[str, ...] = ()) -> Reasons:
    """What each part adds to the score that a selection shows for a paper.

    Parameters
    ----------
    ranker : Ranker
    row : int
    selection : Selection
        Its query and order; filters change no score.
    read : tuple of str
        Ids of the papers that novelty is measured against.

    Returns
    -------
    list of (str, float)
        Largest first, adding up to the score; empty where the paper has none.

    Raises
    ------
    QueryError, ExpressionError, ConceptError
        As showing the selection does.

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.open_corpus()
    >>> [name for name, _ in reasons(corpus.ranker, 0, explorer.Selection(rank="arithmetic + vision"))]
    ['arithmetic', 'vision']
    """
    found, snapshot = ordering(ranker, selection, read), ranker.snapshot
    if found is None:
        return _by_words(ranker, row, selection)
    if found.kind == "hybrid":
        return reasons_by_meaning(ranker.hybrid(), snapshot.table, row, text_of(selection), "hybrid")
    if found.kind == "likeness":
        from explorer.ranking.similar import likeness_parts

        if snapshot.table.column("id")[row].as_py() in (*selection.like, *selection.unlike):
            return [("one of the papers compared with", float(found.scores[row]))]
        meaning = ranker.meaning
        like, unlike = (ranker.rows_with(ids).tolist() for ids in (selection.like, selection.unlike))
        return ranked(_written(snapshot.table, row, likeness_parts(meaning.index, meaning.vectors, row, like, unlike)))
    return ranked({name: float(part[row]) for name, part in found.parts.items()})


def why(ranker: Ranker, id_: str | int, selection: Selection | str, read: tuple[str, ...] = ()) -> Reasons:
    """What each part adds to the score that a selection shows for a paper.

    Parameters
    ----------
    ranker : Ranker
    id_ : str
        The paper. A row number is taken too, with a warning, as before 0.2.
    selection : Selection or str
        Its query and order; filters change no score. A text is a query.
    read : tuple of str
        Ids of the papers that novelty is measured against.

    Returns
    -------
    list of (str, float)
        Largest first, adding up to the score; empty where the paper has none.

    Raises
    ------
    SelectionError
        There is no such paper, or the selection is none.
    QueryError, ExpressionError, ConceptError
        As showing the selection does.

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.open_corpus()
    >>> [name for name, _ in corpus.why("2402.18571", explorer.Selection(rank="arithmetic + vision"))]
    ['arithmetic', 'vision']
    """
    return reasons(ranker, row_of(ranker.snapshot, id_, "why"), Selection.of(selection), read)


def _by_words(ranker: Ranker, row: int, selection: Selection) -> Reasons:
    hits = hits_of(ranker, selection)
    if hits is None or row not in hits.rows:
        return []
    assert selection.parsed is not None
    if selection.mode == "meaning" and ranked_and_required(selection.parsed)[0]:
        return reasons_by_meaning(ranker.hybrid(), ranker.snapshot.table, row, text_of(selection), "hybrid")
    # Columns filter, and add nothing to a score.
    node = text_part(without_columns(any_of(selection.parsed) if selection.mode == "any" else selection.parsed))
    return [] if node is None else ranked(ranker.snapshot.index.contributions(node, row))


def reasons_by_meaning(ranker: HybridRanker, table: pa.Table, row: int, text: str, mode: str) -> Reasons:
    """As `reasons`, for plain text and the modes "hybrid" and "semantic" of `Corpus.search`."""
    if mode == "semantic":
        return ranked({"meaning": float(ranker.cosines(text)[row])})
    return ranked(_written(table, row, ranker.explain(text, row)))


def ranked(parts: Mapping[str, float]) -> Reasons:
    """Parts other than nothing, largest first."""
    kept = [(label, part) for label, part in parts.items() if part and not np.isnan(part)]
    return sorted(kept, key=lambda reason: (-reason[1], reason[0]))


def _written(table: pa.Table, row: int, parts: Mapping[tuple[str, str], float]) -> dict[str, float]:
    """Parts with their labels, terms as the paper writes them."""
    from explorer.ranking.analysis import spelling

    text = " ".join(table.column(name)[row].as_py() or "" for name in ("title", "abstract"))
    words = spelling(text)
    found: dict[str, float] = {}
    for (kind, term), part in parts.items():
        label = LABELS[kind, bool(term)].format(words.get(term, term))
        found[label] = found.get(label, 0.0) + part
    return found


def explain(
    ranker: Ranker, query: str, id_: str, *, mode: str = "bm25", natural: bool = False, embedder: Embedder | None = None
) -> pd.DataFrame:
    """Say why a paper stands where a search puts it.

    Parameters
    ----------
    query, mode, natural, embedder
        As for `search`.
    id_ : str
        The paper.

    Returns
    -------
    DataFrame
        Largest first: `reason` and its `contribution`; the contributions add up to the score. No rows where the paper is
        not a hit.

    Raises
    ------
    QueryError, SelectionError, EmbedderError
        As `search`.
    ConceptError
        The id is not in the corpus.

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.open_corpus()
    >>> best = corpus.search("arithmetic reasoning", limit=1).iloc[0]
    >>> parts = corpus.explain("arithmetic reasoning", best["id"])
    >>> bool(abs(parts["contribution"].sum() - best["score"]) < 1e-3)
    True
    """
    import pandas as pd

    check_mode(mode)
    index, row = ranker.snapshot.index, int(ranker.rows_with([id_])[0])
    if mode == "bm25" and natural:
        found = ranked(index.natural_contributions(query, row))
    elif mode == "bm25":
        found = reasons(ranker, row, Selection(query=query))
    else:
        node = None if natural else parse(query)
        text = query if node is None else " ".join(leaf.text for leaf in leaves(text_part(node)))
        matches = node is None or row in ranker.hits(node).rows
        found = reasons_by_meaning(ranker.hybrid(embedder), ranker.snapshot.table, row, text, mode) if matches else []
    return pd.DataFrame(found, columns=["reason", "contribution"]).astype({"reason": "str", "contribution": "float64"})
