"""Which papers have a word with one of the commonest beginnings: of two and three letters, which thousands of words have.

A query that is typed goes through them. An index puts together the papers of all those words and hands them over one by one; here they
are kept as a bit a paper, compressed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from explorer.store.facets import mapped
from explorer.store.frequent import digest, unlink

SHARE = 1 / 12
"""Part of the papers that an index would have to hand over for a beginning, from which on its papers are kept."""

LETTERS = {"title": (2, 3), "abstract": (3,), "authors": (3,), "keywords": (3,)}
"""Lengths of the beginnings that may be kept, by field. Shorter ones are looked for in titles alone while a query is typed."""

_BITS, _TOLD = "beginnings.npy", "beginnings.json"


class Beginnings:
    """The papers of some beginnings of words, as they are kept beside an index.

    Parameters
    ----------
    packed : ndarray of uint8
        The compressed bits of all beginnings, one behind the other.
    places : mapping
        Where those of each are, from and to, by its field and letters.
    papers : int
    """

    def __init__(self, packed: np.ndarray, places: Mapping[tuple[str, str], tuple[int, int]], papers: int) -> None:
        self._packed, self._places, self._papers = packed, places, papers

    @classmethod
    def load(cls, folder: Path, index: str) -> Beginnings:
        """Those kept in a folder; none where they are of another state of the index than `index` tells, or an earlier version kept none."""
        if not (folder / _TOLD).exists():
            return cls(np.empty(0, np.uint8), {}, 0)
        told = json.loads((folder / _TOLD).read_text(encoding="utf-8"))
        if told["index"] != digest(index):
            return cls(np.empty(0, np.uint8), {}, 0)
        packed = mapped(folder / _BITS)
        ends = np.cumsum([size for *_, size in told["beginnings"]], dtype=np.int64).tolist()
        if len(packed) != (ends[-1] if ends else 0):
            raise ValueError(f"{_BITS} is not of the beginnings in {_TOLD}")
        places = {(field, begin): (end - size, end) for (field, begin, size), end in zip(told["beginnings"], ends, strict=True)}
        return cls(packed, places, told["papers"])

    def __contains__(self, beginning: object) -> bool:
        return beginning in self._places

    def mask(self, field: str, begin: str) -> np.ndarray:
        """Papers that have a word with a beginning that is kept, as a boolean array."""
        start, stop = self._places[field, begin]
        bits = pa.decompress(pa.py_buffer(self._packed[start:stop]), -(-self._papers // 8), codec="zstd", asbytes=True)
        return np.unpackbits(np.frombuffer(bits, np.uint8), count=self._papers).view(bool)


def write_beginnings(folder: Path, index: str, papers: int, masks: Iterable[tuple[str, str, np.ndarray]]) -> None:
    """Keep the papers of some beginnings.

    Parameters
    ----------
    folder : Path
    index : str
        Tells this state of the index from others.
    papers : int
    masks : iterable of (field, beginning, ndarray of bool)
    """
    told, packed = [], [np.empty(0, np.uint8)]
    for field, begin, mask in masks:
        packed.append(np.frombuffer(pa.compress(np.packbits(mask), codec="zstd", asbytes=True), np.uint8))
        told.append([field, begin, len(packed[-1])])
    unlink(folder, _TOLD, _BITS)
    np.save(folder / _BITS, np.concatenate(packed), allow_pickle=False)
    kept = {"index": digest(index), "papers": papers, "beginnings": told}
    (folder / _TOLD).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
