"""Which records are worth comparing: normal forms and blocks.

Comparing every record with every other costs n²; here a record meets only those that share a block with it. Within a block
the records are sorted and each meets its next `WINDOW` neighbours, so that a block of a thousand editorials stays linear
(sorted neighbourhood, Hernández and Stolfo 1995, SIGMOD). The blocks overlap, so that no single error hides a duplicate:

- the first and the last letters of the title (a truncated title keeps the first, a typo early in it the last),
- the first authors as they are written, for titles in which much is misspelt,
- the letters of the title in any order, for words that changed places,
- bands of a min-hash over the title's 4-grams (Broder 1997; banding: Leskovec et al. 2014, ch. 3), for typos anywhere,
- the first letters of the abstract, for titles that were changed.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from explorer.papers.schema import TEXT

WINDOW = 12
"""Neighbours a record meets in one block."""

BANDS, ROWS = 8, 3
"""Min-hash bands and hashes a band: titles with three quarters of their 4-grams in common share a band 19 times in 20."""

_CACHED = 1 << 16
"""Letters that are hashed at once."""

_AT_ONCE = 2_000
"""Texts that are folded at once."""

_TOGETHER = 20_000
"""Abstracts that are looked at together."""

_FIRST_AUTHORS, _FEWEST_LETTERS, _AUTHORS_EDGE = 3, 4, 40
_EDGE = 18
_ABSTRACT_HEAD, _ABSTRACT_EDGE = 160, 70

Rows = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint64]


_PLAIN = r"^[ -%()-;=-\[\]-~\t\r\n'*]*$"
"""ASCII without what may begin LaTeX, an entity or a tag (RE2)."""

_CLASSES = np.full(256, 32, np.uint8)
_CLASSES[[*b"0123456789", *b"abcdefghijklmnopqrstuvwxyz"]] = [*b"0123456789", *b"abcdefghijklmnopqrstuvwxyz"]
_CLASSES[[*b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"]] = [*b"abcdefghijklmnopqrstuvwxyz"]
_CLASSES[[*b"'`{}"]] = 0

_DIACRITICS = (
    r"[\x{300}-\x{36f}\x{483}-\x{487}\x{591}-\x{5bd}\x{64b}-\x{65f}\x{670}\x{1ab0}-\x{1aff}\x{1dc0}-\x{1dff}\x{20d0}-\x{20ff}"
    r"\x{fe00}-\x{fe2f}]"
)
"""Marks that a writer may leave out; the vowel signs of Indian scripts and the sound marks of kana make other words (RE2)."""


def fold(text: pa.ChunkedArray | pa.Array) -> pa.Array:
    r"""Reduce text to lower-case words without accents, mark-up and punctuation; null becomes empty.

    ``Schr{\"o}dinger &amp; <i>Naïve</i>`` and ``SCHRODINGER AND NAIVE`` come out alike.
    """
    given = pc.fill_null(text.cast(TEXT), "")
    given = given.combine_chunks() if isinstance(given, pa.ChunkedArray) else given
    plain = pc.match_substring_regex(given, _PLAIN)
    if pc.all(plain).as_py():
        return _fold_plain(given)
    mask = plain.to_numpy(zero_copy_only=False)
    order = np.empty(len(given), np.int64)
    order[np.concatenate([np.flatnonzero(mask), np.flatnonzero(~mask)])] = np.arange(len(given))
    both = pa.concat_arrays([_fold_plain(given.filter(plain)), _fold_any(given.filter(pc.invert(plain)))])
    return both.take(pa.array(order))


def _fold_plain(text: pa.Array) -> pa.Array:
    """Fold ASCII without mark-up: letter by letter, as many texts at once as the cache holds."""
    parts = [_folded_letters(text.slice(start, _AT_ONCE)) for start in range(0, len(text), _AT_ONCE)]
    return pa.concat_arrays(parts) if parts else text


def _folded_letters(text: pa.Array) -> pa.Array:
    offsets = np.frombuffer(text.buffers()[1], np.int64)[text.offset : text.offset + len(text) + 1]
    data = np.frombuffer(text.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]
    data, offsets = _kept(_CLASSES[data], offsets - offsets[0], lambda letters: letters != 0)
    # A space stays where a letter of its text is before it, and one behind: no text begins or ends with one.
    starts = np.zeros(len(data) + 1, bool)
    starts[offsets[:-1]] = True

    def apart(letters: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
        space = letters == 32
        before = np.concatenate([[True], space[:-1]]) if len(space) else space
        kept: npt.NDArray[np.bool_] = ~(space & (before | starts[:-1]))
        return kept

    data, offsets = _kept(data, offsets, apart)
    filled = np.flatnonzero(np.diff(offsets))
    ends = offsets[filled + 1] - 1
    trailing = np.zeros(len(data), bool)
    trailing[ends[data[ends] == 32]] = True
    data, offsets = _kept(data, offsets, lambda letters: ~trailing)
    return pa.LargeStringArray.from_buffers(len(text), pa.py_buffer(offsets.astype(np.int64)), pa.py_buffer(data))


def _kept(
    data: npt.NDArray[np.uint8], offsets: Rows, choose: Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.bool_]]
) -> tuple[npt.NDArray[np.uint8], Rows]:
    """Texts of which only the chosen letters are left."""
    chosen = choose(data)
    if chosen.all():
        return data, offsets
    before = np.zeros(len(data) + 1, np.int64)
    np.cumsum(chosen, out=before[1:])
    return data[chosen], before[offsets]


def _fold_any(text: pa.Array) -> pa.Array:
    folded = text
    for pattern, replacement in (
        (r"<[^<>]{1,40}>", " "),
        (r"\\[`'^\"~=.]\s*\{?\\?(\pL)\}?", r"\1"),
        (r"\\[uvHcdbkr]\s*\{\\?(\pL)\}", r"\1"),
        (r"&amp;|&|\\&", " and "),
        (r"&#?\w{1,8};", " "),
    ):
        folded = pc.replace_substring_regex(folded, pattern, replacement)
    folded = pc.utf8_lower(pc.utf8_normalize(folded, "NFKD"))
    for pattern, replacement in (
        (_DIACRITICS + r"+|['’`{}\x{ad}\x{200b}-\x{200f}\x{2060}]+", ""),
        (r"ß", "ss"),
        (r"ø", "o"),
        (r"ł", "l"),
        (r"đ", "d"),
        (r"æ", "ae"),
        (r"œ", "oe"),
        (r"ı", "i"),
        (r"[^\pL\pN\pM]+", " "),
    ):
        folded = pc.replace_substring_regex(folded, pattern, replacement)
    return pc.utf8_normalize(pc.utf8_trim_whitespace(folded), "NFC")


def squeeze(folded: pa.Array) -> pa.Array:
    """Take the spaces out of folded text: hyphens and line breaks then make no difference."""
    return pc.replace_substring(folded, " ", "")


def candidate_pairs(
    titles: pa.Array,
    abstracts: pa.ChunkedArray,
    authors: pa.ChunkedArray,
    ordered: Rows,
    first_new: int = 0,
    progress: Callable[[float], None] = lambda part: None,
) -> Rows:
    """Pairs of rows that share a block.

    Parameters
    ----------
    titles : Array of large_string
        Folded and squeezed titles.
    abstracts : ChunkedArray of large_string
        As given; only their first letters are looked at.
    authors : ChunkedArray of lists
        As given.
    ordered : array of int64, shape (rows,)
        The rows by title, then by what breaks ties, so that the pairs do not depend on the order of the rows.
    first_new : int
        Rows before this one have met each other already: pairs of two of them are left out.
    progress : callable
        Called with the part done, 0 to 1.

    Returns
    -------
    array of int64
        Each pair once, sorted: its smaller row times the number of rows, plus the other one.
    """
    progress(0.1)
    # Some at a time: their texts need not all lie in memory.
    some = (abstracts.slice(start, _TOGETHER) for start in range(0, len(abstracts), _TOGETHER))
    folded = (squeeze(fold(pc.utf8_slice_codeunits(part, 0, _ABSTRACT_HEAD))) for part in some)
    heads = pa.chunked_array([pc.utf8_slice_codeunits(part, 0, _ABSTRACT_EDGE) for part in folded], TEXT)
    progress(0.3)
    blocks = [
        _codes(pc.utf8_slice_codeunits(titles, 0, _EDGE), 1),
        _codes(pc.utf8_slice_codeunits(titles, -_EDGE), 1),
        _codes(heads, _ABSTRACT_EDGE),
        *_min_hash_bands(titles),
        letters_of(titles),
        _codes(_first_authors(authors), _FEWEST_LETTERS),
    ]
    pairs = np.empty(0, np.int64)
    for number, codes in enumerate(blocks):
        progress(0.5 + 0.5 * number / len(blocks))
        # Most pairs share several blocks: what is known already is let go at once.
        pairs = united(pairs, _neighbours(codes, ordered, first_new))
    return pairs


def _first_authors(authors: pa.ChunkedArray) -> pa.ChunkedArray:
    """The first letters of the first authors as they are written, some records at a time."""
    parts = []
    for start in range(0, max(len(authors), 1), _TOGETHER):
        named = pc.binary_join(pc.list_slice(authors.slice(start, _TOGETHER), 0, _FIRST_AUTHORS), pa.scalar("\n", TEXT))
        parts += pc.utf8_slice_codeunits(named, 0, _AUTHORS_EDGE).chunks
    return pa.chunked_array(parts, TEXT)


def sorted_unique(values: Rows) -> Rows:
    """Sort values and drop repeated ones; on many numbers several times faster than `numpy.unique`, which hashes."""
    return _unrepeated(np.sort(values))


def united(one: Rows, other: Rows) -> Rows:
    """Sorted, the values of two arrays, of which the first is sorted without repetitions."""
    if not len(one) or not len(other):
        return one if len(one) else sorted_unique(other)
    both = np.concatenate([one, sorted_unique(other)])
    # Two runs, which this sort only merges.
    both.sort(kind="stable")
    return _unrepeated(both)


def _unrepeated(ordered: Rows) -> Rows:
    kept = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=kept[1:])
    found: Rows = ordered if kept.all() else ordered[kept]
    return found


def same_value_pairs(codes: Rows, ordered: Rows, first_new: int = 0) -> Rows:
    """Pairs of rows with the same code, each row with the next one in an order that has it; 0 matches nothing.

    Pairs are numbers, as `candidate_pairs` gives them, in no order.
    """
    return _neighbours(codes, ordered, first_new, window=1)


def _codes(values: pa.Array | pa.ChunkedArray, shortest: int) -> Codes:
    """Give each value a number from 1, and 0, which is in no block, to values shorter than `shortest` and nulls."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    long_enough = pc.fill_null(pc.greater_equal(pc.utf8_length(values), shortest), False)
    coded = pc.fill_null(pc.dictionary_encode(values).indices, 0).cast(pa.int64())
    numbers = coded.to_numpy(zero_copy_only=False).astype(np.uint64) + np.uint64(1)
    return np.where(long_enough.to_numpy(zero_copy_only=False), numbers, np.uint64(0))


def _neighbours(codes: Codes | Rows, ordered: Rows, first_new: int, window: int = WINDOW) -> Rows:
    """Pairs, as numbers, of each row and its next rows, in an order, within the block of its code."""
    rows = np.int64(max(len(codes), 1))
    filled = ordered[codes[ordered] != 0]
    order = filled[np.argsort(codes[filled], kind="stable")]
    sorted_codes = codes[order]
    pairs = [np.empty(0, np.int64)]
    for step in range(1, window + 1):
        same = np.flatnonzero(sorted_codes[step:] == sorted_codes[:-step])
        if not len(same):
            break
        first, second = order[same], order[same + step]
        low, high = np.minimum(first, second), np.maximum(first, second)
        pairs.append((low * rows + high)[high >= first_new])
    return np.concatenate(pairs)


def letters_of(titles: pa.Array) -> Codes:
    """A number for the letters of each squeezed title, whatever their order: titles whose words changed places have one; 0 for an empty one."""
    offsets = np.frombuffer(titles.buffers()[1], np.int64)[titles.offset : titles.offset + len(titles) + 1]
    data = np.frombuffer(titles.buffers()[2] or b"", np.uint8)
    found = np.zeros(len(titles), np.uint64)
    for start in range(0, len(titles), _TOGETHER):
        part = offsets[start : start + _TOGETHER + 1]
        filled = np.flatnonzero(np.diff(part))
        if len(filled):
            # Between two that are filled nothing lies: an empty title has no letters.
            found[start + filled] = np.add.reduceat(_WEIGHTS[data[part[0] : part[-1]]], part[filled] - part[0])
    return found


_WEIGHTS = np.random.Generator(np.random.PCG64(1997)).integers(1, 1 << 63, 256, np.uint64)


def _min_hash_bands(titles: pa.Array) -> list[Codes]:
    """One code a title and band: equal codes mean equal minima of `ROWS` hashes over the 4-grams."""
    coded = titles.dictionary_encode()
    bands = _bands_of(coded.dictionary)
    indices = coded.indices.to_numpy()
    return [band[indices] for band in bands]


def _bands_of(titles: pa.Array) -> list[Codes]:
    offsets = np.frombuffer(titles.buffers()[1], np.int64)[titles.offset : titles.offset + len(titles) + 1]
    data = np.frombuffer(titles.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]
    offsets = offsets - offsets[0]
    random = np.random.default_rng(1997)
    odds = [np.uint32(random.integers(1, 2**31) * 2 + 1) for _ in range(2 * BANDS * ROWS)]
    bands = [np.zeros(len(titles), np.uint64) for _ in range(BANDS)]
    rows = np.flatnonzero(np.diff(offsets) >= 4)
    # Some titles at a time, so that what is mixed over and over stays in the cache.
    edges = np.searchsorted(offsets[rows], np.arange(0, len(data) + _CACHED, _CACHED))
    for first, last in pairwise(edges.tolist()):
        some = rows[first:last]
        if not len(some):
            continue
        begin, end = int(offsets[some[0]]), int(offsets[some[-1] + 1])
        letters = data[begin:end].astype(np.uint32)
        grams = letters[:-3] | letters[1:-2] << np.uint32(8) | letters[2:-1] << np.uint32(16) | letters[3:] << np.uint32(24)
        # Each title's grams end three bytes before its end; reduceat takes even slices, of which the odd ones are dropped.
        slices = np.column_stack((offsets[some] - begin, offsets[some + 1] - begin - 3)).ravel()[:-1]
        mixed, shifted = np.empty_like(grams), np.empty_like(grams)
        for band in range(BANDS):
            code = np.zeros(len(some), np.uint64)
            for row in range(ROWS):
                place = 2 * (band * ROWS + row)
                np.multiply(grams, odds[place], out=mixed)
                np.right_shift(mixed, np.uint32(15), out=shifted)
                np.bitwise_xor(mixed, shifted, out=mixed)
                np.multiply(mixed, odds[place + 1], out=mixed)
                code = (code ^ np.minimum.reduceat(mixed, slices)[::2].astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
            bands[band][some] = code | np.uint64(1)
    return bands
