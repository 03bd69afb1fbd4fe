"""What a screening model knows of every record: words and phrases of title and abstract, and how much it reads like a study."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer

from explorer.executors import Progress, unheard
from explorer.text.analysis import composed, is_unspaced, paired, word_pattern

Floats = NDArray[np.float32]

WORDS = "word_weights.json.br"
"""File of the words that are known from other reviews, packed."""

TITLE = 0.15
"""Share of the title's own words in the likeness of two records; the rest is of title and abstract as one text."""

SAMPLE = 2_000
"""Records in `RecordFeatures.sample` at least, where there are so many; twice as many at most."""

DOUBT = 3
"""Reviews without it that a word's mean weight is drawn to nothing by."""

_AT_A_TIME = 1_000
"""Records whose words are read or counted between two reports of progress."""

_SORTED = 2_000_000
"""Words and phrases of records that are sorted at a time: about 60 MB."""

_READ, _COUNTED = 0.4, 0.9
"""Parts of the work that are done once the words are read, and once those of whole texts are counted."""

_BLANKS = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")}
"""All of ASCII that is in no word."""


@dataclass(frozen=True)
class RecordFeatures:
    """Features of the records of a review, made once."""

    terms: sparse.csr_matrix
    """TF-IDF of words and phrases of the whole text, then of the title alone: float32, one row a record."""
    words: NDArray[np.object_]
    """Every word of the records, sorted."""
    pairs: NDArray[np.int64]
    """Place in `words` of the first and of the second word of each column, the second -1 where it is a word alone; a word or phrase that
    stands in titles too has a second column."""
    study: Floats
    """How much the wording is that of records which reviews include, in standard deviations of the records given."""
    mean: Floats
    """Mean of each word or phrase over the records."""
    by_study: NDArray[np.int64]
    """Rows in the order of `study`, for samples that are spread evenly over it."""
    by_review: Floats
    """How much more the wording is that of what one review includes than of what all do: a row a record, a column a review that was
    learnt from; no columns where nothing was."""

    def __len__(self) -> int:
        rows: int = self.terms.shape[0]
        return rows

    def name(self, column: int) -> str:
        """The word or phrase of a column."""
        first, second = self.pairs[column]
        word = str(self.words[first])
        return word if second < 0 else f"{word} {self.words[second]}"

    @property
    def names(self) -> list[str]:
        """The words and phrases of all columns; made anew each time, for of many records they take more room than all else."""
        return [self.name(column) for column in range(len(self.pairs))]

    @cached_property
    def sample(self) -> NDArray[np.int64]:
        """Rows spread evenly over `by_study`, from which the spread of a model's scores is told; all of a small review."""
        step = max(1, len(self) // SAMPLE)
        return np.sort(self.by_study[step // 2 :: step])

    @cached_property
    def sampled(self) -> sparse.csr_matrix:
        """`terms` of `sample`; `terms` itself where that is all."""
        return self.terms if len(self.sample) == len(self) else self.terms[self.sample]


def record_features(
    titles: Sequence[str | None],
    abstracts: Sequence[str | None],
    *,
    study_words: Mapping[str, float] | None = None,
    review_words: Mapping[str, Sequence[float]] | None = None,
    progress: Progress = unheard,
) -> RecordFeatures:
    """Make the features of records.

    Parameters
    ----------
    titles, abstracts : sequence of str
        One of each a record; either may be missing.
    study_words : mapping of str to float, optional
        Word or phrase in lower case, and how much it speaks for a record in any review; by default those of `known_study_words`.
    review_words : mapping of str to sequence of float, optional
        The same in each of some reviews, as many numbers a word; by default those of `known_review_words`, and none where `study_words`
        are given.
    progress : callable, optional
        Called with the part of the work that is done, 0 to 1, time and again; an exception it raises stops the work.

    Returns
    -------
    RecordFeatures

    Notes
    -----
    TF-IDF of words and pairs of words with logarithmic term frequencies and unit length, as ELAS u4 of ASReview has it
    (https://github.com/asreview/asreview), but without those of a single record, which liken no two. Titles stand beside it a second
    time, so that a record without an abstract is not far from everything.

    Examples
    --------
    >>> features = record_features(["Sleep and memory", "Sleep in old age", "Cats"], ["We measured sleep.", None, ""])
    >>> len(features), sorted(set(features.names))
    (3, ['sleep'])
    """
    if review_words is None:
        review_words = known_review_words() if study_words is None else {}
    known = known_study_words() if study_words is None else study_words
    read = _read(titles, abstracts, lambda part: progress(_READ * part))
    whole, whole_keys = _tfidf(read, *read.texts, lambda part: progress(_READ + (_COUNTED - _READ) * part))
    title, title_keys = _tfidf(read, *read.titles, lambda part: progress(_COUNTED + (1 - _COUNTED) * part))
    study = _study(whole, read, whole_keys, {word: (weight,) for word, weight in known.items()}).sum(axis=1)
    by_review = _study(whole, read, whole_keys, review_words)
    by_review -= by_review.mean(axis=1, keepdims=True) if review_words else np.float32(0)
    terms = sparse.hstack([whole * np.float32((1 - TITLE) ** 0.5), title * np.float32(TITLE**0.5)], "csr", np.float32)
    terms.sort_indices()
    mean = np.asarray(terms.mean(axis=0), np.float32).ravel()
    pairs = read.pairs(np.concatenate([whole_keys, title_keys]))
    progress(1.0)
    return RecordFeatures(terms, read.words, pairs, study, mean, np.argsort(study, kind="stable"), by_review)


@dataclass(frozen=True)
class _Read:
    """The words of records, each as its place among all words, sorted.

    A word is a number of twice as many bits, and so is a phrase of two; these numbers are in the order of the words and phrases as texts,
    for a blank comes before whatever is in a word.
    """

    words: NDArray[np.object_]
    places: NDArray[np.int32]
    """Of all words of all records, one after another."""
    starts: NDArray[np.int64]
    """Where the title and where the abstract of each record begin among them, and where the last ends."""

    @property
    def bits(self) -> int:
        """Of the number of a word."""
        return len(self.words).bit_length()

    @property
    def texts(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the words of each record begin and end."""
        return self.starts[:-1:2], self.starts[2::2]

    @property
    def titles(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the words of the title of each record begin and end."""
        return self.starts[:-1:2], self.starts[1::2]

    def pairs(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Places of first and second words; see `RecordFeatures.pairs`."""
        return np.stack([keys >> self.bits, (keys & ((1 << self.bits) - 1)) - 1], axis=1)

    def key(self, name: str) -> int:
        """Number of a word or phrase; -1 where a word of it is not there."""
        found = 0
        parts = name.split()
        for shift, part in zip((self.bits, 0), parts, strict=False):
            place = int(np.searchsorted(self.words, part))
            if place == len(self.words) or self.words[place] != part:
                return -1
            found |= (place + (shift == 0)) << shift
        return found if 0 < len(parts) < 3 else -1


def _read(titles: Sequence[str | None], abstracts: Sequence[str | None], progress: Progress) -> _Read:
    """Read the words of two letters or more, as scikit-learn has them, with the signs of scripts that write vowels as such."""
    several = re.compile(f"{word_pattern().removesuffix('*')}+")
    known: defaultdict[str, int] = defaultdict()
    known.default_factory = known.__len__
    found: list[NDArray[np.int32]] = []
    counts = np.zeros(2 * len(titles), np.int64)
    for number, (title, abstract) in enumerate(zip(titles, abstracts, strict=True)):
        if number % _AT_A_TIME == 0:
            progress(number / len(titles))
        texts = composed(title or ""), composed(abstract or "")
        # Whole clauses of a language that writes no spaces would pass for words. A record with some such words among others stays as it is.
        if is_unspaced(" ".join(texts)):
            texts = paired(texts[0]), paired(texts[1])
        for place, text in enumerate(texts, 2 * number):
            small = text.lower()
            words = small.translate(_BLANKS).split() if small.isascii() else several.findall(small)
            counts[place] = len(words)
            found.append(np.fromiter(map(known.__getitem__, words), np.int32, len(words)))
    return _sorted(known, found, counts)


def _sorted(known: Mapping[str, int], found: Sequence[NDArray[np.int32]], counts: NDArray[np.int64]) -> _Read:
    """Number words by their order, and leave those of one letter out."""
    words = sorted(word for word in known if len(word) > 1)
    number = np.full(len(known), -1, np.int32)
    number[[known[word] for word in words]] = np.arange(len(words), dtype=np.int32)
    places = number[np.concatenate(found)] if found else np.zeros(0, np.int32)
    there = places >= 0
    starts = np.concatenate([[0], np.cumsum(there)])[np.concatenate([[0], np.cumsum(counts)])]
    return _Read(np.array(words, object), places[there], starts)


def _tfidf(
    read: _Read, starts: NDArray[np.int64], ends: NDArray[np.int64], progress: Progress
) -> tuple[sparse.csr_matrix, NDArray[np.int64]]:
    """Rows of unit length before words of one record are dropped, and the numbers of the columns.

    Parameters
    ----------
    read : _Read
    starts, ends : ndarray of int64, shape (n_records,)
        Where the words of each begin and end.
    """
    rows = len(starts)
    counted = []
    for row in range(0, rows, _AT_A_TIME):
        progress(row / rows / 2)
        counted.append(_counts(read, starts[row : row + _AT_A_TIME], ends[row : row + _AT_A_TIME]))
    if not sum(len(keys) for keys, *_ in counted):  # no text has a word of two letters
        return sparse.csr_matrix((rows, 0)).astype(np.float32), np.zeros(0, np.int64)
    keys, counts, sizes = (np.concatenate(parts) for parts in zip(*counted, strict=True))
    del counted
    columns, names = _columns(keys, lambda part: progress(0.5 + part / 2))
    del keys
    matrix = sparse.csr_matrix((counts, columns, np.concatenate([[0], np.cumsum(sizes)])), shape=(rows, len(names)))
    papers = np.bincount(columns, minlength=len(names))
    weighted = TfidfTransformer(sublinear_tf=True).fit(matrix).transform(matrix, copy=False)
    # Of the words of nearly every record little is learnt, but that they are there.
    kept = np.flatnonzero((papers >= 2) & (papers <= max(2, 0.95 * rows)))
    return weighted[:, kept].tocsr(), names[kept]


def _counts(
    read: _Read, starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int64]]:
    """Numbers of the words and phrases of some records, how often each stands there, and how many each record has; sorted."""
    lengths = ends - starts
    record = np.repeat(np.arange(len(starts)), lengths)
    within = np.arange(len(record)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    words = read.places[starts[record] + within].astype(np.int64)
    first = record << (2 * read.bits) | words << read.bits
    phrases = (first[:-1] | (words[1:] + 1))[record[:-1] == record[1:]]
    every = np.sort(np.concatenate([first, phrases]))
    begin = np.flatnonzero(np.diff(every, prepend=-1))
    counts = np.diff(begin, append=len(every)).astype(np.float32)
    sizes = np.bincount(every[begin] >> (2 * read.bits), minlength=len(starts))
    return every[begin] & ((1 << (2 * read.bits)) - 1), counts, sizes


def _columns(keys: NDArray[np.int64], progress: Progress) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Of each number its place among the different ones, and these, sorted. Some are sorted at a time, which takes less memory."""
    columns = np.empty(len(keys), np.int32)
    names: list[NDArray[np.int64]] = []
    parts = max(1, len(keys) // _SORTED)
    edges = np.quantile(keys[:: max(1, len(keys) // 100_000)], np.linspace(0, 1, parts + 1)[1:-1], method="lower")
    before = 0
    for part, (low, high) in enumerate(pairwise([-1, *np.unique(edges).tolist(), np.iinfo(np.int64).max])):
        progress(part / parts)
        chosen = np.flatnonzero((keys > low) & (keys <= high))
        some = keys[chosen]
        order = np.argsort(some)
        some = some[order]
        new = np.diff(some, prepend=-1) != 0
        columns[chosen[order]] = np.cumsum(new) + (before - 1)
        names.append(some[new])
        before += len(names[-1])
    return columns, np.concatenate(names)


def _study(matrix: sparse.csr_matrix, read: _Read, keys: NDArray[np.int64], words: Mapping[str, Sequence[float]]) -> Floats:
    """Weights of the words that are there, added and in standard deviations: a column for each weight that a word has."""
    found: dict[int, Sequence[float]] = {}
    for name, given in words.items():
        if (key := read.key(name)) >= 0 and (place := int(np.searchsorted(keys, key))) < len(keys) and keys[place] == key:
            found[place] = given
    weights = np.array([found[place] for place in sorted(found)], float).reshape(
        len(found), len(next(iter(words.values()), ()))
    )
    there = matrix[:, sorted(found)]
    there.data = np.ones(len(there.data))
    length = np.sqrt(np.maximum(np.diff(matrix.indptr), 1))
    raw = (there @ weights) / length[:, None]
    spread = raw.std(axis=0)
    standard: Floats = ((raw - raw.mean(axis=0)) / np.where(spread > 0, spread, 1)).astype(np.float32)
    return standard


@cache
def known_study_words() -> Mapping[str, float]:
    """Words that tell what reviews include from what they do not, whatever they are about: "were randomised" from "is discussed".

    They were learnt from twelve systematic reviews, mostly of medicine (``python -m benchmarks.screening --fit``).
    """
    known = _known_words()
    told = zip(known["words"], map(_digit, known["study"]), known["tenths"], strict=True)
    return {word: (mean_of_tenths(tenths) + _signed(rest - 1)) / 1000 for word, rest, tenths in told if rest}


@cache
def known_review_words() -> Mapping[str, Sequence[float]]:
    """Words that told what each of the same reviews includes: a weight a review, nothing of those without the word."""
    known = _known_words()
    return {word: [tenth / 10 for tenth in of] for word, of in zip(known["words"], known["tenths"], strict=True) if any(of)}


def mean_of_tenths(tenths: Sequence[int]) -> int:
    """What a study word weighs by its weights in reviews, but for their rounding; in thousandths."""
    return round(100 * sum(tenths) / (sum(map(bool, tenths)) + DOUBT))


def _digit(letter: str) -> int:
    return ord(letter) - ord("#")


def _signed(number: int) -> int:
    return -(number + 1) // 2 if number % 2 else number // 2


def _known_words() -> dict[str, Any]:
    """The `words`, of which most are known in both ways; their weight in each review in `tenths`; what it leaves of that in `study`.

    All are letters, of which numbers take half as much room again: 0, −1, 1, −2 … are the characters from ``#`` on. Those of `study` are
    thousandths beyond `mean_of_tenths`, from ``$`` on; ``#`` is no study word.
    """
    with pa.input_stream(Path(__file__).with_name(WORDS), compression="brotli") as file:
        found: dict[str, Any] = json.loads(file.read())
    tenths = zip(*([_signed(_digit(letter)) for letter in of] for of in found["tenths"]), strict=True)
    return {**found, "words": found["words"].split(","), "tenths": list(tenths)}
