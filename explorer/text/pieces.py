"""Texts cut at blanks, many at once: in columns of Arrow, for Python to look at each different piece once and not at each there is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

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


def numbers_of(said: Sequence[tuple[int, ...]], codes: NDArray[np.integer]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The numbers of pieces, one piece behind the other.

    Parameters
    ----------
    said : sequence of tuple of int
        Numbers of each different piece.
    codes : ndarray of int
        Which of them the pieces are.

    Returns
    -------
    numbers : ndarray of int32
    sizes : ndarray of int64, shape (n_codes,)
        How many each piece has.

    Examples
    --------
    >>> numbers, sizes = numbers_of([(7,), (), (8, 9)], np.array([2, 1, 0, 2]))
    >>> numbers.tolist(), sizes.tolist()
    ([8, 9, 7, 8, 9], [2, 0, 1, 2])
    """
    each = np.fromiter(map(len, said), np.int64, len(said))
    numbers = np.fromiter(chain.from_iterable(said), np.int32, int(each.sum()))
    sizes = each[codes]
    ends = sizes.cumsum()
    places = np.arange(ends[-1] if len(ends) else 0) + np.repeat((each.cumsum() - each)[codes] - (ends - sizes), sizes)
    return numbers[places], sizes
