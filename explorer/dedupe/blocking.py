"""Which records are worth comparing: normal forms and blocks.

Comparing every record with every other costs n²; here a record meets only those that share a block with it. Within a block
the records are sorted and each meets its next `WINDOW` neighbours, so that a block of a thousand editorials stays linear
(sorted neighbourhood, Hernández and Stolfo 1995, SIGMOD). The blocks overlap, so that no single error hides a duplicate:

- the first and the last letters of the title (a truncated title keeps the first, a typo early in it the last),
- bands of a min-hash over the title's 4-grams (Broder 1997; banding: Leskovec et al. 2014, ch. 3), for typos anywhere,
- the first letters of the abstract, for titles that were changed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from explorer.papers.schema import TEXT

WINDOW = 12
"""Neighbours a record meets in one block."""

BANDS, ROWS = 8, 3
"""Min-hash bands and hashes a band: titles with three quarters of their 4-grams in common share a band 19 times in 20."""

_EDGE = 18
_ABSTRACT_HEAD, _ABSTRACT_EDGE = 240, 70

Rows = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint64]


def fold(text: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    r"""Reduce text to lower-case words without accents, mark-up and punctuation; null becomes empty.

    ``Schr{\"o}dinger &amp; <i>Naïve</i>`` and ``SCHRODINGER AND NAIVE`` come out alike.
    """
    folded = pc.fill_null(text.cast(TEXT), "")
    for pattern, replacement in (
        (r"<[^<>]{1,40}>", " "),
        (r"\\[`'^\"~=.]\s*\{?(\pL)\}?", r"\1"),
        (r"&amp;|&|\\&", " and "),
        (r"&#?\w{1,8};", " "),
    ):
        folded = pc.replace_substring_regex(folded, pattern, replacement)
    folded = pc.utf8_lower(pc.utf8_normalize(folded, "NFKD"))
    for pattern, replacement in (
        (r"[\pM'’`{}]+", ""),
        (r"ß", "ss"),
        (r"ø", "o"),
        (r"ł", "l"),
        (r"æ", "ae"),
        (r"[^\pL\pN]+", " "),
    ):
        folded = pc.replace_substring_regex(folded, pattern, replacement)
    return pc.utf8_trim_whitespace(folded)


def squeeze(folded: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Take the spaces out of folded text: hyphens and line breaks then make no difference."""
    squeezed = pc.replace_substring(folded, " ", "")
    return squeezed.combine_chunks() if isinstance(squeezed, pa.ChunkedArray) else squeezed


def candidate_pairs(
    titles: pa.Array,
    abstracts: pa.ChunkedArray,
    ids: pa.ChunkedArray,
    first_new: int = 0,
    progress: Callable[[float], None] = lambda part: None,
) -> tuple[Rows, Rows]:
    """Pairs of rows that share a block.

    Parameters
    ----------
    titles : Array of large_string
        Folded and squeezed titles.
    abstracts : ChunkedArray of large_string
        As given; only their first letters are looked at.
    ids : ChunkedArray of large_string
        Breaks ties, so that the pairs do not depend on the order of the rows.
    first_new : int
        Rows before this one have met each other already: pairs of two of them are left out.
    progress : callable
        Called with the part done, 0 to 1.

    Returns
    -------
    tuple of two arrays of int64
        Rows of each pair, the smaller first; each pair once.
    """
    order = pa.table({"title": titles, "id": ids})
    rank = np.empty(len(titles), dtype=np.int64)
    rank[pc.sort_indices(order, sort_keys=[("title", "ascending"), ("id", "ascending")]).to_numpy()] = np.arange(len(titles))
    progress(0.1)
    heads = squeeze(fold(pc.utf8_slice_codeunits(pc.fill_null(abstracts, ""), 0, _ABSTRACT_HEAD)))
    progress(0.3)
    blocks = [
        _codes(pc.utf8_slice_codeunits(titles, 0, _EDGE), 1),
        _codes(pc.utf8_slice_codeunits(pc.utf8_reverse(titles), 0, _EDGE), 1),
        _codes(pc.utf8_slice_codeunits(heads, 0, _ABSTRACT_EDGE), _ABSTRACT_EDGE),
        *_min_hash_bands(titles),
    ]
    rows = np.int64(max(len(titles), 1))
    found = []
    for number, codes in enumerate(blocks):
        progress(0.5 + 0.5 * number / len(blocks))
        found.append(_neighbours(codes, rank, first_new))
    pairs = sorted_unique(np.concatenate([low * rows + high for low, high in found]))
    return pairs // rows, pairs % rows


def sorted_unique(values: Rows) -> Rows:
    """Sort values and drop repeated ones; on many numbers several times faster than `numpy.unique`, which hashes."""
    ordered = np.sort(values)
    kept: Rows = ordered[np.diff(ordered, prepend=ordered[:1] - 1) != 0]
    return kept


def same_value_pairs(values: pa.Array, first_new: int = 0) -> tuple[Rows, Rows]:
    """Pairs of rows with the same value, each row with the next one that has it; null and empty match nothing."""
    codes = _codes(values, 1)
    return _neighbours(codes, np.arange(len(values), dtype=np.int64), first_new, window=1)


def _codes(values: pa.Array | pa.ChunkedArray, shortest: int) -> Codes:
    """Give each value a number from 1, and 0, which is in no block, to values shorter than `shortest` and nulls."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    long_enough = pc.fill_null(pc.greater_equal(pc.utf8_length(values), shortest), False)
    coded = pc.fill_null(pc.dictionary_encode(values).indices, 0).cast(pa.int64())
    numbers = coded.to_numpy(zero_copy_only=False).astype(np.uint64) + np.uint64(1)
    return np.where(long_enough.to_numpy(zero_copy_only=False), numbers, np.uint64(0))


def _neighbours(codes: Codes, rank: Rows, first_new: int, window: int = WINDOW) -> tuple[Rows, Rows]:
    """Pairs of each row and its next rows, by rank, within the block of its code."""
    order = np.lexsort((rank, codes))
    order = order[int(np.count_nonzero(codes == 0)) :]
    sorted_codes = codes[order]
    left, right = [], []
    for step in range(1, window + 1):
        same = np.flatnonzero(sorted_codes[step:] == sorted_codes[:-step])
        if not len(same):
            break
        left.append(order[same])
        right.append(order[same + step])
    first = np.concatenate(left) if left else np.empty(0, np.int64)
    second = np.concatenate(right) if right else np.empty(0, np.int64)
    low, high = np.minimum(first, second), np.maximum(first, second)
    kept = high >= first_new
    return low[kept], high[kept]


def _min_hash_bands(titles: pa.Array) -> list[Codes]:
    """One code a title and band: equal codes mean equal minima of `ROWS` hashes over the 4-grams."""
    offsets = np.frombuffer(titles.buffers()[1], np.int64)[titles.offset : titles.offset + len(titles) + 1]
    data = np.frombuffer(titles.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]].astype(np.uint32)
    starts, lengths = offsets[:-1] - offsets[0], np.diff(offsets)
    rows = np.flatnonzero(lengths >= 4)
    if not len(rows):
        return []
    grams = data[:-3] | data[1:-2] << np.uint32(8) | data[2:-1] << np.uint32(16) | data[3:] << np.uint32(24)
    # Each title's grams end three bytes before its end; reduceat takes even slices, of which the odd ones are dropped.
    edges = np.column_stack((starts[rows], starts[rows] + lengths[rows] - 3)).ravel()
    edges[-1] = min(int(edges[-1]), len(grams))
    slices = edges[:-1] if edges[-1] == len(grams) else edges
    random = np.random.default_rng(1997)
    bands: list[Codes] = []
    for _ in range(BANDS):
        code = np.zeros(len(rows), np.uint64)
        for _ in range(ROWS):
            odd = np.uint32(random.integers(1, 2**31) * 2 + 1)
            mixed = grams * odd
            mixed ^= mixed >> np.uint32(15)
            mixed *= np.uint32(random.integers(1, 2**31) * 2 + 1)
            minima = np.minimum.reduceat(mixed, slices)[::2]
            code = (code ^ minima.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        whole = np.zeros(len(titles), np.uint64)
        whole[rows] = code | np.uint64(1)
        bands.append(whole)
    return bands
