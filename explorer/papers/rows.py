"""Rows of an Arrow table: their numbers by what holds of them, and the rows of some numbers."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class Takes(Protocol):
    """A table of its own that gives rows as a plain one."""

    def take(self, rows: pa.Array) -> pa.Table:
        """The rows of some numbers, in their order."""
        ...


def rows_where(mask: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Numbers of the rows of which a mask is true, in rising order.

    Parameters
    ----------
    mask : pyarrow.Array or pyarrow.ChunkedArray of bool
        Missing counts as false.

    Returns
    -------
    pyarrow.Array of uint64

    Examples
    --------
    >>> rows_where(pa.chunked_array([[True, False], [None, True]])).to_pylist()
    [0, 3]
    """
    # Arrow to 25 at least ends the process where it is asked for the indices of a column that has no chunks.
    if not len(mask):
        return pa.nulls(0, pa.uint64())
    return pc.indices_nonzero(mask)


def row_numbers(rows: np.ndarray) -> pa.Array:
    """Numbers of rows as Arrow takes them. `pyarrow.array` would import pandas, to see whether it is given a series."""
    wanted = np.ascontiguousarray(rows, np.int64)
    return pa.Array.from_buffers(pa.int64(), len(wanted), [None, pa.py_buffer(wanted)])


def gathered(table: pa.Table | Takes, rows: np.ndarray) -> pa.Table:
    """Rows of a table in their order; nothing is copied but those rows, however many chunks the table is in.

    Parameters
    ----------
    table : pyarrow.Table or PaperTable
    rows : numpy.ndarray
        Their numbers.
    """
    if not isinstance(table, pa.Table):
        return table.take(row_numbers(rows))

    batches = table.to_batches()
    if len(batches) == 1:
        return pa.Table.from_batches([pc.take(batches[0], row_numbers(rows))])
    ends = np.cumsum([len(batch) for batch in batches])
    place = np.searchsorted(ends, rows, side="right")
    order = np.argsort(place, kind="stable")
    parts = []
    for number in np.unique(place):
        start = ends[number] - len(batches[number])
        parts.append(pc.take(batches[number], row_numbers(rows[place == number] - start)))
    found = pa.Table.from_batches(parts, table.schema).combine_chunks()
    return found.take(row_numbers(np.argsort(order, kind="stable")))


def rows_of(table: pa.Table, rows: list[int] | np.ndarray) -> pa.Table:
    """Some rows of a large table, in the order given; taken from it at once, its whole text would be gathered first."""
    mask = np.zeros(table.num_rows, bool)
    mask[rows] = True
    found = table.filter(pa.array(mask)).combine_chunks()
    order = np.searchsorted(np.flatnonzero(mask), rows)
    return found if np.array_equal(order, np.arange(len(found))) else found.take(pa.array(order))
