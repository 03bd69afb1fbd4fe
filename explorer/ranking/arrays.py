"""Arrays that grow with the corpus, made in memory or straight in the files that they are kept in.

What is made in a file is mapped: the system writes its pages out and takes them back when it needs the room, so that the memory a
making takes does not grow with the number of papers.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Column(Protocol):
    """An array of one dimension that is made piece by piece."""

    def append(self, values: NDArray[Any]) -> None:
        """Add values at the end."""
        ...

    def whole(self) -> NDArray[Any]:
        """All of it; nothing is added any more."""
        ...


class Place(Protocol):
    """Where arrays are made."""

    def empty(self, name: str, shape: tuple[int, ...], kind: DTypeLike) -> NDArray[Any]:
        """An array to be filled."""
        ...

    def column(self, name: str, kind: DTypeLike) -> Column:
        """An array whose length is not known yet."""
        ...


class Memory:
    """Arrays in memory.

    Examples
    --------
    >>> column = Memory().column("tokens", np.int32)
    >>> column.append(np.array([1, 2]))
    >>> column.append(np.array([3]))
    >>> column.whole().tolist()
    [1, 2, 3]
    """

    def empty(self, name: str, shape: tuple[int, ...], kind: DTypeLike) -> NDArray[Any]:
        """See `Place.empty`; the name does not matter."""
        return np.empty(shape, kind)

    def column(self, name: str, kind: DTypeLike) -> Column:
        """See `Place.column`; the name does not matter."""
        return Pieces(kind)


class Pieces:
    """A column in memory."""

    def __init__(self, kind: DTypeLike) -> None:
        self._pieces = [np.empty(0, kind)]

    def append(self, values: NDArray[Any]) -> None:
        """See `Column.append`."""
        self._pieces.append(values.astype(self._pieces[0].dtype))

    def whole(self) -> NDArray[Any]:
        """See `Column.whole`."""
        return np.concatenate(self._pieces)


MEMORY = Memory()


class Folder:
    """Arrays in files of a folder, ``NAME.npy`` each.

    Parameters
    ----------
    folder : Path
        An existing one.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> column = Folder(folder).column("tokens", np.int32)
    >>> column.append(np.array([1, 2]))
    >>> column.append(np.array([3]))
    >>> column.whole().tolist(), np.load(folder / "tokens.npy").tolist()
    ([1, 2, 3], [1, 2, 3])
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def empty(self, name: str, shape: tuple[int, ...], kind: DTypeLike) -> NDArray[Any]:
        """See `Place.empty`."""
        path = self._folder / f"{name}.npy"
        if 0 in shape:
            # Nothing cannot be mapped.
            np.save(path, np.empty(shape, kind))
            return np.empty(shape, kind)
        made = np.lib.format.open_memmap(path, "w+", np.dtype(kind), shape)
        if hasattr(os, "posix_fallocate"):
            # A disk that is full says so here; where a page of a map is written, it would end the process.
            with path.open("r+b") as file:
                os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
        return made

    def column(self, name: str, kind: DTypeLike) -> Column:
        """See `Place.column`."""
        return _File(self._folder / f"{name}.npy", np.dtype(kind))


class _File:
    def __init__(self, path: Path, kind: np.dtype[Any]) -> None:
        self._path, self._kind, self._length = path, kind, 0
        self._file: IO[bytes] = path.open("w+b")
        self._head()

    def _head(self) -> None:
        # numpy leaves room in it for the length of an array that grows.
        about = {"descr": np.lib.format.dtype_to_descr(self._kind), "fortran_order": False, "shape": (self._length,)}
        np.lib.format.write_array_header_1_0(self._file, about)

    def append(self, values: NDArray[Any]) -> None:
        self._file.write(values.astype(self._kind).tobytes())
        self._length += len(values)

    def whole(self) -> NDArray[Any]:
        self._file.seek(0)
        self._head()
        self._file.close()
        whole: NDArray[Any] = np.load(self._path, mmap_mode="r" if self._length else None)
        return whole


APART = 65_535
"""Stands in the place of a number that does not fit into two bytes."""


class ShortNumbers:
    """Whole numbers from 0 on, most of which fit into two bytes each; those that do not stand apart.

    It is asked as an array is, by a slice or by places, and gives int32.

    Parameters
    ----------
    short : ndarray of uint16, shape (n,)
        The numbers; 65,535 where one stands apart.
    places : ndarray of int64, shape (n_apart,)
        Where those stand, ascending.
    values : ndarray of int32, shape (n_apart,)

    Examples
    --------
    >>> column = ShortColumn(MEMORY, "tokens")
    >>> column.append(np.array([7, 70_000, 65_535]))
    >>> numbers = column.whole()
    >>> numbers[1:].tolist(), numbers[np.array([2, 0])].tolist(), len(numbers)
    ([70000, 65535], [65535, 7], 3)
    """

    def __init__(self, short: NDArray[np.uint16], places: NDArray[np.int64], values: NDArray[np.int32]) -> None:
        self.short, self.places, self.values = short, places, values

    def __len__(self) -> int:
        return len(self.short)

    def __getitem__(self, asked: slice | NDArray[np.integer]) -> NDArray[np.int32]:
        found = self.short[asked].astype(np.int32)
        if isinstance(asked, slice):
            start, stop, _ = asked.indices(len(self.short))
            first, last = np.searchsorted(self.places, [start, max(start, stop)])
            found[self.places[first:last] - start] = self.values[first:last]
        else:
            apart = found == APART
            if apart.any():
                found[apart] = self.values[np.searchsorted(self.places, asked[apart])]
        return found

    @property
    def nbytes(self) -> int:
        """Bytes that they take."""
        return int(self.short.nbytes + self.places.nbytes + self.values.nbytes)

    def save(self, folder: Path, name: str) -> None:
        """Write the arrays as ``NAME_*.npy`` into an existing folder."""
        for part in ("short", "places", "values"):
            save_array(folder / f"{name}_{part}.npy", getattr(self, part))

    @classmethod
    def open(cls, folder: Path, name: str) -> ShortNumbers:
        """Open what `save` wrote, memory-mapped."""
        # Plain arrays over the mapping: `numpy.memmap` runs Python at every slice.
        return cls(
            *(np.asarray(np.load(folder / f"{name}_{part}.npy", mmap_mode="r")) for part in ("short", "places", "values"))
        )


class ShortColumn:
    """`ShortNumbers` that are made piece by piece: ``NAME_short`` in a place, those apart in memory.

    Parameters
    ----------
    place : Place
    name : str
    """

    def __init__(self, place: Place, name: str) -> None:
        self._short, self._length = place.column(f"{name}_short", np.uint16), 0
        self._places, self._values = Pieces(np.int64), Pieces(np.int32)

    def append(self, values: NDArray[Any]) -> None:
        """Add whole numbers from 0 on."""
        apart = np.flatnonzero(values >= APART)
        self._places.append(apart + self._length)
        self._values.append(values[apart])
        self._short.append(np.minimum(values, APART))
        self._length += len(values)

    def whole(self) -> ShortNumbers:
        """All of them; nothing is added any more."""
        return ShortNumbers(self._short.whole(), self._places.whole(), self._values.whole())


def save_array(path: Path, array: NDArray[Any]) -> None:
    """Write an array, unless it was made in that file."""
    # One place may be written in several ways: from the folder that is worked in, or through a link.
    if isinstance(array, np.memmap) and array.filename is not None and Path(array.filename).resolve() == path.resolve():
        if array.flags.writeable:
            array.flush()
        return
    np.save(path, array)
