"""Minimising a smooth function of many variables by its slope: L-BFGS.

`scipy.optimize.minimize` has it, to whose steps these are the same but for rounding. But of `scipy.optimize` nothing can be imported without
all of it, 14 MB that each kernel would hold for this one function.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Function = Callable[[Floats], tuple[float, Floats]]
"""Gives the value at a point, and the slope there."""

_KEPT = 10
_FLAT, _LEVEL = 1e-5, 2.220446049250313e-09
"""Largest part of a slope, and fall of the value relative to it, from which on a minimum is reached."""

_DESCENT, _CURVATURE, _NARROW = 1e-3, 0.9, 0.1
"""The two conditions of Wolfe, and the relative width from which on an interval is left as it is."""

_FARTHEST, _TRIES = 1e10, 20


def minimum(function: Function, start: Floats, steps: int) -> Floats:
    """The point at which a function is least, as far as some steps lead towards it.

    Parameters
    ----------
    function : callable
    start : ndarray of float64, shape (n,)
    steps : int
        At most.

    Notes
    -----
    D. C. Liu and J. Nocedal, "On the limited memory BFGS method for large scale optimization", Mathematical Programming 45, 1989; what ends it,
    and the first step, as in L-BFGS-B (C. Zhu et al., ACM TOMS 23(4), 1997).

    Examples
    --------
    >>> import numpy as np
    >>> bowl = lambda point: (float(point @ point), 2 * point)
    >>> bool(np.allclose(minimum(bowl, np.array([3.0, -4.0]), steps=10), 0))
    True
    """
    point, (value, slope) = start, function(start)
    pairs: deque[tuple[Floats, Floats, float]] = deque(maxlen=_KEPT)
    for step in range(steps):
        if np.abs(slope).max(initial=0) <= _FLAT:
            break
        direction = -_turned(slope, pairs)
        length = 1.0 if step else 1 / float(np.linalg.norm(direction))
        found = _searched(function, point, direction, value, float(slope @ direction), length)
        if found is None:
            if not pairs:
                break
            # What was learnt of the curvature leads astray.
            pairs.clear()
            continue
        before = value
        moved, (value, new) = found
        gone, bent = moved - point, new - slope
        point, slope = moved, new
        if before - value <= _LEVEL * max(abs(before), abs(value), 1):
            break
        curved = float(gone @ bent)
        if curved > np.finfo(float).eps * -float(gone @ (slope - bent)):
            pairs.append((gone, bent, curved))
    return point


def _turned(slope: Floats, pairs: deque[tuple[Floats, Floats, float]]) -> Floats:
    """A slope times the inverse of the curvature that some steps have shown: steps gone, by how much the slope bent, and both multiplied."""
    turned = slope.copy()
    shares = []
    for gone, bent, curved in reversed(pairs):
        shares.append(float(gone @ turned) / curved)
        turned -= shares[-1] * bent
    if pairs:
        _, bent, curved = pairs[-1]
        turned *= curved / float(bent @ bent)
    for (gone, bent, curved), share in zip(pairs, reversed(shares), strict=True):
        turned += (share - float(bent @ turned) / curved) * gone
    return turned


@dataclass
class _Trial:
    """A length along a direction, the value there, and the slope along the direction."""

    length: float
    value: float
    slope: float

    def tilted(self, slope: float) -> _Trial:
        """The same of the function less a line of some slope."""
        return _Trial(self.length, self.value - self.length * slope, self.slope - slope)


def _searched(
    function: Function, point: Floats, direction: Floats, value: float, slope: float, length: float
) -> tuple[Floats, tuple[float, Floats]] | None:
    """A point along a direction at which the function fell enough and its slope did; None where there is none.

    J. J. Moré and D. J. Thuente, "Line search algorithms with guaranteed sufficient decrease", ACM TOMS 20(3), 1994.
    """
    if slope >= 0:
        return None
    best = other = _Trial(0.0, value, slope)
    least, most = 0.0, 5 * length
    width, wider = _FARTHEST, 2 * _FARTHEST
    between, tilts = False, True
    for _ in range(_TRIES):
        moved = point + length * direction
        there = function(moved)
        trial = _Trial(length, there[0], float(there[1] @ direction))
        enough = value + length * _DESCENT * slope
        tilts &= trial.value > enough or trial.slope < 0
        ends = between and (not least < length < most or most - least <= _NARROW * most)
        if ends or (trial.value <= enough and abs(trial.slope) <= -_CURVATURE * slope):
            return moved, there
        line = _DESCENT * slope if tilts and enough < trial.value <= best.value else 0.0
        tilted = best.tilted(line), other.tilted(line), trial.tilted(line)
        length, between, best_is, other_is = _next(tilted, between, least, most)
        best, other = ((best, other, trial)[place] for place in (best_is, other_is))
        if between:
            apart = abs(other.length - best.length)
            if apart >= 0.66 * wider:
                length = best.length + 0.5 * (other.length - best.length)
            width, wider = apart, width
            least, most = sorted((best.length, other.length))
        else:
            least, most = (length + far * (length - best.length) for far in (1.1, 4.0))
        length = min(max(length, 0.0), _FARTHEST)
        if between and (not least < length < most or most - least <= _NARROW * most):
            length = best.length
    return None


def _next(trials: tuple[_Trial, _Trial, _Trial], between: bool, least: float, most: float) -> tuple[float, bool, int, int]:
    """The next length, whether the minimum lies between two known by then, and which of best, other and trial are now best and other."""
    best, other, trial = trials
    turns = trial.slope * math.copysign(1, best.slope) < 0
    far = trial.length - best.length
    if trial.value > best.value:
        cubic = best.length + _cubic(best, trial) * far
        square = best.length + best.slope / ((best.value - trial.value) / far + best.slope) / 2 * far
        length = cubic if abs(cubic - best.length) < abs(square - best.length) else cubic + (square - cubic) / 2
        return length, True, 0, 2
    secant = trial.length - trial.slope / (trial.slope - best.slope) * far if trial.slope != best.slope else most
    if turns:
        cubic = trial.length - _cubic(trial, best) * far
        return max(cubic, secant, key=lambda end: abs(end - trial.length)), True, 2, 0
    if abs(trial.slope) < abs(best.slope):
        share = _cubic(trial, best, bounded=True)
        cubic = trial.length - share * far if share < 0 else most if far > 0 else least
        if between:
            length = min(cubic, secant, key=lambda end: abs(end - trial.length))
            bound = trial.length + 0.66 * (other.length - trial.length)
            return (min if far > 0 else max)(bound, length), True, 2, 1
        length = max(cubic, secant, key=lambda end: abs(end - trial.length))
        return min(max(length, least), most), False, 2, 1
    if between:
        return trial.length + _cubic(trial, other) * (other.length - trial.length), True, 2, 1
    return most if far > 0 else least, False, 2, 1


def _cubic(one: _Trial, two: _Trial, *, bounded: bool = False) -> float:
    """Where the cubic through two trials is least, as a share of the way between them; if `bounded`, infinity where it has no least."""
    theta = 3 * (one.value - two.value) / (two.length - one.length) + one.slope + two.slope
    scale = max(abs(theta), abs(one.slope), abs(two.slope)) or 1.0
    gamma = scale * math.sqrt(max((theta / scale) ** 2 - one.slope / scale * (two.slope / scale), 0.0))
    if two.length < one.length:
        gamma = -gamma
    below = ((gamma - one.slope) + gamma) + two.slope
    if below == 0 or (bounded and gamma == 0):
        return math.inf if bounded else 0.5
    return ((gamma - one.slope) + theta) / below
