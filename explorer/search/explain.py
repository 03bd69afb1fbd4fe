"""Why a paper stands where it stands: the parts of its score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from explorer.search.scores import ordering
from explorer.selection.query import parse
from explorer.selection.selection import Selection
from explorer.store.fulltext import leaves

if TYPE_CHECKING:
    import pyarrow as pa

    from explorer.ranking.hybrid import HybridRanker
    from explorer.search.ranker import RankedCorpus

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


def reasons(corpus: RankedCorpus, row: int, selection: Selection) -> Reasons:
    """What each part adds to the score that a selection shows for a paper.

    Parameters
    ----------
    corpus : RankedCorpus
    row : int
    selection : Selection
        Its query and order; filters change no score.

    Returns
    -------
    list of (str, float)
        Largest first, adding up to the score; empty where the paper has none.

    Raises
    ------
    QueryError, ExpressionError, ConceptError
        As showing the selection does.
    """
    found = ordering(corpus, selection)
    if found is None:
        node = parse(selection.query)
        return [] if node is None else ranked(corpus.index.contributions(node, row))
    if found.kind == "hybrid":
        text = " ".join(leaf.text for leaf in leaves(parse(selection.query)))
        return by_meaning(corpus.ranker(), corpus.table, row, text, "hybrid")
    if found.kind == "likeness":
        from explorer.ranking.similar import likeness_parts

        if corpus.table.column("id")[row].as_py() in (*selection.like, *selection.unlike):
            return [("one of the papers compared with", float(found.scores[row]))]
        meaning = corpus.meaning
        like, unlike = (corpus.rows_with(ids).tolist() for ids in (selection.like, selection.unlike))
        return ranked(_written(corpus.table, row, likeness_parts(meaning.index, meaning.vectors, row, like, unlike)))
    return ranked({name: float(part[row]) for name, part in found.parts.items()})


def by_meaning(ranker: HybridRanker, table: pa.Table, row: int, text: str, mode: str) -> Reasons:
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
