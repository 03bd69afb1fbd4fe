"""The terms of an index by number, and their numbers, as mapped arrays: half a million of them cost a process nothing of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_ARRAYS = ("text", "ends", "order")


class Terms(Sequence[str]):
    """Terms by their number.

    Parameters
    ----------
    text : ndarray of uint8
        All terms in UTF-8, one after another.
    ends : ndarray of int64, shape (n_terms,)
        Where each ends in `text`.
    order : ndarray of int32, shape (n_terms,)
        Their numbers in the order of their bytes.

    Examples
    --------
    >>> terms = Terms.of(["vision", "arithmetic"])
    >>> terms[1], terms.number("vision"), terms.number("sound")
    ('arithmetic', 0, None)
    """

    def __init__(self, text: NDArray[np.uint8], ends: NDArray[np.int64], order: NDArray[np.int32]) -> None:
        self.text, self.ends, self.order = text, ends, order

    @classmethod
    def of(cls, terms: Sequence[str]) -> Self:
        """Lay out terms, no two of them equal."""
        if isinstance(terms, cls):
            return terms
        return cls.of_bytes(pa.array([term.encode() for term in terms], pa.large_binary()))

    @classmethod
    def of_bytes(cls, terms: pa.LargeBinaryArray) -> Self:
        """Lay out terms in UTF-8, no two of them equal."""
        order = pc.sort_indices(terms).to_numpy().astype(np.int32)
        _, places, text = terms.buffers()
        offsets = (
            np.frombuffer(places, np.int64)[terms.offset : terms.offset + len(terms) + 1]
            if len(terms)
            else np.zeros(1, np.int64)
        )
        whole = np.frombuffer(text, np.uint8) if text is not None and text.size else np.empty(0, np.uint8)
        return cls(whole[offsets[0] : offsets[-1]], offsets[1:] - offsets[0], order)

    def binary(self) -> pa.LargeBinaryArray:
        """The terms in UTF-8, in the order of their numbers."""
        offsets = np.concatenate([[0], self.ends]).astype(np.int64)
        return pa.Array.from_buffers(
            pa.large_binary(), len(self), [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(self.text))]
        )

    def save(self, folder: Path) -> None:
        """Write the arrays into an existing `folder`."""
        for name in _ARRAYS:
            np.save(folder / f"terms_{name}.npy", getattr(self, name))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open terms written by `save`, memory-mapped."""
        return cls(*(np.load(folder / f"terms_{name}.npy", mmap_mode="r") for name in _ARRAYS))

    def __len__(self) -> int:
        return len(self.ends)

    def _bytes(self, number: int) -> bytes:
        return self.text[self.ends[number - 1] if number else 0 : self.ends[number]].tobytes()

    @overload
    def __getitem__(self, number: int) -> str: ...

    @overload
    def __getitem__(self, number: slice) -> list[str]: ...

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return [self[place] for place in range(*number.indices(len(self)))]
        place = int(number) + (len(self) if number < 0 else 0)
        if not 0 <= place < len(self):
            raise IndexError(f"There is no term {number} among {len(self)}.")
        return self._bytes(place).decode()

    def number(self, term: str) -> int | None:
        """The number of a term; None where there is no such term."""
        wanted = term.encode()
        low, high = 0, len(self.order)
        while low < high:
            middle = (low + high) // 2
            if self._bytes(int(self.order[middle])) < wanted:
                low = middle + 1
            else:
                high = middle
        found = int(self.order[low]) if low < len(self.order) else -1
        return found if found >= 0 and self._bytes(found) == wanted else None


class Vocabulary(Mapping[str, int]):
    """Terms to their numbers.

    Parameters
    ----------
    terms : Terms
    """

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def __getitem__(self, term: str) -> int:
        number = self._terms.number(term)
        if number is None:
            raise KeyError(term)
        return number

    def __iter__(self) -> Iterator[str]:
        return iter(self._terms)

    def __len__(self) -> int:
        return len(self._terms)
