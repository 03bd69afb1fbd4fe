"""Similar papers: near one or several papers, away from others, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from explorer.ranking.terms import TermIndex, unit_rows
from explorer.ranking.vectors import Vectors

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Rocchio:
    """Weights of a likeness."""

    beta: float = 0.75
    """Of the mean of the papers to be like."""
    gamma: float = 0.25
    """Of the mean of those to be unlike, subtracted."""
    semantic: float = 0.5
    """Share of the vectors, against words, 0 to 1."""
    terms: int = 100
    """Words kept of the means; more cost time and add little."""


DEFAULT = Rocchio()


def more_like(
    index: TermIndex, vectors: Vectors, like: Sequence[int], unlike: Sequence[int] = (), *, weights: Rocchio = DEFAULT
) -> Floats:
    """Score every paper by likeness to some papers and unlikeness to others.

    Parameters
    ----------
    index : TermIndex
    vectors : ndarray of float32, shape (n_papers, n_dimensions), or RoundedVectors
        Unit rows.
    like, unlike : sequence of int
        Rows; `unlike` may be empty.
    weights : Rocchio

    Returns
    -------
    ndarray of float32, shape (n_papers,)
        The given papers included; a caller that lists *other* papers leaves them out.

    Raises
    ------
    ValueError
        `like` is empty.

    Notes
    -----
    J. Rocchio, "Relevance Feedback in Information Retrieval", 1971, with the weights of C. Manning, P. Raghavan and
    H. Schütze, "Introduction to Information Retrieval", section 9.1.1 (alpha is 0: there is no query).
    """
    direction, kept = _rocchio(index, vectors, like, unlike, weights)
    by_words = index.scores(kept)
    by_words /= _norm(by_words)
    semantic = np.float32(weights.semantic)
    score: Floats = (semantic * (vectors @ direction) + (1 - semantic) * by_words).astype(np.float32)
    return score


def likeness_parts(
    index: TermIndex,
    vectors: Vectors,
    row: int,
    like: Sequence[int],
    unlike: Sequence[int] = (),
    *,
    weights: Rocchio = DEFAULT,
) -> dict[tuple[str, str], float]:
    """Return what each shared term, and the vectors, add to the score that `more_like` gives one paper.

    Keys are "query" and a term, and "vectors" and an empty one.
    """
    direction, kept = _rocchio(index, vectors, like, unlike, weights)
    scale = (1 - weights.semantic) / float(_norm(index.scores(kept)))
    parts = {("query", term): part * scale for term, part in index.contributions(row, kept).items()}
    parts["vectors", ""] = weights.semantic * float(vectors[row] @ direction)
    return parts


def _rocchio(
    index: TermIndex, vectors: Vectors, like: Sequence[int], unlike: Sequence[int], weights: Rocchio
) -> tuple[Floats, dict[int, float]]:
    """Unit vector and weighted terms that lead to some papers and away from others."""
    if not len(like):
        raise ValueError("no papers to be like; tick at least one")
    direction = weights.beta * vectors[np.asarray(like)].mean(axis=0)
    words = weights.beta * _mean(index, like)
    if len(unlike):
        direction = direction - weights.gamma * vectors[np.asarray(unlike)].mean(axis=0)
        words = words - weights.gamma * _mean(index, unlike)
    strongest = np.argsort(-np.abs(words), kind="stable")[: weights.terms]
    kept = {int(t): float(words[t] / max(float(index.idf_[t]), 1e-6)) for t in strongest if words[t]}
    return _unit(direction), kept


def _norm(scores: Floats) -> np.float32:
    return np.float32(max(float(np.abs(scores).max()), 1e-9))


def _mean(index: TermIndex, rows: Sequence[int]) -> NDArray[np.float64]:
    matrix: sparse.csr_matrix = unit_rows(index.tfidf(np.asarray(rows)))
    mean: NDArray[np.float64] = np.asarray(matrix.mean(axis=0)).ravel()
    return mean


def _unit(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    unit: Floats = (vector / length if length > 0 else vector).astype(np.float32)
    return unit
