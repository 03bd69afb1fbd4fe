"""How often topics occur over time, with what the dates do not tell said openly."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from explorer.errors import SchemaError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from explorer.topics.bursts import Burst

PERIODS = {"year": 1, "quarter": 4, "month": 12}
"""Periods and how many of them a year has."""

SHORT = {"week": 7, "day": 1}
"""Periods that only the tests of trends know, and their days. Weeks begin on Monday (ISO 8601)."""

_KNOWN = {"year": 1, "quarter": 2, "month": 2, "week": 3, "day": 3}
_SEVERAL = {"year": 4}
_MANY = 8
"""Periods with papers over which a trend is tested at least, where they can be chosen; of years four are enough."""

_Z = 1.959963984540054
UNDATED, YEAR, MONTH, DAY = 0, 1, 2, 3
"""Codes of how precise a date is."""


def check_period(by: object) -> None:
    """Raise `SchemaError` where there is no such period."""
    if not isinstance(by, str) or by not in PERIODS:
        raise SchemaError(f"There is no period {by!r}. Periods: {', '.join(PERIODS)}.")


def period_index(months: np.ndarray, precision: np.ndarray, by: str) -> np.ndarray:
    """Number the periods of dates.

    Parameters
    ----------
    months : ndarray of int32, shape (n,)
        Month of each date, counted from year 0 (``12 * year + month - 1``).
    precision : ndarray of int8, shape (n,)
        `UNDATED`, `YEAR`, `MONTH` or `DAY`.
    by : {"year", "quarter", "month"}

    Returns
    -------
    ndarray of int32, shape (n,)
        Periods counted from year 0; -1 where the date is missing or coarser than the period.

    Raises
    ------
    SchemaError
        There is no such period.
    """
    check_period(by)
    return np.where(precision >= _KNOWN[by], months // (12 // PERIODS[by]), -1).astype(np.int32)


def short_period_index(published: np.ndarray, precision: np.ndarray, by: str) -> np.ndarray:
    """Number the weeks or days of dates (datetime64) as `period_index` does, from Monday, 1 January of the year 1 on."""
    days = (published.astype("datetime64[D]") - np.datetime64("0001-01-01")).astype(np.int64)
    return np.where(precision >= DAY, days // SHORT[by], -1).astype(np.int32)


def testable_period(periods: Callable[[str], np.ndarray]) -> str:
    """The longest period over which a trend can be tested.

    Parameters
    ----------
    periods : callable
        Gives the periods of all dated papers for each of year, quarter, month, week and day; -1 where a date is coarser.

    Returns
    -------
    str
        Years where four of them have papers, else the first shorter period of which eight have, and to which half of the papers are
        dated; where there is none, that of which most have.
    """
    best, most = "year", 0
    for by in (*PERIODS, *SHORT):
        found = periods(by)
        known = np.unique(found[found >= 0])
        if 2 * np.count_nonzero(found >= 0) < len(found):
            break
        if len(known) >= _SEVERAL.get(by, _MANY):
            return by
        if len(known) > most:
            best, most = by, len(known)
    return best


@lru_cache(maxsize=4096)
def period_label(period: int, by: str) -> str:
    """Name of a period: ``2024``, ``2024-Q1``, ``2024-03``, ``2024-W09`` or ``2024-02-29``."""
    if by in SHORT:
        day = datetime.date.fromordinal(int(period) * SHORT[by] + 1)
        return day.isoformat() if by == "day" else "{}-W{:02d}".format(*day.isocalendar())
    year, part = divmod(int(period), PERIODS[by])
    return {"year": f"{year:04d}", "quarter": f"{year:04d}-Q{part + 1}", "month": f"{year:04d}-{part + 1:02d}"}[by]


def wilson(count: np.ndarray, total: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """95 % interval of a proportion (Wilson 1927, score interval); 0 to 1 where the total is zero.

    Parameters
    ----------
    count, total : ndarray, same shape
        ``0 <= count <= total``.

    Returns
    -------
    tuple of ndarray
        Lower and upper bound, 0 to 1.
    """
    n = np.maximum(total, 1).astype(float)
    p = count / n
    middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * np.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
    empty = np.asarray(total) == 0
    return np.where(empty, 0.0, np.clip(middle - half, 0, 1)), np.where(empty, 1.0, np.clip(middle + half, 0, 1))


def count_grid(codes: np.ndarray, periods: np.ndarray, values: int, first: int, count: int) -> np.ndarray:
    """Count papers per (value, period), zero-filled.

    Parameters
    ----------
    codes, periods : ndarray of int, shape (n,)
        A paper counts if both are in range.
    values : int
        Number of codes.
    first, count : int
        First period and number of periods.

    Returns
    -------
    ndarray of int64, shape (values, count)
    """
    inside = (codes >= 0) & (periods >= first) & (periods < first + count)
    flat = codes[inside].astype(np.int64) * count + (periods[inside] - first)
    return np.bincount(flat, minlength=values * count).reshape(values, count)


class Values(Protocol):
    """Values of papers, as numbers: an `explorer.store.facets.Facet`."""

    @property
    def values(self) -> pa.Array:
        """Text of each code."""

    @property
    def codes(self) -> np.ndarray:
        """Codes of all papers, end to end."""

    @property
    def rows(self) -> np.ndarray:
        """Paper of each of them."""


class ByValue(NamedTuple):
    """Papers per topic and value.

    Attributes
    ----------
    names : list of str, length n_values
    counts : ndarray of int64, shape (n_topics, n_values)
    left_out : int
        Further values.
    without : int
        Papers that have no value.
    """

    names: list[str]
    counts: np.ndarray
    left_out: int
    without: int


def count_by_value(
    topics: np.ndarray, number: int, of: Values, inside: np.ndarray, *, most: int, ordered: bool = False
) -> ByValue:
    """Count papers per topic and value; a paper counts under each of its values.

    Parameters
    ----------
    topics : ndarray of int, shape (n_papers,)
        Topic of each paper.
    number : int
        Of topics.
    of : Values
    inside : ndarray of bool, shape (n_papers,)
        Papers that are counted.
    most : int
        Values at most, the commonest.
    ordered : bool
        Whether they are steps of a range, which stay in their order, and of which none is left out.
    """
    at = np.asarray(of.rows)
    kept = inside[at]
    codes, at = np.asarray(of.codes)[kept], at[kept]
    totals = np.bincount(codes, minlength=len(of.values))
    used = np.flatnonzero(totals)
    chosen = (
        np.arange(used[0], used[-1] + 1) if ordered and len(used) else used[np.argsort(-totals[used], kind="stable")][:most]
    )
    place = np.full(len(totals), -1)
    place[chosen] = np.arange(len(chosen))
    counts = count_grid(topics[at], place[codes], number, 0, len(chosen))
    names = [of.values[int(code)].as_py() for code in chosen]
    return ByValue(names, counts, len(np.setdiff1d(used, chosen)), int(inside.sum()) - len(np.unique(at)))


def value_frame(found: ByValue, ids: Sequence[str], labels: Sequence[str]) -> pd.DataFrame:
    """Counts per topic and value as rows, a value's topics together: `value`, `topic`, `label`, and the share with its 95 % interval."""
    import pandas as pd

    totals = np.broadcast_to(found.counts.sum(axis=0), found.counts.shape)
    low, high = wilson(found.counts, totals)
    with np.errstate(invalid="ignore"):
        share = np.where(totals > 0, found.counts / totals, np.nan)
    many = len(found.names)
    frame = pd.DataFrame(
        {
            "value": np.repeat(np.array(found.names, object), len(ids)),
            "topic": np.tile(np.array(ids, object), many),
            "label": np.tile(np.array(labels, object), many),
            **{name: part.T.ravel() for name, part in zip(_COUNTED, (found.counts, share, low, high), strict=True)},
        }
    )
    frame.attrs.update(left_out=found.left_out, without=found.without)
    return frame


_COUNTED = ("papers", "share", "low", "high")


def topic_frequency(papers: pd.DataFrame, *, by: str = "year") -> pd.DataFrame:
    """Count papers per topic and period.

    Parameters
    ----------
    papers : DataFrame
        Needs `topic` (text), `published` (timestamp) and `precision` ("year", "month", "day"), as `Corpus.select` gives them.
    by : {"year", "quarter", "month"}
        Period. A paper whose date is coarser than the period is left out and counted in ``attrs["too_coarse"]``; one without
        a date in ``attrs["undated"]``.

    Returns
    -------
    DataFrame
        One row a (period, topic), zero-filled from the first period to the last: `period` (text), `topic`, `papers` (count),
        `share` (of the period's papers, 0 to 1; missing where the period has none), `low` and `high` (its 95 % interval).

    Raises
    ------
    SchemaError
        It is no table, a needed column is missing, or `by` is no period.

    Notes
    -----
    Intervals are Wilson's (1927) score intervals.

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.open_corpus()
    >>> counts = explorer.topic_frequency(corpus.papers, by="year")
    >>> int(counts["papers"].sum())
    88
    """
    import pandas as pd

    check_period(by)
    given: object = papers
    if not isinstance(given, pd.DataFrame):
        told = f"topic_frequency counts a table of papers, and was given a {type(given).__name__}."
        raise SchemaError(f"{told} Give it corpus.papers or what corpus.select gives, or ask corpus.topics.frequency.")
    for name in ("topic", "published", "precision"):
        if name not in papers.columns:
            raise SchemaError(f"The table has no column {name!r}. Corpus.select gives one that has it.")
    published = pd.to_datetime(papers["published"].astype("datetime64[s]"))
    known = {"year": YEAR, "month": MONTH, "day": DAY}
    precision = papers["precision"].astype(object).map(known).fillna(0).to_numpy(np.int8)
    precision = np.where(published.isna(), 0, precision)
    months = (published.dt.year * 12 + published.dt.month - 1).fillna(0).to_numpy(np.int32)
    codes, topics = pd.factorize(papers["topic"].astype(object), sort=True)
    return frequency_frame(codes, list(topics), months, precision, by)


def frequency_frame(codes: np.ndarray, labels: list[str], months: np.ndarray, precision: np.ndarray, by: str) -> pd.DataFrame:
    """`topic_frequency` on coded topics and months (see `period_index`); same result."""
    import pandas as pd

    periods = period_index(months, precision, by)
    dated = periods[periods >= 0]
    first = int(dated.min()) if len(dated) else 0
    count = int(dated.max()) - first + 1 if len(dated) else 0
    grid = count_grid(codes, periods, len(labels), first, count)
    totals = np.broadcast_to(grid.sum(axis=0), grid.shape)
    low, high = wilson(grid, totals)
    with np.errstate(invalid="ignore"):
        share = np.where(totals > 0, grid / totals, np.nan)
    frame = pd.DataFrame(
        {
            "period": np.repeat([period_label(first + i, by) for i in range(count)], len(labels)),
            "topic": np.tile(np.array(labels, dtype=object), count),
            "papers": grid.T.ravel(),
            "share": share.T.ravel(),
            "low": low.T.ravel(),
            "high": high.T.ravel(),
        }
    )
    frame.attrs.update(coarseness(precision, by))
    return frame


def coarseness(precision: np.ndarray, by: str) -> dict[str, Any]:
    """How many papers a series by some period leaves out: those without a date, and those whose date is coarser."""
    undated = int(np.count_nonzero(precision == UNDATED))
    coarse = int(np.count_nonzero((precision > UNDATED) & (precision < _KNOWN[by])))
    return {"undated": undated, "too_coarse": coarse}


def trend_frame(grid: np.ndarray, totals: np.ndarray, first: int, by: str, *, level: float = 0.05) -> pd.DataFrame:
    """Which values rise, fall, burst and change.

    Parameters
    ----------
    grid : ndarray of int, shape (n_values, n_periods)
        Papers of each value and period.
    totals : ndarray of int, shape (n_periods,)
        Papers of each period.
    first : int
        The first period, counted from year 0, or for weeks and days from year 1.
    by : {"year", "quarter", "month", "week", "day"}
    level : float
        Share of false discoveries that is let in.

    Returns
    -------
    DataFrame
        One row a value, in their order: `papers` (dated), `slope` (change of the log odds of the share a period), `low`, `high` (its
        95 % interval), `p`, `q` (adjusted for all values), `trend` ("rising", "falling", "level"; "unknown" where there are
        too few papers or periods), `bursts` (list of (first period, last period)), `burst_p` (of the surest of them; 1 without one,
        missing where there can be none), `burst_q` (adjusted for all values), `significant_bursts` (those of `bursts` that are more
        than chance), `change` (period from which the share is another, where that is more than chance; empty otherwise), `change_p`.

    Notes
    -----
    See `explorer.topics.significance.linear_trends`, `explorer.topics.bursts`. A trend is called so where q is `level` or less. A burst
    is significant where p is at most that of the value with the largest `burst_q` within `level`.
    """
    import pandas as pd

    from explorer.topics.bursts import assess_bursts, change_points, unsettled
    from explorer.topics.significance import false_discovery_rates, linear_trends

    found = linear_trends(grid, totals)
    q = false_discovery_rates(found["p"])
    at, p = change_points(grid, totals)
    if len(again := unsettled(p, level, 399)):
        p[again] = change_points(grid[again], totals, simulations=3999)[1]
    change_q = false_discovery_rates(p)

    def name(place: int) -> str:
        return period_label(first + int(place), by)

    burst = assess_bursts(grid, totals, level=level)

    def spans(of: list[list[Burst]]) -> pd.Series:
        return pd.Series([[(name(each.first), name(each.last)) for each in those] for those in of], dtype=object)

    trend = np.where(np.isnan(q), "unknown", np.where(q > level, "level", np.where(found["slope"] > 0, "rising", "falling")))
    return pd.DataFrame(
        {
            "papers": grid.sum(axis=1),
            **found,
            "q": q,
            "trend": trend.astype(object),
            "bursts": spans(burst.bursts),
            "burst_p": burst.p,
            "burst_q": burst.q,
            "significant_bursts": spans(burst.significant),
            "change": [name(place) if place >= 0 and sure <= level else "" for place, sure in zip(at, change_q, strict=True)],
            "change_p": p,
        }
    )
