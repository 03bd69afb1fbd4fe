"""Facets: the values papers can be filtered by, as whole numbers, so that counting is one `numpy.bincount`; values by any word in them.

The values of a facet are coded by how many papers have them (0 is the most frequent; ties in order of their text). A facet of
single values holds one code a paper; a facet of lists holds the codes of all papers end to end, each paper's as it gives them.

Values are found by the beginning of any word in them without going through all. Each word of each value is reduced to its first eight
bytes, as a whole number that sorts as the text does. A prefix is then a range of the sorted numbers; two binary searches find it
among millions.
"""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.papers.rows import rows_where
from explorer.store.sort_orders import inserted
from explorer.text.analysis import tokens

FEW = 8
"""A selection smaller than 1/8 of the papers is counted by looking at its papers only, a larger one by looking at all."""


_SOME = 2**15
"""Items that are looked at together: what is made of all of them would be memory that the system hands over anew each time."""

_TABLES = 8
"""Tables in which values of several parts are looked up, one after another."""

_ASKED = 1_000
"""Values whose codes are kept: a click asks for the same ones many times, and to look through a million authors takes ten milliseconds."""


def mapped(path: Path) -> np.ndarray:
    """Open an array memory-mapped, as a plain one: `numpy.memmap` itself runs Python at every slice."""
    return np.asarray(np.load(path, mmap_mode="r"))


@dataclass(frozen=True)
class Facet:
    """One facet of a corpus.

    Attributes
    ----------
    values : pyarrow.Array of large_string, length n_values
        Text of each code.
    codes : ndarray of int32, shape (n_items,)
        Codes of all papers, paper after paper.
    starts : ndarray of int64, or of int32 as it is kept, shape (n_papers + 1,)
        Where the codes of each paper begin.
    rows : ndarray of int32, shape (n_items,)
        Paper of each item.
    """

    values: pa.Array
    codes: np.ndarray
    starts: np.ndarray
    rows: np.ndarray
    _asked: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def size(self) -> int:
        """Number of different values."""
        return len(self.values)

    @cached_property
    def _ends(self) -> np.ndarray:
        """Where the text of each value begins in `_bytes`, and where the last one ends."""
        if not self.size:
            return np.zeros(1, np.int64)
        return np.frombuffer(self.values.buffers()[1], np.int64)[self.values.offset :][: self.size + 1]

    @cached_property
    def _bytes(self) -> np.ndarray:
        """The texts of all values, one behind the other."""
        data = self.values.buffers()[2]
        return np.empty(0, np.uint8) if data is None else np.frombuffer(data, np.uint8)

    def code(self, value: str) -> int:
        """Code of a value, or -1 if no paper has it."""
        code = self._asked.get(value)
        if code is None:
            wanted = value.encode()
            near = np.flatnonzero(np.diff(self._ends) == len(wanted))
            # Byte by byte, with those that are left: to compare a million texts whole takes five times as long.
            for place, byte in enumerate(wanted):
                if len(near) <= FEW:
                    break
                near = near[self._bytes[self._ends[near] + place] == byte]
            code = next((code for code in near.tolist() if self.values[code].as_py() == value), -1)
            if len(self._asked) >= _ASKED:
                self._asked.clear()
            self._asked[value] = code
        return code

    def containing(self, text: str) -> np.ndarray:
        """Values that contain a text in any case, as a boolean array of shape (n_values,)."""
        match = np.zeros(self.size, bool)
        match[rows_where(pc.match_substring(self.values, text, ignore_case=True)).to_pylist()] = True
        return match

    def mask(self, chosen: tuple[str, ...]) -> np.ndarray:
        """Papers that have one of the chosen values, as a boolean array of shape (n_papers,)."""
        mask = np.zeros(len(self.starts) - 1, bool)
        for value in chosen:
            code = self.code(value)
            if code >= 0:
                mask[self.rows[self.codes == code]] = True
        return mask

    def counts(self, mask: np.ndarray | None = None, rows: np.ndarray | None = None) -> np.ndarray:
        """Number of papers with each value.

        Parameters
        ----------
        mask : ndarray of bool, shape (n_papers,), optional
            Papers to count; all of them by default.
        rows : ndarray of int, optional
            Rows of the papers in the mask, if they are known already.

        Returns
        -------
        ndarray of int64, shape (n_values,)
        """
        if mask is None:
            return np.bincount(self.codes, minlength=self.size)
        rows = np.flatnonzero(mask) if rows is None else rows
        if len(rows) * FEW < len(mask):
            return np.bincount(self.codes[self._items(rows)], minlength=self.size)
        chosen = (self._chosen(mask, slice(start, start + _SOME)) for start in range(0, len(self.codes), _SOME))
        if self.size > _SOME:
            return np.bincount(np.concatenate([np.empty(0, np.int32), *chosen], dtype=np.intp), minlength=self.size)
        found = np.zeros(self.size, np.intp)
        for codes in chosen:
            found += np.bincount(codes, minlength=self.size)
        return found

    def _chosen(self, mask: np.ndarray, items: slice) -> np.ndarray:
        """Codes of some items, of those whose papers are in a mask."""
        # Half the time of codes[mask[rows]], for the same result.
        return self.codes[items].compress(mask[items] if self._one_each else mask.take(self.rows[items]))

    @cached_property
    def _one_each(self) -> bool:
        """Whether each paper has one value."""
        return len(self.rows) == len(self.starts) - 1 and bool((self.rows == np.arange(len(self.rows))).all())

    def of(self, row: int) -> list[str]:
        """Values of one paper."""
        return [self.values[int(code)].as_py() for code in self.codes[self.starts[row] : self.starts[row + 1]]]

    def single(self) -> np.ndarray:
        """Code of each paper for a facet of single values, -1 where a paper has none."""
        codes = np.full(len(self.starts) - 1, -1, np.int32)
        codes[self.rows] = self.codes
        return codes

    def _items(self, papers: np.ndarray) -> np.ndarray:
        """Positions in `codes` of some papers' items."""
        first, count = self.starts[papers], self.starts[papers + 1] - self.starts[papers]
        ends = np.cumsum(count)
        return np.repeat(first - (ends - count), count) + np.arange(ends[-1] if len(ends) else 0)

    def fetch(self) -> None:
        """Have the pages of the arrays at hand, for which the first count of many papers would else wait, one after another."""
        for part in (self.codes, self.starts, self.rows):
            part[:: mmap.PAGESIZE // part.itemsize].max(initial=0)

    def save(self, folder: Path, name: str) -> None:
        """Write the arrays of the facet as ``name.*`` into a folder."""
        # Half the room, as long as there are not two thousand million items.
        starts = self.starts.astype(np.int32) if len(self.rows) < 2**31 else self.starts
        for part, values in (("codes", self.codes), ("starts", starts), ("rows", self.rows)):
            np.save(folder / f"{name}.{part}.npy", values)
        table = pa.table({"value": self.values})
        with pa.OSFile(str(folder / f"{name}.values.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)

    @classmethod
    def load(cls, folder: Path, name: str) -> Facet:
        """Open the arrays of a facet memory-mapped."""
        parts = {part: mapped(folder / f"{name}.{part}.npy") for part in ("codes", "starts", "rows")}
        with pa.memory_map(str(folder / f"{name}.values.arrow")) as file:
            values = pa.ipc.open_file(file).read_all().column("value")
        return cls(values=values.chunk(0) if values.num_chunks else pa.nulls(0, values.type), **parts)


def code_facet(column: pa.ChunkedArray) -> Facet:
    """Code a column of text, or of lists of text. Nulls, empty texts and repetitions within a paper do not count.

    Parameters
    ----------
    column : pyarrow.ChunkedArray of large_string, or of lists of it
    """
    papers = len(column)
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_list(array.type):
        rows = pc.list_parent_indices(array).to_numpy().astype(np.int32)
        items = pc.list_flatten(array)
    else:
        rows = np.arange(papers, dtype=np.int32)
        items = array
    items = pc.utf8_trim_whitespace(items.cast(pa.large_string()))
    good = pc.fill_null(pc.not_equal(items, ""), False).to_numpy(zero_copy_only=False)
    rows = rows[good]
    coded = items.filter(pa.array(good)).dictionary_encode()
    codes = coded.indices.to_numpy().astype(np.int64)
    # With the places of the first: without them numpy hashes what is all but sorted, which takes many times as long.
    _, first = np.unique(rows.astype(np.int64) * len(coded.dictionary) + codes, return_index=True)
    first.sort()
    rows, codes = rows[first], codes[first]
    order, rank = _by_papers(coded.dictionary, np.bincount(codes, minlength=len(coded.dictionary)))
    values = coded.dictionary.take(pa.array(order))
    return Facet(values, rank[codes].astype(np.int32), _starts(rows, papers), rows.astype(np.int32))


def join_facets(facets: Sequence[Facet]) -> Facet:
    """Facet of a column from the facets of its parts, in their order: what `code_facet` gives of the whole.

    Parameters
    ----------
    facets : sequence of Facet
        One or more.
    """
    if len(facets) == 1:
        return facets[0]
    # For each value of each part, its number among all. Those of some lengths at a time: looked up in one table, all would lie in it, and
    # in the one of half its size that it grew from.
    lengths = [(pc.binary_length(facet.values).to_numpy() % _TABLES).astype(np.uint8) for facet in facets]
    numbers = [np.empty(facet.size, np.int32) for facet in facets]
    found, known = [pa.array([], pa.large_string())], 0
    for table in range(_TABLES):
        of_table = [np.flatnonzero(length == table) for length in lengths]
        some = [facet.values.take(pa.array(at)) for facet, at in zip(facets, of_table, strict=True)]
        coded = pa.chunked_array(some, pa.large_string()).dictionary_encode().combine_chunks()
        ends = np.cumsum([0, *map(len, of_table)])
        for number, at, first in zip(numbers, of_table, ends[:-1], strict=True):
            number[at] = coded.indices[first : first + len(at)].to_numpy() + known
        found.append(coded.dictionary)
        known += len(coded.dictionary)
        del some, coded
        pa.default_memory_pool().release_unused()
    values = pa.concat_arrays(found)
    del found
    counts = np.zeros(len(values), np.int64)
    for facet, number in zip(facets, numbers, strict=True):
        counts[number] += np.bincount(facet.codes, minlength=facet.size)
    order, rank = _by_papers(values, counts)
    values = values.take(pa.array(order))
    del counts, order
    firsts = np.cumsum([0, *(len(facet.starts) - 1 for facet in facets)])
    codes = np.concatenate([rank[number][facet.codes] for facet, number in zip(facets, numbers, strict=True)])
    rows = np.concatenate([facet.rows + np.int32(first) for facet, first in zip(facets, firsts[:-1], strict=True)])
    return Facet(values, codes, _starts(rows, int(firsts[-1])), rows)


def _by_papers(values: pa.Array, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values in the order of their codes, the most frequent first, and the code of each."""
    by_text = pc.sort_indices(values).to_numpy()
    order = by_text[np.argsort(-counts[by_text], kind="stable")]
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return order, rank


def extend_facet(facet: Facet, new: Facet, rows: np.ndarray, papers: int) -> tuple[Facet, np.ndarray]:
    """Facet of a column in which some rows were replaced and others came at the end: what `code_facet` gives of the whole.

    Text is compared only where the number of papers with a value changes; else whole numbers are copied.

    Parameters
    ----------
    facet : Facet
        Of the column before.
    new : Facet
        Of the rows that were replaced or came.
    rows : ndarray of int64, shape (n_new_papers,)
        Rows of the papers of `new` in the column.
    papers : int
        Number of papers now.

    Returns
    -------
    facet : Facet
    rank : ndarray of int32, shape (n_values + n_new_values,)
        Code of each value in it, -1 where no paper has it any more: first the values before, then those that came.
    """
    there = pc.fill_null(pc.index_in(facet.values, value_set=new.values), -1).to_numpy()
    code_of = np.full(new.size, -1, np.int64)
    code_of[there[there >= 0]] = np.flatnonzero(there >= 0)
    came = np.flatnonzero(code_of < 0)
    code_of[came] = facet.size + np.arange(len(came))
    values = pa.concat_arrays([facet.values, new.values.take(pa.array(came))])
    replaced = np.zeros(papers, bool)
    replaced[rows] = True
    stays = ~replaced[facet.rows]
    owner = np.concatenate([facet.rows[stays], rows[new.rows].astype(np.int32)])
    codes = np.concatenate([facet.codes[stays], code_of[new.codes]])
    by_row = np.argsort(owner, kind="stable")
    counts = np.bincount(codes, minlength=len(values))
    moved = np.flatnonzero(counts != np.bincount(facet.codes, minlength=len(values)))

    def keys(some: np.ndarray) -> pa.Table:
        return pa.table({"papers": -counts[some], "value": values.take(pa.array(some))})

    order = inserted(np.delete(np.arange(facet.size), moved[moved < facet.size]), moved[counts[moved] > 0], keys)
    rank = np.full(len(values), -1, np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    owner = owner[by_row]
    return Facet(values.take(pa.array(order)), rank[codes[by_row]], _starts(owner, papers), owner), rank


def _starts(rows: np.ndarray, papers: int) -> np.ndarray:
    """Where the items of each paper begin."""
    starts = np.zeros(papers + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=papers), out=starts[1:])
    return starts


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
    del keys, codes
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
