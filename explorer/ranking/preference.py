"""Preference direction: re-rank by several objectives at once, weighed by a direction on the unit sphere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def percentiles(values: Sequence[float] | NDArray[np.floating]) -> Floats:
    """Return values as mid-ranks between 0 and 1, so that dates, counts and cosines can be added.

    A missing value (NaN) counts as the middle: it speaks neither for nor against.
    """
    raw = np.asarray(values, dtype=np.float64)
    result = np.full(len(raw), 0.5, dtype=np.float32)
    known = ~np.isnan(raw)
    if known.any():
        _, inverse, counts = np.unique(raw[known], return_inverse=True, return_counts=True)
        middle = np.cumsum(counts) - counts / 2
        result[known] = (middle / known.sum())[inverse]
    return result


def utility(objectives: Mapping[str, Floats], direction: Sequence[tuple[str, float]]) -> Floats:
    """Return the inner product of every paper's objectives with the direction: float32, shape (n_papers,).

    Parameters
    ----------
    objectives : mapping of str to ndarray of float32, shape (n_papers,)
        Percentiles, larger is more.
    direction : sequence of (str, float)
        Objective and weight, of length one as `Selection.prefer` has it; negative to prefer little of it.

    Raises
    ------
    ValueError
        The direction names an objective that is not given.

    Notes
    -----
    H. Wang et al., "Arithmetic Control of LLMs for Diverse User Preferences: Directional Preference Alignment",
    arXiv:2402.18571, section 3: a preference is a unit vector, utility its inner product with the rewards.
    """
    missing = [name for name, _ in direction if name not in objectives]
    if missing:
        raise ValueError(f"no objective {missing[0]!r}; one of {', '.join(sorted(objectives)) or 'none'}")
    size = len(next(iter(objectives.values()))) if objectives else 0
    total = np.zeros(size, dtype=np.float32)
    for name, weight in direction:
        total += np.float32(weight) * objectives[name]
    return total


def pareto_front(objectives: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Mark the papers no other paper beats: at least as good in every objective, better in one.

    Parameters
    ----------
    objectives : ndarray, shape (n_papers, n_objectives)
        Larger is better; flip the sign of an objective to prefer little of it.

    Notes
    -----
    H. T. Kung, F. Luccio and F. P. Preparata, "On Finding the Maxima of a Set of Vectors", JACM 22(4), 1975: papers
    are met in descending order of their sum, so none met later can dominate one met before.
    """
    values = np.asarray(objectives, dtype=np.float64)
    on_front = np.zeros(len(values), dtype=bool)
    places = np.lexsort((*values.T[::-1], values.sum(axis=1)))[::-1] if len(values) else np.zeros(0, dtype=np.int64)
    # One objective after the other lies in memory: comparing with all that are left is then a few passes over numbers in a row.
    left = np.ascontiguousarray(values[places].T)
    while len(places):
        best = left[:, 0]
        beaten = left[0] <= best[0]
        for column, value in zip(left[1:], best[1:], strict=True):
            beaten &= column <= value
        equal = (left[:, beaten] == best[:, None]).all(axis=0)
        on_front[places[beaten][equal]] = True
        if len(equal) == 1:
            left, places = left[:, 1:], places[1:]
        else:
            left, places = left[:, ~beaten], places[~beaten]
    return on_front
