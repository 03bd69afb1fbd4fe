"""Tokens: the terms of papers in their order, by the numbers of a vocabulary; read part by part, and joined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from explorer.ranking.analysis import Numbering, analyse
from explorer.ranking.arrays import Place, ShortColumn, ShortNumbers, save_array
from explorer.ranking.vocabulary import Terms

_TOGETHER = 2_000
"""Papers whose texts are read at once."""

_READ = 1 << 19
"""Tokens that are joined at once."""

_TAKEN = 20_000
"""Papers that are taken at once."""

_NAME = "terms_tokens"


@dataclass(frozen=True, eq=False)
class Tokens:
    """The terms of some papers.

    Attributes
    ----------
    terms : sequence of str
        The vocabulary, in the order in which terms are first met.
    numbers : ShortNumbers
        The terms of every paper in order, title first, by their places in `terms`.
    lengths : ndarray of int64, shape (n_papers,)
        How many each paper has.
    title_lengths : ndarray of uint16, shape (n_papers,)
        How many of these its title has, 65,535 at most.

    Examples
    --------
    >>> from explorer.ranking.arrays import MEMORY
    >>> parts = [Tokens.read([(title, "")], place=MEMORY) for title in ("Adding numbers", "Numbers of apples")]
    >>> whole = Tokens.joined(parts, place=MEMORY)
    >>> list(whole.terms), whole.numbers[:].tolist(), whole.lengths.tolist()
    (['add', 'number', 'appl'], [0, 1, 1, 2], [2, 2])
    """

    terms: Sequence[str]
    numbers: ShortNumbers
    lengths: NDArray[np.int64]
    title_lengths: NDArray[np.uint16]

    @classmethod
    def read(
        cls,
        papers: Iterable[tuple[str, str]],
        *,
        place: Place,
        vocabulary: dict[str, int] | None = None,
        analyser: Callable[[str], list[str]] = analyse,
    ) -> Self:
        """Read papers.

        Parameters
        ----------
        papers : iterable of (str, str)
            Title and body of each; either may be empty.
        place : Place
            Where the tokens are put.
        vocabulary : dict of str to int, optional
            An empty one, which is filled.
        analyser : callable
            Text to terms.
        """
        known: dict[str, int] = {} if vocabulary is None else vocabulary
        numbers = Numbering(known).of_all if analyser is analyse else _numbering(known, analyser)
        tokens = ShortColumn(place, _NAME)
        lengths = [np.empty((0, 2), np.int64)]
        every = iter(papers)
        while some := list(islice(every, _TOGETHER)):
            found, sizes = numbers([text for paper in some for text in paper])
            tokens.append(found)
            lengths.append(sizes.reshape(-1, 2))
        of_both = np.concatenate(lengths)
        return cls(list(known), tokens.whole(), of_both.sum(axis=1), np.minimum(of_both[:, 0], 65535).astype(np.uint16))

    @classmethod
    def joined(cls, parts: Sequence[Tokens], *, place: Place) -> Self:
        """The papers of all parts, one part behind the other: as `read` gives them of all at once."""
        some = [part for part in parts if len(part.terms)]
        # Numbered in the order in which they are first met, and no Python object for each of a million terms.
        met = pa.chunked_array([_binary(part.terms) for part in some], pa.large_binary()).dictionary_encode()
        tokens = ShortColumn(place, _NAME)
        for part, encoded in zip(some, met.chunks, strict=True):
            number = encoded.indices.to_numpy()
            for start in range(0, len(part.numbers), _READ):
                tokens.append(number[part.numbers[start : start + _READ]])
        terms = met.chunks[-1].dictionary if some else pa.array([], pa.large_binary())
        lengths, title_lengths = ([getattr(part, name) for part in parts] for name in ("lengths", "title_lengths"))
        return cls(
            Terms.of_bytes(terms),
            tokens.whole(),
            np.concatenate([np.empty(0, np.int64), *lengths]),
            np.concatenate([np.empty(0, np.uint16), *title_lengths]),
        )

    def taken(self, papers: NDArray[np.int64], *, place: Place) -> Tokens:
        """Some of the papers, by their places, in this order: as `read` gives them of these alone."""
        starts = np.concatenate([[0], np.cumsum(self.lengths)])
        number = np.full(len(self.terms), -1, np.int32)
        met = [np.empty(0, np.int32)]
        tokens = ShortColumn(place, _NAME)
        for first in range(0, len(papers), _TAKEN):
            some = papers[first : first + _TAKEN]
            lengths = self.lengths[some]
            offsets = np.arange(int(lengths.sum())) + np.repeat(starts[some] - (np.cumsum(lengths) - lengths), lengths)
            before = self.numbers[offsets]
            unmet, at = np.unique(before[number[before] < 0], return_index=True)
            # In the order in which they are met here.
            new = unmet[np.argsort(at)]
            number[new] = np.arange(len(new)) + sum(map(len, met))
            met.append(new)
            tokens.append(number[before])
        terms = _binary(self.terms).take(pa.array(np.concatenate(met)))
        return Tokens(Terms.of_bytes(terms), tokens.whole(), self.lengths[papers], self.title_lengths[papers])

    def save(self, folder: Path) -> None:
        """Write them into an existing folder."""
        self.numbers.save(folder, _NAME)
        Terms.of(self.terms).save(folder)
        save_array(folder / "lengths.npy", self.lengths)
        save_array(folder / "title_lengths.npy", self.title_lengths)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open what `save` wrote, memory-mapped."""
        lengths, title_lengths = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("lengths", "title_lengths"))
        return cls(Terms.open(folder), ShortNumbers.open(folder, _NAME), lengths, title_lengths)


def _numbering(
    vocabulary: dict[str, int], analyser: Callable[[str], list[str]]
) -> Callable[[Sequence[str]], tuple[NDArray[np.int32], NDArray[np.int64]]]:
    def numbers(texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        found = [[vocabulary.setdefault(term, len(vocabulary)) for term in analyser(text)] for text in texts]
        return np.array([*chain.from_iterable(found)], np.int32), np.array(list(map(len, found)), np.int64)

    return numbers


def _binary(terms: Sequence[str]) -> pa.Array:
    return terms.binary() if isinstance(terms, Terms) else pa.array([term.encode() for term in terms], pa.large_binary())
