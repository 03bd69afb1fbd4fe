"""Where what is known of each record lies while duplicates are looked for: in memory, or in files that are mapped.

What lies in a mapped file the system writes out and takes back when it needs the room, so that the memory that the search takes does
not grow with the records.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from explorer.papers.schema import TEXT


class Scratch:
    """Arrays, texts and bytes that are not needed once the duplicates are found.

    Parameters
    ----------
    folder : Path, optional
        An existing one, in which a folder of its own is made, and removed at the end; memory where there is none.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Scratch(Path(folder)) as scratch:
    ...     years = scratch.zeros(3, np.int64)
    ...     years[1:] = 2024
    ...     years.tolist()
    [0, 2024, 2024]
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = None if folder is None else Path(tempfile.mkdtemp(prefix="d-", dir=folder))
        self._files = 0
        self._open: list[IO[bytes]] = []

    def zeros(self, shape: int | tuple[int, ...], kind: npt.DTypeLike) -> npt.NDArray[Any]:
        """An array of zeros, to be filled."""
        size = int(np.prod(shape)) * np.dtype(kind).itemsize
        if self._folder is None or not size:
            return np.zeros(shape, kind)
        path = self._path()
        with path.open("wb") as file:
            if hasattr(os, "posix_fallocate"):
                # A disk that is full says so here; where a page of a map is written, it would end the process.
                os.posix_fallocate(file.fileno(), 0, size)
            else:
                file.truncate(size)
        # A plain array over the mapping: `numpy.memmap` runs Python at every slice.
        return np.asarray(np.memmap(path, kind, "r+", shape=shape))

    def kept(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """A copy of an array."""
        copy = self.zeros(values.shape, values.dtype)
        copy[...] = values
        return copy

    def texts(self) -> Texts:
        """A column of texts that are added some at a time."""
        return Texts(self)

    def file(self) -> IO[bytes] | None:
        """A file to write to and to read from, closed at the end; None where all lies in memory."""
        if self._folder is None:
            return None
        file = self._path().open("w+b")
        self._open.append(file)
        return file

    def _path(self) -> Path:
        assert self._folder is not None
        self._files += 1
        return self._folder / str(self._files)

    def __enter__(self) -> Scratch:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for file in self._open:
            file.close()
        if self._folder is not None:
            # What is still mapped stays readable, where the system lets go of such files at all; whoever made the folder removes the rest.
            shutil.rmtree(self._folder, ignore_errors=True)


class Texts:
    """Texts without nulls, added some at a time, that come to be one array."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self._file = scratch.file()
        self._parts: list[pa.Array] = []
        self._lengths: list[npt.NDArray[np.int32]] = []
        self._size = 0

    def add(self, texts: pa.Array) -> None:
        """Add some texts (`large_string`)."""
        if self._file is None:
            self._parts.append(texts)
            return
        offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
        self._lengths.append(np.diff(offsets).astype(np.int32))
        if offsets[-1] > offsets[0]:
            self._file.write(memoryview(texts.buffers()[2])[offsets[0] : offsets[-1]])
            self._size += int(offsets[-1] - offsets[0])

    def whole(self) -> pa.Array:
        """All that were added, as one array of `large_string`; none is added any more."""
        if self._file is None:
            return pa.concat_arrays(self._parts or [pa.nulls(0, TEXT)])
        self._file.close()
        rows = sum(map(len, self._lengths))
        offsets = self._scratch.zeros(rows + 1, np.int64)
        place = 0
        for lengths in self._lengths:
            np.cumsum(lengths, out=offsets[place + 1 : place + 1 + len(lengths)])
            offsets[place + 1 : place + 1 + len(lengths)] += offsets[place]
            place += len(lengths)
        self._lengths = []
        data = np.asarray(np.memmap(self._file.name, np.uint8, "r")) if self._size else np.empty(0, np.uint8)
        return pa.LargeStringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(data))
