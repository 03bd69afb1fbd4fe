"""Bursts and change points of a series of counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from explorer.topics.significance import false_discovery_rates


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
    rates = _rates(counts, totals, factor)
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


def _rates(counts: np.ndarray, totals: np.ndarray, factor: float) -> np.ndarray:
    """Share of a value outside of bursts, and in them."""
    base = counts.sum() / totals.sum()
    return np.array([base, min(base * factor, (1 + base) / 2)])


def burst_chances(
    found: Sequence[Burst],
    counts: np.ndarray,
    totals: np.ndarray,
    *,
    factor: float = 2.0,
    simulations: int = 199,
) -> np.ndarray:
    """How likely bursts are of a value that does not change.

    Parameters
    ----------
    found : sequence of Burst
        As `bursts` gives them.
    counts, totals, factor
        As `bursts` takes them.
    simulations : int
        Series without a change that they are compared with.

    Returns
    -------
    ndarray of float, shape (n_bursts,)
        Part of them that have a run of periods of as much weight. They are drawn from a fixed seed, the same for each value.

    Notes
    -----
    A scan statistic over runs of any length (Naus 1965; Kulldorff 1997), by permutation of the papers. The likelihood ratio of a run
    has a mean of at most 1 without a change (Hoeffding 1963, theorem 4): of ``n (n + 1) / 2`` runs at most ``exp(-weight)`` each have
    as much, which stands for p below what simulations can tell.
    """
    counts, totals = np.asarray(counts), np.asarray(totals)
    weights = np.array([burst.weight for burst in found], float)
    if not len(weights):
        return weights
    low, high = _rates(counts, totals, factor)
    used = totals[totals > 0].astype(int)
    bound: np.ndarray = np.minimum(np.exp(-weights) * len(used) * (len(used) + 1) / 2, 1.0)
    least = 1 / (simulations + 1)
    if bound.max() <= least:
        return bound
    draw = np.random.default_rng(0)
    series = draw.multivariate_hypergeometric(used, int(counts.sum()), size=simulations, method="marginals")
    gain = series * np.log(high / low) + (used - series) * np.log((1 - high) / (1 - low))
    run = np.cumsum(np.pad(gain, ((0, 0), (1, 0))), axis=1)
    heaviest = (run - np.minimum.accumulate(run, axis=1)).max(axis=1)
    reached = (heaviest[None] >= weights[:, None] - 1e-9).sum(axis=1)
    chance: np.ndarray = np.where(reached > 0, (1 + reached) * least, np.minimum(bound, least))
    return chance


class AssessedBursts(NamedTuple):
    """Bursts of each value; p of its heaviest (1 without one, missing where there can be none), also adjusted; those beyond chance."""

    bursts: list[list[Burst]]
    p: np.ndarray
    q: np.ndarray
    significant: list[list[Burst]]


def assess_bursts(grid: np.ndarray, totals: np.ndarray, *, level: float = 0.05) -> AssessedBursts:
    """Find the bursts of many values, and those that are more than chance; arguments as of `explorer.topics.trends.trend_frame`.

    False discoveries are controlled by the heaviest burst of each value; others as sure as the least sure of those are significant too.
    """
    found = [bursts(row, totals) for row in grid]
    chances = [burst_chances(those, row, totals) for those, row in zip(found, grid, strict=True)]
    papers = grid.sum(axis=1)
    p = np.array([each.min(initial=1.0) for each in chances], float)
    p[(papers == 0) | (papers >= totals.sum())] = np.nan
    for value in unsettled(p, level, 199):
        chances[value] = burst_chances(found[value], grid[value], totals, simulations=1999)
        p[value] = chances[value].min()
    q = false_discovery_rates(p)
    most = p[q <= level].max(initial=-1.0)
    sure = [
        [burst for burst, chance in zip(those, each, strict=True) if chance <= most]
        for those, each in zip(found, chances, strict=True)
    ]
    return AssessedBursts(found, p, q, sure)


def unsettled(p: np.ndarray, level: float, simulations: int) -> np.ndarray:
    """Places of values of which more simulations may say otherwise whether they are more than chance (Besag and Clifford 1991).

    Of many values one alone needs a smaller p than few simulations can give.
    """
    # Also where they are just told: who is lucky at first shall be looked at again as who is not.
    return np.flatnonzero((false_discovery_rates(p) > level / 2) & (p < 11 / (simulations + 1)))


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
        Part of the series without a change, of the same papers in all and in each period, that change as much by chance (a permutation
        of the papers; Davison and Hinkley 1997, section 4.3). The simulations are drawn from a fixed seed.

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
        series = draw.multivariate_hypergeometric(totals.astype(int), int(grid[value].sum()), simulations, method="marginals")
        by_chance, _ = _best_split(series, totals)
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
