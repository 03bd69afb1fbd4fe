"""What goes with what: pairs of values that papers have together, against what chance would give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from explorer.topics.significance import false_discovery_rates, odds_interval, over_represented

if TYPE_CHECKING:
    import pandas as pd

_ROUNDS = 200
"""Rounds at most in which expected papers are fitted; some ten are enough where topics are many."""
_CLOSE = 1e-6
"""Papers by which a row may differ from what was observed."""


def relation_frame(pairs: np.ndarray, one: np.ndarray, other: np.ndarray, papers: int) -> pd.DataFrame:
    """Observed and expected numbers of papers that have two values.

    Parameters
    ----------
    pairs : ndarray of int, shape (n_one, n_other)
        Papers that have both.
    one, other : ndarray of int, shape (n_one,) and (n_other,)
        Papers that have each.
    papers : int
        All papers.

    Returns
    -------
    DataFrame
        One row a pair: `one` and `other` (places), `papers`, `expected` (were the two independent), `ratio`, `p` (Fisher's exact test,
        see `over_represented`), `q` (adjusted for all pairs).

    Examples
    --------
    >>> found = relation_frame(np.array([[4, 0], [0, 4]]), np.array([4, 4]), np.array([4, 4]), 8)
    >>> found["ratio"].tolist()
    [2.0, 0.0, 0.0, 2.0]
    """
    expected = one[:, None] * other[None] / max(papers, 1)
    return _told(pairs, expected, over_represented(pairs, one[:, None], other[None], papers))


def next_likeliest_frame(pairs: np.ndarray) -> pd.DataFrame:
    """Observed and expected numbers of papers of a topic for which another is the next likeliest.

    Parameters
    ----------
    pairs : ndarray of int, shape (n_topics, n_topics)
        Papers of each topic by the topic that is the next likeliest.

    Returns
    -------
    DataFrame
        As `relation_frame` gives it; of a topic beside itself nothing is expected or tested.

    Notes
    -----
    No topic is next to itself. Expected is what two independent frequencies give but for those cells (quasi-independence, Goodman
    1968), fitted to rows and columns in turns (Deming and Stephan 1940); independence of all cells would miss papers where none can
    be, and expect as many too few elsewhere. A pair is tested as `over_represented` does, among as many papers as would have its row
    and its column give what is expected.

    Examples
    --------
    >>> found = next_likeliest_frame(np.array([[0, 3, 1], [2, 0, 2], [3, 1, 0]]))
    >>> found["expected"].round(1).tolist()
    [0.0, 2.3, 1.7, 2.7, 0.0, 1.3, 2.3, 1.7, 0.0]
    """
    pairs = np.where(np.eye(len(pairs), dtype=bool), 0, pairs)
    rows, columns = pairs.sum(axis=1)[:, None], pairs.sum(axis=0)[None]
    expected = np.where(np.eye(len(pairs), dtype=bool), 0.0, rows * columns / max(int(pairs.sum()), 1))
    for _ in range(_ROUNDS):
        expected *= np.divide(rows, sums := expected.sum(axis=1, keepdims=True), out=np.zeros(rows.shape), where=sums > 0)
        expected *= np.divide(columns, sums := expected.sum(axis=0, keepdims=True), out=np.zeros(columns.shape), where=sums > 0)
        if np.abs(expected.sum(axis=1, keepdims=True) - rows).max(initial=0) < _CLOSE:
            break
    among = np.divide(rows * columns, expected, out=np.zeros(pairs.shape), where=expected > 0).round()
    p = over_represented(pairs, rows, columns, np.maximum(among, np.maximum(rows, columns)))
    return _told(pairs, expected, p)


def _told(pairs: np.ndarray, expected: np.ndarray, p: np.ndarray) -> pd.DataFrame:
    """One row a pair; nothing is tested where nothing is expected."""
    import pandas as pd

    p = np.where(expected > 0, p, np.nan)
    places = np.indices(pairs.shape)
    with np.errstate(all="ignore"):
        ratio = np.where(expected > 0, pairs / expected, np.nan)
    told = {"one": places[0], "other": places[1], "papers": pairs, "expected": expected, "ratio": ratio}
    found = {**told, "p": p, "q": false_discovery_rates(p)}
    return pd.DataFrame({name: values.ravel() for name, values in found.items()})


def compared(first: np.ndarray, second: np.ndarray, totals: tuple[int, int]) -> pd.DataFrame:
    """Shares of values in two groups of papers.

    Parameters
    ----------
    first, second : ndarray of int, shape (n_values,)
        Papers of each value in each group.
    totals : tuple of int
        Papers of each group; none is in both.

    Returns
    -------
    DataFrame
        One row a value: `before`, `after` (papers), `share_before`, `share_after`, `odds` (ratio of the odds, half a paper added to
        each count; Haldane 1956), `low`, `high` (its 95 % interval, which agrees with `p`, see `odds_interval`), `p`, `q`. What a group
        without papers would tell is missing.

    Examples
    --------
    >>> compared(np.array([1, 9]), np.array([9, 1]), (10, 10))["odds"].round(1).tolist()
    [40.1, 0.0]
    """
    return with_intervals(odds_frame(first, second, totals), totals)


def odds_frame(first: np.ndarray, second: np.ndarray, totals: tuple[int, int]) -> pd.DataFrame:
    """As `compared`, without the intervals, which take longer than all else where values are many."""
    import pandas as pd

    counts = np.stack([first, second])
    # Of a group without papers nothing is known, neither a share nor how it differs.
    known = (counts.sum(axis=0) > 0) & (min(totals) > 0)
    with np.errstate(invalid="ignore"):
        shares = counts / np.array(totals, float)[:, None]
    odds = (second + 0.5) * (totals[0] - first + 0.5) / ((first + 0.5) * (totals[1] - second + 0.5))
    p = np.where(known, over_represented(second, first + second, np.asarray(totals[1]), sum(totals)), np.nan)
    return pd.DataFrame(
        {
            "before": first,
            "after": second,
            "share_before": shares[0],
            "share_after": shares[1],
            "odds": np.where(min(totals) > 0, odds, np.nan),
            "p": p,
            "q": false_discovery_rates(p),
        }
    )


def with_intervals(found: pd.DataFrame, totals: tuple[int, int]) -> pd.DataFrame:
    """What `odds_frame` gives, with the intervals of the odds after them."""
    low, high = odds_interval(found["before"].to_numpy(), found["after"].to_numpy(), totals)
    names = list(found.columns)
    at = names.index("odds") + 1
    return found.assign(low=low, high=high)[[*names[:at], "low", "high", *names[at:]]]
