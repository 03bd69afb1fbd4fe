"""Texts cut at blanks, many at once: in columns of Arrow, for Python to look at each different piece once and not at each there is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


def pieces_of(texts: Sequence[str], letters: bytes) -> tuple[pa.LargeStringArray, NDArray[np.int64]]:
    """Cut texts at blanks.

    Parameters
    ----------
    texts : sequence of str
        What is not ASCII in them is a question mark.
    letters : bytes, length 256
        What becomes of each character, ASCII again.

    Returns
    -------
    pieces : pyarrow.LargeStringArray
        One text behind the other; some are empty, as where a text begins with a blank.
    ends : ndarray of int64, shape (n_texts + 1,)
        Where each text begins in `pieces`, and where the last one ends.

    Examples
    --------
    >>> blanks = bytes(32 if chr(code) in ".," else code for code in range(256))
    >>> pieces, ends = pieces_of(["one, two", "", "three"], blanks)
    >>> pieces.to_pylist(), ends.tolist()
    (['one', 'two', '', 'three'], [0, 2, 3, 4])
    """
    places = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=places[1:])
    # One character, one byte: what stands where stays.
    text = "".join(texts).encode("ascii", "replace").translate(letters)
    whole = pa.Array.from_buffers(pa.large_string(), len(texts), [None, pa.py_buffer(places), pa.py_buffer(text)])
    cut = pc.ascii_split_whitespace(whole)
    return cut.flatten(), cut.offsets.to_numpy().astype(np.int64)
