"""One paper out of several records: the better value of each field, and which record gave it.

All groups of records are merged together, column by column: a value that is chosen is never looked at but to choose it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from explorer.dedupe.identifiers import PREPRINT_DOI
from explorer.dedupe.imprint import PREPRINT_VENUE
from explorer.papers.schema import FIELDS, TEXT

Record = dict[str, Any]
Rows = npt.NDArray[np.int64]

NEEDED = ("id", "published", "precision", "year", "doi", "arxiv_id")
"""Fields that a record must have, empty or not."""

_DATE = ("published", "precision", "year")
_PRECISIONS = ("year", "month", "day")
_PREPRINT_VENUE = re.compile(PREPRINT_VENUE)
_CUT = re.compile(r"(?:\.\.\.|…)\s*$")
_MOST_LETTERS = 1 << 40


@dataclass(frozen=True)
class Merged:
    """Papers merged of groups of records.

    Attributes
    ----------
    papers : pyarrow.Table
        One row a group, with the columns of the records. No field is null that is filled in one of the records.
    ranked : array of int64, shape (records,)
        The rows of each group, group by group, the one to trust most first: published before preprint, then the fuller, then by id.
    given_by : pyarrow.MapArray
        For each group, field to id of the record that gave its value; several ids, joined with ``; ``, where a list was put together.
    """

    papers: pa.Table
    ranked: Rows
    given_by: pa.MapArray


def merge(records: pa.Table, sizes: Sequence[int] | Rows, preprint: npt.NDArray[np.int64]) -> Merged:
    """Merge groups of records, each into one paper.

    Parameters
    ----------
    records : pyarrow.Table
        Group by group, with the columns `NEEDED`.
    sizes : sequence of int
        Records of each group, at least one.
    preprint : array of int64, shape (records,)
        1 for preprints, 0 for what was published, -1 where a record does not tell.
    """
    columns = {name: _whole(records.column(name)) for name in records.column_names}
    given = {name: _given(values) for name, values in columns.items()}
    ids = columns["id"].cast(TEXT)
    group = np.repeat(np.arange(len(sizes)), sizes)
    filled = np.sum([given[name] for name in FIELDS if name in given], axis=0)
    trust = np.select([preprint == 0, preprint == -1], [0, 1], 2)
    by_id = pc.rank(ids, "ascending", tiebreaker="dense").to_numpy().astype(np.int64)
    ranked = np.lexsort((by_id, -filled, trust, group))
    place = np.empty(len(ranked), np.int64)
    place[ranked] = np.arange(len(ranked))
    first = ranked[np.cumsum(sizes) - np.asarray(sizes)] if len(ranked) else ranked

    def best(where: npt.NDArray[np.bool_], rank: Rows | None = None) -> Rows:
        """For each group the row of least rank among some, of several the most trusted; -1 where there is none."""
        rows = np.flatnonzero(where)
        rows = rows[np.lexsort((place[rows], np.zeros(len(rows)) if rank is None else rank[rows], group[rows]))]
        found = np.full(len(sizes), -1, np.int64)
        groups, starts = np.unique(group[rows], return_index=True)
        found[groups] = rows[starts]
        return found

    chosen: dict[str, Rows] = {}
    for name, values in columns.items():
        if name == "title":
            chosen[name] = _titles(values, given[name], group, ranked, best(given[name]))
        elif name not in _DATE:
            chosen[name] = best(given[name], _RANKS[name](values) if name in _RANKS else None)
    chosen |= _dates(columns, given, best, group, first)
    takes = {name: np.where(rows < 0, first, rows) for name, rows in chosen.items()}
    merged = {name: values.take(pa.array(takes[name])) for name, values in columns.items()}
    givers = ids
    if "keywords" in columns:
        groups = np.flatnonzero(chosen["keywords"] >= 0)
        merged["keywords"], names = _united(
            columns["keywords"], merged["keywords"], ids, given["keywords"], ranked, group, groups
        )
        chosen["keywords"][groups] = len(ids) + np.arange(len(groups))
        givers = pa.concat_arrays([ids, names])
    fields = [*(name for name in chosen if name not in _DATE), *_DATE]
    rows = np.column_stack([chosen[name] for name in fields])
    has = rows >= 0
    given_by = pa.MapArray.from_arrays(
        pa.array(np.concatenate([[0], np.cumsum(has.sum(axis=1))]), pa.int32()),
        pa.array(fields, pa.string()).take(pa.array(np.nonzero(has)[1])),
        givers.take(pa.array(rows[has])),
    )
    return Merged(pa.table(merged, schema=records.schema), ranked, given_by)


def _whole(values: pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if values.num_chunks != 1 else values.chunk(0)


def _given(values: pa.Array) -> npt.NDArray[np.bool_]:
    """Which values are neither null nor an empty text or list."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        return _given(values.dictionary_decode())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        found = pc.greater(pc.binary_length(values), 0)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        found = pc.greater(pc.list_value_length(values), 0)
    elif pa.types.is_primitive(kind) or pa.types.is_null(kind):
        found = pc.is_valid(values)
    else:
        found = pa.array([value is not None and value != "" and value != [] for value in values.to_pylist()], pa.bool_())
    return np.asarray(pc.fill_null(found, False))


def _dates(
    columns: dict[str, pa.Array],
    given: dict[str, npt.NDArray[np.bool_]],
    best: Callable[..., Rows],
    group: Rows,
    first: Rows,
) -> dict[str, Rows]:
    """Choose the record whose date is taken: the first one dated, or one of the same year that knows it more exactly."""
    earliest = best(given["published"])
    year = np.asarray(pc.fill_null(columns["year"].cast(pa.int64()), np.iinfo(np.int64).min))
    precision = pc.index_in(columns["precision"], value_set=pa.array(_PRECISIONS, columns["precision"].type))
    peers = given["published"] & (year == year[earliest[group]])
    dated = best(peers, -np.asarray(pc.fill_null(precision, -1)).astype(np.int64))
    dated = np.where(dated < 0, first, dated)
    return {name: np.where(given[name][dated], dated, best(given[name])) for name in _DATE}


def _titles(values: pa.Array, given: npt.NDArray[np.bool_], group: Rows, ranked: Rows, first: Rows) -> Rows:
    """Choose the first title that is neither shouted nor cut off, else the longest."""
    codes = np.asarray(pc.fill_null(values.dictionary_encode().indices, -1)).astype(np.int64)
    rows = ranked[given[ranked]]
    unlike = np.zeros(len(first), bool)
    np.logical_or.at(unlike, group[rows], codes[rows] != codes[first[group[rows]]])
    rows = rows[unlike[group[rows]]]
    starts = np.flatnonzero(np.diff(group[rows], prepend=-1))
    titles = values.take(pa.array(rows)).to_pylist()
    found = first.copy()
    for start, stop in pairwise([*starts.tolist(), len(rows)]):
        found[group[rows[start]]] = rows[start + _better_title(titles[start:stop])]
    return found


def _better_title(titles: list[str]) -> int:
    letters = {title: re.sub(r"\W+", "", _CUT.sub("", title)).casefold() for title in dict.fromkeys(titles)}
    texts = sorted(set(letters.values()))

    def flaws(place: int) -> tuple[bool, bool]:
        title = titles[place]
        short = letters[title]
        # Sorted, a longer title that starts alike stands right behind.
        behind = bisect_right(texts, short)
        cut = bool(_CUT.search(title)) or (behind < len(texts) and texts[behind].startswith(short))
        return cut, title.isupper() and len(title) > 12

    return min(range(len(titles)), key=flaws)


def _longest(values: pa.Array) -> Rows:
    return -np.asarray(pc.fill_null(pc.utf8_length(values), 0)).astype(np.int64)


def _most_names(values: pa.Array) -> Rows:
    """The longest list of authors; of equally long ones, that with the fullest names."""
    sizes = np.asarray(pc.fill_null(pc.list_value_length(values), 0)).astype(np.int64)
    letters = np.asarray(pc.fill_null(pc.utf8_length(values.flatten()), 0))
    before = np.concatenate([[0], np.cumsum(letters)]).astype(np.int64)
    ends = np.cumsum(sizes)
    found: Rows = -(sizes * _MOST_LETTERS + before[ends] - before[ends - sizes])
    return found


def _venue(values: pa.Array) -> Rows:
    """A journal or conference before a preprint server."""
    coded = values.dictionary_encode()
    early = np.array([*(_PREPRINT_VENUE.search(name) is not None for name in coded.dictionary.to_pylist()), False])
    found: Rows = early[np.asarray(pc.fill_null(coded.indices, -1)).astype(np.int64)].astype(np.int64)
    return found


def _doi(values: pa.Array) -> Rows:
    """The publication's before one that a preprint server gave out."""
    return np.asarray(pc.fill_null(pc.match_substring_regex(values, PREPRINT_DOI), False)).astype(np.int64)


def _most(values: pa.Array) -> Rows:
    return -np.asarray(pc.fill_null(values, 0)).astype(np.int64)


_RANKS: dict[str, Callable[[pa.Array], Rows]] = {
    "abstract": _longest,
    "authors": _most_names,
    "venue": _venue,
    "doi": _doi,
    "upvotes": _most,
    "comments": _most,
}
"""By what the records are ranked from which a field is taken, the least first; others are taken from the most trusted record."""


def _united(
    values: pa.Array,
    before: pa.Array,
    ids: pa.Array,
    given: npt.NDArray[np.bool_],
    ranked: Rows,
    group: Rows,
    groups: Rows,
) -> tuple[pa.Array, pa.Array]:
    """The keywords of all records of some groups, each once, in the place of those before; and the ids of the records that gave some."""
    rows = ranked[given[ranked]]
    lists = [dict[str, str]() for _ in groups]
    givers = [dict[str, None]() for _ in groups]
    numbers = np.searchsorted(groups, group[rows]).tolist()
    listed, named = values.take(pa.array(rows)).to_pylist(), ids.take(pa.array(rows)).to_pylist()
    for number, some, name in zip(numbers, listed, named, strict=True):
        words = lists[number]
        for word in some:
            if word is not None and word.casefold() not in words:
                words[word.casefold()] = word
                givers[number][name] = None
    both = pa.concat_arrays([before, pa.array([list(words.values()) for words in lists], values.type)])
    place = np.arange(len(before))
    place[groups] = len(before) + np.arange(len(groups))
    return both.take(pa.array(place)), pa.array(["; ".join(names) for names in givers], TEXT)


def version_names(records: Iterable[Record]) -> list[str]:
    """Name every version of a paper: ``doi:…`` and ``arxiv:…`` of each record, else its id."""
    names: dict[str, None] = {}
    for record in records:
        found = [f"{kind}:{record[field]}" for kind, field in (("doi", "doi"), ("arxiv", "arxiv_id")) if record[field]]
        names.update(dict.fromkeys(found or [str(record["id"])]))
    return list(names)
