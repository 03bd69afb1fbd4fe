"""The memory of this process: what it has in reserve and at hand, given back to the system, and what was computed, kept within bounds.

A kernel that ranked every paper once would otherwise keep what that took until its reader leaves: freed memory, and the pages of files
that it mapped. Nothing is lost: memory is taken anew, and a page that is asked for again comes from the system's cache of the disk,
which all processes share.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import sys
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache, lru_cache, wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np
import pyarrow as pa
from cachetools import LRUCache
from numpy.typing import NDArray

_MAPS = Path("/proc/self/maps")
_DONTNEED = 4
"""Linux's `MADV_DONTNEED`. Of a shared mapping that cannot be written, it forgets where the pages are, and no more."""


P = ParamSpec("P")
Found = TypeVar("Found")

_LONGEST = 300
"""Characters of texts of which it is remembered what they gave. Dates and names are shorter; what stands there in place of one need not be."""


def remembered(most: int) -> Callable[[Callable[P, Found]], Callable[P, Found]]:
    """Keep what a function gave for the texts it was asked last, and nothing of long ones, so that the bytes are bounded too.

    Parameters
    ----------
    most : int
        Texts, or sets of texts where the function takes several.

    Examples
    --------
    >>> @remembered(100)
    ... def shouted(text):
    ...     print("asked")
    ...     return text.upper()
    >>> shouted("reef"), shouted("reef")
    asked
    ('REEF', 'REEF')
    """

    def decorated(function: Callable[P, Found]) -> Callable[P, Found]:
        kept: Any = lru_cache(most)(function)

        # Of one text, as most are, looking costs half of what it does of any number.
        def asked(text: Any) -> Found:
            found: Found = kept(text) if len(text) <= _LONGEST else function(text)  # type: ignore[call-arg]
            return found

        def asked_of_several(*texts: Any, **named: Any) -> Found:
            short = sum(map(len, filter(None, texts))) <= _LONGEST
            found: Found = kept(*texts, **named) if short else function(*texts, **named)
            return found

        kinds = [parameter.kind for parameter in signature(function).parameters.values()]
        alone = kinds in ([Parameter.POSITIONAL_OR_KEYWORD], [Parameter.POSITIONAL_ONLY])
        chosen: Any = wraps(function)(asked if alone else asked_of_several)
        of_ours: Callable[P, Found] = chosen
        return of_ours

    return decorated


def give_back(*folders: Path) -> None:
    """Give back freed memory, and the pages of files mapped from some folders.

    It takes some milliseconds, and is for the end of work that takes much more. Where the system has no means for it
    nothing happens.

    Parameters
    ----------
    folders : Path
        Files below them are let go of if they are mapped shared and for reading alone.

    Notes
    -----
    ``malloc_trim(3)`` and ``madvise(2)`` of Linux; `MADV_DONTNEED` may be called while other threads read the mapping.
    """
    pa.default_memory_pool().release_unused()
    trim = _function("malloc_trim", ctypes.c_size_t)
    if trim:
        trim(0)
    advise = _function("madvise", ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    if advise:
        for start, size in _mapped(folders):
            advise(start, size, _DONTNEED)


def apart(array: NDArray[Any]) -> NDArray[Any]:
    """A copy of an array in pages of its own, for what is kept: among what is soon freed it would hold on to the memory around it.

    Examples
    --------
    >>> import numpy as np
    >>> apart(np.arange(6).reshape(2, 3)).tolist()
    [[0, 1, 2], [3, 4, 5]]
    """
    if not array.nbytes:
        return array.copy()
    alone = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_PRIVATE") else {}
    copy = np.frombuffer(mmap.mmap(-1, array.nbytes, **alone), array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


@cache
def _function(name: str, *arguments: type) -> Callable[..., int] | None:
    """A function of the C library, where it is Linux's and has it."""
    if not _MAPS.exists():
        return None
    try:
        found: Callable[..., int] = getattr(ctypes.CDLL(None), name)
    except (AttributeError, OSError):
        return None
    found.argtypes = arguments  # type: ignore[attr-defined]
    return found


def _mapped(folders: tuple[Path, ...]) -> Iterator[tuple[int, int]]:
    """Start and length of the shared mappings for reading of files below some folders."""
    wanted = tuple(os.path.realpath(folder) + os.sep for folder in folders)
    if not wanted:
        return
    for line in _MAPS.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        place, rights, *_, path = line.split(maxsplit=5) if line.count("/") else (line, "", "")
        if rights == "r--s" and path.startswith(wanted):
            start, _, end = place.partition("-")
            yield int(start, 16), int(end, 16) - int(start, 16)


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
