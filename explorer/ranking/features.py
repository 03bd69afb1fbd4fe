"""Features: what a paper says in numbers that concepts are models over, and how these vary together in the corpus."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from explorer.ranking.arrays import MEMORY, Place, save_array
from explorer.ranking.terms import QUANTA, TermIndex

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

_ARRAYS = (
    *("columns", "indptr", "indices", "codes", "weights", "mean", "components", "spread", "rest", "inner"),
    *("background_indptr", "background_indices", "background_data"),
)
_BLOCK = 4096
"""Papers whose words are unpacked at once: they stay in the processor's cache."""

_FITTED = 20_000
"""Papers whose weights are summed at once."""

_POSTINGS = 4_000_000
"""Postings that are turned from words to papers at once; or those of one word."""


class Features:
    """BM25 weights of the words of every paper, and a model of their covariance.

    Parameters
    ----------
    min_df : int
        Words of fewer papers are left out; in a large corpus those of fewer than one paper in 10,000.
    rank : int
        Components of the covariance, at most.
    ridge : float
        Added to the variance of every word, with ten by the number of papers: of few, the covariance is known badly.
    sample : int
        Papers the components are fitted on.
    few : int
        Papers that stand for all others when a concept is fitted (`background`).
    seed : int

    Attributes
    ----------
    columns_ : ndarray of int32, shape (n_columns,)
        Term numbers, ascending.
    indptr_ : ndarray of int64, shape (n_papers + 1,)
        Where the words of each paper start in `indices_` and `codes_`.
    indices_ : ndarray of uint16, or int32 where there are more columns
    codes_ : ndarray of uint8
        A column, and how often it occurs as the index saturates it: 3 bytes a distinct word, from which `rows` gives its weight.
    weights_ : ndarray of float32, shape (n_columns,)
        Weight of one unit of a code; scaled so that the mean squared length of a paper is one.
    length_ : float
        Root mean square length of a paper in BM25 scores.
    mean_ : ndarray of float32, shape (n_columns,)
    components_ : ndarray of float32, shape (rank, n_columns)
        Orthonormal directions of largest second moment.
    spread_ : ndarray of float32, shape (rank,)
        Second moments along them.
    rest_ : ndarray of float32, shape (n_columns,)
        What of the second moment of every word the components leave.

    Notes
    -----
    The covariance is that of factor analysis, low rank and diagonal; its inverse is cheap by the Woodbury identity (T. Hastie,
    R. Tibshirani and J. Friedman, "The Elements of Statistical Learning", 2nd ed., sections 4.3 and 14.7.1).
    """

    def __init__(
        self, *, min_df: int = 3, rank: int = 64, ridge: float = 2e-4, sample: int = 20_000, few: int = 20_000, seed: int = 0
    ) -> None:
        self.min_df = min_df
        self.rank = rank
        self.ridge = ridge
        self.sample = sample
        self.few = few
        self.seed = seed

    def fit(self, index: TermIndex, *, place: Place = MEMORY) -> Self:
        """Learn from the papers of an index, some thousand at a time; what grows with them is made in `place`."""
        n = index.n_papers
        least = max(min(self.min_df, max(1, n // 100)), n // 10_000)
        self.columns_ = np.flatnonzero(index.df_ >= least).astype(np.int32)
        self._code(index, place)
        n_columns = len(self.columns_)
        self.weights_: Floats = index.idf_[self.columns_] / np.float32(QUANTA)
        sums, squares = np.zeros(n_columns), np.zeros(n_columns)
        for start in range(0, n, _FITTED):
            some = self.rows(np.arange(start, min(start + _FITTED, n)))
            sums += _sums(some, some.data)
            squares += _sums(some, np.square(some.data, dtype=np.float64))
        self.length_ = float(np.sqrt(squares.sum() / max(n, 1))) or 1.0
        self.weights_ = self.weights_ / np.float32(self.length_)
        self.mean_: Floats = (sums / self.length_ / max(n, 1)).astype(np.float32)
        moment = squares / self.length_**2 / max(n, 1)
        sampled = self.rows(np.sort(self._drawn(self.sample)))
        rank = min(self.rank, sampled.shape[0] // 5, n_columns - 1)
        if rank < 1:  # a handful of papers varies in no direction that could be told from chance
            self.components_: Floats = np.zeros((0, n_columns), np.float32)
            self.spread_: Floats = np.zeros(0, np.float32)
        else:
            # Fitting alone takes scikit-learn, which ranking shall not load.
            from sklearn.utils.extmath import randomized_svd

            _, values, components = randomized_svd(sampled, rank, n_iter=3, random_state=self.seed)
            self.components_ = np.ascontiguousarray(components, np.float32)
            self.spread_ = (values**2 / sampled.shape[0]).astype(np.float32)
        left = moment - np.square(self.components_).T @ self.spread_
        self.rest_: Floats = np.maximum(left, 0).astype(np.float32)
        self.inner_ = self._inner()
        self._keep_background(self.rows(self._drawn(self.few)))
        return self

    def _code(self, index: TermIndex, place: Place) -> None:
        """The words of `columns_` by paper, from the postings: first how many each paper has, then each run of terms behind those before."""
        small = np.uint16 if len(self.columns_) <= 1 << 16 else np.int32
        words = np.zeros(index.n_papers, np.int64)
        for _, _, rows, _ in _runs(index, self.columns_):
            words += np.bincount(rows, minlength=len(words))
        self.indptr_ = np.concatenate([[0], np.cumsum(words)])
        self.indices_ = place.empty("features_indices", (int(self.indptr_[-1]),), small)
        self.codes_ = place.empty("features_codes", (int(self.indptr_[-1]),), np.uint8)
        following = self.indptr_[:-1].copy()
        for first, indptr, rows, saturation in _runs(index, self.columns_):
            shape = (index.n_papers, len(indptr) - 1)
            by_paper = sparse.csc_matrix((saturation, rows, indptr), shape=shape).tocsr()
            count = np.diff(by_paper.indptr)
            at = np.arange(by_paper.nnz) + np.repeat(following - by_paper.indptr[:-1], count)
            self.indices_[at] = by_paper.indices + first
            self.codes_[at] = by_paper.data
            following += count

    def _inner(self) -> Floats:
        """What the Woodbury identity inverts: a square of the components."""
        spread = np.diag(1 / np.maximum(self.spread_, 1e-12).astype(np.float64))
        scaled = (self.components_ * self._precision).astype(np.float64)
        return np.asarray(np.linalg.inv(spread + scaled @ self.components_.T), np.float32)

    def _keep_background(self, rows: sparse.csr_matrix) -> None:
        self.background_indptr_, self.background_indices_, self.background_data_ = rows.indptr, rows.indices, rows.data

    @property
    def n_papers(self) -> int:
        """Papers that have features."""
        return len(self.indptr_) - 1

    def rows(self, rows: NDArray[np.integer]) -> sparse.csr_matrix:
        """Some papers: float32 CSR, shape (len(rows), n_columns)."""
        starts, lengths = self.indptr_[rows], self.indptr_[rows + 1] - self.indptr_[rows]
        indptr = np.concatenate([[0], np.cumsum(lengths)])
        places = np.arange(indptr[-1]) + np.repeat(starts - indptr[:-1], lengths)
        indices = self.indices_[places].astype(np.int32)
        data = self.codes_[places] * self.weights_[indices]
        return sparse.csr_matrix((data, indices, indptr.astype(np.int32)), shape=(len(rows), len(self.columns_)))

    def products(self, weights: Floats) -> Floats:
        """Sum of the weights of the words of every paper: float32, shape (n_papers,)."""
        found = np.empty(self.n_papers, np.float32)
        per_code = self.weights_ * weights
        for start in range(0, len(found), _BLOCK):
            starts = self.indptr_[start : start + _BLOCK + 1]
            part = slice(int(starts[0]), int(starts[-1]))
            block = sparse.csr_matrix(
                (
                    self.codes_[part].astype(np.float32),
                    self.indices_[part].astype(np.int32),
                    (starts - starts[0]).astype(np.int32),
                ),
                shape=(len(starts) - 1, len(per_code)),
            )
            found[start : start + _BLOCK] = block @ per_code
        return found

    @cached_property
    def background(self) -> Rows:
        """Papers that stand for all others, the same for every concept; in random order, so that the first of them do too."""
        return self._drawn(self.few)

    def _drawn(self, count: int) -> Rows:
        # A copy, which does not hold on to all the others.
        return np.random.default_rng(self.seed).permutation(self.n_papers)[:count].copy()

    @cached_property
    def background_rows(self) -> sparse.csr_matrix:
        """Features of the background, which every concept is told from."""
        parts = self.background_data_, self.background_indices_, self.background_indptr_
        return sparse.csr_matrix(parts, shape=(len(self.background_indptr_) - 1, len(self.columns_)), copy=False)

    def columns_of(self, terms: Sequence[int]) -> NDArray[np.int64]:
        """Columns of those terms that have one."""
        return np.flatnonzero(np.isin(self.columns_, terms))

    def unmixed(self, difference: Floats) -> Floats:
        """Return a difference of means, divided by the covariance: the weights of a linear discriminant."""
        weighted = difference * self._precision
        mixed = self.components_.T @ (self.inner_ @ (self.components_ @ weighted))
        return np.asarray(weighted - mixed * self._precision, np.float32)

    @cached_property
    def deviations(self) -> Floats:
        """Root mean square of every column."""
        return np.asarray(np.sqrt(np.square(self.components_).T @ self.spread_ + self.rest_), np.float32)

    @cached_property
    def _precision(self) -> Floats:
        return np.asarray(1 / (self.rest_ + np.float32(self.ridge + 10 / max(self.n_papers, 1))), np.float32)

    def mean_of(self, rows: sparse.csr_matrix) -> Floats:
        """Mean of some rows."""
        return np.asarray(_sums(rows, rows.data) / max(rows.shape[0], 1), np.float32)

    def save(self, folder: Path) -> None:
        """Write the arrays into an existing `folder`."""
        for name in _ARRAYS:
            save_array(folder / f"features_{name}.npy", getattr(self, f"{name}_"))
        about = {
            "min_df": self.min_df,
            "rank": self.rank,
            "ridge": self.ridge,
            "sample": self.sample,
            "few": self.few,
            "seed": self.seed,
        }
        (folder / "features.json").write_text(json.dumps({"parameters": about, "length": self.length_}), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open features written by `save`, memory-mapped: several processes share their pages."""
        about = json.loads((folder / "features.json").read_text(encoding="utf-8"))
        features = cls(**about["parameters"])
        features.length_ = about["length"]
        for name in _ARRAYS:
            # A plain array over the mapping: scipy would wrap every slice of a numpy.memmap anew.
            setattr(features, f"{name}_", np.asarray(np.load(folder / f"features_{name}.npy", mmap_mode="r")))
        return features


def _runs(
    index: TermIndex, columns: NDArray[np.int32]
) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int32], NDArray[np.uint8]]]:
    """Postings of the terms of `columns`, as many columns at a time as have `_POSTINGS` of them: the first, and a sparse matrix by column."""
    ends = np.cumsum(index.df_[columns])
    start = 0
    while start < len(columns):
        before = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + _POSTINGS, side="right")))
        some = columns[start:stop]
        places = np.concatenate([np.arange(index.indptr_[term], index.indptr_[term + 1]) for term in some.tolist()])
        indptr = np.concatenate([[0], ends[start:stop] - before])
        yield start, indptr, index.papers_of(some), np.asarray(index.saturation_[places])
        start = stop


def _sums(matrix: sparse.csr_matrix, values: Floats) -> NDArray[np.float64]:
    return np.asarray(np.bincount(matrix.indices, weights=values, minlength=matrix.shape[1]), np.float64)
