"""What is known of many pairs, compressed: a table of papers whose titles are all but the same has fifty pairs a paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Columns = TypeVar("Columns")
_CODEC = pa.Codec("zstd", compression_level=1)


class PackedPairs(Generic[Columns]):
    """Columns that are added some pairs at a time, and come back so.

    Parameters
    ----------
    kind : type
        A class whose instances hold nothing but arrays of one length, and that is made by naming each.

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

    def __init__(self, kind: Callable[..., Columns]) -> None:
        self._kind = kind
        self._parts: list[dict[str, tuple[pa.Buffer, int, np.dtype[Any], np.dtype[Any]]]] = []

    def add(self, columns: Columns) -> None:
        """Add some pairs; what was given is not kept."""
        self._parts.append({name: _packed(values) for name, values in vars(columns).items()})

    def __len__(self) -> int:
        """How often some pairs were added."""
        return len(self._parts)

    def __iter__(self) -> Iterator[Columns]:
        for part in self._parts:
            yield self._kind(**{name: _unpacked(*packed) for name, packed in part.items()})


def _packed(values: npt.NDArray[Any]) -> tuple[pa.Buffer, int, np.dtype[Any], np.dtype[Any]]:
    kind = values.dtype
    if kind.kind == "i" and len(values):
        # Rows are never as many, nor levels as high, as their type allows.
        values = values.astype(np.promote_types(np.min_scalar_type(values.min()), np.min_scalar_type(values.max())))
    return _CODEC.compress(np.ascontiguousarray(values)), values.nbytes, values.dtype, kind


def _unpacked(data: pa.Buffer, size: int, narrow: np.dtype[Any], kind: np.dtype[Any]) -> npt.NDArray[Any]:
    return np.frombuffer(_CODEC.decompress(data, size), narrow).astype(kind)
