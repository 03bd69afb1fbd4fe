"""Whether a difference of counts is more than chance, for many at once."""

from __future__ import annotations

import numpy as np


def false_discovery_rates(p: np.ndarray) -> np.ndarray:
    """Adjusted p-values: rejecting those up to q finds at most a share q of false discoveries (Benjamini and Hochberg 1995).

    Parameters
    ----------
    p : ndarray of float
        Of any shape. What is not a number was not tested: it stays so, and does not count.

    Returns
    -------
    ndarray of float, same shape

    Examples
    --------
    >>> false_discovery_rates(np.array([0.01, np.nan, 0.04, 0.03])).round(3).tolist()
    [0.03, nan, 0.04, 0.04]
    """
    flat = np.asarray(p, float).ravel()
    known = np.flatnonzero(~np.isnan(flat))
    order = known[np.argsort(flat[known], kind="stable")]
    scaled = flat[order] * len(order) / np.arange(1, len(order) + 1)
    found = np.full(len(flat), np.nan)
    found[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return found.reshape(np.shape(p))


def over_represented(count: np.ndarray, of: np.ndarray, papers: np.ndarray, everything: float) -> np.ndarray:
    """Two-sided p-value of how many papers have two things, given how many have each (Fisher 1935, hypergeometric).

    Parameters
    ----------
    count : ndarray of int
        Papers that have both.
    of, papers : ndarray of int
        Papers that have the one, and the other.
    everything : int
        All papers.

    Returns
    -------
    ndarray of float
        Twice the smaller tail, half of the observed value's own probability on each side (mid-p, Lancaster 1961), at most 1.

    Examples
    --------
    >>> over_represented(np.array([5]), np.array([5]), np.array([10]), 20).round(4).tolist()
    [0.0163]
    """
    from scipy.stats import hypergeom

    count, of, papers = np.broadcast_arrays(count, of, papers)
    own = hypergeom.pmf(count, everything, of, papers)
    upper = hypergeom.sf(count, everything, of, papers) + own / 2
    lower = hypergeom.cdf(count, everything, of, papers) - own / 2
    found: np.ndarray = np.minimum(1.0, 2 * np.minimum(upper, lower))
    return found


def odds_interval(first: np.ndarray, second: np.ndarray, totals: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """95 % interval of the ratio of the odds of two groups of papers, second to first.

    Parameters
    ----------
    first, second, totals
        As `explorer.topics.relations.compared` takes them.

    Returns
    -------
    low, high : ndarray of float, shape (n_values,)
        0 and infinity where the papers do not bound them, as where one group has none of the value.

    Notes
    -----
    The ratios that the test of `over_represented` would not reject at 5 % (noncentral hypergeometric, mid-p): where it holds 1 the
    test finds no difference, and where it does not it finds one. Woolf's logarithm (1955), which is usual, need not agree with it
    where papers are few.

    Examples
    --------
    >>> low, high = odds_interval(np.array([0, 20]), np.array([7, 20]), (20, 40))
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([1.02, 0.0], [inf, 0.19])
    """
    found = np.array([_odds_between(int(a), int(c), totals) for a, c in zip(first, second, strict=True)], float)
    found = found.reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _odds_between(a: int, c: int, totals: tuple[int, int]) -> tuple[float, float]:
    from scipy.optimize import brentq
    from scipy.special import gammaln, ndtri

    before, after = totals
    least, most = max(0, a + c - before), min(a + c, after)
    if least == most:
        return 0.0, np.inf
    cells = np.array([a, before - a, c, after - c]) + 0.5
    start, error = float(np.log(cells[2] * cells[1] / (cells[0] * cells[3]))), float(np.sqrt((1 / cells).sum()))
    # What lies farther from the papers that there are has no weight at either end of the interval.
    reach = int(10 / error) + 40
    x = np.arange(max(least, c - reach), min(most, c + reach) + 1)
    weight = -sum(gammaln(count + 1.0) for count in (x, after - x, a + c - x, before - a - c + x))

    def tail(log: float, side: int) -> float:
        """How far the tail that begins with the papers there are is from a fortieth, in deviations of a normal variable."""
        shares = weight + log * x
        shares = np.exp(shares - shares.max())
        beyond = shares[(x - c) * side > 0].sum() + shares[x == c].sum() / 2
        return float(ndtri(min(max(beyond / shares.sum(), 1e-300), 1 - 1e-16)) - ndtri(0.025))

    def end(side: int) -> float:
        near, far = start, start - side * 2 * error
        while tail(near, side) < 0:
            near += side * error
        while tail(far, side) > 0:
            far -= side * error
        return float(np.exp(brentq(tail, near, far, args=(side,), xtol=1e-6)))

    return 0.0 if c == least else end(1), np.inf if c == most else end(-1)


def linear_trends(grid: np.ndarray, totals: np.ndarray) -> dict[str, np.ndarray]:
    """Whether the share of each value rises or falls over periods.

    Parameters
    ----------
    grid : ndarray of int, shape (n_values, n_periods)
        Papers of each value and period.
    totals : ndarray of int, shape (n_periods,)
        Papers of each period.

    Returns
    -------
    dict of ndarray, shape (n_values,)
        `slope` (change of the log odds a period), `low` and `high` (its 95 % interval), `p`. All are missing where a value has
        fewer than five papers, all or none of the papers, or where fewer than four periods have papers.

    Notes
    -----
    The test of Cochran (1954) and Armitage (1955), which is the score test of a logistic slope. Its variance is multiplied by the
    dispersion of the counts about the fitted line (Pearson's chi-square a degree of freedom, at least 1; McCullagh and Nelder 1989,
    section 4.5) and compared with Student's t, so that topics which come in waves are not taken for trends. The slope is the score's
    one step from no trend.
    """
    from scipy.stats import t as student

    grid = np.asarray(grid, float)
    used = np.flatnonzero(totals > 0)
    n, counts = np.asarray(totals, float)[used], grid[:, used]
    time = used.astype(float)
    missing = np.full(len(grid), np.nan)
    if len(used) < 4:
        return {"slope": missing, "low": missing.copy(), "high": missing.copy(), "p": missing.copy()}
    share = counts.sum(axis=1) / n.sum()
    centred = time - (n * time).sum() / n.sum()
    spread = (n * centred**2).sum()
    variance = share * (1 - share)
    with np.errstate(all="ignore"):
        slope = (counts * centred).sum(axis=1) / (variance * spread)
        fitted = np.clip(share[:, None] + (variance * slope)[:, None] * centred, 1e-9, 1 - 1e-9)
        about = ((counts - n * fitted) ** 2 / (n * np.maximum(fitted * (1 - fitted), 0.1 * variance[:, None]))).sum(axis=1)
        dispersion = np.maximum(about / (len(used) - 2), 1.0)
        error = np.sqrt(dispersion / (variance * spread))
        # Where nothing is dispersed the counts are as sure as their number says, and not as that of the periods does.
        freedom = np.where(dispersion > 1, len(used) - 2, 1e6)
        p = 2 * student.sf(np.abs(slope / error), freedom)
        wide = student.ppf(0.975, freedom)
    known = (counts.sum(axis=1) >= 5) & (variance > 0)
    told = {"slope": slope, "low": slope - wide * error, "high": slope + wide * error, "p": p}
    return {name: np.where(known, values, np.nan) for name, values in told.items()}
