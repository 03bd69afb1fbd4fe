"""What is known of many pairs, compressed: a table of papers whose titles are all but the same has fifty pairs a paper."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from explorer.dedupe.scratch import Scratch

Columns = TypeVar("Columns")
_Packed = tuple[pa.Buffer | tuple[int, int], int, np.dtype[Any], np.dtype[Any]]
"""The bytes, or where in the file they are; how many they are unpacked, of which type, and which type they came in."""
_CODEC = pa.Codec("zstd", compression_level=1)


class PackedPairs(Generic[Columns]):
    """Columns that are added some pairs at a time, and come back so.

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
