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

from explorer.ranking.acronyms import Acronyms
from explorer.ranking.analysis import stem
from explorer.ranking.terms import TermIndex, top
from explorer.ranking.vectors import QueryEncoder, RoundedVectors, Vectors

Floats = NDArray[np.float32]

# Words of asking, not of the subject: they frame questions typed as sentences ("articles that deal with ...").
REQUEST_WORDS = frozenset(
    stem(word)
    for word in """article paper information concerning interested interest deal describe description discuss
    discussion know want like looking find literature published relevant related relating various current currently
    available exist existing list give given reference references topic topics pleased receive grateful appreciate please
    wish regarding pertaining mention""".split()
)


@dataclass(frozen=True)
class Blend:
    """The weights of the hybrid ranking; every part but BM25 is scaled to a largest value of one."""

    request: float = 0.5
    """Weight of a request word in the query, where a word of the subject has 1."""
    acronym: float = 0.5
    """Weight of a term by which a query that is an acronym, or what one stands for, is completed."""
    pairs: float = 0.1
    """BM25 of adjacent word pairs, on the scale of BM25."""
    vectors: float = 0.2
    """Cosine of the query and the paper."""
    feedback: float = 1.0
    """Likeness to the best papers rather than to middling ones."""
    semantic: float = 0.5
    """Share of the vectors, against words, in that likeness."""
    positives: tuple[int, ...] = (1, 3, 5)
    """Numbers of best papers taken for relevant; the models of each are averaged, as no one number suits every query."""
    negatives: tuple[int, int] = (300, 500)
    """Ranks taken for not relevant; fewer candidates than that, and the lower half serves."""
    ridge: float = 10.0
    """Regularisation of the feedback model."""
    pool: int = 500
    """Papers looked at again."""


@dataclass(frozen=True, eq=False)
class _Ranked:
    """A ranking and what it was made of.

    Attributes
    ----------
    scores : ndarray of float32, shape (n_papers,)
    pool : ndarray of int64, shape (n_pool,)
        Rows of the papers looked at again.
    parts : dict of str to ndarray of float32, shape (n_pool,)
        They add up to the scores of the pool.
    model : ndarray of float32, shape (n_terms,)
        Weight of each term in the likeness to the best papers.
    unit, shift : float
        What BM25 was divided by before the pool was taken, and what the papers below the pool were lowered by.
    """

    scores: Floats
    pool: NDArray[np.int64]
    parts: dict[str, Floats]
    model: Floats
    unit: float
    shift: float


class HybridRanker:
    """Rank all papers for a plain-text query.

    Parameters
    ----------
    index : TermIndex
    encode : callable
        Query text and its weighted terms to a unit vector, such as ``lsa.encoder(index)``.
    vectors : ndarray of float32, shape (n_papers, n_dimensions), or RoundedVectors
        Unit rows. Every paper is compared by the leading dimensions of rounded ones, which are made of an array.
    acronyms : Acronyms, optional
        Those that the papers write out.
    blend : Blend

    Notes
    -----
    Feedback is text classification on the pseudo-relevant papers: J. Lin, "The Simplest Thing That Can Possibly Work:
    Pseudo-Relevance Feedback Using Text Classification", arXiv:1904.08861; here a ridge model in its dual form.
    Word pairs: D. Metzler and W. B. Croft, "A Markov Random Field Model for Term Dependencies", SIGIR 2005
    (sequential dependence, ordered window).
    """

    def __init__(
        self,
        index: TermIndex,
        encode: QueryEncoder,
        vectors: Vectors,
        *,
        acronyms: Acronyms | None = None,
        blend: Blend | None = None,
    ) -> None:
        self.index = index
        self.encode = encode
        self.vectors = vectors
        self.rounded = vectors if isinstance(vectors, RoundedVectors) else RoundedVectors.of(np.asarray(vectors))
        self.acronyms = acronyms or Acronyms({})
        self.blend = blend or Blend()

    def weigh(self, query: str) -> dict[int, float]:
        """Return term number to weight for a plain-text query: request words weigh less, an acronym brings its long form."""
        terms = self.index.terms_
        weights = self.index.weigh(query)
        other = self.index.weigh(self.acronyms.other(query))
        if all(terms[t] in REQUEST_WORDS for t in weights):
            found = weights  # the request words are the subject ("relevant literature")
        else:
            found = {t: w * (self.blend.request if terms[t] in REQUEST_WORDS else 1.0) for t, w in weights.items()}
        return dict.fromkeys(other, self.blend.acronym) | found

    def scores(self, query: str) -> Floats:
        """Score every paper: float32, shape (n_papers,); comparable within one query only.

        Papers below the re-ranked pool keep their first score, which is never above the pool's lowest.
        """
        ranked = self._rank(query)
        return ranked.scores if ranked else np.zeros(self.index.n_papers, dtype=np.float32)

    def cosines(self, query: str) -> Floats:
        """Cosine of every paper with a text: float32, shape (n_papers,)."""
        cosines: Floats = self.vectors @ self.encode(query, self.index.weigh(query))
        return cosines

    def explain(self, query: str, row: int, *, n_terms: int = 5) -> dict[tuple[str, str], float]:
        """Return what each part adds to the score of one paper; the parts add up to it.

        Keys are a part and a term, which is empty where there is none: "query" (BM25 of a term of the query), "pairs",
        "vectors", "best" (a term by which the paper is like the best papers: the `n_terms` strongest, and under an empty
        term the others), "best vectors", and "below" for a paper below the re-ranked pool, whose scores were lowered.
        """
        ranked = self._rank(query)
        if ranked is None:
            return {}
        words = self.index.contributions(row, self.weigh(query))
        place = np.flatnonzero(ranked.pool == row)
        if not len(place):
            parts = {("query", term): part / ranked.unit for term, part in words.items()}
            parts["vectors", ""] = float(ranked.scores[row] + ranked.shift) - sum(parts.values())
            parts["below", ""] = -ranked.shift
            return parts
        parts = {(name, ""): float(values[place[0]]) for name, values in ranked.parts.items()}
        scale = parts.pop(("query", "")) / max(sum(words.values()), 1e-9)
        parts |= {("query", term): part * scale for term, part in words.items()}
        likeness = self.index.tfidf(np.array([row]))
        likeness.data = likeness.data * ranked.model[likeness.indices]
        for i in np.argsort(-np.abs(likeness.data), kind="stable")[:n_terms]:
            part = float(likeness.data[i])
            parts["best", self.index.terms_[likeness.indices[i]]] = part
            parts["best", ""] -= part
        return parts

    def _rank(self, query: str) -> _Ranked | None:
        """Rank all papers; None for a query of which neither the index nor the vectors know a word."""
        weights = self.weigh(query)
        vector = self.encode(query, weights)
        if not weights and not vector.any():
            return None
        lexical = self.index.scores(weights)
        # BM25 of the pool's best is the unit, so that a cosine weighs the same for short and long queries.
        unit = max(float(lexical.max()), 1e-9)
        total: Floats = lexical / np.float32(unit)
        total += np.float32(self.blend.vectors) * self.rounded.nearness(vector)
        pool = top(total, self.blend.pool)
        parts, model = self._again(query, pool, lexical[pool], self.vectors[pool], vector)
        again: Floats = np.sum(list(parts.values()), axis=0, dtype=np.float32)
        shift = max(float(total[pool[-1]] - again.min()), 0.0)
        total -= shift
        total[pool] = again
        return _Ranked(total, pool, parts, model, unit, shift)

    def _again(
        self, query: str, pool: NDArray[np.int64], lexical: Floats, vectors: Floats, vector: Floats
    ) -> tuple[dict[str, Floats], Floats]:
        """Score the pool with every part of the blend; the parts, and the weight of each term in the feedback."""
        blend = self.blend
        pairs = np.float32(blend.pairs) * self._pairs(query, pool)
        one = _largest(lexical + pairs)
        near = np.float32(blend.vectors) * (vectors @ vector)
        score = (lexical + pairs) / one + near
        order = top(score, len(score))
        matrix = self.index.tfidf(pool[order])
        model, direction = self._feedback(matrix, score[order], vectors[order])
        by_words, by_vector = np.empty_like(score), vectors @ direction
        by_words[order] = matrix @ model
        two, feedback = _largest(score), np.float32(blend.feedback)
        parts = {
            "query": lexical / one / two,
            "pairs": pairs / one / two,
            "vectors": near / two,
            "best": feedback * by_words,
            "best vectors": feedback * by_vector,
        }
        return parts, feedback * model

    def _pairs(self, query: str, pool: NDArray[np.int64]) -> Floats:
        """BM25 of the query's adjacent word pairs; their document frequency is that within the pool."""
        index = self.index
        numbers = [index.vocabulary_.get(t, -1) for t in index.analyser(query)]
        pairs = {(a, b) for a, b in itertools.pairwise(numbers) if a >= 0 and b >= 0}
        if not pairs:
            return np.zeros(len(pool), dtype=np.float32)
        starts, lengths = index.starts_[pool], np.diff(index.starts_)[pool]
        owner = np.repeat(np.arange(len(pool)), lengths)
        flat = np.repeat(starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths) + np.arange(len(owner))
        tokens = index.tokens_[flat]
        key = tokens[:-1].astype(np.int64) * len(index.terms_) + tokens[1:]
        wanted = np.array(sorted(first * len(index.terms_) + second for first, second in pairs))
        at = np.minimum(np.searchsorted(wanted, key), len(wanted) - 1)
        found = (wanted[at] == key) & (owner[:-1] == owner[1:])
        places = at[found] * len(pool) + owner[:-1][found]
        tf = np.bincount(places, minlength=len(wanted) * len(pool)).reshape(len(wanted), len(pool))
        df = np.count_nonzero(tf, axis=1)[:, None]
        mean = max(len(index.tokens_) / max(index.n_papers, 1), 1e-9)
        norm = index.k1 * (1 - index.b + index.b * lengths / mean)
        idf = np.log1p((index.n_papers - df + 0.5) / (df + 0.5))
        gain: Floats = (idf * tf / (tf + norm)).sum(axis=0).astype(np.float32)
        return gain

    def _feedback(self, matrix: sparse.csr_matrix, score: Floats, vectors: Floats) -> tuple[Floats, Floats]:
        """Fit ridge classifiers of the best candidates against the middling ones; weights of terms and of dimensions.

        Candidates come best first, with their terms (unit rows), scores and vectors.
        """
        blend = self.blend
        n = len(score)
        low, high = blend.negatives if n >= blend.negatives[1] else (n // 2, n)
        negative = np.arange(low, high, 2)
        numbers = sorted({min(k, low) for k in blend.positives})
        terms, direction = np.zeros(matrix.shape[1], np.float32), np.zeros(vectors.shape[1], np.float32)
        if numbers[0] == 0 or len(negative) == 0:
            return terms, direction
        rows = np.concatenate([np.arange(numbers[-1]), negative])
        chosen, near = matrix[rows], vectors[rows]
        kernel = (1 - blend.semantic) * (chosen @ chosen.T).toarray() + blend.semantic * (near @ near.T)
        # A query few papers answer leaves non-answers among the best; their score, near nothing, is their say.
        trust = np.maximum(score[: numbers[-1]], 1e-3 * max(float(score[0]), 1e-6))
        for k in numbers:
            used = np.concatenate([np.arange(k), np.arange(numbers[-1], len(rows))])
            importance = np.concatenate([trust[:k] / trust[:k].sum() / 2, np.full(len(negative), 0.5 / len(negative))])
            system = kernel[np.ix_(used, used)]
            system[np.diag_indices_from(system)] += blend.ridge / (importance * len(used))
            dual = np.zeros(len(rows))
            dual[used] = np.linalg.solve(system, np.arange(len(used)) < k)
            of_terms = (1 - blend.semantic) * np.asarray(chosen.T @ dual).ravel()
            of_vectors = blend.semantic * (near.T @ dual)
            scale = float(_largest(matrix @ of_terms + vectors @ of_vectors)) * len(numbers)
            terms += (of_terms / scale).astype(np.float32)
            direction += (of_vectors / scale).astype(np.float32)
        return terms, direction


def _largest(values: Floats) -> np.float32:
    """Return the largest value, by which values are scaled, where that is positive; else one."""
    largest = values.max() if len(values) else np.float32(0)
    return np.float32(largest if largest > 0 else 1)
