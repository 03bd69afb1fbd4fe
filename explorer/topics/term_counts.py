"""How often texts have terms: each different piece of some thousand texts is read once, and the texts are counted by their pieces."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.text.languages import ENGLISH, foreign_function_words, is_english
from explorer.text.pieces import numbers_of, pieces_of
from explorer.topics.terms import (
    ASCII_WORD,
    cleaned,
    cleaned_words,
    is_unspaced,
    least_papers,
    lexicon,
    parted_words,
    strings_of,
    terms_of_cleaned,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_BETWEEN = bytes(ord(letter.lower()) if re.match(r"[0-9A-Za-z_\\'-]", letter := chr(code)) else 32 for code in range(256))
"""ASCII in small letters, and a space for each character that neither a word nor what a word may not touch has."""

_LEXICON_FROM = 3_000
"""Papers that words of a script without spaces are learnt from."""

_TOGETHER = 4_000
"""Texts that are cut at once."""

_KEPT = 1 << 17
"""Pieces of which it is kept what they say."""


_HIGH = 1 << 32
"""Two numbers are one, and are added up as one."""


class _Piece(NamedTuple):
    """What a piece of a cleaned text in ASCII, without blanks, says.

    Attributes
    ----------
    terms : tuple of int
        Places of its terms.
    rest : tuple of int
        Those that are no function words of English.
    words : int
        How many words it has, and, `_HIGH` times, how many of them are function words of English.
    foreign : int
        How many are function words of other languages only, and, `_HIGH` times, whether a term may be a function word: the words beside it
        tell then.
    """

    terms: tuple[int, ...]
    rest: tuple[int, ...]
    words: int
    foreign: int


_NOTHING = _Piece((), (), 0, 0)
_UNKNOWN = _Piece((), (), 1, 0)
"""A word that is no term."""


class TermCounter:
    """Counts terms of texts.

    Parameters
    ----------
    vocabulary : sequence of str
        Terms to count.

    Examples
    --------
    >>> counter = TermCounter(["code", "graph"])
    >>> counter.counts(["Graphs: a graph of code", "no term", "the graph"]).toarray().tolist()
    [[1.0, 1.0], [0.0, 0.0], [0.0, 1.0]]
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        places = {word: place for place, word in enumerate(vocabulary)}
        foreign = foreign_function_words()
        doubtful = places.keys() & (foreign | ENGLISH)

        def said(piece: str) -> _Piece:
            if piece.isalpha() and piece not in places and piece not in ENGLISH and piece not in foreign:
                return _UNKNOWN if len(piece) > 1 else _NOTHING
            words = _words_of(piece)
            rest = [word for word in words if word not in ENGLISH]
            # Between other characters too these are words as they are, also where a genitive would be cut off.
            terms = [piece] if piece in places and ASCII_WORD.fullmatch(piece) else [word for word in words if word in places]
            return _Piece(
                tuple(map(places.__getitem__, terms)),
                tuple(places[word] for word in rest if word in places),
                len(words) + _HIGH * (len(words) - len(rest)),
                sum(map(foreign.__contains__, rest)) + _HIGH * (not doubtful.isdisjoint(terms)),
            )

        def alone(text: str, plain: str) -> list[int]:
            return [places[word] for word in terms_of_cleaned(plain) if word in places]

        self._width = len(places)
        self._reader = _Reader(said, alone)

    def counts(self, texts: Iterable[str]) -> csr_matrix:
        """How often each text has each term: float64, shape (n_texts, n_words).

        Parameters
        ----------
        texts : iterable of str
        """
        return self._reader.counts(texts, lambda: self._width)


def count_terms(texts: Iterable[str], vocabulary: Sequence[str] | None = None) -> tuple[csr_matrix, np.ndarray]:
    """Count the terms of texts.

    Parameters
    ----------
    texts : iterable of str
    vocabulary : sequence of str, optional
        Terms to count; by default those of the texts that at least `least_papers` of them have.

    Returns
    -------
    counts : csr_matrix of float64, shape (n_texts, n_words)
    vocabulary : ndarray of str, shape (n_words,)
        Sorted.
    """
    if vocabulary is not None:
        return TermCounter(vocabulary).counts(texts), np.asarray(vocabulary)
    texts = list(texts)
    known = lexicon(texts[:_LEXICON_FROM])
    foreign, small = Counter[str](), foreign_function_words()
    met = defaultdict[str, int]()
    met.default_factory = met.__len__

    def said(piece: str) -> _Piece:
        words = _words_of(piece)
        rest = [word for word in words if word not in ENGLISH]
        numbers = tuple(map(met.__getitem__, rest))
        # Of each text the words beside it tell.
        return _Piece((), numbers, len(words) + _HIGH * (len(words) - len(rest)), sum(map(small.__contains__, rest)) + _HIGH)

    def alone(text: str, plain: str) -> list[int]:
        found, left_out = parted_words(plain)
        if left_out:
            foreign.update(left_out)
        if is_unspaced(text):
            parts = (known.intersection(strings_of(word, 2)) if is_unspaced(word) else (word,) for word in found)
            return [met[part] for some in parts for part in some]
        return [met[word] for word in found]

    counts = _Reader(said, alone).counts(texts, met.__len__)
    papers = np.bincount(counts.indices, minlength=len(met))
    # What is a function word in most papers that have it is one in those whose language is not clear.
    enough = (papers >= least_papers(len(texts))) & (papers > np.fromiter((foreign[name] for name in met), np.int64, len(met)))
    names = list(met)
    kept = sorted(np.flatnonzero(enough).tolist(), key=names.__getitem__)
    found = counts[:, kept].tocsr()
    found.sort_indices()
    return found, np.array([names[place] for place in kept], dtype=str) if kept else np.array([], dtype="U1")


def _words_of(piece: str) -> list[str]:
    """Words of a piece of a cleaned text, which has small letters."""
    return ([piece] if len(piece) > 1 else []) if piece.isalpha() else cleaned_words(piece)


class _Reader(dict[str, _Piece]):
    """What each piece says, found when it is first met.

    Parameters
    ----------
    said : callable
        Tells what a piece says.
    alone : callable
        Places of the terms of a text by itself, as it was and cleaned: of one with other letters than those of ASCII, or in another language.
    """

    def __init__(self, said: Callable[[str], _Piece], alone: Callable[[str, str], list[int]]) -> None:
        super().__init__()
        self._said, self._alone = said, alone
        self._same: dict[_Piece, _Piece] = {}

    def __missing__(self, piece: str) -> _Piece:
        said = self._said(piece)
        if len(self) >= _KEPT:
            self.clear()
            self._same.clear()
        # Most words are no term, and say the same.
        self[piece] = said = self._same.setdefault(said, said)
        return said

    def counts(self, texts: Iterable[str], width: Callable[[], int]) -> csr_matrix:
        """Counts of texts, as many columns as there are when all are read."""
        from scipy.sparse import csr_matrix

        rows, places = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
        first, every = 0, iter(texts)
        while some := list(islice(every, _TOGETHER)):
            for row, found in self._read(some):
                rows.append((first + row).astype(np.int32))
                places.append(found)
            first += len(some)
        at = np.concatenate(rows), np.concatenate(places)
        del rows, places
        counts: csr_matrix = csr_matrix((np.ones(len(at[0])), at), shape=(first, width()))
        counts.sort_indices()
        return counts

    def _read(self, texts: Sequence[str]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int32]]]:
        """Rows of texts and places of their terms, as often as they have them, in no order."""
        plain = list(map(cleaned, texts))
        rows = np.array([row for row, text in enumerate(plain) if text.isascii()], np.int64)
        alone = [row for row, text in enumerate(plain) if not text.isascii()]
        if len(rows):
            pieces, ends = pieces_of([plain[row] for row in rows], _BETWEEN)
            coded = pieces.dictionary_encode()
            terms, rest, words, foreign = zip(*map(self.__getitem__, coded.dictionary.to_pylist()), strict=True)
            codes = coded.indices.to_numpy()
            # Each text has a piece, be it empty.
            of_words, of_foreign = (np.add.reduceat(np.array(each)[codes], ends[:-1]) for each in (words, foreign))
            doubtful = of_foreign >= _HIGH
            told = (each[doubtful].tolist() for each in (of_words % _HIGH, of_words // _HIGH, of_foreign % _HIGH))
            other = ~np.fromiter(map(is_english, *told), bool)
            alone += rows[doubtful][other].tolist()
            kind = doubtful.astype(np.int8)
            kind[np.flatnonzero(doubtful)[other]] = 2
            lengths = np.diff(ends)
            of_piece, kinds = np.repeat(rows, lengths), np.repeat(kind, lengths)
            for which, said in enumerate((terms, rest)):
                there = kinds == which
                places, sizes = numbers_of(said, codes[there])
                yield np.repeat(of_piece[there], sizes), places
        for row in alone:
            some = self._alone(texts[row], plain[row])
            yield np.full(len(some), row, np.int64), np.array(some, np.int32)
