"""Rows of a table by what holds of them."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc


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
