"""Postings that are kept beside an index: which papers have the commonest words, and a word with one of the commonest beginnings.

An index hands its hits over one by one, and of these they are many. The papers of a word are kept as a bit a paper, or, where it is
common in one field and not in another, as the rows of its papers in that. Beginnings of two and three letters, which thousands of words have,
stand in every query that is typed. An index puts together the papers of all those words; here they are kept as a bit a paper, compressed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from explorer.store.facets import mapped

MOST_WORDS = 400
"""Words whose papers are kept; with the next ones a word brings fewer hits than are handed over in a few milliseconds."""

FREQUENT_SHARE = 1 / 40
"""Part of the papers that a word is in, at least."""

LEAST_PAPERS = 20_000
"""Papers below which the hits of every word are handed over fast enough."""

FREQUENT_FIELDS = ("title", "abstract", "keywords")
"""Fields in which words are common: one that is common in any of them is kept in all."""

_FREQUENT_BITS, _FREQUENT_ROWS, _FREQUENT = "frequent.npy", "frequent.rows.npy", "frequent.json"


class FrequentWords:
    """The papers of some words, as they are kept beside an index.

    Parameters
    ----------
    bits : ndarray of uint8, shape (n_words, n_papers / 8)
        The first paper is the highest bit of the first byte.
    places : mapping
        Number of a word by its field and term.
    papers : int
    rows : mapping
        Rows of the papers of further words, by field and term.
    """

    def __init__(
        self,
        bits: np.ndarray,
        places: Mapping[tuple[str, str], int],
        papers: int,
        rows: Mapping[tuple[str, str], np.ndarray] | None = None,
    ) -> None:
        self._bits, self._places, self.papers, self._rows = bits, places, papers, rows or {}

    @classmethod
    def load(cls, folder: Path, index: str) -> FrequentWords:
        """Those kept in a folder; none where they are of another state of the index than `index` tells."""
        if not (folder / _FREQUENT).exists():
            return cls(np.empty((0, 0), np.uint8), {}, 0)
        told = json.loads((folder / _FREQUENT).read_text(encoding="utf-8"))
        if told["index"] != digest(index):
            return cls(np.empty((0, 0), np.uint8), {}, 0)
        bits = np.load(folder / _FREQUENT_BITS, mmap_mode="r", allow_pickle=False)
        places = {(field, term): place for place, (field, term) in enumerate(told["words"])}
        if bits.shape != (len(places), -(-told["papers"] // 8)):
            raise ValueError(f"{_FREQUENT_BITS} is not of the words in {_FREQUENT}")
        return cls(bits, places, told["papers"], cls._rarer(folder, told.get("rarer", [])))

    @staticmethod
    def _rarer(folder: Path, told: list[tuple[str, str, int]]) -> dict[tuple[str, str], np.ndarray]:
        """Rows of the words that are kept so; an earlier version kept none."""
        if not told:
            return {}
        rows = np.asarray(np.load(folder / _FREQUENT_ROWS, mmap_mode="r", allow_pickle=False))
        ends = np.cumsum([papers for *_, papers in told])
        if rows.shape != (ends[-1],):
            raise ValueError(f"{_FREQUENT_ROWS} is not of the words in {_FREQUENT}")
        return {(field, term): rows[end - papers : end] for (field, term, papers), end in zip(told, ends.tolist(), strict=True)}

    def __contains__(self, word: object) -> bool:
        return word in self._places or word in self._rows

    def terms(self, field: str) -> list[str]:
        """The words of a field that are kept."""
        return [term for name, term in (*self._places, *self._rows) if name == field]

    def mask(self, words: Iterable[tuple[str, str]]) -> np.ndarray:
        """Papers that have one of some words that are kept, as a boolean array."""
        words = list(words)
        found = np.bitwise_or.reduce(self._bits[[self._places[word] for word in words if word in self._places]], axis=0)
        mask = np.unpackbits(found, count=self.papers).view(bool)
        for word in words:
            if word not in self._places:
                mask[self._rows[word]] = True
        return mask


def unlink(folder: Path, *names: str) -> None:
    """Take files out of a folder before others are written: those of another generation may be the same ones, by a link."""
    for name in names:
        (folder / name).unlink(missing_ok=True)


def write_frequent(folder: Path, index: str, papers: int, rows: Iterable[tuple[tuple[str, str], np.ndarray]]) -> None:
    """Keep the papers of some words.

    Parameters
    ----------
    folder : Path
    index : str
        Tells this state of the index from others.
    papers : int
    rows : iterable of ((field, term), ndarray of int)
        Rows of the papers of each word; those of common ones are kept as bits before the next are asked for.
    """
    common: list[tuple[str, str]] = []
    bits: list[np.ndarray] = []
    rarer: dict[tuple[str, str], np.ndarray] = {}
    for word, found in rows:
        if len(found) >= papers * FREQUENT_SHARE:
            mask = np.zeros(papers, bool)
            mask[found] = True
            common.append(word)
            bits.append(np.packbits(mask))
        else:
            rarer[word] = np.sort(found).astype(np.int32)
    unlink(folder, _FREQUENT, _FREQUENT_BITS, _FREQUENT_ROWS)
    packed = np.stack(bits) if bits else np.empty((0, -(-papers // 8)), np.uint8)
    np.save(folder / _FREQUENT_BITS, packed, allow_pickle=False)
    np.save(folder / _FREQUENT_ROWS, np.concatenate([np.empty(0, np.int32), *rarer.values()]), allow_pickle=False)
    told = {
        "index": digest(index),
        "papers": papers,
        "words": [list(word) for word in common],
        "rarer": [[*word, len(found)] for word, found in rarer.items()],
    }
    (folder / _FREQUENT).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def digest(text: str) -> str:
    """What tells a state of an index from others, in few letters."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


BEGINNING_SHARE = 1 / 12
"""Part of the papers that an index would have to hand over for a beginning, from which on its papers are kept."""

BEGINNING_LETTERS = {"title": (2, 3), "abstract": (3,), "authors": (3,), "keywords": (3,)}
"""Lengths of the beginnings that may be kept, by field. Shorter ones are looked for in titles alone while a query is typed."""

_BEGINNING_BITS, _BEGINNINGS = "beginnings.npy", "beginnings.json"


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
        if not (folder / _BEGINNINGS).exists():
            return cls(np.empty(0, np.uint8), {}, 0)
        told = json.loads((folder / _BEGINNINGS).read_text(encoding="utf-8"))
        if told["index"] != digest(index):
            return cls(np.empty(0, np.uint8), {}, 0)
        packed = mapped(folder / _BEGINNING_BITS)
        ends = np.cumsum([size for *_, size in told["beginnings"]], dtype=np.int64).tolist()
        if len(packed) != (ends[-1] if ends else 0):
            raise ValueError(f"{_BEGINNING_BITS} is not of the beginnings in {_BEGINNINGS}")
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
    unlink(folder, _BEGINNINGS, _BEGINNING_BITS)
    np.save(folder / _BEGINNING_BITS, np.concatenate(packed), allow_pickle=False)
    kept = {"index": digest(index), "papers": papers, "beginnings": told}
    (folder / _BEGINNINGS).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
