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
    words : dict of int to float
        Weights of terms beside: those of the words it was given as, over their BM25 scores.
    """

    name: str
    weights: Floats
    bias: float
    examples: Rows
    words: dict[int, float]


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
    gradients : int
        Conjugate gradients by which it goes towards what fits best.
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
        gradients: int = 2,
        columns: int = 2000,
        examples: int = 2000,
        others: int = 2000,
        seed: int = 0,
    ) -> None:
        self.index = index
        self.ranker = ranker
        self.features = features or Features().fit(index)
        self.strength = strength
        self.gradients = gradients
        self.columns = columns
        self.examples = examples
        self.others = others
        self.seed = seed

    def of_papers(self, name: str, rows: Sequence[int] | Rows, *, within: Rows | None = None) -> Concept:
        """Fit a concept on papers that show it.

        Parameters
        ----------
        name : str
            For display, and for errors.
        rows : sequence of int
            Papers that show the concept.
        within : ndarray of int64, optional
            The papers it was judged on; every one of them not in `rows` is a counter-example.  Default: all papers.

        Raises
        ------
        ConceptError
            No paper shows it, or every paper does.
        """
        judged = np.full(self.index.n_papers, within is None)
        if within is not None:
            judged[within] = True
        return self._fitted(name, np.unique(np.asarray(rows, dtype=np.int64)), judged, self.features.few)

    def between(self, name: str, low: Rows, high: Rows) -> Concept:
        """Fit what tells some papers from some others: ridge logistic regression, each side with the same say.

        The discriminant that `of_papers` begins with knows how words vary in the whole corpus; between two small sets that
        leaves the axis to words only few papers have.

        Parameters
        ----------
        name : str
        low, high : ndarray of int64
            Rows of the papers the concept speaks against and for.
        """
        rows = self.features.rows(np.concatenate([low, high]))
        shown = np.arange(rows.shape[0]) >= len(low)
        importance = np.where(shown, 0.5 / len(high), 0.5 / len(low)).astype(np.float32) * np.float32(rows.shape[0])
        flat = np.zeros(rows.shape[0], np.float32)
        occurring = len(np.unique(rows.indices))
        weights, bias = sharpened(rows, flat, shown, importance, strength=10.0, steps=10, columns=occurring)
        return Concept(name, weights, bias, high, {})

    def _fitted(
        self, name: str, shown: Rows, judged: NDArray[np.bool_], few: int, words: dict[int, float] | None = None
    ) -> Concept:
        """Fit on the papers `judged` against at most `few` of them, without what `words` weigh."""
        judged[shown] = False
        if not len(shown) or not judged.any():
            which = "no paper shows" if not len(shown) else "every paper shows"
            raise ConceptError(f"{which} the concept {name!r}; choose some papers, not none and not all")
        weights, bias = self._fit(shown, judged, few, self.features.columns_of(list(words or ())))
        return Concept(name, weights, bias, shown, words or {})

    def _fit(self, shown: Rows, judged: NDArray[np.bool_], few: int, hidden: NDArray[np.int64]) -> tuple[Floats, float]:
        """Linear discriminant against the background, calibrated; then what logistic regression adds to it."""
        used = shown
        if len(shown) > self.examples:
            used = np.sort(np.random.default_rng(self.seed).choice(shown, self.examples, replace=False))
        positive = self.features.rows(used)
        total = int(np.count_nonzero(judged))
        others, negative, mean = self._counterexamples(judged, total, few)
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
            steps=1,
            gradients=self.gradients,
            columns=self.columns,
        )
        return np.float32(slope) * first + more, bias + shift

    def _counterexamples(
        self, judged: NDArray[np.bool_], total: int, few: int
    ) -> tuple[NDArray[np.bool_], sparse.csr_matrix, Floats]:
        """Features of some papers, which of them stand for those without the concept, and the mean to tell it from."""
        features = self.features
        others = judged[features.background[:few]]
        if total > few and np.count_nonzero(others) >= few // 10:
            return others, features.background_rows[:few], features.mean_
        rows = np.flatnonzero(judged)
        if total > few:
            rows = np.sort(np.random.default_rng(self.seed).choice(rows, few, replace=False))
        chosen = features.rows(rows)
        return np.ones(len(rows), bool), chosen, features.mean_of(chosen)

    def of_words(self, words: str, *, examples: int = 1000, emphasis: float = 10.0, nearness: float = 1.5) -> Concept:
        """Fit a concept on the papers that rank highest for a word or phrase and hold all of its words.

        Parameters
        ----------
        words : str
        examples : int
            Papers taken to show the concept, at most.
        emphasis : float
            Weight of the words themselves, shared among them.
        nearness : float
            Weight of the cosine with the words in the choice of examples, where the best BM25 score has 1.

        Raises
        ------
        ConceptError
            No paper of the corpus has any of the words.

        Notes
        -----
        The model does not see the words themselves, or it would learn nothing else: it says in what company they are
        kept, and `emphasis` puts the words back.  The examples are those that rank best; papers that hold the words
        and rank lower may or may not show the concept, so they are no counter-examples either (learning from positive
        and unlabelled papers: C. Elkan and K. Noto, KDD 2008).  The probability is sound for ranking and for products,
        not as a share of the corpus.
        """
        weights = self.index.weigh(words)
        if not weights:
            raise ConceptError(f"no paper has the word {words!r}; check its spelling or try a broader one")
        terms = list(weights)
        holding = self._holding(terms)
        scores = self.index.scores(dict.fromkeys(terms, 1.0))[holding]
        best = top(scores, 5 * examples)
        rows = holding[best]
        near = self.ranker.vectors[rows] @ self.ranker.encode(words, weights)
        scores = scores[best] / max(float(scores[best[0]]), 1e-9) + np.float32(nearness) * near
        shown = rows[top(scores, min(examples, max(1, self.index.n_papers // 4)))]
        clear = np.ones(self.index.n_papers, bool)
        if len(holding) < self.index.n_papers:
            clear[holding] = False
        share = emphasis / len(terms) / self.features.length_
        # The examples are rough, so that more counter-examples than this tell no more.
        return self._fitted(words, np.sort(shown), clear, self.features.few // 4, dict.fromkeys(terms, share))

    def _holding(self, terms: list[int]) -> Rows:
        """Papers that have all the terms, or as many of them as any paper has."""
        index = self.index
        count = np.zeros(index.n_papers, np.uint16)
        for term in terms:
            count[index.papers(term)] += 1
        return np.flatnonzero(count == count.max())

    def log_odds(self, concept: Concept) -> Floats:
        """Return the log-odds of a concept for every paper: float32, shape (n_papers,)."""
        odds: Floats = self.features.products(concept.weights)
        odds += np.float32(concept.bias)
        if concept.words:
            odds += self.index.scores(concept.words)
        return odds

    def terms(self, concept: Concept, n: int = 10, *, sign: int = 1) -> list[str]:
        """Return the `n` terms that speak most for the concept, or with a `sign` of -1 against it.

        Most is what a word adds to the log-odds, by root mean square over the papers; the words it was given as come first.
        """
        gains = concept.weights * self.features.deviations * np.float32(sign)
        numbers = [int(self.features.columns_[i]) for i in top(gains, n) if gains[i] > 0]
        given = list(concept.words) if sign > 0 else []
        return [self.index.terms_[term] for term in (given + numbers)[:n]]
