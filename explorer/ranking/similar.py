"""Similar papers: near one or several papers, away from others, and why."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from explorer.ranking.terms import TermIndex, unit_rows

Floats = NDArray[np.float32]


def more_like(
    index: TermIndex,
    vectors: Floats,
    like: Sequence[int],
    unlike: Sequence[int] = (),
    *,
    beta: float = 0.75,
    gamma: float = 0.25,
    semantic: float = 0.5,
    terms: int = 100,
) -> Floats:
    """Score every paper by likeness to some papers and unlikeness to others.

    Parameters
    ----------
    index : TermIndex
    vectors : ndarray of float32, shape (n_papers, n_dimensions)
        Unit rows.
    like, unlike : sequence of int
        Rows; `unlike` may be empty.
    beta, gamma : float
        Weights of the two sets' mean vectors.
    semantic : float
        Share of the vectors, against words, 0 to 1.
    terms : int
        Words kept of the mean; more cost time and add little.

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
    if not len(like):
        raise ValueError("no papers to be like; tick at least one")
    direction = beta * vectors[np.asarray(like)].mean(axis=0)
    words = beta * _mean(index, like)
    if len(unlike):
        direction = direction - gamma * vectors[np.asarray(unlike)].mean(axis=0)
        words = words - gamma * _mean(index, unlike)
    by_vector: Floats = vectors @ _unit(direction)
    strongest = np.argsort(-np.abs(words), kind="stable")[:terms]
    kept = {int(t): float(words[t] / max(float(index.idf_[t]), 1e-6)) for t in strongest if words[t]}
    by_words = index.scores(kept)
    by_words /= np.float32(max(float(np.abs(by_words).max()), 1e-9))
    score: Floats = (np.float32(semantic) * by_vector + np.float32(1 - semantic) * by_words).astype(np.float32)
    return score


def shared_terms(index: TermIndex, one: int, other: int, n: int = 10) -> dict[str, float]:
    """Return the terms two papers share and what each adds to their TF-IDF cosine, largest first."""
    pair = index.tfidf(np.array([one, other]))
    product = pair[0].multiply(pair[1]).tocsr()
    order = np.lexsort((product.indices, -product.data))[:n]
    return {index.terms_[product.indices[i]]: float(product.data[i]) for i in order}


def _mean(index: TermIndex, rows: Sequence[int]) -> NDArray[np.float64]:
    matrix: sparse.csr_matrix = unit_rows(index.tfidf(np.asarray(rows)))
    mean: NDArray[np.float64] = np.asarray(matrix.mean(axis=0)).ravel()
    return mean


def _unit(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    unit: Floats = (vector / length if length > 0 else vector).astype(np.float32)
    return unit
