"""Bursts and change points of a series of counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Burst:
    """A run of periods in which a value is much commoner than at other times.

    Attributes
    ----------
    first, last : int
        Places of the periods, from 0.
    weight : float
        How much likelier the counts are in the burst than outside, as a natural logarithm.
    """

    first: int
    last: int
    weight: float


def bursts(counts: np.ndarray, totals: np.ndarray, *, factor: float = 2.0, cost: float = 1.0) -> list[Burst]:
    """Bursts of one series by an automaton of two states.

    Parameters
    ----------
    counts, totals : ndarray of int, shape (n_periods,)
        Papers of the value, and of all.
    factor : float
        How many times commoner a burst is.
    cost : float
        Price of entering a burst, in units of the logarithm of the number of periods.

    Returns
    -------
    list of Burst
        In order of time.

    Notes
    -----
    Kleinberg (2002), section 4: the cheapest sequence of states for batched arrivals, where the base rate is the share over all
    periods; found by dynamic programming (Viterbi 1967). A value that every paper has cannot burst.

    Examples
    --------
    >>> bursts(np.array([1, 1, 9, 8, 1, 1]), np.array([20] * 6))[0].first
    2
    """
    counts, totals = np.asarray(counts, float), np.asarray(totals, float)
    if not counts.sum() or counts.sum() >= totals.sum():
        return []
    base = counts.sum() / totals.sum()
    rates = np.array([base, min(base * factor, (1 + base) / 2)])
    prices = -(counts[None] * np.log(rates)[:, None] + (totals - counts)[None] * np.log1p(-rates)[:, None])
    up = cost * np.log(max(len(counts), 2))
    best = np.array([prices[0, 0], prices[1, 0] + up])
    came = np.zeros((2, len(counts)), int)
    for at in range(1, len(counts)):
        ways = np.array([[best[0], best[1]], [best[0] + up, best[1]]])
        came[:, at] = ways.argmin(axis=1)
        best = ways.min(axis=1) + prices[:, at]
    state = int(best.argmin())
    states = [state]
    for at in range(len(counts) - 1, 0, -1):
        state = int(came[state, at])
        states.append(state)
    inside = np.array([0, *states[::-1], 0])
    edges = np.diff(inside)
    found = zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1, strict=True)
    gain = prices[0] - prices[1]
    return [Burst(int(first), int(last), float(gain[first : last + 1].sum())) for first, last in found]


def change_points(grid: np.ndarray, totals: np.ndarray, *, simulations: int = 399) -> tuple[np.ndarray, np.ndarray]:
    """The period from which the share of each value is another, and how sure that is.

    Parameters
    ----------
    grid : ndarray of int, shape (n_values, n_periods)
    totals : ndarray of int, shape (n_periods,)
    simulations : int
        Series without a change that each is compared with.

    Returns
    -------
    at : ndarray of int, shape (n_values,)
        First period after the change that has papers; -1 where fewer than four periods have any, or there are fewer than five papers.
    p : ndarray of float
        Part of the series without a change, of the same totals, that change as much by chance (Monte Carlo; Davison and Hinkley
        1997, section 4.2). The simulations are drawn from a fixed seed.

    Notes
    -----
    The split with the highest likelihood ratio of two binomials against one (Hinkley 1970).
    """
    grid, totals = np.asarray(grid, float), np.asarray(totals, float)
    # A change is one from papers to papers: nothing is known of a period without any, however many there are.
    used = np.flatnonzero(totals > 0)
    grid, totals = grid[:, used], totals[used]
    values, periods = grid.shape
    at, p = np.full(values, -1), np.full(values, np.nan)
    if periods < 4:
        return at, p
    draw = np.random.default_rng(0)
    for value in np.flatnonzero((grid.sum(axis=1) >= 5) & (grid.sum(axis=1) < totals.sum())):
        ratio, place = _best_split(grid[value][None], totals)
        share = grid[value].sum() / totals.sum()
        by_chance, _ = _best_split(draw.binomial(totals.astype(int), share, (simulations, periods)), totals)
        at[value] = used[place[0]]
        p[value] = (1 + (by_chance >= ratio[0]).sum()) / (simulations + 1)
    return at, p


def _best_split(counts: np.ndarray, totals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Highest log likelihood ratio of each row over its splits, and the first period after that split."""
    left, seen = np.cumsum(counts, axis=1)[:, :-1], np.cumsum(totals)[:-1]
    every, papers = counts.sum(axis=1, keepdims=True), totals.sum()
    told = _log_likelihood(left, seen) + _log_likelihood(every - left, papers - seen) - _log_likelihood(every, papers)
    best = told.argmax(axis=1)
    return told[np.arange(len(told)), best], best + 1


def _log_likelihood(count: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Of a binomial at its own share; 0 without papers."""
    with np.errstate(all="ignore"):
        share = count / total
        found = np.where(count > 0, count * np.log(share), 0.0) + np.where(
            count < total, (total - count) * np.log1p(-share), 0.0
        )
    return np.where(np.broadcast_to(total, found.shape) > 0, found, 0.0)
