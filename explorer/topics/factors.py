"""Non-negative factors of weighted counts, and the words that tell of them; the same whatever the order of the papers."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.topics.terms import weigh

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_ROUNDS = 50
_TOLERANCE = 2e-3
_RESAMPLES = 10
SAMPLED = 0.8
"""Part of the papers in a sample."""

_ENSEMBLE_TO = 3_000
"""Papers up to which the start is an ensemble: above, one factorisation is as stable, and the ensemble would cost ten."""


def factorise(counts: csr_matrix, weights: np.ndarray, keys: np.ndarray, topics: int, *, ensemble: bool = True) -> np.ndarray:
    """Parts of each paper on each topic, by NMF from a deterministic start; see the notes of `TopicModel`.

    Parameters
    ----------
    counts : csr_matrix, shape (n_papers, n_terms)
        In the order of `keys`.
    weights : ndarray, shape (n_terms,)
    keys : ndarray of uint64, shape (n_papers,)
    topics : int
    ensemble : bool
        Start from factorisations of samples, where there are few papers.

    Returns
    -------
    ndarray of float64, shape (n_papers, topics)
        Each row sums to 1, or to 0 where no term of the paper is worth anything.
    """
    weighted = weigh(counts, weights)
    if ensemble and 2 * topics < counts.shape[0] <= _ENSEMBLE_TO:
        found = []
        for number in range(_RESAMPLES):
            rows = resampled(keys, number, SAMPLED)
            if len(rows) > topics:
                found.append(_unit(_nmf(weighted[rows], topics)[1]))
        stacked = np.vstack(found)
        factors = _unit(_nmf(stacked, min(topics, len(stacked)), rounds=200)[1])
        loads = _onto(weighted, factors)
    else:
        loads, factors = _nmf(weighted, topics)
    loads = loads * np.sqrt((factors**2).sum(axis=1))
    if loads.shape[1] < topics:
        loads = np.hstack([loads, np.zeros((len(loads), topics - loads.shape[1]))])
    total = loads.sum(axis=1, keepdims=True)
    placed: np.ndarray = np.divide(loads, total, out=np.zeros_like(loads), where=total > 0)
    return placed


def resampled(keys: np.ndarray, number: int, part: float) -> np.ndarray:
    """Rows of a sample of a part of the papers, drawn by their content: a paper is in it whatever the others are."""
    with np.errstate(over="ignore"):
        mixed = (keys ^ (keys >> np.uint64(31))) * np.uint64(0x9E3779B97F4A7C15 + 2 * 7919 * number)
    return np.flatnonzero(mixed >> np.uint64(11) < np.uint64(int(part * 2**53)))


def _unit(factors: np.ndarray) -> np.ndarray:
    length = np.sqrt((factors**2).sum(axis=1))
    found: np.ndarray = factors[length > 0] / length[length > 0][:, None]
    return found


def _nmf(matrix: Any, topics: int, rounds: int = _ROUNDS) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    topics = max(1, min(topics, *matrix.shape))
    init = "nndsvda" if topics < min(matrix.shape) else "random"
    model = NMF(topics, init=init, random_state=0, max_iter=rounds, tol=_TOLERANCE)
    # A fit without an error, as of a few short texts, has a rest of minus nothing, whose root scikit-learn takes.
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        # Stopping after max_iter is meant: later rounds move the factors by less than their labels show.
        warnings.simplefilter("ignore", ConvergenceWarning)
        loads = model.fit_transform(matrix)
    return loads, model.components_


def _onto(matrix: Any, factors: np.ndarray) -> np.ndarray:
    """Non-negative loads of the rows of a matrix on given factors."""
    from sklearn.decomposition import non_negative_factorization
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        warnings.simplefilter("ignore", ConvergenceWarning)
        loads, _, _ = non_negative_factorization(
            matrix, H=factors, n_components=len(factors), update_H=False, max_iter=_ROUNDS, tol=_TOLERANCE, random_state=0
        )
    found: np.ndarray = loads
    return found


def telling_words(
    counts: csr_matrix, places: np.ndarray, weights: np.ndarray, vocabulary: np.ndarray, count: int = 10
) -> list[list[str]]:
    """The words of each topic: those that its papers have, times the logarithm of their lift and the root of their weight; best first."""
    papers = counts.shape[0]
    has = counts.copy()
    has.data = np.ones_like(has.data)
    users = np.bincount(has.indices, minlength=has.shape[1]) / papers
    size = places.sum(axis=0)[:, None]
    # Half a paper as the corpus has them, so that a topic of few papers does not live on what stands in one.
    here = ((has.T @ places).T + 0.5 * users) / (size + 0.5)
    lift = np.log(np.maximum(here, 1e-12) / np.maximum(users, 1e-12)).clip(0)
    scores = here * lift * np.sqrt(weights)
    # Where few words tell of a topic, the commonest of its papers follow.
    order = (np.lexsort((-commonness, -row))[:count] for row, commonness in zip(scores, here, strict=True))
    return [[str(vocabulary[i]) for i in best] for best in order]
