"""Candidate pairs that are alike enough to be looked at field by field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rapidfuzz import fuzz, process

from explorer.dedupe.blocking import Rows, candidate_pairs
from explorer.dedupe.identifiers import ARCHIVES
from explorer.dedupe.records import Records
from explorer.dedupe.scratch import KnownPairs, PackedPairs

_CHUNK = 10_000

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ClosePairs:
    """Pairs of rows alike enough to be looked at field by field.

    Attributes
    ----------
    low, high : array of int64
        Rows, the smaller first.
    ratio, cut : array of float32
        Likeness of the titles, and of their common length where one is cut off; 0 to 1.
    turned : array of bool
        Whether the titles have the same letters in another order.
    shared, other : array of int64
        The first kind of identifier that both have the same of, and that both have different ones of: an index of `kinds_of` plus 1,
        0 where there is none. Of archives only where there is no other kind.
    """

    low: Rows
    high: Rows
    ratio: npt.NDArray[np.float32]
    cut: npt.NDArray[np.float32]
    turned: Mask
    shared: npt.NDArray[np.int64]
    other: npt.NDArray[np.int64]


def kinds_of(records: Records) -> tuple[str, ...]:
    """The kinds of identifiers that two records may share, or have different ones of."""
    return *records.identifiers, "trial number", "ISBN"


def close_pairs(
    records: Records, *, first_new: int = 0, progress: Callable[[float], None] = lambda part: None
) -> PackedPairs[ClosePairs]:
    """Find pairs that share an identifier, or a block and much of the title or the abstract; loads their rows."""
    table = records.table
    rows = np.int64(max(table.num_rows, 1))
    likeness = _Likeness(records)
    identifiers = [values for values in records.identifiers.values() if values.any()]
    blocks = (records.blocks, identifiers, records.ordered, records.scratch)
    kept: PackedPairs[ClosePairs] = PackedPairs(ClosePairs, records.scratch)
    touched = np.zeros(table.num_rows, bool)
    for code in candidate_pairs(*blocks, first_new, lambda part: progress(0.3 * part)):
        low, high = np.divmod(code, rows)
        progress(0.3 + 0.5 * int(low[0]) / int(rows))
        pairs = likeness.close(low, high)
        kept.add(pairs)
        touched[pairs.low] = touched[pairs.high] = True
    progress(0.8)
    records.load(np.flatnonzero(touched), lambda part: progress(0.8 + 0.2 * part))
    return kept


class _Likeness:
    """What tells which pairs of rows are worth a closer look."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._titles = _Titles(records)

    def close(self, low: Rows, high: Rows) -> ClosePairs:
        """Those of some pairs that are alike enough to be looked at field by field."""
        records, letters, beginning = self._records, self._records.letters, self._records.beginning
        shared, other = np.zeros(len(low), np.int64), np.zeros(len(low), np.int64)
        for number, values in reversed(list(enumerate(records.identifiers.values(), 1))):
            one, two = values[low], values[high]
            both = (one > 0) & (two > 0)
            shared[both & (one == two)] = number
            other[both & (one != two)] = number
        ratio, cut = self._titles.similarity(low, high)
        turned = (letters[low] == letters[high]) & (letters[low] > 0) & (ratio < 1)
        # Where both abstracts start with the same hundred bytes, a changed title is worth a look.
        begun = (beginning[low] == beginning[high]) & (beginning[low] > 0)
        alike = (shared > 0) | (ratio >= 0.7) | (cut >= 0.85) | turned | begun
        low, high, shared, other = low[alike], high[alike], shared[alike], other[alike]
        kinds = kinds_of(records)
        archives = {kinds.index(kind) + 1 for kind in ARCHIVES if kind in kinds}
        for kind, sets, same_kind in (("trial number", records.trials, _registry), ("ISBN", records.isbns, lambda number: "")):
            for place in _both_in(sets, low, high, records.table.num_rows):
                if _differ(sets[int(low[place])], sets[int(high[place])], same_kind) and not (kind == "ISBN" and shared[place]):
                    known = int(other[place])
                    other[place] = known if known and known not in archives else kinds.index(kind) + 1
        return ClosePairs(low, high, ratio[alike], cut[alike], turned[alike], shared, other)


def _both_in(sets: dict[int, frozenset[str]], low: Rows, high: Rows, rows: int) -> list[int]:
    has = np.zeros(rows, bool)
    has[list(sets)] = True
    places: list[int] = np.flatnonzero(has[low] & has[high]).tolist()
    return places


def _registry(number: str) -> str:
    return number.rstrip("0123456789")[:5]


def _differ(first: frozenset[str], second: frozenset[str], kind: Callable[[str], str]) -> bool:
    """Whether two records bear other numbers of one registry, and none in common."""
    return first.isdisjoint(second) and not {kind(number) for number in first}.isdisjoint({kind(number) for number in second})


class _Titles:
    """Distinct titles, and how like each other they are."""

    def __init__(self, records: Records) -> None:
        self._title = records.title
        self._texts = records.titles
        self._lengths = records.lengths
        self._known = KnownPairs(len(self._title), records.scratch, ratio=np.float32, cut=np.float32)

    def similarity(self, low: Rows, high: Rows) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Indel similarity of each pair of titles, and that of their common length where one is cut off; 0 to 1.

        Each pair of distinct titles is looked at once, as far as it is known still.
        """
        one, other = self._title[low], self._title[high]
        ratio = np.zeros(len(low), np.float32)
        cut = np.zeros(len(low), np.float32)
        equal = (one == other) & (one > 0)
        ratio[equal] = 1.0
        unlike = np.flatnonzero(~equal & (one > 0) & (other > 0))
        if not len(unlike):
            return ratio, cut
        texts = self._texts
        first, second = one[unlike] - 1, other[unlike] - 1
        first, second = np.minimum(first, second), np.maximum(first, second)
        keys, back = np.unique(first * np.int64(len(texts)) + second, return_inverse=True)
        likeness, heads = np.zeros(len(keys), np.float32), np.zeros(len(keys), np.float32)
        known, before = self._known.get(keys)
        likeness[known], heads[known] = before["ratio"], before["cut"]
        likeness[~known], heads[~known] = self._compared(keys[~known])
        self._known.put(keys[~known], ratio=likeness[~known], cut=heads[~known])
        ratio[unlike], cut[unlike] = likeness[back], heads[back]
        return ratio, cut

    def _compared(self, keys: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """The two similarities of pairs of distinct titles, each given as a number."""
        texts = self._texts
        first, second = keys // len(texts), keys % len(texts)
        shorter = np.minimum(self._lengths[first], self._lengths[second])
        ends = (shorter >= 8) & (shorter <= 0.95 * np.maximum(self._lengths[first], self._lengths[second]))
        likeness, heads = np.zeros(len(keys), np.float32), np.zeros(len(keys), np.float32)
        for start in range(0, len(keys), _CHUNK):
            part = slice(start, start + _CHUNK)
            left, right = texts.take(pa.array(first[part])).to_pylist(), texts.take(pa.array(second[part])).to_pylist()
            likeness[part] = process.cpdist(left, right, scorer=fuzz.ratio, score_cutoff=60, dtype=np.float32) / 100
            some = np.flatnonzero(ends[part])
            if len(some):
                least = shorter[part].tolist()
                heads[start + some] = (
                    process.cpdist(
                        [left[i][: least[i]] for i in some.tolist()],
                        [right[i][: least[i]] for i in some.tolist()],
                        scorer=fuzz.ratio,
                        score_cutoff=80,
                        dtype=np.float32,
                    )
                    / 100
                )
        return likeness, heads
