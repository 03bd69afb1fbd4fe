"""Hybrid ranking: BM25 first, then what vectors, word pairs and the best papers themselves add.

Every paper is scored by BM25 and by its vector; the best five hundred are looked at again.  All parts are fitted on the
corpus, and one fixed set of weights serves every corpus (`docs/ranking.md` says how it was chosen).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from explorer.ranking.analysis import stem
from explorer.ranking.terms import TermIndex, top
from explorer.ranking.vectors import QueryEncoder

Floats = NDArray[np.float32]

# Words of asking, not of the subject: they frame questions typed as sentences ("articles that deal with ...").
REQUEST_WORDS = frozenset(
    stem(word)
    for word in """article paper information concerning interested interest deal describe description discuss
    discussion know want like looking find literature published relevant related relating various current currently
    available exist existing list give given reference references topic topics""".split()
)


@dataclass(frozen=True)
class Blend:
    """The weights of the hybrid ranking; every part but BM25 is scaled to a largest value of one."""

    request: float = 0.5
    """Weight of a request word in the query, where a word of the subject has 1."""
    pairs: float = 0.1
    """BM25 of adjacent word pairs, on the scale of BM25."""
    vectors: float = 0.2
    """Cosine of the query and the paper."""
    feedback: float = 1.0
    """Likeness to the best papers rather than to middling ones."""
    semantic: float = 0.5
    """Share of the vectors, against words, in that likeness."""
    positives: int = 5
    """Papers taken for relevant."""
    negatives: tuple[int, int] = (300, 500)
    """Ranks taken for not relevant; fewer candidates than that, and the lower half serves."""
    ridge: float = 3.0
    """Regularisation of the feedback model."""
    scan: int = 64
    """Leading dimensions compared for every paper; the pool is compared in full."""
    pool: int = 500
    """Papers looked at again."""


class HybridRanker:
    """Rank all papers for a plain-text query.

    Parameters
    ----------
    index : TermIndex
    encode : callable
        Query text and its weighted terms to a unit vector, such as ``lsa.encoder(index)``.
    vectors : ndarray of float32, shape (n_papers, n_dimensions)
        Unit rows.
    blend : Blend

    Notes
    -----
    Feedback is text classification on the pseudo-relevant papers: J. Lin, "The Simplest Thing That Can Possibly Work:
    Pseudo-Relevance Feedback Using Text Classification", arXiv:1904.08861; here a ridge model in its dual form.
    Word pairs: D. Metzler and W. B. Croft, "A Markov Random Field Model for Term Dependencies", SIGIR 2005
    (sequential dependence, ordered window).
    """

    def __init__(self, index: TermIndex, encode: QueryEncoder, vectors: Floats, *, blend: Blend | None = None) -> None:
        self.index = index
        self.encode = encode
        self.vectors = vectors
        self._leading = np.ascontiguousarray(vectors[:, : (blend or Blend()).scan])
        self.blend = blend or Blend()

    def weigh(self, query: str) -> dict[int, float]:
        """Return term number to weight for a plain-text query, request words down-weighted."""
        terms = self.index.terms_
        weights = self.index.weigh(query)
        if all(terms[t] in REQUEST_WORDS for t in weights):
            return weights  # the request words are the subject ("relevant literature")
        return {t: w * (self.blend.request if terms[t] in REQUEST_WORDS else 1.0) for t, w in weights.items()}

    def scores(self, query: str) -> Floats:
        """Score every paper: float32, shape (n_papers,); comparable within one query only.

        Papers below the re-ranked pool keep their first score, which is never above the pool's lowest.
        """
        weights = self.weigh(query)
        if not weights:
            return np.zeros(self.index.n_papers, dtype=np.float32)
        lexical = self.index.scores(weights)
        # BM25 of the pool's best is the unit, so that a cosine weighs the same for short and long queries.
        unit = max(float(lexical.max()), 1e-9)
        vector = self.encode(query, weights)
        total: Floats = lexical / np.float32(unit)
        total += np.float32(self.blend.vectors) * (self._leading @ vector[: self.blend.scan])
        pool = top(total, self.blend.pool)
        again = self._again(query, pool, lexical[pool], self.vectors[pool], vector)
        total -= max(float(total[pool[-1]] - again.min()), 0.0)
        total[pool] = again
        return total

    def _again(self, query: str, pool: NDArray[np.int64], lexical: Floats, vectors: Floats, vector: Floats) -> Floats:
        """Score the pool with every part of the blend."""
        blend = self.blend
        score = _scaled(lexical + np.float32(blend.pairs) * self._pairs(query, pool))
        score += np.float32(blend.vectors) * (vectors @ vector)
        order = top(score, len(score))
        like = self._feedback(self.index.tfidf(pool[order]), score[order], vectors[order])
        score = _scaled(score)
        score[order] += np.float32(blend.feedback) * _scaled(like)
        return score

    def _pairs(self, query: str, pool: NDArray[np.int64]) -> Floats:
        """BM25 of the query's adjacent word pairs; their document frequency is that within the pool."""
        index = self.index
        numbers = [index.vocabulary_.get(t, -1) for t in index.analyser(query)]
        pairs = {(a, b) for a, b in itertools.pairwise(numbers) if a >= 0 and b >= 0}
        gain = np.zeros(len(pool), dtype=np.float32)
        if not pairs:
            return gain
        starts, lengths = index.starts_[pool], np.diff(index.starts_)[pool]
        owner = np.repeat(np.arange(len(pool)), lengths)
        flat = np.repeat(starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths) + np.arange(len(owner))
        tokens = index.tokens_[flat]
        key = tokens[:-1].astype(np.int64) * len(index.terms_) + tokens[1:]
        inside = owner[:-1] == owner[1:]
        mean = max(len(index.tokens_) / max(index.n_papers, 1), 1e-9)
        norm = index.k1 * (1 - index.b + index.b * lengths / mean)
        for first, second in sorted(pairs):
            tf = np.bincount(owner[:-1][inside & (key == first * len(index.terms_) + second)], minlength=len(pool))
            df = np.count_nonzero(tf)
            idf = np.log1p((index.n_papers - df + 0.5) / (df + 0.5))
            gain += (idf * tf / (tf + norm)).astype(np.float32)
        return gain

    def _feedback(self, matrix: sparse.csr_matrix, score: Floats, vectors: Floats) -> Floats:
        """Score candidates, best first, by a ridge classifier of the best against the middling ones."""
        blend = self.blend
        n = len(score)
        low, high = blend.negatives if n >= blend.negatives[1] else (n // 2, n)
        k = min(blend.positives, low)
        negative = np.arange(low, high, 2)
        if k == 0 or len(negative) == 0:
            return np.zeros(n, dtype=np.float32)
        rows = np.concatenate([np.arange(k), negative])
        chosen = matrix[rows]
        near = vectors[rows]
        kernel = (1 - blend.semantic) * (chosen @ chosen.T).toarray() + blend.semantic * (near @ near.T)
        # A query few papers answer leaves non-answers among the best; their score, near nothing, is their say.
        trust = np.maximum(score[:k], 1e-3 * max(float(score[0]), 1e-6))
        importance = np.concatenate([trust / trust.sum() / 2, np.full(len(negative), 0.5 / len(negative))])
        kernel[np.diag_indices_from(kernel)] += blend.ridge / (importance * len(rows))
        target = np.concatenate([np.ones(k), np.zeros(len(negative))])
        dual = np.linalg.solve(kernel, target)
        model = np.asarray(chosen.T @ dual).ravel()
        by_words = np.asarray(matrix @ model)
        by_vector = vectors @ (near.T @ dual)
        like: Floats = ((1 - blend.semantic) * by_words + blend.semantic * by_vector).astype(np.float32)
        return like


def _scaled(values: Floats) -> Floats:
    """Return values divided by their largest, where that is positive."""
    largest = float(values.max()) if len(values) else 0.0
    scaled: Floats = values / np.float32(largest) if largest > 0 else values.copy()
    return scaled
