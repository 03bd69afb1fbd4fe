"""Pairs of records that are, or may be, one paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from explorer.dedupe import evidence as ev
from explorer.dedupe.blocking import Rows
from explorer.dedupe.candidates import ClosePairs, Mask, close_pairs, kinds_of
from explorer.dedupe.classification import Classification, bars_of, classified
from explorer.dedupe.evidence import LEVELS, LIKELY
from explorer.dedupe.levels import Agreement, agreements
from explorer.dedupe.records import Records
from explorer.dedupe.scratch import PackedPairs

Texts = npt.NDArray[np.object_]

MOST_LIKELY = 100_000
"""Pairs that are left to the reader at most: more nobody decides, and titles that differ by a number each would be as many as they like."""

_HELD = 250_000
"""Likely pairs from which on those that are too many are let go."""


@dataclass(frozen=True)
class Matches:
    """Pairs of rows that are, or may be, one paper; sorted by falling score, then by ids.

    Attributes
    ----------
    low, high : array of int64
        Rows, the smaller first.
    score : array of float64
        Probability that both are one paper, 0 to 1.
    same : array of bool
        Whether the pair is merged; the others are for the reader to decide.
    relation : array of {"same", "version", "likely"}
        "version": one work in two versions, such as a preprint and its publication.
    reason : array of int64
        What spoke for it, and what barred it: an index of `reasons`.
    reasons : array of str
    closeness : array of int64
        2 where an identifier is shared, 1 where the titles are the same, else 0.
    shorter : array of int64
        The row whose title is taken for the beginning of the other one, -1 where there is none.
    apart : tuple of two arrays of int64
        Rows of the pairs that were looked at and are two papers for certain, of those of which something may be joined: each row is one
        of a pair that is merged, or one that a rule joins.
    unlisted : int
        How many more pairs are likely; of those the surest `MOST_LIKELY` are here.
    """

    low: Rows
    high: Rows
    score: npt.NDArray[np.float64]
    same: Mask
    relation: Texts
    reason: npt.NDArray[np.int64]
    reasons: Texts
    closeness: npt.NDArray[np.int64]
    shorter: Rows
    apart: tuple[Rows, Rows]
    unlisted: int


def match(
    records: Records,
    *,
    ruled: Iterable[int] = (),
    first_new: int = 0,
    progress: Callable[[float], None] = lambda part: None,
) -> Matches:
    """Find the pairs of rows that are, or may be, one paper.

    Titles that are all but the same give some fifty pairs a record. They are looked at some at a time, in three rounds, for what becomes
    of one hangs on what is known of other pairs; in between what is known of them lies compressed.

    Parameters
    ----------
    records : Records
    ruled : iterable of int
        Rows that a rule joins with others, whatever is found.
    first_new : int
        Rows before this one have met each other already; pairs of two of them are left out.
    progress : callable
        Called with the part done, 0 to 1; an exception it raises stops the search.
    """
    close = close_pairs(records, first_new=first_new, progress=lambda part: progress(0.6 * part))
    found, several = agreements(records, close, progress=lambda part: progress(0.6 + 0.35 * part))
    listed = _Listed(records)
    classes = PackedPairs(Classification, records.scratch)
    joined = np.zeros(records.table.num_rows, bool)
    joined[list(ruled)] = True
    for number, (pairs, agreed) in enumerate(zip(close, found, strict=True)):
        progress(0.95 + 0.05 * number / len(close))
        made = classified(records, pairs, agreed, several)
        listed.add(pairs, agreed, made)
        classes.add(made)
        joined[pairs.low[made.same]] = joined[pairs.high[made.same]] = True
    apart = [np.empty((2, 0), np.int64)]
    for pairs, made in zip(close, classes, strict=True):
        where = made.apart & joined[pairs.low] & joined[pairs.high]
        apart.append(np.array([pairs.low[where], pairs.high[where]]))
    progress(1.0)
    low, high = np.concatenate(apart, axis=1)
    return listed.matches((low, high))


_LISTED = {
    "low": np.int64,
    "high": np.int64,
    "score": np.float64,
    "same": np.bool_,
    "versions": np.bool_,
    "reason": np.int64,
    "closeness": np.int64,
    "shorter": np.int64,
}
"""What is kept of each pair that is merged or likely."""


class _Listed:
    """The pairs that are merged, and the surest of those that are likely."""

    def __init__(self, records: Records) -> None:
        ids = records.table.column("id")
        self._rank: Rows = records.scratch.zeros(len(ids), np.int64)
        self._rank[pc.sort_indices(ids).to_numpy()] = np.arange(len(ids))
        self._lengths = records.lengths
        self._kinds = kinds_of(records)
        self._parts: list[dict[str, npt.NDArray[Any]]] = [{name: np.empty(0, kind) for name, kind in _LISTED.items()}]
        self._held = 0
        self._unlisted = 0

    def add(self, close: ClosePairs, found: Agreement, made: Classification) -> None:
        """Take what is merged and what is likely of some pairs."""
        kept = np.flatnonzero(made.same | (made.score >= LIKELY))
        low, high = close.low[kept], close.high[kept]
        ended = found.ended[kept] & (close.shared[kept] == 0)
        part = {
            "low": low,
            "high": high,
            "score": made.score[kept],
            "same": made.same[kept],
            "versions": made.versions[kept],
            "reason": _reason_codes(self._kinds, close, found, made, kept),
            "closeness": np.where(close.shared[kept] > 0, 2, (found.title[kept] <= ev.TITLE_SHORT).astype(np.int64)),
            "shorter": np.where(ended, np.where(self._lengths[low] < self._lengths[high], low, high), -1),
        }
        self._parts.append(part)
        self._held += int(np.count_nonzero(~part["same"]))
        if self._held > _HELD:
            self._parts = [self._surest()]
            self._held = MOST_LIKELY

    def _surest(self) -> dict[str, npt.NDArray[Any]]:
        """What was taken, sorted, and without the likely pairs that are too many."""
        pairs = {name: np.concatenate([part[name] for part in self._parts]) for name in self._parts[0]}
        one, other = self._rank[pairs["low"]], self._rank[pairs["high"]]
        order = np.lexsort((np.maximum(one, other), np.minimum(one, other), -pairs["score"]))
        same = pairs["same"][order]
        kept = order[same | (np.cumsum(~same) <= MOST_LIKELY)]
        self._unlisted += len(order) - len(kept)
        return {name: values[kept] for name, values in pairs.items()}

    def matches(self, apart: tuple[Rows, Rows]) -> Matches:
        """All that was taken, with the pairs that are two papers for certain."""
        pairs = self._surest()
        relation = np.where(pairs["versions"], "version", np.where(pairs["same"], "same", "likely")).astype(object)
        codes, reason = np.unique(pairs["reason"], return_inverse=True)
        return Matches(
            pairs["low"],
            pairs["high"],
            pairs["score"],
            pairs["same"],
            relation,
            reason,
            _reasons(self._kinds, codes),
            pairs["closeness"],
            pairs["shorter"],
            apart,
            self._unlisted,
        )


_REASONED = tuple(field for field in LEVELS if field != "length")
"""Fields that are named in a reason."""


def _reason_sizes(kinds: tuple[str, ...]) -> tuple[int, ...]:
    """How many values each part of a reason's number has."""
    return len(kinds) + 1, len(bars_of(kinds)), 101, *(len(LEVELS[field]) for field in _REASONED)


def _reason_codes(
    kinds: tuple[str, ...], close: ClosePairs, found: Agreement, made: Classification, kept: Rows
) -> npt.NDArray[np.int64]:
    """A number for what spoke for each pair, and what barred it; `_reasons` puts it into words."""
    percent = np.rint(np.maximum(close.ratio, 0)[kept] * 100).astype(np.int64)
    levels = found.levels
    parts = [close.shared[kept], made.bar[kept], percent, *(levels[field][kept] for field in _REASONED)]
    code = np.zeros(len(kept), np.int64)
    for values, size in zip(parts, _reason_sizes(kinds), strict=True):
        code = code * size + values
    return code


def _reasons(kinds: tuple[str, ...], codes: npt.NDArray[np.int64]) -> Texts:
    """Say which fields spoke for pairs, and what barred them."""
    bars = bars_of(kinds)
    said = []
    for shared, bar, likeness, *levels in zip(
        *(values.tolist() for values in np.unravel_index(codes, _reason_sizes(kinds))), strict=True
    ):
        named: dict[str, Any] = {field: LEVELS[field][level] for field, level in zip(_REASONED, levels, strict=True)}
        if shared:
            text = f"same {kinds[shared - 1]}"
        else:
            text = f"title {named['title']} ({likeness}%)"
            text += "".join(f", {field} {named[field]}" for field in list(named)[1:] if named[field] != "unknown")
        said.append(text + (f", but {bars[bar]}" if bar else ""))
    return np.array(said, object)
