"""How sure topics are: how often they come back, how distinct they are, and how much of the themes the corpus shows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from explorer.topics.factors import SAMPLED, TurnedFactors, factorise, resampled, telling_words

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

WordsIn = Callable[[np.ndarray, np.ndarray], list[list[int]]]

_ANEW_TO = 600
"""Papers up to which samples are factorised anew where the number of topics is chosen."""


def agreement(one: Sequence[Sequence[Hashable]], other: Sequence[Sequence[Hashable]]) -> tuple[float, np.ndarray]:
    """How well the topics of two models agree, matched one to one by the Jaccard index of their words.

    Parameters
    ----------
    one, other : sequence of sequence of str or int
        Words of each topic, or their columns.

    Returns
    -------
    mean : float
        Mean of the matched indices, over the larger number of topics.
    matched : ndarray of float64, shape (len(one),)
        Index of each topic of the first; 0 where it has no partner.

    Notes
    -----
    Matched by the Hungarian method (Kuhn 1955), as Greene, O'Callaghan and Cunningham (2014) do.

    Examples
    --------
    >>> agreement([["a", "b"], ["c"]], [["c"], ["b", "d"]])[0].__round__(3)
    0.667
    """
    from scipy.optimize import linear_sum_assignment

    if not one or not other:
        return float(not one and not other), np.zeros(len(one))
    sets = [[frozenset(words) for words in model] for model in (one, other)]
    index = np.array([[len(a & b) / max(len(a | b), 1) for b in sets[1]] for a in sets[0]])
    rows, columns = linear_sum_assignment(-index)
    matched = np.zeros(len(one))
    matched[rows] = index[rows, columns]
    return float(matched.sum() / max(len(one), len(other))), matched


def coherence(counts: csr_matrix, topics: Sequence[Sequence[int]]) -> float:
    """Mean normalised pointwise mutual information of pairs of a topic's terms, over whole papers (Bouma 2009).

    Parameters
    ----------
    counts : csr_matrix, shape (n_papers, n_terms)
    topics : sequence of sequence of int
        Columns of each topic's terms.

    Returns
    -------
    float
        -1 for terms that never meet, 0 for independent ones, 1 for those that only come together; 0 without a pair.
    """
    columns = counts.tocsc()
    papers = counts.shape[0]
    found: list[float] = []
    for terms in topics:
        has = (columns[:, list(terms)] > 0).astype(float)
        both = (has.T @ has).toarray() / papers
        share = np.diag(both)
        for a, b in combinations(range(len(terms)), 2):
            together = both[a, b]
            if together in (0.0, 1.0):
                found.append(-1.0 if together == 0.0 else 1.0)
            else:
                found.append(float(np.log(together / (share[a] * share[b])) / -np.log(together)))
    return float(np.mean(found)) if found else 0.0


def topic_stability(words: Sequence[Sequence[str]], samples: Iterable[Sequence[Sequence[str]]]) -> np.ndarray:
    """How often each topic comes back over samples of the papers.

    Parameters
    ----------
    words : sequence of sequence of str
        Words of each topic of the model.
    samples : iterable of sequence of sequence of str
        Words of each topic that was found in each sample.

    Returns
    -------
    ndarray of float64, shape (n_topics,)
        Mean over the samples of the Jaccard index of the topic's words with those of its partner, 0 to 1; not a number without samples.

    Examples
    --------
    >>> topic_stability([["a", "b"], ["c"]], [[["c"], ["b", "d"]], [["a", "b"], ["c"]]]).round(3).tolist()
    [0.667, 1.0]
    """
    found = [agreement(words, sample)[1] for sample in samples]
    return np.mean(found, axis=0) if found else np.full(len(words), np.nan)


def choose_number(
    counts: csr_matrix,
    weights: np.ndarray,
    keys: np.ndarray,
    around: int,
    words_of: Callable[[np.ndarray], WordsIn],
    rounds_of: Callable[[int], int],
) -> tuple[int, list[dict[str, float]]]:
    """Choose the number of topics by stability and coherence.

    Parameters
    ----------
    counts, weights, keys
        As `factorise` takes them.
    around : int
        Numbers from half of it to 1.6 times as many are tried.
    words_of : callable
        Reads some rows, and gives what finds the columns of the words of their topics from their places and factors, each topic's best first.
        Of more than 600 papers only.
    rounds_of : callable
        Rounds of factorisation before that, of a number of topics. Of more than 600 papers only.

    Returns
    -------
    number : int
        That of the highest score; of equal ones the nearest to `around`.
    curve : list of dict
        `topics`, `stability` (mean Jaccard index of the words of topics, matched one to one, of samples of 80 % and of all papers,
        or of 600 papers and fewer of three samples with each other; Greene, O'Callaghan and Cunningham 2014), `coherence` (mean
        normalised pointwise mutual information of the words), and `score`: the mean of the two, each as a share of its highest.
    """
    tried = sorted({max(2, round(around * part)) for part in (0.5, 0.75, 1.0, 1.25, 1.6)})
    samples = [resampled(keys, 100 + sample, SAMPLED) for sample in range(3)]
    many = counts.shape[0] > _ANEW_TO and max(tried) < min(counts.shape)
    # Each sample of few papers starts anew; of many that would cost more than the topics themselves.
    turned = TurnedFactors(counts, weights, max(tried)) if many else None
    names = np.arange(counts.shape[1]).astype(str)
    in_turn: dict[int, list[list[list[int]]]] = {number: [] for number in tried}
    if turned is not None:
        # What is read of papers serves all numbers.
        for sample, rows in enumerate((np.arange(counts.shape[0]), *samples)):
            words_in = words_of(rows)
            for number in tried:
                if not sample:
                    in_turn[number].append(words_in(*turned.of_all(number, rounds_of(number))))
                elif len(rows) > number:
                    in_turn[number].append(words_in(*turned.of_sample(rows, number, rounds_of(number))))
    curve: list[dict[str, float]] = []
    for number in tried:
        enough = [rows for rows in samples if len(rows) > number]
        if len(enough) < 2:
            continue
        if turned is not None:
            words = in_turn[number]
            pairs = [(0, sample) for sample in range(1, len(words))]
        else:
            found = ((rows, *factorise(counts[rows], weights, keys[rows], number, ensemble=False)) for rows in enough)
            words = [
                [list(map(int, topic)) for topic in telling_words(counts[rows], placed, factors, names)]
                for rows, placed, factors in found
            ]
            pairs = [(a, b) for a in range(len(words)) for b in range(a)]
        stability = float(np.mean([agreement(words[a], words[b])[0] for a, b in pairs]))
        curve.append({"topics": number, "stability": stability, "coherence": coherence(counts, words[0])})
    if not curve:
        return around, []
    most = {name: max(max(row[name] for row in curve), 1e-9) for name in ("stability", "coherence")}
    for row in curve:
        row["score"] = float(np.mean([row[name] / most[name] for name in most]))
    best = max(curve, key=lambda row: (round(row["score"], 6), -abs(row["topics"] - around)))
    return int(best["topics"]), curve


def distinctness(words: Sequence[Sequence[str]]) -> np.ndarray:
    """How distinct each topic is: one less the highest Jaccard index of its words with those of another, 0 to 1."""
    sets = [frozenset(topic) for topic in words]
    return np.array(
        [
            1 - max((len(a & b) / max(len(a | b), 1) for j, b in enumerate(sets) if i != j), default=0)
            for i, a in enumerate(sets)
        ]
    )


def coverage(counts: Sequence[int] | np.ndarray) -> dict[str, float]:
    """How much of the themes there are, the themes that were seen make up.

    Parameters
    ----------
    counts : sequence of int
        Papers of each theme that was seen, such as each key phrase.

    Returns
    -------
    dict
        `seen` (themes), `uses` (their counts added: a paper of three themes is three uses), `coverage` (estimated share of all uses
        that are of themes seen),
        `low` and `high` (its 95 % interval), `unseen` (a lower bound of the themes not seen), `singletons` and `doubletons`.

    Notes
    -----
    Coverage is Good's (1953) as Chao and Jost (2012) improve it; unseen themes are Chao's (1984) bound in the form that holds without
    doubletons. Both assume that papers were drawn at random and independently from a field whose themes keep their shares;
    a corpus that was searched for is not, and then they hold for what the search can find. Without singletons coverage would be
    1 and say that nothing is missing, which cannot be known of a finite number of uses: the upper end of the interval then is 1
    and the lower one that of three uses in all, the "rule of three" (Hanley and Lippman-Hand 1983). Where each theme was seen once, all
    may be missing, and the same rule gives the upper end.

    Examples
    --------
    >>> found = coverage([10, 5, 2, 1, 1])
    >>> found["seen"], round(found["coverage"], 3), round(found["unseen"], 2)
    (5, 0.9, 1.89)
    """
    found = np.asarray(counts, float)
    found = found[found > 0]
    n, f1, f2 = float(found.sum()), float((found == 1).sum()), float((found == 2).sum())
    told = {"seen": len(found), "uses": n, "singletons": f1, "doubletons": f2}
    if n < 2:
        return {**told, "coverage": 0.0, "low": 0.0, "high": 1.0, "unseen": 0.0}
    if f1 == 0:
        return {**told, "coverage": 1.0, "low": max(0.0, 1 - 3 / n), "high": 1.0, "unseen": 0.0}
    unseen = (n - 1) / n * (f1**2 / (2 * f2) if f2 else f1 * (f1 - 1) / 2)
    rest = (n - 1) * f1 / ((n - 1) * f1 + 2 * f2) if f2 else (n - 1) * (f1 - 1) / ((n - 1) * (f1 - 1) + 2) if f1 > 1 else 1.0
    share = 1 - f1 / n * rest
    # Variance of the Good-Turing estimate (Esty 1983).
    deviation = (f1 * (1 - f1 / n) + 2 * f2) ** 0.5 / n
    low, high = max(0.0, share - 1.96 * deviation), min(1.0, share + 1.96 * deviation)
    if f1 == n:
        # No use was of a theme seen before: their variance is 0, which says nothing of the next.
        low, high = 0.0, max(high, min(1.0, 3 / n))
    return {**told, "coverage": share, "low": low, "high": high, "unseen": unseen}
