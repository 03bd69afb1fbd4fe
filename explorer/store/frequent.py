"""Which papers have the commonest words: an index hands its hits over one by one, and of these words they are many.

They are kept as a bit a paper, or, where a word is common in one field and not in another, as the rows of its papers in that.
"""

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

FIELDS = ("title", "abstract", "keywords")
"""Fields in which words are common: one that is common in any of them is kept in all."""

_BITS, _ROWS, _WORDS = "frequent.npy", "frequent.rows.npy", "frequent.json"


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
        if not (folder / _WORDS).exists():
            return cls(np.empty((0, 0), np.uint8), {}, 0)
        told = json.loads((folder / _WORDS).read_text(encoding="utf-8"))
        if told["index"] != digest(index):
            return cls(np.empty((0, 0), np.uint8), {}, 0)
        bits = np.load(folder / _BITS, mmap_mode="r", allow_pickle=False)
        places = {(field, term): place for place, (field, term) in enumerate(told["words"])}
        if bits.shape != (len(places), -(-told["papers"] // 8)):
            raise ValueError(f"{_BITS} is not of the words in {_WORDS}")
        return cls(bits, places, told["papers"], cls._rarer(folder, told.get("rarer", [])))

    @staticmethod
    def _rarer(folder: Path, told: list[tuple[str, str, int]]) -> dict[tuple[str, str], np.ndarray]:
        """Rows of the words that are kept so; an earlier version kept none."""
        if not told:
            return {}
        rows = np.asarray(np.load(folder / _ROWS, mmap_mode="r", allow_pickle=False))
        ends = np.cumsum([papers for *_, papers in told])
        if rows.shape != (ends[-1],):
            raise ValueError(f"{_ROWS} is not of the words in {_WORDS}")
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
    common = {word: found for word, found in rows.items() if len(found) >= papers * SHARE}
    rarer = {word: np.sort(found).astype(np.int32) for word, found in rows.items() if word not in common}
    bits = np.zeros((len(common), -(-papers // 8)), np.uint8)
    for packed, found in zip(bits, common.values(), strict=True):
        mask = np.zeros(papers, bool)
        mask[found] = True
        packed[:] = np.packbits(mask)
    unlink(folder, _WORDS, _BITS, _ROWS)
    np.save(folder / _BITS, bits, allow_pickle=False)
    np.save(folder / _ROWS, np.concatenate([np.empty(0, np.int32), *rarer.values()]), allow_pickle=False)
    told = {
        "index": digest(index),
        "papers": papers,
        "words": [list(word) for word in common],
        "rarer": [[*word, len(found)] for word, found in rarer.items()],
    }
    (folder / _WORDS).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def digest(text: str) -> str:
    """What tells a state of an index from others, in few letters."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
