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

from collections.abc import Callable, Iterable, Iterator
from html import unescape
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from explorer.dedupe.scratch import Scratch
from explorer.executors import in_threads
from explorer.papers.schema import TEXT

WINDOW = 12
"""Neighbours a record meets in one block."""

BANDS, ROWS = 8, 3
"""Min-hash bands and hashes a band: titles with three quarters of their 4-grams in common share a band 19 times in 20."""

_CACHED = 1 << 16
"""Letters that are hashed at once."""

_TOGETHER = 20_000
"""Titles that are looked at together."""

_ROWS_AT_ONCE = 2_500
"""Rows whose pairs are found at once: a hundred each, where titles are all but the same."""

_FIRST_AUTHORS, _FEWEST_LETTERS, _AUTHORS_EDGE = 3, 4, 40
_EDGE = 18
_ABSTRACT_HEAD, _ABSTRACT_EDGE = 160, 70

Rows = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint64]


_PLAIN = r"^[ -%()-;=-\[\]-~\t\r\n'*]*$"
"""ASCII without what may begin LaTeX, an entity or a tag (RE2)."""

_FOLDED = bytes(ord(chr(code).lower()) if chr(code).isalnum() and code < 128 else ord(" ") for code in range(256))
"""What each letter of ASCII is folded to, but those that are left out."""
_LEFT_OUT = b"'`{}"
_NO_LETTERS = bytes(code for code, folded in enumerate(_FOLDED) if folded == ord(" "))

_DIACRITICS = (
    r"[\x{300}-\x{36f}\x{483}-\x{487}\x{591}-\x{5bd}\x{64b}-\x{65f}\x{670}\x{1ab0}-\x{1aff}\x{1dc0}-\x{1dff}\x{20d0}-\x{20ff}"
    r"\x{fe00}-\x{fe2f}]"
)
"""Marks that a writer may leave out; the vowel signs of Indian scripts and the sound marks of kana make other words (RE2)."""


def fold(text: pa.ChunkedArray | pa.Array) -> pa.Array:
    r"""Reduce text to lower-case words without accents, mark-up and punctuation; null becomes empty.

    ``Schr{\"o}dinger &amp; <i>Naïve</i>`` and ``SCHRODINGER AND NAIVE`` come out alike.
    """
    return _by_kind(text, _fold_plain, _fold_letters)


_Fold = Callable[[pa.Array], pa.Array]


def _by_kind(text: pa.ChunkedArray | pa.Array, fold_plain: _Fold, fold_letters: _Fold) -> pa.Array:
    """Fold ASCII in one way, and texts in other letters in another one, once mark-up is taken out."""
    given = pc.fill_null(text.cast(TEXT), "")
    given = given.combine_chunks() if isinstance(given, pa.ChunkedArray) else given

    def fold_marked(marked: pa.Array) -> pa.Array:
        bare = _without_entities(marked)
        for pattern, replacement in _MARK_UP:
            bare = pc.replace_substring_regex(bare, pattern, replacement)
        return _apart(bare, pc.string_is_ascii(bare), fold_plain, fold_letters)

    return _apart(given, pc.match_substring_regex(given, _PLAIN), fold_plain, fold_marked)


def _apart(text: pa.Array, chosen: pa.BooleanArray, fold_chosen: _Fold, fold_others: _Fold) -> pa.Array:
    """Fold the chosen ones of some texts in one way, and the others in another one."""
    mask = chosen.to_numpy(zero_copy_only=False)
    if mask.all():
        return fold_chosen(text)
    if not mask.any():
        return fold_others(text)
    order = np.empty(len(text), np.int64)
    order[np.concatenate([np.flatnonzero(mask), np.flatnonzero(~mask)])] = np.arange(len(text))
    both = pa.concat_arrays([fold_chosen(text.filter(chosen)), fold_others(text.filter(pc.invert(chosen)))])
    return both.take(pa.array(order))


def _fold_plain(text: pa.Array) -> pa.Array:
    """Fold ASCII without mark-up."""
    words = (letters.translate(_FOLDED, _LEFT_OUT).split() for letters in text.cast(pa.large_binary()).to_pylist())
    return pa.array(list(map(b" ".join, words)), pa.large_binary()).cast(TEXT)


_MARK_UP = (
    (r"</?[A-Za-z][^<>]{0,40}>", " "),
    (r"\\[`'^\"~=.]\s*\{?\\?(\pL)\}?", r"\1"),
    (r"\\[uvHcdbkr]\s*\{\\?(\pL)\}", r"\1"),
    (r"&|\\&", " and "),
)
"""Tags and LaTeX, and what stands in their places (RE2)."""

_ENTITY = r"&(?:#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z]{2,8}\d{0,2});"
"""RE2."""


def _without_entities(text: pa.Array) -> pa.Array:
    """Texts with the letters that entities of HTML mean; some were encoded twice."""
    chosen = pc.match_substring_regex(text, _ENTITY)
    if not pc.any(chosen).as_py():
        return text
    meant = [unescape(unescape(given)) for given in text.filter(chosen).to_pylist()]
    return pc.replace_with_mask(text, chosen, pa.array(meant, TEXT))


_WRITTEN_OTHERWISE = {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"}


def _fold_letters(text: pa.Array) -> pa.Array:
    """Fold texts in any letters, without mark-up."""
    folded = pc.utf8_lower(pc.utf8_normalize(text, "NFKD"))
    folded = pc.replace_substring_regex(folded, _DIACRITICS + r"+|['’`{}\x{ad}\x{200b}-\x{200f}\x{2060}]+", "")
    for letter, written in _WRITTEN_OTHERWISE.items():
        folded = pc.replace_substring(folded, letter, written)
    folded = pc.replace_substring_regex(folded, r"[^\pL\pN\pM]+", " ")
    return pc.utf8_normalize(pc.utf8_trim_whitespace(folded), "NFC")


def squeeze(folded: pa.Array) -> pa.Array:
    """Take the spaces out of folded text: hyphens and line breaks then make no difference."""
    return pc.replace_substring(folded, " ", "")


def fold_and_squeeze(text: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Fold text, and take the spaces out of it."""
    return _by_kind(text, _squeeze_plain, lambda letters: squeeze(_fold_letters(letters)))


def _squeeze_plain(text: pa.Array) -> pa.Array:
    given = text.cast(pa.large_binary()).to_pylist()
    return pa.array([letters.translate(_FOLDED, _NO_LETTERS) for letters in given], pa.large_binary()).cast(TEXT)


KINDS_OF_BLOCKS = 3 + BANDS + 2
"""Kinds of blocks that a record may be in, beside those of its identifiers."""


def block_codes(titles: pa.Array, letters: Codes, abstracts: pa.ChunkedArray, authors: pa.ChunkedArray) -> Iterator[Codes]:
    """The blocks that some records are in, one kind at a time.

    Parameters
    ----------
    titles : Array of large_string
        Folded and squeezed titles.
    letters : array of uint64, shape (rows,)
        What `letters_of` says of the titles.
    abstracts : ChunkedArray of large_string
        As given; only their first letters are looked at.
    authors : ChunkedArray of lists
        As given.

    Yields
    ------
    array of uint64, shape (rows,)
        Equal numbers are one block; with 0 a record is in none. `KINDS_OF_BLOCKS` arrays.
    """
    yield _codes(pc.utf8_slice_codeunits(titles, 0, _EDGE), 1)
    yield _codes(pc.utf8_slice_codeunits(titles, -_EDGE), 1)
    heads = fold_and_squeeze(pc.utf8_slice_codeunits(abstracts, 0, _ABSTRACT_HEAD))
    yield _codes(pc.utf8_slice_codeunits(heads, 0, _ABSTRACT_EDGE), _ABSTRACT_EDGE)
    yield from _min_hash_bands(titles)
    yield letters
    yield _codes(_first_authors(authors), _FEWEST_LETTERS)


def candidate_pairs(
    codes: Iterable[Codes],
    identifiers: Iterable[Rows],
    ordered: Rows,
    scratch: Scratch,
    first_new: int = 0,
    progress: Callable[[float], None] = lambda part: None,
) -> Iterator[Rows]:
    """Pairs of rows that share a block or an identifier, those of some thousand rows at a time.

    Parameters
    ----------
    codes : iterable of arrays of uint64, shape (rows,)
        Of all records what `block_codes` says.
    identifiers : iterable of arrays of int64, shape (rows,)
        A number for each distinct identifier of a kind; 0 where a record bears none. A row meets the next one that has the same.
    ordered : array of int64, shape (rows,)
        The rows by title, then by what breaks ties, so that the pairs do not depend on the order of the rows.
    scratch : Scratch
        Where the blocks lie.
    first_new : int
        Rows before this one have met each other already: pairs of two of them are left out.
    progress : callable
        Called with the part done, 0 to 1, while the blocks are made.

    Yields
    ------
    array of int64
        Each pair once, sorted, also from one array to the next: its smaller row times the number of rows, plus the other one.
    """
    rows = len(ordered)
    blocks = [_Block(values, ordered, first_new, 1, scratch) for values in identifiers]
    for number, values in enumerate(codes):
        progress(number / KINDS_OF_BLOCKS)
        blocks.append(_Block(values, ordered, first_new, WINDOW, scratch))
    progress(1.0)

    def pairs_from(start: int) -> Rows:
        pairs = np.empty(0, np.int64)
        for block in blocks:
            # Most pairs share several blocks: what is known already is let go at once.
            pairs = united(pairs, block.pairs(start, start + _ROWS_AT_ONCE, rows))
        return pairs

    yield from filter(len, in_threads(pairs_from, range(0, rows, _ROWS_AT_ONCE), threads=1))


class _Block:
    """Rows in an order in which those of one code follow each other; each meets its next rows among them.

    Rows that are alone with their code, and rows with the code 0, are left out.
    """

    def __init__(self, codes: Codes | Rows, ordered: Rows, first_new: int, window: int, scratch: Scratch) -> None:
        own = codes[ordered]
        order = np.argsort(own, kind="stable")
        own = own[order]
        begins = np.ones(len(order) + 1, bool)
        np.not_equal(own[1:], own[:-1], out=begins[1:-1])
        kept = np.flatnonzero(~(begins[:-1] & begins[1:]) & (own != 0))
        del own
        order = ordered[order[kept]].astype(np.int32)
        self._order: npt.NDArray[np.int32] = scratch.kept(order)
        self._code: npt.NDArray[np.int32] = scratch.kept(np.cumsum(begins[:-1][kept], dtype=np.int32))
        del begins, kept
        # Where each row is: those of some rows are then found without a look at all.
        places = np.argsort(order, kind="stable").astype(np.int32)
        self._places: npt.NDArray[np.int32] = scratch.kept(places)
        self._rows: npt.NDArray[np.int32] = scratch.kept(order[places])
        self._first_new = first_new
        self._window = window

    def pairs(self, start: int, stop: int, rows: int) -> Rows:
        """The pairs whose smaller row is one of those from `start` to `stop`, as numbers, in no order."""
        order, code = self._order, self._code
        # Of one type with the rows, which else were copied.
        first, last = np.searchsorted(self._rows, np.array([start, min(stop, rows)], np.int32))
        places = self._places[first:last].astype(np.int64)
        pairs = [np.empty(0, np.int64)]
        for direction in (1, -1):
            near = places
            for step in range(1, self._window + 1):
                others = near + direction * step
                within = (others < len(order)) & (others >= 0)
                near, others = near[within], others[within]
                same = code[near] == code[others]
                # Whose neighbour at this distance is of another code has none further on.
                near, others = near[same], others[same]
                if not len(near):
                    break
                low, high = order[near].astype(np.int64), order[others].astype(np.int64)
                kept = (low < high) & (high >= self._first_new)
                pairs.append((low * rows + high)[kept])
        return np.concatenate(pairs)


def _first_authors(authors: pa.ChunkedArray) -> pa.Array:
    """The first letters of the first authors as they are written."""
    named = pc.binary_join(pc.list_slice(authors, 0, _FIRST_AUTHORS), pa.scalar("\n", TEXT))
    return pc.utf8_slice_codeunits(named, 0, _AUTHORS_EDGE)


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


def hashed(values: pa.Array | pa.ChunkedArray) -> Rows:
    """A number above 0 for each text or each bytes, which all that are equal have; 0 for nulls and empty ones.

    Two that are not equal have one number once in 10¹⁹ times, which no table of all texts need prevent.
    """
    given = values.to_pylist()
    found = np.fromiter(map(hash, given), np.int64, len(given)) & np.iinfo(np.int64).max
    filled = np.fromiter(map(bool, given), np.bool_, len(given))
    return np.where(filled, np.maximum(found, 1), 0)


def _codes(values: pa.Array | pa.ChunkedArray, shortest: int) -> Codes:
    """Give each value a number from 1, and 0, which is in no block, to values shorter than `shortest` and nulls."""
    long_enough = np.asarray(pc.fill_null(pc.greater_equal(pc.utf8_length(values), shortest), False))
    return np.where(long_enough, hashed(values).astype(np.uint64), np.uint64(0))


def letters_of(folded: pa.Array) -> Codes:
    """A number for the letters of each folded title, whatever their order: titles whose words changed places have one; 0 for an empty one.

    The numbers of a title may change places, but each keeps its figures as they are: 2019 and 2091 are no slips of each other.
    """
    offsets = np.frombuffer(folded.buffers()[1], np.int64)[folded.offset : folded.offset + len(folded) + 1]
    data = np.frombuffer(folded.buffers()[2] or b"", np.uint8)
    found = np.zeros(len(folded), np.uint64)
    for start in range(0, len(folded), _TOGETHER):
        part = offsets[start : start + _TOGETHER + 1]
        filled = np.flatnonzero(np.diff(part))
        if len(filled):
            # Between two that are filled nothing lies: an empty title has no letters.
            begins = part[filled] - part[0]
            found[start + filled] = np.add.reduceat(_weighed(data[part[0] : part[-1]], begins), begins)
    return found


def _weighed(letters: npt.NDArray[np.uint8], begins: Rows) -> Codes:
    """The weight of each letter; of the figures of a number, the first has that of the whole and the others none."""
    weights = _WEIGHTS[letters]
    figure = (letters >= ord("0")) & (letters <= ord("9"))
    places = np.flatnonzero(figure)
    if not len(places):
        return weights
    first = np.ones(len(letters), bool)
    np.logical_not(figure[:-1], out=first[1:])
    first[begins] = True
    starts = np.flatnonzero(first[places])
    place = np.arange(len(places)) - np.repeat(starts, np.diff(np.append(starts, len(places))))
    numbers = np.add.reduceat(weights[places] * _ODDS[np.minimum(place, len(_ODDS) - 1)], starts)
    weights[places] = 0
    # Mixed, so that two numbers that exchange a figure are two others.
    numbers ^= numbers >> np.uint64(29)
    weights[places[starts]] = numbers * np.uint64(0x9E3779B97F4A7C15) | np.uint64(1)
    return weights


_WEIGHTS = np.random.Generator(np.random.PCG64(1997)).integers(1, 1 << 63, 256, np.uint64)
_WEIGHTS[ord(" ")] = 0
_ODDS = np.random.Generator(np.random.PCG64(1998)).integers(1, 1 << 63, 40, np.uint64) | np.uint64(1)
"""By what a figure counts at each place of a number."""


def _min_hash_bands(titles: pa.Array) -> list[Codes]:
    """One code a title and band: equal codes mean equal minima of `ROWS` hashes over the 4-grams."""
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
