"""Concepts: what a reader means by a word, a phrase, a set of papers or a topic, fitted to the corpus.

A concept is a logistic model over the terms of a paper.  It is fitted on the papers that show it (given, or found by
its words) against the others, so its score is a calibrated probability, and probabilities can be multiplied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from explorer.errors import ConceptError
from explorer.ranking.hybrid import HybridRanker
from explorer.ranking.terms import TermIndex, top

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Concept:
    """A fitted concept.

    Attributes
    ----------
    name : str
    weights : ndarray of float32, shape (n_terms,)
        Of the log-odds, over TF-IDF; 0 for a term that says nothing.
    bias : float
        Log-odds of an average paper that shows none of the terms.
    examples : ndarray of int64
        Rows of the papers it was fitted on, as shown to the reader.
    """

    name: str
    weights: Floats
    bias: float
    examples: Rows

    def terms(self, index: TermIndex, n: int = 10) -> list[str]:
        """Return the `n` terms that speak most for the concept."""
        return [index.terms_[i] for i in top(self.weights, n) if self.weights[i] > 0]


class ConceptSpace:
    """Fit concepts on a corpus, and score every paper by them.

    Parameters
    ----------
    index : TermIndex
    ranker : HybridRanker
        Finds the papers of a concept given as words.
    strength : float
        Inverse of the ridge penalty, in papers.
    steps : int
        L-BFGS iterations at most.
    negatives : int
        Papers without the concept used at most; a sample of them is weighted up to the whole.
    min_df : int
        Terms of fewer papers are left out of the models.
    seed : int

    Attributes
    ----------
    features_ : csr_matrix of float32, shape (n_papers, n_terms)
        Unit TF-IDF rows; the one large array (8 bytes a distinct word of a paper).

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
        *,
        strength: float = 10.0,
        steps: int = 30,
        negatives: int = 50_000,
        min_df: int = 3,
        seed: int = 0,
    ) -> None:
        self.index = index
        self.ranker = ranker
        self.strength = strength
        self.steps = steps
        self.negatives = negatives
        self.seed = seed
        self.min_df = min_df
        features = index.tfidf(np.arange(index.n_papers))
        rare = index.df_ < min(min_df, max(1, index.n_papers // 100))
        features.data[rare[features.indices]] = 0
        features.eliminate_zeros()
        self.features_ = features

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
        examples = np.unique(np.asarray(rows, dtype=np.int64))
        others = np.setdiff1d(np.arange(self.index.n_papers) if within is None else within, examples)
        if not len(examples) or not len(others):
            which = "no paper shows" if not len(examples) else "every paper shows"
            raise ConceptError(f"{which} the concept {name!r}; choose some papers, not none and not all")
        total = len(others)
        if total > self.negatives:
            others = np.sort(np.random.default_rng(self.seed).choice(others, self.negatives, replace=False))
        rows_used = np.concatenate([examples, others])
        shown = np.arange(len(rows_used)) < len(examples)
        importance = np.where(shown, 1.0, total / len(others)).astype(np.float32)
        weights, bias = _logistic(
            self.features_[rows_used], shown, importance, hidden, strength=self.strength, steps=self.steps
        )
        return Concept(name, weights, bias, examples)

    def of_words(self, words: str, *, examples: int = 1000, emphasis: float = 10.0) -> Concept:
        """Fit a concept on the papers that rank highest for a word or phrase and hold all of its words.

        Parameters
        ----------
        words : str
        examples : int
            Papers taken to show the concept, at most.
        emphasis : float
            Log-odds that a paper made of the words alone would gain by them.

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
        if not self.index.weigh(words):
            raise ConceptError(f"no paper has the word {words!r}; check its spelling or try a broader one")
        holding = self._holding(words)
        scores = self.ranker.scores(words)
        scores[~holding] = -np.inf
        shown = top(scores, min(examples, int(holding.sum()), max(1, self.index.n_papers // 4)))
        clear = np.union1d(shown, np.flatnonzero(~holding))
        within = clear if len(clear) > len(shown) else None
        terms = list(self.index.weigh(words))
        concept = self.of_papers(words, shown, within=within, hidden=terms)
        concept.weights[terms] = emphasis / len(terms)
        return concept

    def _holding(self, words: str) -> NDArray[np.bool_]:
        """Mark the papers that have all the words, or as many of them as any paper has."""
        count = np.zeros(self.index.n_papers, dtype=np.int32)
        for term in self.index.weigh(words):
            count[self.index.rows_[self.index.indptr_[term] : self.index.indptr_[term + 1]]] += 1
        found: NDArray[np.bool_] = count == count.max()
        return found

    def log_odds(self, concept: Concept) -> Floats:
        """Return the log-odds of a concept for every paper: float32, shape (n_papers,)."""
        odds: Floats = (self.features_ @ concept.weights + np.float32(concept.bias)).astype(np.float32)
        return odds


def _logistic(
    features: sparse.csr_matrix,
    shown: NDArray[np.bool_],
    importance: Floats,
    hidden: Sequence[int],
    *,
    strength: float,
    steps: int,
) -> tuple[Floats, float]:
    """Fit weighted ridge logistic regression; return weights and bias.

    Only the columns that occur are fitted, so a model of ten papers among a hundred costs as little as it should.
    """
    occurs = np.bincount(features.indices, minlength=features.shape[1]) > 0
    occurs[list(hidden)] = False
    used = np.flatnonzero(occurs)
    local = features[:, used]
    transposed = local.T.tocsr()
    sign = np.where(shown, 1, -1).astype(np.float32)

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        single = point.astype(np.float32)  # float32 products are twice as fast, and precise enough for a ranking
        margin = -sign * (local @ single[:-1] + single[-1])
        slope = -importance * sign / (1 + np.exp(-margin))
        value = float(importance @ np.logaddexp(0, margin)) + float(point[:-1] @ point[:-1]) / (2 * strength)
        return value, np.append(transposed @ slope + point[:-1] / strength, slope.sum())

    start = np.zeros(len(used) + 1)
    share = float(importance[shown].sum() / importance.sum())
    start[-1] = np.log(share / (1 - share))
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": steps}).x
    weights = np.zeros(features.shape[1], dtype=np.float32)
    weights[used] = best[:-1]
    return weights, float(best[-1])
