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
    direction, kept = _rocchio(index, vectors, like, unlike, beta, gamma, terms)
    by_words = index.scores(kept)
    by_words /= _norm(by_words)
    score: Floats = (np.float32(semantic) * (vectors @ direction) + np.float32(1 - semantic) * by_words).astype(np.float32)
    return score


def likeness_parts(
    index: TermIndex,
    vectors: Floats,
    row: int,
    like: Sequence[int],
    unlike: Sequence[int] = (),
    *,
    beta: float = 0.75,
    gamma: float = 0.25,
    semantic: float = 0.5,
    terms: int = 100,
) -> dict[tuple[str, str], float]:
    """Return what each shared term, and the vectors, add to the score that `more_like` gives one paper.

    Keys are "query" and a term, and "vectors" and an empty one.
    """
    direction, kept = _rocchio(index, vectors, like, unlike, beta, gamma, terms)
    scale = (1 - semantic) / float(_norm(index.scores(kept)))
    parts = {("query", term): part * scale for term, part in index.contributions(row, kept).items()}
    parts["vectors", ""] = semantic * float(vectors[row] @ direction)
    return parts


def _rocchio(
    index: TermIndex, vectors: Floats, like: Sequence[int], unlike: Sequence[int], beta: float, gamma: float, terms: int
) -> tuple[Floats, dict[int, float]]:
    """Unit vector and weighted terms that lead to some papers and away from others."""
    if not len(like):
        raise ValueError("no papers to be like; tick at least one")
    direction = beta * vectors[np.asarray(like)].mean(axis=0)
    words = beta * _mean(index, like)
    if len(unlike):
        direction = direction - gamma * vectors[np.asarray(unlike)].mean(axis=0)
        words = words - gamma * _mean(index, unlike)
    strongest = np.argsort(-np.abs(words), kind="stable")[:terms]
    kept = {int(t): float(words[t] / max(float(index.idf_[t]), 1e-6)) for t in strongest if words[t]}
    return _unit(direction), kept


def _norm(scores: Floats) -> np.float32:
    return np.float32(max(float(np.abs(scores).max()), 1e-9))


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
