"""Whether a corpus covers its first and its last period wholly, or papers of them are lacking."""

from __future__ import annotations

import calendar
import datetime
import math

import numpy as np

from explorer.topics.trends import PERIODS

_ENDED = 0.05
"""How likely the silence before the first or after the last paper must be, were the period covered, for it to count as covered."""


def last_day(published: datetime.datetime, precision: str) -> datetime.date:
    """The day of a date, or the last of its month where no more is known."""
    if precision != "month":
        return published.date()
    return published.date().replace(day=calendar.monthrange(published.year, published.month)[1])


def unfinished_period(months: np.ndarray, end: datetime.date | None, by: str, made: datetime.date | None) -> int | None:
    """The last period of a corpus, where papers of it are still to come or were not collected.

    Parameters
    ----------
    months : ndarray of int32, shape (n,)
        Months of the papers that are dated to the month or day, counted from year 0 (``12 * year + month - 1``).
    end : date, optional
        The latest of their dates.
    by : {"year", "quarter", "month"}
    made : date, optional
        Day on which the corpus was made.

    Returns
    -------
    int or None
        The period, counted from year 0; it is unfinished where the corpus was made in it, or where papers end so early in it that
        this would hardly happen by chance.

    Notes
    -----
    Were the papers of the period a Poisson process over all of its days, so long a silence at its end as after the last paper would
    have the probability ``exp(-papers * silent / elapsed)``; below 0.05 it is no chance.

    Examples
    --------
    >>> import datetime
    >>> import numpy as np
    >>> months = np.repeat(2025 * 12 + np.arange(3), 30)  # thirty papers in each of three months
    >>> unfinished_period(months, datetime.date(2025, 3, 20), "year", datetime.date(2026, 11, 1))
    2025
    """
    length = 12 // PERIODS[by]
    current = None if made is None else (made.year * 12 + made.month - 1) // length
    if end is None:
        return current
    last = (end.year * 12 + end.month - 1) // length
    if current is not None and current <= last:
        return current
    begins, ends = (datetime.date(month // 12, month % 12 + 1, 1) for month in (last * length, (last + 1) * length))
    papers = int(np.count_nonzero(months // length == last))
    return last if _is_no_chance(papers, (ends - end).days - 1, (end - begins).days + 1) else None


def _is_no_chance(papers: int, silent: int, covered: int) -> bool:
    """Whether so many silent days beside those that papers cover would hardly come by chance."""
    return math.exp(-papers * silent / covered) < _ENDED


def first_day(published: datetime.datetime, precision: str) -> datetime.date:
    """The day of a date, or the first of its month where no more is known."""
    return published.date() if precision != "month" else published.date().replace(day=1)


def partial_period(months: np.ndarray, begin: datetime.date | None, by: str) -> int | None:
    """The first period of a corpus, where the corpus covers only the end of it.

    Parameters
    ----------
    months : ndarray of int32, shape (n,)
        Months of the papers that are dated to the month or day, counted from year 0 (``12 * year + month - 1``).
    begin : date, optional
        The earliest of their dates.
    by : {"year", "quarter", "month"}

    Returns
    -------
    int or None
        The period, counted from year 0, where papers begin so late in it that this would hardly happen by chance.

    Notes
    -----
    As in `unfinished_period`, with the silence before the first paper.

    Examples
    --------
    >>> import datetime
    >>> import numpy as np
    >>> months = np.repeat(2025 * 12 + np.arange(9, 12), 30)  # thirty papers in each of the last three months
    >>> partial_period(months, datetime.date(2025, 10, 2), "year")
    2025
    """
    if begin is None:
        return None
    length = 12 // PERIODS[by]
    first = (begin.year * 12 + begin.month - 1) // length
    start, end = first * length, (first + 1) * length - 1
    begins = datetime.date(start // 12, start % 12 + 1, 1)
    ends = datetime.date(end // 12, end % 12 + 1, calendar.monthrange(end // 12, end % 12 + 1)[1])
    papers = int(np.count_nonzero(months // length == first))
    return first if _is_no_chance(papers, (begin - begins).days, (ends - begin).days + 1) else None
