"""Concepts: what a reader means by a word, a phrase, a set of papers or a topic, fitted to the corpus.

A concept is a logistic model over the words of a paper.  It is fitted on the papers that show it (given, or found by
its words) against the others, so its score is a calibrated probability, and probabilities can be multiplied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from explorer.errors import ConceptError
from explorer.ranking.features import Features
from explorer.ranking.hybrid import HybridRanker
from explorer.ranking.logistic import calibrated, drawn, sharpened
from explorer.ranking.terms import TermIndex, top

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Concept:
    """A fitted concept.

    Attributes
    ----------
    name : str
    weights : ndarray of float32, shape (n_columns,)
        Of the log-odds, over the columns of the features.
    bias : float
        Log-odds of a paper that has none of the words.
    examples : ndarray of int64
        Rows of the papers that show it, as given to the fit.
    """

    name: str
    weights: Floats
    bias: float
    examples: Rows


class ConceptSpace:
    """Fit concepts on a corpus, and score every paper by them.

    Parameters
    ----------
    index : TermIndex
    ranker : HybridRanker
        Ranks by words for poles and seeds.
    features : Features, optional
        Made of `index` by default.
    strength : float
        Inverse of the ridge penalty on what the logistic fit may add to the linear discriminant.
    steps : int
        L-BFGS iterations at most.
    columns : int
        Words whose weight the logistic fit may change.
    examples : int
        Papers that show the concept used at most; a sample of them is weighted up to the whole.
    others : int
        Counter-examples drawn for the logistic fit.
    seed : int

    Notes
    -----
    A product of independent, calibrated experts is the conjunction of probabilistic concepts: G. Hinton, "Products of
    Experts", ICANN 1999; Y. Du, S. Li and I. Mordatch, "Compositional Visual Generation with Energy Based Models",
    arXiv:2004.06030, for negation as ``1 - p``.  Concepts from examples as linear directions: B. Kim et al., "TCAV",
    arXiv:1711.11279.
    """

    def __init__(
        self,
        index: TermIndex,
        ranker: HybridRanker,
        features: Features | None = None,
        *,
        strength: float = 1.5,
        steps: int = 4,
        columns: int = 2000,
        examples: int = 2000,
        others: int = 2000,
        seed: int = 0,
    ) -> None:
        self.index = index
        self.ranker = ranker
        self.features = features or Features().fit(index)
        self.strength = strength
        self.steps = steps
        self.columns = columns
        self.examples = examples
        self.others = others
        self.seed = seed

    def of_papers(
        self, name: str, rows: Sequence[int] | Rows, *, within: Rows | None = None, hidden: Sequence[int] = ()
    ) -> Concept:
        """Fit a concept on papers that show it.

        Parameters
        ----------
        name : str
            For display, and for errors.
        rows : sequence of int
            Papers that show the concept.
        within : ndarray of int64, optional
            The papers it was judged on; every one of them not in `rows` is a counter-example.  Default: all papers.
        hidden : sequence of int
            Term numbers the model may not use.

        Raises
        ------
        ConceptError
            No paper shows it, or every paper does.
        """
        shown = np.unique(np.asarray(rows, dtype=np.int64))
        judged = np.ones(self.index.n_papers, bool)
        if within is not None:
            judged[:] = False
            judged[within] = True
        judged[shown] = False
        total = int(np.count_nonzero(judged))
        if not len(shown) or not total:
            which = "no paper shows" if not len(shown) else "every paper shows"
            raise ConceptError(f"{which} the concept {name!r}; choose some papers, not none and not all")
        weights, bias = self._fit(shown, judged, total, self.features.columns_of(list(hidden)))
        return Concept(name, weights, bias, shown)

    def _fit(self, shown: Rows, judged: NDArray[np.bool_], total: int, hidden: NDArray[np.int64]) -> tuple[Floats, float]:
        """Linear discriminant against the background, calibrated; then what logistic regression adds to it."""
        used = shown
        if len(shown) > self.examples:
            used = np.sort(np.random.default_rng(self.seed).choice(shown, self.examples, replace=False))
        positive = self.features.matrix[used]
        others, negative, mean = self._counterexamples(judged, total)
        first = self.features.unmixed(self.features.mean_of(positive) - mean)
        first[hidden] = 0
        against = (negative @ first)[others]
        scores = np.concatenate([positive @ first, against])
        n = len(used)
        is_shown = np.arange(len(scores)) < n
        importance = np.where(is_shown, len(shown) / n, total / len(against)).astype(np.float32)
        slope, bias = calibrated(scores, is_shown, importance)
        odds = (np.float32(slope) * scores + np.float32(bias)).astype(np.float32)
        kept, inverse = drawn(odds[n:], self.others, self.seed)
        importance[n:] *= inverse
        taken = np.concatenate([np.ones(n, bool), kept])
        rows = sparse.vstack([positive, negative[np.flatnonzero(others)[kept]]], format="csr")
        if len(hidden):
            seen = np.ones(rows.shape[1], np.float32)
            seen[hidden] = 0
            rows.data *= seen[rows.indices]
        more, shift = sharpened(
            rows,
            odds[taken],
            is_shown[taken],
            importance[taken],
            strength=self.strength,
            steps=self.steps,
            columns=self.columns,
        )
        return np.float32(slope) * first + more, bias + shift

    def _counterexamples(self, judged: NDArray[np.bool_], total: int) -> tuple[NDArray[np.bool_], sparse.csr_matrix, Floats]:
        """Features of some papers, which of them stand for those without the concept, and the mean to tell it from."""
        features = self.features
        others = judged[features.background]
        if total > 2 * self.others and np.count_nonzero(others) > self.others:
            return others, features.background_rows, features.mean_
        rows = np.flatnonzero(judged)
        if total > features.sample:
            rows = np.sort(np.random.default_rng(self.seed).choice(rows, features.sample, replace=False))
        chosen = features.matrix[rows]
        return np.ones(len(rows), bool), chosen, features.mean_of(chosen)

    def of_words(
        self, words: str, *, examples: int = 1000, emphasis: float = 10.0, pool=5, rounds=1, sem=0.0, mix=0.5
    ) -> Concept:
        terms = list(self.index.weigh(words))
        if not terms:
            raise ConceptError(f"no paper has the word {words!r}; check its spelling or try a broader one")
        holding, scores = self._holding(terms)
        order = top(scores, pool * examples)
        rows, scores = holding[order], scores[order] / max(float(scores.max()), 1e-9)
        if sem:
            scores = scores + np.float32(sem) * (self.ranker.vectors[rows] @ self.ranker.encode(words, self.index.weigh(words)))
        n = min(examples, len(rows), max(1, self.index.n_papers // 4))
        judged = np.ones(self.index.n_papers, bool)
        judged[holding] = len(holding) == self.index.n_papers
        hidden = self.features.columns_of(terms)
        for round in range(rounds):
            shown = np.sort(rows[top(scores, n)])
            judged[shown] = False
            total = int(np.count_nonzero(judged))
            if not total:
                raise ConceptError(f"every paper shows the concept {words!r}; choose some papers, not none and not all")
            weights, bias = self._fit(shown, judged, total, hidden)
            judged[shown] = len(holding) == self.index.n_papers
            if round + 1 < rounds:
                o = self.features.matrix[rows] @ weights
                scores = scores * mix + (1 - mix) * (o - o.mean()) / max(o.std(), 1e-9)
        weights[hidden] = emphasis / max(len(hidden), 1)
        return Concept(words, weights, bias, shown)

    def _holding(self, terms: list[int]) -> tuple[Rows, Floats]:
        """Papers that have all the terms, or as many of them as any paper has, and their BM25 scores."""
        index = self.index
        count = np.zeros(index.n_papers, np.uint16)
        for term in terms:
            count[index.rows_[index.indptr_[term] : index.indptr_[term + 1]]] += 1
        rows = np.flatnonzero(count == count.max())
        return rows, index.scores(dict.fromkeys(terms, 1.0))[rows]

    def log_odds(self, concept: Concept) -> Floats:
        """Return the log-odds of a concept for every paper: float32, shape (n_papers,)."""
        odds: Floats = self.features.matrix @ concept.weights
        odds += np.float32(concept.bias)
        return odds

    def terms(self, concept: Concept, n: int = 10, *, sign: int = 1) -> list[str]:
        """Return the `n` terms that speak most for the concept, or with a `sign` of -1 against it."""
        toward = concept.weights * sign
        return [self.index.terms_[self.features.columns_[i]] for i in top(toward, n) if toward[i] > 0]
