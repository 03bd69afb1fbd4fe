"""Non-negative factors of weighted counts, and the words that tell of them; the same whatever the order of the papers."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.topics.terms import evened, weigh

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_ROUNDS = 50
_TOLERANCE = 2e-3
_RESAMPLES = 20
SAMPLED = 0.8
"""Part of the papers in a sample."""

_SHARED = 0.7
"""A word is one of a topic's unless it weighs so much more in another that this part of it is not reached."""

_ENSEMBLE_TO = 3_000
"""Papers up to which the start is an ensemble: above, turned singular vectors are as stable, and the ensemble would cost twenty."""

_TURNED_ROUNDS = 8
"""Rounds of factorisation after a start from turned singular vectors, which are near: further ones make topics less stable."""

_RETURNED_ROUNDS = 4
"""The same of a sample, whose start is turned from that of all papers; eight come back as often."""

_TURNS, _TURNED_ENOUGH, _RETURNED_ENOUGH = 200, 1e-7, 1e-5
_SPARE = 20
"""Singular vectors beyond the topics that samples are looked for among."""

_SAMPLES, _FEWER = 5, 3
"""Samples in which topics are looked for again, up to 3,000 papers and of more."""

_SLIGHT = 1e-6
"""Instead of nothing in a start, of which a product would never make something."""


def factorise(
    counts: csr_matrix,
    weights: np.ndarray,
    keys: np.ndarray,
    topics: int,
    *,
    ensemble: bool = True,
    turned: TurnedFactors | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Parts of each paper on each topic, by NMF from a deterministic start; see the notes of `TopicModel`.

    Parameters
    ----------
    counts : csr_matrix, shape (n_papers, n_terms)
        In the order of `keys`.
    weights : ndarray, shape (n_terms,)
        As `explorer.topics.terms.term_weights` gives them; rarity counts by its root here.
    keys : ndarray of uint64, shape (n_papers,)
    topics : int
    ensemble : bool
        Start from factorisations of samples, where there are few papers, and from turned singular vectors, where there are many.
    turned : TurnedFactors, optional
        As `turned_factors` gives them of the same, which saves their decomposition.

    Returns
    -------
    places : ndarray of float64, shape (n_papers, topics)
        Each row sums to 1, or to 0 where no term of the paper is worth anything.
    factors : ndarray of float64, shape (topics, n_terms)
        What each term weighs in each topic, rows of unit length, or of zeros where there are fewer topics.
    """
    if ensemble and turned is None:
        turned = turned_factors(counts, weights, topics)
    weighted = weigh(counts, evened(counts, weights)) if turned is None else turned.weighted
    if ensemble and 2 * topics < counts.shape[0] <= _ENSEMBLE_TO:
        found = []
        for number in range(_RESAMPLES):
            rows = resampled(keys, number, SAMPLED)
            if len(rows) > topics:
                found.append(_unit(_nmf(weighted[rows], topics)[1]))
        stacked = np.vstack(found)
        factors = _unit(_nmf(stacked, min(topics, len(stacked)), rounds=200)[1])
        loads = _onto(weighted, factors)
    elif turned is not None:
        loads, factors = _nmf(weighted, topics, _TURNED_ROUNDS, turned.start(topics))
    else:
        loads, factors = _nmf(weighted, topics)
    loads, factors = _scaled(loads, factors)
    if loads.shape[1] < topics:
        missing = topics - loads.shape[1]
        loads = np.hstack([loads, np.zeros((len(loads), missing))])
        factors = np.vstack([factors, np.zeros((missing, factors.shape[1]))])
    total = loads.sum(axis=1, keepdims=True)
    placed: np.ndarray = np.divide(loads, total, out=np.zeros_like(loads), where=total > 0)
    return placed, factors


def factors_of(counts: csr_matrix, weights: np.ndarray, places: np.ndarray) -> np.ndarray:
    """What each term weighs in topics whose papers are known: non-negative least squares, by multiplicative steps.

    Parameters
    ----------
    counts, weights
        As `factorise` takes them.
    places : ndarray, shape (n_papers, n_topics)
        Parts of each paper on each topic.

    Returns
    -------
    ndarray of float64, shape (n_topics, n_terms)
        Rows of unit length.

    Notes
    -----
    The steps are those of Lee and Seung (2001) with the papers' side held. Rarity counts in full: with many papers to a topic
    what few of the others have is sure, and says more than what they share.
    """
    held = places.T @ places
    there = (weigh(counts, weights).T @ places).T
    found: np.ndarray = there / np.maximum(np.diag(held), 1e-12)[:, None]
    for _ in range(_ROUNDS):
        found = found * there / np.maximum(held @ found, 1e-12)
    found /= np.maximum(np.sqrt((found**2).sum(axis=1)), 1e-12)[:, None]
    return found


def turned_factors(counts: csr_matrix, weights: np.ndarray, topics: int) -> TurnedFactors | None:
    """`TurnedFactors` of so many papers that topics start from them, and None of fewer."""
    many = counts.shape[0] > _ENSEMBLE_TO and 1 < topics < min(counts.shape)
    return TurnedFactors(counts, weights, topics) if many else None


def factorise_samples(
    counts: csr_matrix, weights: np.ndarray, keys: np.ndarray, topics: int, turned: TurnedFactors | None = None
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Factorise samples of 80 % of the papers, as `factorise` does all: five, or three of more than 3,000 papers.

    Parameters
    ----------
    counts, weights, keys, topics, turned
        As `factorise` takes them.

    Yields
    ------
    rows : ndarray of int
        Papers of the sample, more than there are topics.
    places : ndarray of float64, shape (n_rows, topics)
    factors : ndarray of float64, shape (topics, n_terms)

    Notes
    -----
    Of few papers each sample starts anew, of many as `TurnedFactors` says.
    """
    samples = [resampled(keys, 200 + number, SAMPLED) for number in range(_SAMPLES)]
    turned = turned or turned_factors(counts, weights, topics)
    if turned is None:
        for rows in samples:
            if len(rows) > topics:
                yield rows, *factorise(counts[rows], weights, keys[rows], topics, ensemble=False)
        return
    for rows in samples[:_FEWER]:
        if len(rows) > topics:
            yield rows, *turned.of_sample(rows, topics, _RETURNED_ROUNDS)


class TurnedFactors:
    """Factors of all papers and of samples of them, for any number of topics, from one decomposition of the whole.

    The singular vectors of a sample are looked for in the space of those of all papers, from which they hardly differ (Fisher, Caffo,
    Schwartz and Zipunnikov 2016), and turned from where those were turned to.

    Parameters
    ----------
    counts, weights
        As `factorise` takes them.
    most : int
        Topics at most, fewer than papers and terms.

    Attributes
    ----------
    weighted : csr_matrix of float64, shape (n_papers, n_terms)
        Rows of unit length that are factorised.
    """

    def __init__(self, counts: csr_matrix, weights: np.ndarray, most: int) -> None:
        self.weighted = weigh(counts, evened(counts, weights))
        self._left, self._lengths, self._right = _singular(self.weighted, most)
        self._turns: dict[int, np.ndarray] = {}

    def start(self, topics: int) -> tuple[np.ndarray, np.ndarray]:
        """Loads and factors of all papers from singular vectors turned until each has few words: a start that samples share.

        The turn is Kaiser's varimax (1958), which finds the topics wherever each has words of its own (Rohe and Zeng 2023). The space
        of the first singular vectors hardly differs between samples, while single ones of like length are mixed in any way.
        """
        left, lengths, right = self._left[:, :topics], self._lengths[:topics], self._right[:topics]
        return _start(left, lengths, right, _varimax(right.T * lengths))

    def of_all(self, topics: int, rounds: int) -> tuple[np.ndarray, np.ndarray]:
        """Places and factors of all papers, as `factorise` gives them, after so many rounds of factorisation; none is allowed."""
        left, lengths, right = self._left[:, :topics], self._lengths[:topics], self._right[:topics]
        return _places(self.weighted, topics, rounds, _start(left, lengths, right, self._turn(topics)))

    def of_sample(self, rows: np.ndarray, topics: int, rounds: int) -> tuple[np.ndarray, np.ndarray]:
        """The same of a sample of more papers than topics."""
        some = topics + _SPARE
        placed, right = self._left[rows, :some] * self._lengths[:some], self._right[:some]
        squares, vectors = np.linalg.eigh(placed.T @ placed)
        first = np.argsort(-squares)[:topics]
        # Of papers that say the same there are fewer dimensions than topics.
        values, vectors = np.sqrt(np.maximum(squares[first], 1e-18)), vectors[:, first]
        mine = vectors.T @ right
        # The turn that brings them nearest to where those of all papers were turned to (Schönemann 1966).
        turned = (right[:topics].T * self._lengths[:topics]) @ self._turn(topics)
        one, _, other = np.linalg.svd((mine * values[:, None]) @ turned)
        turn = _varimax(mine.T * values, one @ other, _RETURNED_ENOUGH)
        return _places(self.weighted[rows], topics, rounds, _start(placed @ vectors / values, values, mine, turn))

    def _turn(self, topics: int) -> np.ndarray:
        if topics not in self._turns:
            self._turns[topics] = _varimax(self._right[:topics].T * self._lengths[:topics], enough=_RETURNED_ENOUGH)
        return self._turns[topics]


def _places(matrix: Any, topics: int, rounds: int, start: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Parts of papers and factors of unit length, after some rounds of factorisation from a start."""
    loads, factors = _scaled(*(_nmf(matrix, topics, rounds, start) if rounds else start))
    return loads / np.maximum(loads.sum(axis=1, keepdims=True), 1e-12), factors


def _scaled(loads: np.ndarray, factors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same product with factors of unit length."""
    length = np.sqrt((factors**2).sum(axis=1))
    return loads * length, factors / np.maximum(length, 1e-12)[:, None]


def resampled(keys: np.ndarray, number: int, part: float) -> np.ndarray:
    """Rows of a sample of a part of the papers, drawn by their content: a paper is in it whatever the others are."""
    with np.errstate(over="ignore"):
        mixed = (keys ^ (keys >> np.uint64(31))) * np.uint64(0x9E3779B97F4A7C15 + 2 * 7919 * number)
    return np.flatnonzero(mixed >> np.uint64(11) < np.uint64(int(part * 2**53)))


def _unit(factors: np.ndarray) -> np.ndarray:
    length = np.sqrt((factors**2).sum(axis=1))
    found: np.ndarray = factors[length > 0] / length[length > 0][:, None]
    return found


def _singular(matrix: Any, topics: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Singular vectors and values of a matrix, some more than there are topics."""
    from sklearn.utils.extmath import randomized_svd

    some = min(topics + _SPARE, *matrix.shape)
    found: tuple[np.ndarray, np.ndarray, np.ndarray] = randomized_svd(matrix, some, n_iter=4, n_oversamples=0, random_state=0)
    return found


def _start(left: np.ndarray, lengths: np.ndarray, right: np.ndarray, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Non-negative loads and factors of singular vectors that a rotation turns."""
    root = np.sqrt(lengths)
    loads, factors = (left * root) @ turn, turn.T @ (root[:, None] * right)
    sign = np.where((factors**3).sum(axis=1) < 0, -1.0, 1.0)
    return np.maximum(loads * sign, 0.0) + _SLIGHT, np.maximum(factors * sign[:, None], 0.0) + _SLIGHT


def _varimax(loads: np.ndarray, turn: np.ndarray | None = None, enough: float = _TURNED_ENOUGH) -> np.ndarray:
    """The rotation that makes the variance of the squares of each column highest, from one that is near if there is one."""
    turn, before = np.eye(loads.shape[1]) if turn is None else turn, 0.0
    for _ in range(_TURNS):
        turned = loads @ turn
        squares = turned * turned
        left, values, right = np.linalg.svd(loads.T @ (turned * (squares - squares.mean(axis=0))))
        turn = left @ right
        if values.sum() - before <= enough * before:
            break
        before = float(values.sum())
    return turn


def _nmf(
    matrix: Any, topics: int, rounds: int = _ROUNDS, start: tuple[np.ndarray, np.ndarray] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    topics = max(1, min(topics, *matrix.shape))
    init = "custom" if start else "nndsvda" if topics < min(matrix.shape) else "random"
    model = NMF(topics, init=init, random_state=0, max_iter=rounds, tol=_TOLERANCE)
    # A fit without an error, as of a few short texts, has a rest of minus nothing, whose root scikit-learn takes.
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        # Stopping after max_iter is meant: later rounds move the factors by less than their labels show.
        warnings.simplefilter("ignore", ConvergenceWarning)
        loads = model.fit_transform(matrix, W=start[0], H=start[1]) if start else model.fit_transform(matrix)
    return loads, model.components_


def _onto(matrix: Any, factors: np.ndarray) -> np.ndarray:
    """Non-negative loads of the rows of a matrix on given factors."""
    from sklearn.decomposition import non_negative_factorization
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        warnings.simplefilter("ignore", ConvergenceWarning)
        loads, _, _ = non_negative_factorization(
            matrix, H=factors, n_components=len(factors), update_H=False, max_iter=_ROUNDS, tol=_TOLERANCE, random_state=0
        )
    found: np.ndarray = loads
    return found


def telling_words(
    counts: csr_matrix,
    places: np.ndarray,
    factors: np.ndarray,
    vocabulary: np.ndarray,
    count: int = 10,
    *,
    by_lift: bool = False,
) -> list[list[str]]:
    """The words of each topic: those that weigh most in it, but for those that weigh more in another; best first.

    Parameters
    ----------
    counts : csr_matrix, shape (n_papers, n_terms)
    places : ndarray, shape (n_papers, n_topics)
        Parts of each paper on each topic.
    factors : ndarray, shape (n_topics, n_terms)
        As `factorise` and `factors_of` give them.
    vocabulary : ndarray of str, shape (n_terms,)
    count : int
        Words of each topic.
    by_lift : bool
        Best by the root of how many of the topic's papers have them, times the logarithm of how much commoner they are there than in
        all papers; instead of by factors, which are surer where papers are few.
    """
    has = counts.copy()
    has.data = np.ones_like(has.data)
    # Where few words tell of a topic, the commonest of its papers follow.
    here = (has.T @ places).T
    weight = factors
    if by_lift:
        users, papers = np.asarray(has.sum(axis=0)).ravel(), max(has.shape[0], 1)
        lift = here * papers / np.maximum(np.outer(places.sum(axis=0), users), 1e-12)
        weight = np.sqrt(here) * np.log(np.maximum(lift, 1.0))
    scores = np.where(factors >= _SHARED * factors.max(axis=0), weight, 0.0)
    order = (_best(row, commonness, count) for row, commonness in zip(scores, here, strict=True))
    return [[str(vocabulary[i]) for i in best] for best in order]


def _best(scores: np.ndarray, commonness: np.ndarray, count: int) -> np.ndarray:
    """Places of the highest scores; of equal ones the commonest first, and then the first."""
    some = np.arange(len(scores))
    if len(scores) > count:
        # To put all words into order would take most of the time.
        some = np.flatnonzero(scores >= np.partition(scores, -count)[-count])
    found: np.ndarray = some[np.lexsort((-commonness[some], -scores[some]))[:count]]
    return found
