"""Which papers have the commonest words, a bit a paper: an index hands its hits over one by one, and of these words they are many."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

MOST = 400
"""Words whose papers are kept; with the next ones a word brings fewer hits than are handed over in a few milliseconds."""

SHARE = 1 / 40
"""Part of the papers that a word is in, at least."""

LEAST = 20_000
"""Papers below which the hits of every word are handed over fast enough."""

_BITS, _WORDS = "frequent.npy", "frequent.json"


class FrequentWords:
    """The papers of some words, as they are kept beside an index.

    Parameters
    ----------
    bits : ndarray of uint8, shape (n_words, n_papers / 8)
        The first paper is the highest bit of the first byte.
    places : mapping
        Number of a word by its field and term.
    papers : int
    """

    def __init__(self, bits: np.ndarray, places: Mapping[tuple[str, str], int], papers: int) -> None:
        self._bits, self._places, self.papers = bits, places, papers

    @classmethod
    def load(cls, folder: Path, index: str) -> FrequentWords:
        """Those kept in a folder; none where they are of another state of the index than `index` tells."""
        if not (folder / _WORDS).exists():
            return cls(np.empty((0, 0), np.uint8), {}, 0)
        told = json.loads((folder / _WORDS).read_text(encoding="utf-8"))
        if told["index"] != _digest(index):
            return cls(np.empty((0, 0), np.uint8), {}, 0)
        bits = np.load(folder / _BITS, mmap_mode="r", allow_pickle=False)
        places = {(field, term): place for place, (field, term) in enumerate(told["words"])}
        if bits.shape != (len(places), -(-told["papers"] // 8)):
            raise ValueError(f"{_BITS} is not of the words in {_WORDS}")
        return cls(bits, places, told["papers"])

    def __contains__(self, word: object) -> bool:
        return word in self._places

    def mask(self, words: Iterable[tuple[str, str]]) -> np.ndarray:
        """Papers that have one of some words that are kept, as a boolean array."""
        found = np.bitwise_or.reduce(self._bits[[self._places[word] for word in words]], axis=0)
        return np.unpackbits(found, count=self.papers).view(bool)


def write(folder: Path, index: str, papers: int, rows: Mapping[tuple[str, str], np.ndarray]) -> None:
    """Keep the papers of some words.

    Parameters
    ----------
    folder : Path
    index : str
        Tells this state of the index from others.
    papers : int
    rows : mapping
        Rows of the papers of each word, by field and term.
    """
    bits = np.zeros((len(rows), -(-papers // 8)), np.uint8)
    for packed, found in zip(bits, rows.values(), strict=True):
        mask = np.zeros(papers, bool)
        mask[found] = True
        packed[:] = np.packbits(mask)
    # Files of another generation may be the same ones, by a link: they are left, not written over.
    for name in (_WORDS, _BITS):
        (folder / name).unlink(missing_ok=True)
    np.save(folder / _BITS, bits, allow_pickle=False)
    told = {"index": _digest(index), "papers": papers, "words": [list(word) for word in rows]}
    (folder / _WORDS).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
