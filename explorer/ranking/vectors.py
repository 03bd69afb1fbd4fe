"""Paper vectors: one protocol for every embedder, and the default one, latent semantic analysis.

An embedder turns texts into unit rows, so a dot product is a cosine.  `LSA` is fitted on the corpus itself: no
download, and the same numbers on every run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy import sparse

from explorer.ranking.arrays import MEMORY, Place, save_array
from explorer.ranking.terms import TermIndex

Floats = NDArray[np.float32]
QueryEncoder = Callable[[str, Mapping[int, float]], Floats]
"""A query as text, and as weighted term numbers, to a unit vector; an embedder uses whichever it understands."""

_BLOCK = 2048
_CODES = ("leading", "rest", "scales")


class Embedder(Protocol):
    """What the ranking needs of an embedder: scikit-learn's `fit` and `transform`, over texts."""

    def fit(self, texts: Sequence[str]) -> Self:
        """Learn from the corpus; a pre-trained embedder returns itself."""
        ...

    def transform(self, texts: Sequence[str]) -> Floats:
        """Return float32 unit rows, shape (n_texts, n_dimensions); a text without known words gives zeros."""
        ...


class Vectors(Protocol):
    """Unit rows, one a paper: an array of float32, or `RoundedVectors`."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Papers and dimensions."""
        ...

    def __len__(self) -> int: ...

    def __getitem__(self, rows: Any, /) -> Floats:
        """Those of some rows: float32, shape (len(rows), n_dimensions); of one row (n_dimensions,)."""
        ...

    def __matmul__(self, other: Floats, /) -> Floats:
        """Cosines of every paper with unit vectors, float32: shape (n_papers,) for one, (n_papers, n) for columns."""
        ...


class RoundedVectors:
    """Unit vectors in one byte a dimension; their files are mapped, and shared between processes.

    The leading dimensions lie apart from the rest, so that comparing every paper by these alone reads nothing else.

    Parameters
    ----------
    leading, rest : ndarray of int8, shape (n_papers, n_leading) and (n_papers, n_rest)
    scales : ndarray of float32, shape (n_papers,)
        What makes a row of codes a unit vector again; 0 for a row of zeros.

    Notes
    -----
    Only the direction of a vector counts. So each is stretched until its largest value is 127, rounded, and read as a unit vector
    again: uniform scalar quantisation, one range a paper. A range a dimension, which a few short papers stretch, loses more.

    Examples
    --------
    >>> rounded = RoundedVectors.of(np.array([[0.6, 0.8], [0, 0]], np.float32))
    >>> rounded[[0, 1]].round(2).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """

    def __init__(self, leading: NDArray[np.int8], rest: NDArray[np.int8], scales: Floats) -> None:
        self.leading, self.rest, self.scales = leading, rest, scales

    @classmethod
    def of(cls, vectors: Floats, leading: int | None = None) -> Self:
        """Round vectors; by default all dimensions are leading ones."""
        codes: NDArray[np.int8] = np.empty(vectors.shape, np.int8)
        scales = np.zeros(len(vectors), np.float32)
        for start in range(0, len(vectors), _BLOCK):
            part = slice(start, start + _BLOCK)
            largest = np.abs(vectors[part]).max(axis=1, initial=0)
            stretch = np.divide(np.float32(127), largest, out=np.zeros_like(largest), where=largest > 0)
            codes[part] = np.rint(vectors[part] * stretch[:, None])
            # Whole numbers, so that the sum is the same in whatever order it is taken.
            squares = np.square(codes[part], dtype=np.int32).sum(axis=1, dtype=np.int64)
            scales[part] = np.divide(1, np.sqrt(squares), out=np.zeros(len(squares)), where=squares > 0)
        return cls(
            np.ascontiguousarray(codes[:, :leading]), codes[:, codes.shape[1] if leading is None else leading :].copy(), scales
        )

    @classmethod
    def of_blocks(cls, blocks: Iterable[Floats], papers: int, dimensions: int, leading: int, place: Place = MEMORY) -> Self:
        """What `of` gives of vectors that come some at a time, made in `place`."""
        leading = min(leading, dimensions)
        kinds = (((papers, leading), np.int8), ((papers, dimensions - leading), np.int8), ((papers,), np.float32))
        codes = [place.empty(f"vectors_{name}", *kind) for name, kind in zip(_CODES, kinds, strict=True)]
        start = 0
        for vectors in blocks:
            some = cls.of(vectors, leading)
            for name, whole in zip(_CODES, codes, strict=True):
                whole[start : start + len(vectors)] = getattr(some, name)
            start += len(vectors)
        return cls(*codes)

    def save(self, folder: Path) -> None:
        """Write the codes into an existing `folder`."""
        for name in _CODES:
            save_array(folder / f"vectors_{name}.npy", getattr(self, name))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open codes written by `save`, memory-mapped."""
        return cls(*(np.asarray(np.load(folder / f"vectors_{name}.npy", mmap_mode="r")) for name in _CODES))

    def __len__(self) -> int:
        return len(self.scales)

    @property
    def shape(self) -> tuple[int, int]:
        """Papers and dimensions."""
        return len(self), self.leading.shape[1] + self.rest.shape[1]

    def __getitem__(self, rows: Any) -> Floats:
        codes = np.concatenate([self.leading[rows], self.rest[rows]], axis=-1)
        found: Floats = codes * np.asarray(self.scales[rows])[..., None]
        return found

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        return np.asarray(self[:], dtype)

    def __matmul__(self, other: Floats) -> Floats:
        cut = self.leading.shape[1]
        found = np.empty((len(self), *other.shape[1:]), np.float32)
        # A block as float32 stays in the processor's cache, where a copy of everything would go through memory twice.
        for start in range(0, len(self), _BLOCK):
            part = slice(start, start + _BLOCK)
            found[part] = self.leading[part].astype(np.float32) @ other[:cut]
            if self.rest.shape[1]:
                found[part] += self.rest[part].astype(np.float32) @ other[cut:]
        found *= self.scales if other.ndim == 1 else self.scales[:, None]
        return found

    def nearness(self, vector: Floats) -> Floats:
        """What the leading dimensions add to the cosine of every paper with a vector: float32, shape (n_papers,)."""
        return RoundedVectors(self.leading, self.rest[:, :0], self.scales) @ vector[: self.leading.shape[1]]


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
        # Fitting alone takes scikit-learn, which ranking shall not load: it is 30 MB and half a second a process.
        from sklearn.decomposition import TruncatedSVD

        svd = TruncatedSVD(n_dimensions, random_state=self.seed, n_iter=4)
        # Where all papers say the same there is no variance to be explained, a share of which scikit-learn always gives.
        with np.errstate(divide="ignore", invalid="ignore"):
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

    def projected(self, index: TermIndex, *, block: int = 20_000) -> Iterator[Floats]:
        """The unit rows of the papers of `index`, so many at a time."""
        for start in range(0, index.n_papers, block):
            yield self.project(index.tfidf(np.arange(start, min(start + block, index.n_papers))))

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
