"""Days, weeks and months as they are written: ``2026-06-12``, ``2026-W24``, ``2026-06``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from explorer.errors import FeedError

KINDS = ("day", "week", "month")
"""Kinds of periods, shortest first."""

_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True)
class Period:
    """A day, an ISO week or a month.

    Attributes
    ----------
    kind : {"day", "week", "month"}
    first, last : date
        Its days, both included.
    """

    kind: str
    first: date
    last: date

    @property
    def name(self) -> str:
        """As it is written: ``2026-06-12``, ``2026-W24`` or ``2026-06``."""
        if self.kind == "week":
            year, week, _ = self.first.isocalendar()
            return f"{year:04d}-W{week:02d}"
        return self.first.isoformat()[: 10 if self.kind == "day" else 7]


def period_of(given: str | date) -> Period:
    """Read a day, a week or a month.

    Parameters
    ----------
    given : str or date
        ``2026-06-12``, ``2026-W24``, ``2026-06``, or a date.

    Raises
    ------
    FeedError
        It is none of them.

    Notes
    -----
    Weeks are those of ISO 8601: from Monday, and the first has the year's first Thursday.

    Examples
    --------
    >>> period_of("2026-W24").first
    datetime.date(2026, 6, 8)
    """
    text = given.isoformat()[:10] if isinstance(given, date) else str(given).strip()
    try:
        if week := _WEEK.fullmatch(text):
            first = date.fromisocalendar(int(week[1]), int(week[2]), 1)
            return Period("week", first, first + timedelta(6))
        if month := _MONTH.fullmatch(text):
            return _month(date(int(month[1]), int(month[2]), 1))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            day = date.fromisoformat(text)
            return Period("day", day, day)
    except (ValueError, OverflowError):
        pass
    raise FeedError(f"{text[:40]!r} is no day (2026-06-12), week (2026-W24) or month (2026-06).")


def period_around(day: date, kind: str) -> Period:
    """The day, week or month that a day is in. Raises `FeedError` for another kind."""
    if kind == "day":
        return Period("day", day, day)
    if kind == "week":
        first = day - timedelta(day.weekday())
        return Period("week", first, first + timedelta(6))
    if kind == "month":
        return _month(day.replace(day=1))
    raise FeedError(f"There is no period {kind!r}. Periods: {', '.join(KINDS)}.")


def _month(first: date) -> Period:
    after = (first + timedelta(32)).replace(day=1)
    return Period("month", first, after - timedelta(1))
