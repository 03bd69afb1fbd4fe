"""Semantic axes: the place of every paper between two poles, such as ``theory`` and ``experiment``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.errors import ConceptError
from explorer.ranking.concepts import ConceptSpace
from explorer.ranking.terms import top

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Axis:
    """A fitted axis.

    Attributes
    ----------
    low, high : str
        Names of the poles.
    place : ndarray of float32, shape (n_papers,)
        Standardised log-odds of the high pole against the low one: 0 is undecided, 1 is one standard deviation.
    low_terms, high_terms : list of str
        The terms that speak most for each end, strongest first.
    separation : float
        Cross-validated area under the ROC curve over the papers of the poles: .5 is chance, 1 is perfect.
    """

    low: str
    high: str
    place: Floats
    low_terms: list[str]
    high_terms: list[str]
    separation: float


def fit_axis(
    space: ConceptSpace, low: str | Rows, high: str | Rows, *, examples: int = 200, folds: int = 5, n_terms: int = 10
) -> Axis:
    """Fit an axis between two poles.

    Parameters
    ----------
    space : ConceptSpace
    low, high : str or ndarray of int64
        Words (any number; papers that rank well for them stand for the pole), or rows of papers.
    examples : int
        Papers taken for a pole given as words, at most.
    folds : int
        Of the cross-validation.
    n_terms : int
        Terms to name at each end.

    Raises
    ------
    ConceptError
        A pole has no papers of its own.

    Notes
    -----
    A direction between two sets of seeds: J. An, H. Kwak and Y.-Y. Ahn, "SemAxis", arXiv:1806.05521; fitted here as a
    classifier of the seeds' papers rather than as a difference of mean vectors.  Papers of both poles say nothing of
    the difference and are left out.
    """
    first, second = _pole(space, low, examples), _pole(space, high, examples)
    first, second = np.setdiff1d(first, second), np.setdiff1d(second, first)
    names = [pole if isinstance(pole, str) else f"{len(pole)} papers" for pole in (low, high)]
    for rows, name in ((first, names[0]), (second, names[1])):
        if not len(rows):
            raise ConceptError(f"the pole {name!r} has no papers that the other pole has not; choose other words")
    model = space.between(names[1], first, second)
    odds = space.log_odds(model)
    spread = float(odds.std()) or 1.0
    return Axis(
        low=names[0],
        high=names[1],
        place=((odds - np.float32(model.bias)) / np.float32(spread)).astype(np.float32),
        low_terms=space.terms(model, n_terms, sign=-1),
        high_terms=space.terms(model, n_terms),
        separation=_separation(space, first, second, folds),
    )


def _pole(space: ConceptSpace, pole: str | Rows, examples: int) -> Rows:
    if not isinstance(pole, str):
        return np.unique(np.asarray(pole, dtype=np.int64))
    scores = space.ranker.index.scores(pole)
    if not scores.any():
        raise ConceptError(f"no paper has any word of the pole {pole!r}; check its spelling or try broader words")
    n = min(examples, int(np.count_nonzero(scores)), max(1, space.index.n_papers // 4))
    return top(scores, n)


def _separation(space: ConceptSpace, low: Rows, high: Rows, folds: int) -> float:
    """Return the cross-validated AUC; folds are every k-th paper, so runs agree."""
    k = min(folds, len(low), len(high))
    if k < 2:
        return float("nan")
    values: list[Floats] = []
    labels: list[NDArray[np.bool_]] = []
    for fold in range(k):
        held_low, held_high = low[fold::k], high[fold::k]
        model = space.between("fold", np.setdiff1d(low, held_low), np.setdiff1d(high, held_high))
        held = np.concatenate([held_low, held_high])
        values.append(space.features.rows(held) @ model.weights + np.float32(model.bias))
        labels.append(np.arange(len(held)) >= len(held_low))
    return area_under_curve(np.concatenate(values), np.concatenate(labels))


def area_under_curve(scores: Floats, positive: NDArray[np.bool_]) -> float:
    """Return the probability that a positive outranks a negative, ties counting half (Mann and Whitney 1947).

    NaN if either side is empty.
    """
    n_positive = int(positive.sum())
    n_negative = len(positive) - n_positive
    if not n_positive or not n_negative:
        return float("nan")
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(counts) - (counts - 1) / 2
    total = float(mean_rank[inverse][positive].sum())
    return (total - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative)
