"""Features: what a paper says in numbers that concepts are models over, and how these vary together in the corpus."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from explorer.ranking.terms import TermIndex

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

_ARRAYS = ("columns", "indptr", "indices", "data", "mean", "components", "spread", "rest")
_BLOCK = 20_000


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
    indptr_, indices_, data_ : ndarray of int32, int32 and float32
        Rows in compressed form (`matrix`), scaled so that their mean squared length is one: 8 bytes a distinct word.
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

    def fit(self, index: TermIndex) -> Self:
        """Learn from the papers of an index."""
        n = index.n_papers
        least = max(min(self.min_df, max(1, n // 100)), n // 10_000)
        self.columns_ = np.flatnonzero(index.df_ >= least).astype(np.int32)
        matrix = _weights(index, self.columns_)
        length = float(np.sqrt(np.square(matrix.data, dtype=np.float64).sum() / max(n, 1))) or 1.0
        matrix.data /= np.float32(length)
        self.length_ = length
        self.indptr_, self.indices_, self.data_ = matrix.indptr, matrix.indices, matrix.data
        n_columns = len(self.columns_)
        self.mean_: Floats = (_sums(matrix, matrix.data) / max(n, 1)).astype(np.float32)
        moment = _sums(matrix, np.square(matrix.data)) / max(n, 1)
        sampled = matrix[np.sort(self._drawn(self.sample))]
        rank = min(self.rank, sampled.shape[0] // 5, n_columns - 1)
        if rank < 1:  # a handful of papers varies in no direction that could be told from chance
            self.components_: Floats = np.zeros((0, n_columns), np.float32)
            self.spread_: Floats = np.zeros(0, np.float32)
        else:
            _, values, components = randomized_svd(sampled, rank, n_iter=3, random_state=self.seed)
            self.components_ = np.ascontiguousarray(components, np.float32)
            self.spread_ = (values**2 / sampled.shape[0]).astype(np.float32)
        left = moment - np.square(self.components_).T @ self.spread_
        self.rest_: Floats = np.maximum(left, 0).astype(np.float32)
        return self

    @property
    def n_papers(self) -> int:
        """Papers that have features."""
        return len(self.indptr_) - 1

    @cached_property
    def matrix(self) -> sparse.csr_matrix:
        """All papers: float32 CSR, shape (n_papers, n_columns)."""
        return sparse.csr_matrix(
            (self.data_, self.indices_, self.indptr_), shape=(self.n_papers, len(self.columns_)), copy=False
        )

    @cached_property
    def background(self) -> Rows:
        """Papers that stand for all others, the same for every concept; in random order, so that the first of them do too."""
        return self._drawn(self.few)

    def _drawn(self, count: int) -> Rows:
        return np.random.default_rng(self.seed).permutation(self.n_papers)[:count]

    @cached_property
    def background_rows(self) -> sparse.csr_matrix:
        """Features of the background, kept in memory."""
        return self.matrix[self.background]

    def columns_of(self, terms: Sequence[int]) -> NDArray[np.int64]:
        """Columns of those terms that have one."""
        return np.flatnonzero(np.isin(self.columns_, terms))

    def unmixed(self, difference: Floats) -> Floats:
        """Return a difference of means, divided by the covariance: the weights of a linear discriminant."""
        weighted = difference * self._precision
        return np.asarray(weighted - self._scaled.T @ (self._inner @ (self._scaled @ difference)), np.float32)

    @cached_property
    def deviations(self) -> Floats:
        """Root mean square of every column."""
        return np.asarray(np.sqrt(np.square(self.components_).T @ self.spread_ + self.rest_), np.float32)

    @cached_property
    def _precision(self) -> Floats:
        return np.asarray(1 / (self.rest_ + np.float32(self.ridge + 10 / max(self.n_papers, 1))), np.float32)

    @cached_property
    def _scaled(self) -> Floats:
        return np.asarray(self.components_ * self._precision, np.float32)

    @cached_property
    def _inner(self) -> Floats:
        spread = np.diag(1 / np.maximum(self.spread_, 1e-12).astype(np.float64))
        return np.asarray(np.linalg.inv(spread + self._scaled.astype(np.float64) @ self.components_.T), np.float32)

    def mean_of(self, rows: sparse.csr_matrix) -> Floats:
        """Mean of some rows."""
        return np.asarray(_sums(rows, rows.data) / max(rows.shape[0], 1), np.float32)

    def save(self, folder: Path) -> None:
        """Write the arrays into an existing `folder`."""
        for name in _ARRAYS:
            np.save(folder / f"features_{name}.npy", getattr(self, f"{name}_"))
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


def _weights(index: TermIndex, columns: NDArray[np.int32]) -> sparse.csr_matrix:
    """BM25 weight of every word of `columns` in every paper, from the postings."""
    starts, stops = np.asarray(index.indptr_)[columns], np.asarray(index.indptr_)[columns + 1]
    kept = np.zeros(len(index.terms_), bool)
    kept[columns] = True
    taken = np.repeat(kept, index.df_)
    rows = np.asarray(index.rows_)[taken]
    data = np.asarray(index.saturation_)[taken] * np.repeat(index.idf_[columns] / np.float32(255), stops - starts)
    indptr = np.concatenate([[0], np.cumsum(stops - starts)])
    shape = (index.n_papers, len(columns))
    return sparse.csc_matrix((data.astype(np.float32), rows, indptr.astype(np.int32)), shape=shape).tocsr()


def _sums(matrix: sparse.csr_matrix, values: Floats) -> NDArray[np.float64]:
    return np.asarray(np.bincount(matrix.indices, weights=values, minlength=matrix.shape[1]), np.float64)
