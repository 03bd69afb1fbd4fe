"""Pairs of records that are, or may be, one paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz, process

from explorer.dedupe.blocking import Rows, candidate_pairs, same_value_pairs, sorted_unique
from explorer.dedupe.evidence import DOUBTFUL, SAME, are_versions, clash, levels, probability, reason_of
from explorer.dedupe.records import Records
from explorer.papers.schema import TEXT

_CHUNK = 50_000
_OFTEN = 500


@dataclass(frozen=True)
class Matches:
    """Pairs of rows that are, or may be, one paper; sorted by falling score, then by ids.

    Attributes
    ----------
    low, high : array of int64
        Rows, the smaller first.
    score : array of float64
        Probability that both are one paper, 0 to 1.
    relation : list of {"same", "version", "doubtful"}
        "version": one work in two versions, such as a preprint and its publication. "doubtful": not merged.
    reason : list of str
        What spoke for it.
    """

    low: Rows
    high: Rows
    score: npt.NDArray[np.float64]
    relation: list[str]
    reason: list[str]


def match(records: Records, *, first_new: int = 0, progress: Callable[[float], None] = lambda part: None) -> Matches:
    """Find the pairs of rows that are, or may be, one paper.

    Parameters
    ----------
    records : Records
    first_new : int
        Rows before this one have met each other already; pairs of two of them are left out.
    progress : callable
        Called with the part done, 0 to 1; an exception it raises stops the search.
    """
    close = close_pairs(records, first_new=first_new, progress=lambda part: progress(part / 2))
    ids = records.table.column("id").to_pylist()
    kept: list[tuple[float, str, str, int, int, str, str]] = []
    for number, (low, high, likeness, cut, label) in enumerate(
        zip(close.low.tolist(), close.high.tolist(), close.ratio, close.cut, close.shared, strict=True)
    ):
        if number % _OFTEN == 0:
            progress(0.5 + 0.5 * number / len(close.low))
        found = levels(records, low, high, likeness, cut)
        if label:
            against = clash(found)
            score, reason = (DOUBTFUL, f"same {label}, but {against}") if against else (1.0, f"same {label}")
        else:
            score, reason = probability(found), reason_of(found, likeness)
        if score >= DOUBTFUL:
            relation = "doubtful" if score < SAME else "version" if are_versions(records, low, high) else "same"
            one, other = sorted((ids[low], ids[high]))
            kept.append((-score, one, other, low, high, relation, reason))
    kept.sort()
    return Matches(
        np.array([item[3] for item in kept], np.int64),
        np.array([item[4] for item in kept], np.int64),
        np.array([-item[0] for item in kept], np.float64),
        [item[5] for item in kept],
        [item[6] for item in kept],
    )


@dataclass(frozen=True)
class ClosePairs:
    """Pairs of rows alike enough to be looked at field by field.

    Attributes
    ----------
    low, high : array of int64
        Rows, the smaller first.
    ratio, cut : list of float
        Likeness of the titles, and of their common length where one is cut off; 0 to 1.
    shared : list of str or None
        Label of the identifier that both have.
    """

    low: Rows
    high: Rows
    ratio: list[float]
    cut: list[float]
    shared: list[str | None]


def close_pairs(records: Records, *, first_new: int = 0, progress: Callable[[float], None] = lambda part: None) -> ClosePairs:
    """Find pairs that share an identifier, or a block and much of the title or the abstract; loads their rows."""
    table = records.table
    rows = np.int64(max(table.num_rows, 1))
    by_id: dict[int, str] = {}
    # In the order of the ids, so that the pairs of three equal values do not depend on the order of the rows.
    ordered = pc.sort_indices(table.column("id")).to_numpy().astype(np.int64)
    for label, values in (("DOI", records.doi), ("arXiv id", records.arxiv_id), ("PMID", records.pmid)):
        low, high = same_value_pairs(pa.array([values[row] for row in ordered], TEXT))
        for first, second in zip(ordered[low].tolist(), ordered[high].tolist(), strict=True):
            if max(first, second) >= first_new:
                by_id.setdefault(min(first, second) * int(rows) + max(first, second), label)
    low, high = candidate_pairs(
        records.titles, table.column("abstract"), table.column("id"), first_new, lambda part: progress(0.4 * part)
    )
    with_id = np.fromiter(by_id, np.int64, len(by_id))
    code = sorted_unique(np.concatenate([low * rows + high, with_id]))
    low, high = code // rows, code % rows
    ratio, cut = _title_similarity(records.titles, low, high, lambda part: progress(0.4 + 0.4 * part))
    progress(0.8)
    kept = np.isin(code, with_id) | (ratio >= 0.7) | (cut >= 0.9) | _heads_equal(table, low, high)
    low, high, code = low[kept], high[kept], code[kept]
    records.load(sorted_unique(np.concatenate([low, high])), lambda part: progress(0.85 + 0.15 * part))
    return ClosePairs(low, high, ratio[kept].tolist(), cut[kept].tolist(), [by_id.get(value) for value in code.tolist()])


def _title_similarity(
    titles: pa.Array, low: Rows, high: Rows, progress: Callable[[float], None]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Indel similarity of each pair of titles, and that of their common length where one is cut off; 0 to 1."""
    texts = titles.to_pylist()
    ratio = np.zeros(len(low), np.float32)
    cut = np.zeros(len(low), np.float32)
    for start in range(0, len(low), _CHUNK):
        progress(start / len(low))
        part = slice(start, start + _CHUNK)
        left = [texts[row] for row in low[part].tolist()]
        right = [texts[row] for row in high[part].tolist()]
        ratio[part] = process.cpdist(left, right, scorer=fuzz.ratio, score_cutoff=60, dtype=np.float32) / 100
        shorter = [
            position
            for position, (first, second) in enumerate(zip(left, right, strict=True))
            if 20 <= min(len(first), len(second)) <= 0.92 * max(len(first), len(second))
        ]
        if shorter:
            heads = [min(len(left[i]), len(right[i])) for i in shorter]
            cut[start + np.array(shorter)] = (
                process.cpdist(
                    [left[i][:n] for i, n in zip(shorter, heads, strict=True)],
                    [right[i][:n] for i, n in zip(shorter, heads, strict=True)],
                    scorer=fuzz.ratio,
                    score_cutoff=80,
                    dtype=np.float32,
                )
                / 100
            )
    return ratio, cut


def _heads_equal(table: pa.Table, low: Rows, high: Rows) -> npt.NDArray[np.bool_]:
    """Whether both abstracts start with the same hundred characters: a changed title is then worth a look."""
    heads = pc.utf8_slice_codeunits(pc.fill_null(table.column("abstract"), ""), 0, 100)
    long_enough = pc.greater_equal(pc.utf8_length(heads), 100).to_numpy()
    coded = heads.combine_chunks().dictionary_encode().indices.to_numpy()
    equal: npt.NDArray[np.bool_] = (coded[low] == coded[high]) & long_enough[low]
    return equal
