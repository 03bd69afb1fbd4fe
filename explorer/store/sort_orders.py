"""Orders of many things, and how some more are put into one without sorting all anew."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_AT_ONCE = 50_000
"""Titles that are looked at together."""


def inserted(order: np.ndarray, items: np.ndarray, keys: Callable[[np.ndarray], pa.Table]) -> np.ndarray:
    """Put items into an order, each by a binary search, all at once.

    Parameters
    ----------
    order : ndarray of int, shape (n,)
        Numbers of things, sorted by their keys.
    items : ndarray of int, shape (m,)
        Numbers of others.
    keys : callable
        Gives what some things are sorted by: one row a thing, the column that decides first in front, ascending. No two things
        have the same keys. Called about log2(n) times with m things.

    Returns
    -------
    ndarray of int, shape (n + m,)
    """
    wanted = keys(items)
    sorted_items = pc.sort_indices(wanted, [(name, "ascending") for name in wanted.column_names])
    items, wanted = items[sorted_items.to_numpy()], wanted.take(sorted_items)
    low, high = np.zeros(len(items), np.int64), np.full(len(items), len(order), np.int64)
    for _ in range(len(order).bit_length()):
        middle = (low + high) // 2
        open_ = low < high
        after = _before(keys(order[np.minimum(middle, len(order) - 1)]), wanted) & open_
        low, high = np.where(after, middle + 1, low), np.where(open_ & ~after, middle, high)
    return np.insert(order, low, items)


def _before(some: pa.Table, others: pa.Table) -> np.ndarray:
    """Whether each row comes before the row beside it in another table."""
    before, same = np.zeros(some.num_rows, bool), np.ones(some.num_rows, bool)
    for one, other in zip(some.columns, others.columns, strict=True):
        before |= same & pc.less(one, other).to_numpy()
        same &= pc.equal(one, other).to_numpy()
    return before


def by_title(titles: pa.ChunkedArray) -> np.ndarray:
    """Rows in the order of their titles, in any case and without the signs before the first word; those without one first."""
    # Some at a time: each step of it makes another copy.
    spoken = [_spoken(titles.slice(start, _AT_ONCE)) for start in range(0, len(titles), _AT_ONCE)]
    chunks = [chunk for part in spoken for chunk in part.chunks]
    keys = pa.table({"title": pa.chunked_array(chunks, titles.type), "row": np.arange(len(titles))})
    return np.asarray(pc.sort_indices(keys, [("title", "ascending"), ("row", "ascending")]), np.int32)


def by_title_with(order: np.ndarray, titles: pa.ChunkedArray, rows: np.ndarray) -> np.ndarray:
    """The order of `by_title`, from the order before some rows got another title or came at the end."""

    def keys(rows: np.ndarray) -> pa.Table:
        # One by one: Arrow would gather the text of a whole column before it takes from it.
        some = pa.array([titles[row].as_py() for row in rows.tolist()], titles.type)
        return pa.table({"title": _spoken(some), "row": rows})

    changed = np.zeros(len(titles), bool)
    changed[rows] = True
    return inserted(order[~changed[order]], rows, keys)


def _spoken(titles: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    return pc.replace_substring_regex(pc.utf8_lower(pc.fill_null(titles, "")), r"^[^\p{L}\p{N}]+", "")
