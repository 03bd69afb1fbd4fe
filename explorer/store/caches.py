"""What was computed last, kept within a number of bytes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import numpy as np
from cachetools import LRUCache

Value = TypeVar("Value")

MEGABYTE = 2**20

_NOTHING = object()
"""What is not there; None may be."""


class Cache:
    """Values by their keys; those that were used longest ago go first.

    Parameters
    ----------
    most : int
        Bytes of all values together. A value larger than that is made anew each time.
    """

    def __init__(self, most: int) -> None:
        self._kept: LRUCache[Hashable, Any] = LRUCache(most, getsizeof=size_of)

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value kept under a key, made if it is not there."""
        kept: Any = self._kept.get(key, _NOTHING)
        if kept is _NOTHING:
            kept = make()
            if size_of(kept) <= self._kept.maxsize:
                self._kept[key] = kept
        found: Value = kept
        return found

    def look(self, key: Hashable) -> Any:
        """The value kept under a key; None where there is none."""
        return self._kept.get(key)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()


def size_of(value: object) -> int:
    """Bytes of the arrays that a value holds, with something for each object; mapped ones count as if they were in memory."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if is_dataclass(value) and not isinstance(value, type):
        return sum(size_of(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, Mapping):
        return sum(size_of(item) for item in value.values())
    if isinstance(value, list | tuple):
        return sum(map(size_of, value))
    return sys.getsizeof(value)
