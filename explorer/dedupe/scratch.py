"""Where what is known of records and of pairs of them lies while duplicates are looked for: in memory, or in files that are mapped.

What lies in a mapped file the system writes out and takes back when it needs the room, so that the memory that the search takes does
not grow with the records.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from explorer.papers.schema import TEXT

Keys = npt.NDArray[np.int64]

_MOST = 1 << 20
"""Pairs of which something is known at most: some ten megabytes, however many records there are."""

Columns = TypeVar("Columns")
_Packed = tuple[pa.Buffer | tuple[int, int], int, np.dtype[Any], np.dtype[Any]]
"""The bytes, or where in the file they are; how many they are unpacked, of which type, and which type they came in."""
_CODEC = pa.Codec("zstd", compression_level=1)


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
        # Two threads that ask at once get two numbers.
        self._files = count(1)
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

    def texts(self) -> TextColumn:
        """A column of texts that are added some at a time."""
        return TextColumn(self)

    def file(self) -> IO[bytes] | None:
        """A file to write to and to read from, closed at the end; None where all lies in memory."""
        if self._folder is None:
            return None
        file = self._path().open("w+b")
        self._open.append(file)
        return file

    def _path(self) -> Path:
        assert self._folder is not None
        return self._folder / str(next(self._files))

    def __enter__(self) -> Scratch:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for file in self._open:
            file.close()
        if self._folder is not None:
            # What is still mapped stays readable, where the system lets go of such files at all; whoever made the folder removes the rest.
            shutil.rmtree(self._folder, ignore_errors=True)


class TextColumn:
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


class KnownPairs:
    """What was found of pairs of distinct values, each given as one number; a later one may take the place of an earlier one.

    Papers that have several records give the same pairs of titles and names again and again.

    Parameters
    ----------
    rows : int
        Records there are; of about four times as many pairs something is known at once, or of `_MOST`.
    scratch : Scratch
        Where it lies.
    kinds : dtype
        What is known, by name.

    Examples
    --------
    >>> known = KnownPairs(100, Scratch(), level=np.int8)
    >>> known.put(np.array([7, 9]), level=np.array([1, 2]))
    >>> found, values = known.get(np.array([9, 8]))
    >>> found.tolist(), values["level"].tolist()
    ([True, False], [2])
    """

    def __init__(self, rows: int, scratch: Scratch, **kinds: npt.DTypeLike) -> None:
        bits = min(max(4 * rows, 2).bit_length(), _MOST.bit_length() - 1)
        self._shift = np.uint64(64 - bits)
        # One more than the number of the pair; 0 where there is none.
        self._keys: Keys = scratch.zeros(1 << bits, np.int64)
        self._values: dict[str, npt.NDArray[Any]] = {name: scratch.zeros(1 << bits, kind) for name, kind in kinds.items()}

    def places(self, keys: Keys) -> Keys:
        """Where what is known of each pair is kept, among that of others."""
        places: Keys = ((keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> self._shift).astype(np.int64)
        return places

    def get(self, keys: Keys) -> tuple[npt.NDArray[np.bool_], dict[str, npt.NDArray[Any]]]:
        """Which of some pairs are known, and what is known of these."""
        places = self.places(keys)
        known = self._keys[places] == keys + 1
        return known, {name: values[places[known]] for name, values in self._values.items()}

    def put(self, keys: Keys, **values: npt.NDArray[Any]) -> None:
        """Keep what was found of pairs."""
        # Of several that have one place the last is kept, of all columns alike.
        places = self.places(keys)
        self._keys[places] = keys + 1
        for name, found in values.items():
            self._values[name][places] = found


class PackedPairs(Generic[Columns]):
    """Columns of what is known of pairs, compressed, that are added some pairs at a time, and come back so.

    A table of papers whose titles are all but the same has fifty pairs a paper.

    Parameters
    ----------
    kind : type
        A class whose instances hold nothing but arrays of one length, and that is made by naming each.
    scratch : Scratch
        Where they lie.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Pairs:
    ...     low: np.ndarray
    ...     high: np.ndarray
    >>> pairs = PackedPairs(Pairs)
    >>> pairs.add(Pairs(np.arange(3), np.arange(3) + 1))
    >>> [part.high.tolist() for part in pairs]
    [[1, 2, 3]]
    """

    def __init__(self, kind: Callable[..., Columns], scratch: Scratch | None = None) -> None:
        self._kind = kind
        self._file = (scratch or Scratch()).file()
        self._parts: list[dict[str, _Packed]] = []

    def add(self, columns: Columns) -> None:
        """Add some pairs; what was given is not kept."""
        part: dict[str, _Packed] = {}
        for name, values in vars(columns).items():
            data, size, narrow, kind = _packed(values)
            part[name] = (data if self._file is None else self._written(data), size, narrow, kind)
        self._parts.append(part)

    def _written(self, data: pa.Buffer) -> tuple[int, int]:
        """Where in the file some bytes are, once they are there."""
        assert self._file is not None
        start = self._file.seek(0, os.SEEK_END)
        self._file.write(data)
        return start, data.size

    def __len__(self) -> int:
        """How often some pairs were added."""
        return len(self._parts)

    def __iter__(self) -> Iterator[Columns]:
        for part in self._parts:
            yield self._kind(
                **{name: _unpacked(self._read(data), size, narrow, kind) for name, (data, size, narrow, kind) in part.items()}
            )

    def _read(self, data: pa.Buffer | tuple[int, int]) -> pa.Buffer | bytes:
        if not isinstance(data, tuple):
            return data
        assert self._file is not None
        start, size = data
        self._file.seek(start)
        return self._file.read(size)


def _packed(values: npt.NDArray[Any]) -> tuple[pa.Buffer, int, np.dtype[Any], np.dtype[Any]]:
    kind = values.dtype
    if kind.kind == "i" and len(values):
        # Rows are never as many, nor levels as high, as their type allows.
        values = values.astype(np.promote_types(np.min_scalar_type(values.min()), np.min_scalar_type(values.max())))
    return _CODEC.compress(np.ascontiguousarray(values)), values.nbytes, values.dtype, kind


def _unpacked(data: pa.Buffer | bytes, size: int, narrow: np.dtype[Any], kind: np.dtype[Any]) -> npt.NDArray[Any]:
    return np.frombuffer(_CODEC.decompress(data, size), narrow).astype(kind)
