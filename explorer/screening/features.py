"""What a screening model knows of every record: words and phrases of title and abstract, and how much it reads like a study."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from explorer.text.analysis import composed, is_unspaced, paired, word_pattern

Floats = NDArray[np.float32]

TITLE = 0.15
"""Share of the title's own words in the likeness of two records; the rest is of title and abstract as one text."""

SAMPLE = 2_000
"""Records in `RecordFeatures.sample` at least, where there are so many; twice as many at most."""


@dataclass(frozen=True)
class RecordFeatures:
    """Features of the records of a review, made once."""

    terms: sparse.csr_matrix
    """TF-IDF of words and phrases of the whole text, then of the title alone: float32, one row a record."""
    names: NDArray[np.object_]
    """The word or phrase of each column; one that stands in titles too has a second column."""
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
    words = known_study_words() if study_words is None else study_words
    heads = [composed(title or "") for title in titles]
    texts = [f"{title} {composed(abstract or '')}".strip() for title, abstract in zip(heads, abstracts, strict=True)]
    # Whole clauses of a language that writes no spaces would pass for words. A record with some such words among others stays as it is.
    for row, text in enumerate(texts):
        if is_unspaced(text):
            heads[row], texts[row] = paired(heads[row]), paired(text)
    whole, names = _tfidf(texts)
    title, title_names = _tfidf(heads)
    study = _study(whole, names, {word: (weight,) for word, weight in words.items()}).sum(axis=1)
    by_review = _study(whole, names, review_words)
    by_review -= by_review.mean(axis=1, keepdims=True) if review_words else np.float32(0)
    terms = sparse.hstack([whole * np.float32((1 - TITLE) ** 0.5), title * np.float32(TITLE**0.5)], "csr", np.float32)
    terms.sort_indices()
    mean = np.asarray(terms.mean(axis=0), np.float32).ravel()
    return RecordFeatures(terms, np.concatenate([names, title_names]), study, mean, np.argsort(study, kind="stable"), by_review)


def _tfidf(texts: Sequence[str]) -> tuple[sparse.csr_matrix, NDArray[np.object_]]:
    """Rows of unit length before words of one record are dropped, and the names of the columns."""
    # Words of two letters or more, as scikit-learn has them, with the signs of scripts that write vowels as such.
    several = f"{word_pattern().removesuffix('*')}+"
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32, token_pattern=several)
    try:
        matrix = vectorizer.fit_transform(texts)
    except ValueError:  # no text has a word of two letters
        nothing = sparse.csr_matrix((len(texts), 0)).astype(np.float32)
        return nothing, np.zeros(0, object)
    papers = np.bincount(matrix.indices, minlength=matrix.shape[1])
    # Of the words of nearly every record little is learnt, but that they are there.
    kept = np.flatnonzero((papers >= 2) & (papers <= max(2, 0.95 * len(texts))))
    return matrix[:, kept].tocsr(), vectorizer.get_feature_names_out()[kept]


def _study(matrix: sparse.csr_matrix, names: NDArray[np.object_], words: Mapping[str, Sequence[float]]) -> Floats:
    """Weights of the words that are there, added and in standard deviations: a column for each weight that a word has."""
    columns = len(next(iter(words.values()), ()))
    weights = np.zeros((len(names), columns), np.float32)
    for place, name in enumerate(names):
        if (given := words.get(name)) is not None:
            weights[place] = given
    there = matrix.copy()
    there.data = np.ones_like(there.data)
    length = np.sqrt(np.maximum(np.diff(there.indptr), 1))
    raw = (there @ weights) / length[:, None]
    spread = raw.std(axis=0)
    standard: Floats = ((raw - raw.mean(axis=0)) / np.where(spread > 0, spread, 1)).astype(np.float32)
    return standard


@cache
def known_study_words() -> Mapping[str, float]:
    """Words that tell what reviews include from what they do not, whatever they are about: "were randomised" from "is discussed".

    They were learnt from twelve systematic reviews, mostly of medicine (``python -m benchmarks.screening --fit``).
    """
    path = Path(__file__).with_name("study_words.json")
    found: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))["words"]
    return found


@cache
def known_review_words() -> Mapping[str, Sequence[float]]:
    """Words that told what each of the same reviews includes: a weight a review, nothing of those without the word."""
    path = Path(__file__).with_name("review_words.json")
    found: dict[str, list[float]] = json.loads(path.read_text(encoding="utf-8"))["words"]
    return found
