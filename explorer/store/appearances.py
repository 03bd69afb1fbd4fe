"""When papers appeared: on the day a source listed them, which is later than they were written.

A list of a day names that day with each of its papers. Where no source says it, the paper's own date stands for it, if it is known to the
day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.papers.rows import rows_where
from explorer.topics.trends import DAY

if TYPE_CHECKING:
    from explorer.store.snapshot import Snapshot

LISTED = ("daily", "daily_date", "submittedOnDailyAt", "submitted_on_daily_at", "announced", "announced_at")
"""Columns, beyond the schema, that hold the day on which a source listed a paper; the first that is there for a paper counts."""


@dataclass(frozen=True, eq=False)
class Appearances:
    """When the papers of a snapshot appeared.

    Attributes
    ----------
    days : ndarray of datetime64[D], shape (n_papers,)
        NaT where it is not known.
    listed : ndarray of bool, shape (n_papers,)
        Whether a source said the day; otherwise it is the paper's own date.
    """

    days: np.ndarray
    listed: np.ndarray

    def between(self, first: date, last: date) -> np.ndarray:
        """Rows of the papers that appeared from one day to another, both included."""
        return np.flatnonzero((self.days >= np.datetime64(first, "D")) & (self.days <= np.datetime64(last, "D")))

    def until(self, day: date) -> np.ndarray:
        """Rows of the papers that had appeared by the end of a day."""
        return np.flatnonzero(self.days <= np.datetime64(day, "D"))

    @property
    def span(self) -> tuple[date, date] | None:
        """First and last day on which a paper appeared; None where none is known."""
        known = self.days[~np.isnat(self.days)]
        return (known.min().item(), known.max().item()) if len(known) else None


_KEPT: WeakKeyDictionary[Snapshot, Appearances] = WeakKeyDictionary()


def appearances(snapshot: Snapshot) -> Appearances:
    """When each paper of a snapshot appeared; kept as long as the snapshot is."""
    if snapshot not in _KEPT:
        _KEPT[snapshot] = _appearances(snapshot)
    return _KEPT[snapshot]


def _appearances(snapshot: Snapshot) -> Appearances:
    days = np.full(len(snapshot), np.datetime64("NaT"), "datetime64[D]")
    for name in LISTED:
        if name in snapshot.table.column_names:
            said = _days(snapshot.table.column(name))
            days = np.where(np.isnat(days), said, days)
    listed = ~np.isnat(days)
    own = snapshot.table.column("published").cast(pa.date32()).to_numpy().astype("datetime64[D]")
    known = np.asarray(snapshot.precision) == DAY
    return Appearances(np.where(listed, days, np.where(known, own, np.datetime64("NaT"))), listed)


def _days(column: pa.ChunkedArray) -> np.ndarray:
    """Days out of texts that begin with one, or out of times."""
    if pa.types.is_temporal(column.type):
        return np.asarray(column.cast(pa.date32()).to_numpy().astype("datetime64[D]"))
    found = np.full(len(column), np.datetime64("NaT"), "datetime64[D]")
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return found
    heads = pc.utf8_slice_codeunits(column, 0, 10)
    good = pc.fill_null(pc.match_substring_regex(heads, r"^\d{4}-\d{2}-\d{2}$"), False)
    for row in rows_where(good).to_pylist():
        try:
            found[row] = np.datetime64(date.fromisoformat(heads[row].as_py()), "D")
        except ValueError:
            continue
    return found
