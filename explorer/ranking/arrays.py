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
        return _Pieces(kind)


class _Pieces:
    def __init__(self, kind: DTypeLike) -> None:
        self._pieces = [np.empty(0, kind)]

    def append(self, values: NDArray[Any]) -> None:
        self._pieces.append(values.astype(self._pieces[0].dtype))

    def whole(self) -> NDArray[Any]:
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


def save_array(path: Path, array: NDArray[Any]) -> None:
    """Write an array, unless it was made in that file."""
    if isinstance(array, np.memmap) and array.filename is not None and Path(array.filename) == path:
        if array.flags.writeable:
            array.flush()
        return
    np.save(path, array)
