"""Values of a facet by the beginning of any word in them, found without going through all values.

Each word of each value is reduced to its first eight bytes, as a whole number that sorts as the text does. A prefix is then a
range of the sorted numbers; two binary searches find it among millions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.store.facets import mapped
from explorer.text.analysis import tokens

_BYTES = 8
_FEW, _AT_ONCE = 500, 50_000
_FOLD = np.zeros(256, np.uint8)
for _byte in b"abcdefghijklmnopqrstuvwxyz0123456789":
    _FOLD[_byte] = _byte
    _FOLD[bytes([_byte]).upper()[0]] = _byte


@dataclass(frozen=True)
class Prefixes:
    """The words of a facet's values, sorted.

    Attributes
    ----------
    keys : ndarray of uint64, shape (n_words,)
        First eight bytes of each word, folded as the index folds names, padded with zeros; ascending.
    codes : ndarray of int32, shape (n_words,)
        Code of the value each word is in.
    """

    keys: np.ndarray
    codes: np.ndarray

    def find(self, values: pa.Array, text: str, limit: int) -> list[int]:
        """Codes of the values that hold the words of `text` next to each other, the last one at least in its beginning.

        Parameters
        ----------
        values : pyarrow.Array
            Text of each code.
        text : str
            A blank at its end ends its last word.
        limit : int
            Number of codes at most.

        Returns
        -------
        list of int
            Smallest codes first, which are the most frequent values; empty if the text has no word.
        """
        words = [word for _, word in tokens(text, "names")]
        if not words or limit < 1:
            return []
        whole = not text[-1].isalnum()
        ranges = [self._range(word, True) for word in words[:-1]] + [self._range(words[-1], whole)]
        ranges.sort(key=len)
        found = ranges[0]
        for other in ranges[1:]:
            # A few are sooner looked at one by one, below.
            found = found if len(found) <= _FEW else np.intersect1d(found, other)
        sure = len(words) == 1 and len(words[0].encode()) <= _BYTES - whole
        wanted = f" {' '.join(words)}{' ' if whole else ''}"
        kept: list[int] = []
        most = 4 * limit
        while True:
            few = np.unique(np.partition(found, most)[:most] if most < len(found) else found)
            kept = [int(code) for code in few if sure or wanted in _spaced(values[int(code)].as_py())][:limit]
            if len(kept) == limit or most >= len(found):
                return kept
            most *= 8

    def _range(self, word: str, whole: bool) -> np.ndarray:
        head = word.encode()[:_BYTES]
        low = int.from_bytes(head.ljust(_BYTES, b"\0"), "big")
        high = low if whole else int.from_bytes(head.ljust(_BYTES, b"\xff"), "big")
        start, stop = np.searchsorted(self.keys, np.uint64(low)), np.searchsorted(self.keys, np.uint64(high), side="right")
        return np.asarray(self.codes[start:stop])

    def extended(self, values: pa.Array, rank: np.ndarray, before: int) -> Prefixes:
        """The words of the facet's values after it was extended (see `facets.extend_facet`).

        Parameters
        ----------
        values : pyarrow.Array of large_string
            Values of the facet now.
        rank : ndarray of int32
            Code now of each value, -1 where it is gone: first the values before, then those that came.
        before : int
            Number of values before.
        """
        codes, came = rank[self.codes], rank[before:]
        stays = codes >= 0
        new = sort_words(values.take(pa.array(came)))
        keys = np.concatenate([self.keys[stays], new.keys])
        order = np.argsort(keys, kind="stable")
        return Prefixes(keys[order], np.concatenate([codes[stays], came[new.codes]])[order])

    def save(self, folder: Path, name: str) -> None:
        """Write the arrays as ``name.*`` into a folder."""
        np.save(folder / f"{name}.words.npy", self.keys)
        np.save(folder / f"{name}.wordcodes.npy", self.codes)

    @classmethod
    def load(cls, folder: Path, name: str) -> Prefixes | None:
        """Open the arrays memory-mapped; None in a corpus that was built without them."""
        try:
            return cls(mapped(folder / f"{name}.words.npy"), mapped(folder / f"{name}.wordcodes.npy"))
        except FileNotFoundError:
            return None


def _spaced(value: str) -> str:
    return f" {' '.join(word for _, word in tokens(value, 'names'))} "


def sort_words(values: pa.Array) -> Prefixes:
    """Sort the words of a facet's values.

    Parameters
    ----------
    values : pyarrow.Array of large_string
    """
    # The words of ASCII values, then those of the others.
    keys: list[list[np.ndarray]] = [[np.empty(0, np.uint64)], []]
    codes: list[list[np.ndarray]] = [[np.empty(0, np.int32)], []]
    # Some at a time: what it takes to find words is many times what is kept of them.
    for start in range(0, len(values), _AT_ONCE):
        some = values.slice(start, _AT_ONCE)
        plain = pc.string_is_ascii(some).to_numpy(zero_copy_only=False)
        others = [
            (int.from_bytes(word.encode()[:_BYTES].ljust(_BYTES, b"\0"), "big"), start + code)
            for code in np.flatnonzero(~plain).tolist()
            for _, word in tokens(some[code].as_py(), "names")
        ]
        found = _plain_words(some.filter(pa.array(plain)), start + np.flatnonzero(plain))
        for kept, plain_words, other in zip(
            (keys, codes), found, zip(*others, strict=True) if others else ((), ()), strict=True
        ):
            kept[0].append(plain_words)
            kept[1].append(np.array(other, plain_words.dtype))
    every, owner = (np.concatenate([*first, *rest]) for first, rest in (keys, codes))
    order = np.argsort(every, kind="stable")
    return Prefixes(every[order], owner[order])


def _plain_words(values: pa.Array, codes: Sequence[int] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Keys and codes of the words of ASCII values, all at once: going through a million names one by one takes seconds."""
    if not len(values):
        return np.empty(0, np.uint64), np.empty(0, np.int32)
    # A blank after each keeps the last word of one from running into the first of the next.
    ended = pc.binary_join_element_wise(values, pa.scalar("", values.type), pa.scalar(" ", values.type))
    ends = np.cumsum(pc.binary_length(ended).to_numpy())
    start = np.frombuffer(ended.buffers()[1], np.int64)[ended.offset]
    text = np.frombuffer(ended.buffers()[2], np.uint8)[start : start + ends[-1]]
    folded = np.concatenate([_FOLD[text], np.zeros(_BYTES, np.uint8)])
    inside = folded[: len(text)] != 0
    first = np.flatnonzero(inside & ~np.concatenate([[False], inside[:-1]]))
    keys = np.zeros(len(first), np.uint64)
    running = np.ones(len(first), bool)
    for place in range(_BYTES):
        byte = folded[first + place]
        running &= byte != 0
        keys = (keys << np.uint64(8)) | np.where(running, byte, 0).astype(np.uint64)
    return keys, np.asarray(codes, np.int32)[np.searchsorted(ends, first, side="right")]
