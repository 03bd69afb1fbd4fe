"""Paper vectors: one protocol for every embedder, and the default one, latent semantic analysis.

An embedder turns texts into unit rows, so a dot product is a cosine.  `LSA` is fitted on the corpus itself: no
download, and the same numbers on every run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.decomposition import TruncatedSVD

from explorer.ranking.terms import TermIndex

Floats = NDArray[np.float32]
QueryEncoder = Callable[[str, Mapping[int, float]], Floats]
"""A query as text, and as weighted term numbers, to a unit vector; an embedder uses whichever it understands."""

_BLOCK = 2048


class Embedder(Protocol):
    """What the ranking needs of an embedder: scikit-learn's `fit` and `transform`, over texts."""

    def fit(self, texts: Sequence[str]) -> Self:
        """Learn from the corpus; a pre-trained embedder returns itself."""
        ...

    def transform(self, texts: Sequence[str]) -> Floats:
        """Return float32 unit rows, shape (n_texts, n_dimensions); a text without known words gives zeros."""
        ...


class Scan:
    """Vectors in one byte a dimension, to compare a query with every paper; files of it are shared between processes.

    Parameters
    ----------
    codes : ndarray of int8, shape (n_papers, n_dimensions)
    steps : ndarray of float32, shape (n_dimensions,)
        What one unit of a code stands for in each dimension.

    Notes
    -----
    Uniform scalar quantisation, one range a dimension; only the papers are rounded, the query is not.
    """

    def __init__(self, codes: NDArray[np.int8], steps: Floats) -> None:
        self.codes = codes
        self.steps = steps

    @classmethod
    def of(cls, vectors: Floats, dimensions: int | None = None) -> Self:
        """Round the leading dimensions of vectors; all of them by default."""
        kept = vectors[:, :dimensions]
        steps = np.maximum(np.abs(kept).max(axis=0, initial=0), 1e-9).astype(np.float32) / 127
        codes = np.empty(kept.shape, np.int8)
        for start in range(0, len(kept), _BLOCK):
            codes[start : start + _BLOCK] = np.rint(kept[start : start + _BLOCK] / steps)
        return cls(codes, steps)

    def save(self, folder: Path) -> None:
        """Write the codes into an existing `folder`."""
        np.save(folder / "scan_codes.npy", self.codes)
        np.save(folder / "scan_steps.npy", self.steps)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open codes written by `save`, memory-mapped."""
        return cls(np.load(folder / "scan_codes.npy", mmap_mode="r"), np.load(folder / "scan_steps.npy"))

    def products(self, vector: Floats) -> Floats:
        """Inner product of a vector with every paper over the dimensions kept: float32, shape (n_papers,)."""
        weights = vector[: len(self.steps)] * self.steps
        found = np.empty(len(self.codes), np.float32)
        # A block as float32 stays in the processor's cache, where a copy of everything would go through memory twice.
        for start in range(0, len(found), _BLOCK):
            found[start : start + _BLOCK] = self.codes[start : start + _BLOCK].astype(np.float32) @ weights
        return found


class LSA:
    """Latent semantic analysis over a term index.

    Parameters
    ----------
    dimensions : int
        At most this many; a small corpus gets a fifth of its papers.
    sample : int
        Papers the decomposition is fitted on, drawn with `seed`; every paper is then projected.
    power : float
        Singular values scale the dimensions by this power; 0 weighs all alike, 1 is the classic projection.
    seed : int

    Attributes
    ----------
    columns_ : ndarray of int32, shape (n_columns,)
        Term numbers the decomposition uses.
    projection_ : ndarray of float32, shape (n_columns, n_dimensions)
        Term vectors, scaled.

    Notes
    -----
    S. Deerwester et al., "Indexing by Latent Semantic Analysis", JASIS 41(6), 1990, section 4.  The randomised solver
    is N. Halko et al., arXiv:0909.4061; the power of 1/2 follows J. Caron, "Experiments with LSA scoring", 2001.
    """

    def __init__(self, *, dimensions: int = 256, sample: int = 20_000, power: float = 0.5, seed: int = 0) -> None:
        self.dimensions = dimensions
        self.sample = sample
        self.power = power
        self.seed = seed

    def fit_index(self, index: TermIndex) -> Self:
        """Fit on the papers of `index`."""
        rows = np.arange(index.n_papers)
        if len(rows) > self.sample:
            rows = np.sort(np.random.default_rng(self.seed).permutation(len(rows))[: self.sample])
        sampled = index.tfidf(rows)
        seen = np.bincount(sampled.indices, minlength=sampled.shape[1])
        self.columns_ = np.flatnonzero(seen >= 2).astype(np.int32)
        n_dimensions = min(self.dimensions, len(rows) // 5, len(self.columns_) - 1)
        if n_dimensions < 1:  # a handful of papers has no latent structure: vectors of zeros leave BM25 in charge
            self.projection_: Floats = np.zeros((len(self.columns_), 1), np.float32)
            return self
        svd = TruncatedSVD(n_dimensions, random_state=self.seed, n_iter=4)
        svd.fit(sampled[:, self.columns_])
        scaled = svd.components_.T * svd.singular_values_**self.power
        self.projection_ = np.ascontiguousarray(scaled, dtype=np.float32)
        return self

    def project(self, tfidf: sparse.csr_matrix) -> Floats:
        """Return unit rows for TF-IDF rows over the index's terms: float32, shape (n_rows, n_dimensions)."""
        vectors = np.asarray(tfidf[:, self.columns_] @ self.projection_)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Floats = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
        return unit

    def project_index(self, index: TermIndex, *, block: int = 20_000) -> Floats:
        """Return unit rows for every paper of `index`, block by block to bound the memory."""
        starts = range(0, index.n_papers, block)
        blocks = [self.project(index.tfidf(np.arange(s, min(s + block, index.n_papers)))) for s in starts]
        return np.concatenate(blocks) if blocks else np.zeros((0, 1), np.float32)

    def encoder(self, index: TermIndex) -> QueryEncoder:
        """Return a function from a query to its unit vector, for a `HybridRanker`."""

        def encode(query: str, weights: Mapping[int, float]) -> Floats:
            vector: Floats = self.project(index.tfidf_of(weights))[0]
            return vector

        return encode

    def save(self, folder: Path) -> None:
        """Write the model into an existing `folder`."""
        np.save(folder / "lsa_columns.npy", self.columns_)
        np.save(folder / "lsa_projection.npy", self.projection_)
        about = {"dimensions": self.dimensions, "sample": self.sample, "power": self.power, "seed": self.seed}
        (folder / "lsa.json").write_text(json.dumps(about), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> LSA:
        """Open a model written by `save`, memory-mapped."""
        model = cls(**json.loads((folder / "lsa.json").read_text(encoding="utf-8")))
        model.columns_ = np.load(folder / "lsa_columns.npy", mmap_mode="r")
        model.projection_ = np.load(folder / "lsa_projection.npy", mmap_mode="r")
        return model
