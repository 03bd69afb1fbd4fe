"""Fitting a concept: a linear discriminant of the whole corpus, sharpened by logistic regression where it is unsure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from explorer.ranking.terms import top

Floats = NDArray[np.float32]

_PRECISE = 1e-4
"""The share of what is left, squared, at which conjugate gradients end."""

_SHORTEST, _LEVEL = 1e-3, 1e-6
"""The least part of a step that is tried, and the fall of the loss, relative to it, with which a fit ends."""


def calibrated(scores: Floats, shown: NDArray[np.bool_], importance: Floats) -> tuple[float, float]:
    """Return slope and intercept that make log-odds of scores.

    Notes
    -----
    J. Platt, "Probabilistic Outputs for Support Vector Machines", 1999, with his targets short of 0 and 1, by Newton's method.
    """
    x, weight = scores.astype(np.float64), importance.astype(np.float64)
    n_shown, n_other = weight[shown].sum(), weight[~shown].sum()
    target = np.where(shown, (n_shown + 1) / (n_shown + 2), 1 / (n_other + 2))
    centre, scale = float(weight @ x / weight.sum()), float(x.std()) or 1.0
    z = (x - centre) / scale
    slope, intercept = 1.0, float(np.log(n_shown / n_other))
    for _ in range(10):
        odds = np.clip(slope * z + intercept, -30, 30)
        p = 1 / (1 + np.exp(-odds))
        gap, curve = weight * (p - target), weight * p * (1 - p)
        hessian = np.array([[curve @ (z * z), curve @ z], [curve @ z, curve.sum()]]) + 1e-6 * np.eye(2)
        step = np.clip(np.linalg.solve(hessian, np.array([gap @ z, gap.sum()])), -2, 2)
        slope, intercept = slope - float(step[0]), intercept - float(step[1])
        if np.abs(step).max() < 1e-2:
            break
    return slope / scale, intercept - slope * centre / scale


def drawn(odds: Floats, size: int, seed: int) -> tuple[NDArray[np.bool_], Floats]:
    """Draw counter-examples that a first model finds hard; return which, and how many each stands for.

    Notes
    -----
    W. Fithian and T. Hastie, "Local case-control sampling", Annals of Statistics 42(5), 2014: with a chance of ``p`` and an
    importance of its inverse; a tenth is drawn evenly, which bounds the importance.
    """
    p = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
    chance = np.minimum(1, size * (0.9 * p / max(float(p.sum()), 1e-9) + 0.1 / max(len(p), 1)))
    return np.random.default_rng(seed).random(len(p)) < chance, (1 / chance).astype(np.float32)


# Of features or importances as large as nobody's are float32 overflows: such a step is none, and what was found before it stays.
@np.errstate(over="ignore", invalid="ignore")
def sharpened(
    features: sparse.csr_matrix,
    offset: Floats,
    shown: NDArray[np.bool_],
    importance: Floats,
    *,
    strength: float,
    steps: int,
    gradients: int = 10,
    columns: int,
) -> tuple[Floats, float]:
    """Fit what logistic regression adds to given log-odds: weights and bias, the weights under a ridge penalty.

    Parameters
    ----------
    features : csr_matrix of float32, shape (n_rows, n_columns)
    offset : ndarray of float32, shape (n_rows,)
    shown : ndarray of bool, shape (n_rows,)
    importance : ndarray of float32, shape (n_rows,)
    strength : float
        Inverse of the penalty.
    steps : int
        Newton steps at most.
    gradients : int
        Conjugate gradients of a step at most. A few of one step stop short of what fits best, which holds back as a penalty does.
    columns : int
        Words whose weight may change: those that tell the papers apart most where the given log-odds are wrong.

    Notes
    -----
    Newton's method, each step by some conjugate gradients: S. G. Nash, "A survey of truncated-Newton methods", J. Comput. Appl. Math.
    124, 2000. `scipy.optimize` has one too, but nothing of it can be imported without all of it: 14 MB that every kernel would hold.
    """
    n_columns = features.shape[1]
    chosen = _telling(features, offset, shown, importance, columns)
    # A column of ones for the bias, which nothing is penalised for; float32 products are twice as fast, and precise enough for a ranking.
    ones = sparse.csr_matrix(np.ones((features.shape[0], 1), np.float32))
    rows = sparse.hstack([features[:, chosen], ones], format="csr")
    transposed = rows.T.tocsr()
    ridge = np.append(np.full(len(chosen), 1 / strength, np.float32), np.float32(0))
    sign = np.where(shown, 1, -1).astype(np.float32)

    def loss(odds: Floats, point: Floats) -> float:
        return float(importance @ np.logaddexp(0, -sign * odds)) + float(ridge @ (point * point)) / 2

    point, odds = np.zeros(len(ridge), np.float32), offset
    least = loss(odds, point)
    for _ in range(steps):
        p = (1 / (1 + np.exp(-np.clip(odds, -30, 30)))).astype(np.float32)
        slope = transposed @ (importance * (p - shown)) + ridge * point
        step = _solved(rows, transposed, importance * p * (1 - p), ridge, -slope, gradients)
        along = rows @ step
        length = np.float32(1)
        while not (better := (value := loss(odds + length * along, point + length * step)) <= least) and length > _SHORTEST:
            length /= 2
        if not better or not np.isfinite(value):
            break
        point, odds = point + length * step, odds + length * along
        if least - value <= _LEVEL * least:
            break
        least = value
    weights = np.zeros(n_columns, np.float32)
    weights[chosen] = point[:-1]
    return weights, float(point[-1])


def _solved(
    rows: sparse.csr_matrix, transposed: sparse.csr_matrix, curve: Floats, ridge: Floats, wanted: Floats, gradients: int
) -> Floats:
    """What the curvature of a likelihood takes to what is wanted, as far as some conjugate gradients come."""
    solved, left = np.zeros_like(wanted), wanted
    direction, size = left, float(left @ left)
    enough = _PRECISE * size
    for _ in range(gradients):
        turned = transposed @ (curve * (rows @ direction)) + ridge * direction
        bent = float(direction @ turned)
        # Nothing is left, or so flat or steep a place that nothing is known of the rest.
        if not (size > enough and 0 < bent < np.inf):
            break
        share = np.float32(size / bent)
        if not np.isfinite(share):
            break
        solved, left = solved + share * direction, left - share * turned
        before, size = size, float(left @ left)
        direction = left + np.float32(size / before) * direction
    return solved


def _telling(
    features: sparse.csr_matrix, offset: Floats, shown: NDArray[np.bool_], importance: Floats, count: int
) -> NDArray[np.int64]:
    """Columns with the steepest slope of the likelihood, in units of its standard deviation."""
    gap = importance * (shown - 1 / (1 + np.exp(-np.clip(offset, -30, 30))))
    per_value = np.repeat(gap, np.diff(features.indptr)) * features.data
    slope = np.bincount(features.indices, per_value, features.shape[1])
    spread = np.bincount(features.indices, per_value * per_value, features.shape[1])
    telling: NDArray[np.int64] = np.sort(top((np.abs(slope) / np.sqrt(np.maximum(spread, 1e-12))).astype(np.float32), count))
    return telling
