"""The queue: which record a reviewer reads next, learnt from the decisions so far, and why that one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn import svm
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from explorer.errors import ScreeningError
from explorer.screening.features import RecordFeatures

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

MODELS = ("ensemble", "svm", "logistic", "bayes")
BALANCES = ("ratio", "none")
QUERIES = ("max", "uncertain", "mixed")

C = 0.25
"""Of the support vector machine: how much each decision counts beside the margin."""

TOLERANCE = 0.1
"""liblinear's own default for this machine: a tenth of it takes twice as many rounds and gives the same first fifty records."""

_liblinear: Any = getattr(svm, "_liblinear", None)
"""scikit-learn's own way to liblinear; none where a version has it elsewhere."""

_SQUARED_HINGE_DUAL = 1
"""liblinear's number of the machine."""

_SEED = 209652396
"""Of the order in which liblinear takes the records, the same every time: what scikit-learn makes of ``random_state=0``."""

RATIO = 15.0
"""Weight of all included records together beside that of all excluded ones."""

BAYES = 0.4
"""Weight of naive Bayes beside the support vector machine in the ensemble, both in standard deviations."""

SMOOTHING = 3.8
"""Naive Bayes' counts before anything is learnt, and next what included records weigh beside excluded ones, as in ELAS u3."""

BAYES_RATIO = 1.2

LIKENESS = 0.5
"""Weight of likeness to the mean of the included records in the ensemble, before anything is learnt."""

ALIKE = 3
"""Included records at which that weight is half of what it was."""

STUDY = 1.5
"""Weight of `RecordFeatures.study`, in standard deviations of the model's scores, before anything is learnt."""

HALF = 8
"""Included records at which that weight is half of what it was: from then on the decisions know better."""

FLOOR = 0.15
"""What is left of that weight to the end, for relevant records that are like none of those included."""

EXPECTED = 0.8
"""How much more like a study included records read than excluded ones in other reviews, in standard deviations."""

DOUBT = 10
"""Included records that weigh as much as that expectation: where they read no more like studies, the wording counts less."""

KIND = 0.3
"""Weight of how much more a record reads like what the review includes than like studies at large, in the ways in which other reviews
differ from each other (`RecordFeatures.by_review`)."""

PRUDENCE = 3.0
"""How small these ways are held while one record is included, in units of the variance of a way; less of it with each further one."""

PRESUMED = 200
"""Records that are taken for irrelevant at least, where there are so many; twice as many at most."""

ALONE = 30
"""Decisions up to which every one is learnt from before the next record is shown."""


@dataclass(frozen=True)
class Method:
    """How a queue is ordered; what a review's log names.

    Raises
    ------
    ScreeningError
        There is no such model, balance or query.
    """

    model: str = "ensemble"
    """``svm`` (squared hinge), ``logistic``, ``bayes`` (multinomial naive Bayes), or the ``ensemble`` of the first and the last; all
    are linear in words and phrases."""
    balance: str = "ratio"
    """``ratio``: included records together weigh `RATIO` times what excluded ones do; ``none``: each decision weighs the same."""
    query: str = "max"
    """``max``: the likeliest first; ``uncertain``: those the model is least sure of; ``mixed``: every tenth of these, the rest likeliest."""

    def __post_init__(self) -> None:
        for name, given, known in (
            ("model", self.model, MODELS),
            ("balance", self.balance, BALANCES),
            ("query", self.query, QUERIES),
        ):
            if given not in known:
                raise ScreeningError(f"There is no {name} “{given}” of a screening; there are {', '.join(known)}.")


@dataclass(frozen=True)
class Model:
    """What was learnt from the decisions so far."""

    scores: Floats
    """One number a record, the largest most like those included; records that were decided have theirs too."""
    n_labels: int
    """Decisions it was learnt from."""
    weights: Floats
    """Weight of each word or phrase; with a record's values they add to what the decisions say of it."""
    boundary: float = 0.0
    """The score where the model is least sure."""


def learn(features: RecordFeatures, rows: Rows, included: NDArray[np.bool_], *, method: Method | None = None) -> Model:
    """Learn from decisions.

    Parameters
    ----------
    features : RecordFeatures
    rows : ndarray of int64, shape (n_labels,)
        Record of each decision; a record decided again stands once, with its last decision. Their order does not matter.
    included : ndarray of bool, shape (n_labels,)
    method : Method, optional

    Returns
    -------
    Model
        Where nothing is excluded yet, of likeness to what is included; where nothing is included, of unlikeness to what is
        excluded and of how much a record reads like a study.

    Notes
    -----
    The support vector machine is that of ELAS u4 (linear, squared hinge), naive Bayes that of ELAS u3, of ASReview. Some records not
    yet decided, others with every decision, are taken for irrelevant, together as weighty as the excluded ones: of one excluded record
    little is learnt (G. Cormack and M. Grossman, "Autonomy and reliability of continuous active learning", arXiv:1504.06868). Scores,
    in units of their standard deviation, are moved by `RecordFeatures.study`, which was learnt from other reviews: much before
    anything is included, less where the included records do not read like studies; and by what is included in this review in
    particular, as far as `RecordFeatures.by_review` tells it.
    """
    method = method or Method()
    included = np.asarray(included, bool)
    # Included records first, so that the words of either kind lie together.
    order = np.lexsort((rows, ~included))
    rows, included = np.asarray(rows, np.int64)[order], included[order]
    n_included = int(included.sum())
    left = np.ones(len(features), bool)
    left[rows] = False
    if n_included in (0, len(rows)) or not features.terms.shape[1]:
        decided = features.terms[rows]
        parts = [_Part(1.0, _mean(decided) if n_included else -_mean(decided))]
    else:
        presumed = np.zeros(0, np.int64) if method.model == "bayes" else _presumed(features, left, len(rows))
        chosen = _chosen(features, np.concatenate([rows, presumed]))
        parts = [] if method.model == "bayes" else [_separating(chosen, included, method)]
        if method.model in ("bayes", "ensemble"):
            parts.append(_bayes(chosen, included, method))
        if method.model == "ensemble":
            alike = -features.mean
            alike[chosen.columns] += (chosen.counts(0, n_included) / n_included).astype(np.float32)
            parts.append(_Part(LIKENESS * ALIKE / (ALIKE + n_included), alike))
    if not left.any():
        left[:] = True
    weights, known = _added(features, parts, left)
    mean, spread = float(known[left].mean()), float(known[left].std()) or 1.0
    scores = (known - mean) / spread + _study_share(features, rows, included) * features.study
    scores = (scores + _of_kind(features, rows, n_included)).astype(np.float32)
    return Model(scores, len(rows), weights, -mean / spread)


@dataclass(frozen=True)
class _Part:
    """A model of the ensemble, linear in words and phrases."""

    share: float
    weights: Floats
    bias: float = 0.0


def _mean(terms: sparse.csr_matrix) -> Floats:
    """Mean of each word or phrase over some records; nothing of none."""
    total = np.bincount(terms.indices, terms.data, minlength=terms.shape[1])
    mean: Floats = (total / max(terms.shape[0], 1)).astype(np.float32)
    return mean


def _added(features: RecordFeatures, parts: Sequence[_Part], left: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Sum of models in units of their standard deviation over the records left: its weights, and what it says of each record.

    Where the records are many the deviations are those of a sample, as long as most of the sample is left.
    """
    terms, among = features.sampled, left[features.sample]
    if among.sum() * 2 < len(among):
        terms, among = features.terms, left
    weights = np.zeros(features.terms.shape[1], np.float32)
    known, bias = np.zeros(terms.shape[0], np.float32), np.float32(0)
    for part in parts:
        said = terms @ part.weights
        share = np.float32(part.share / (float(said[among].std()) or 1.0))
        weights += share * part.weights
        known += share * said
        bias += share * np.float32(part.bias)
    return weights, (known if terms is features.terms else features.terms @ weights) + bias


@dataclass(frozen=True)
class _Chosen:
    """The words of some records: those that are learnt from, and after them those presumed irrelevant."""

    columns: NDArray[np.int64]
    """Of the words that occur; the machine is given no others, for it would go through them all."""
    places: NDArray[np.int32]
    """Of each value, the place of its word among `columns`."""
    values: NDArray[np.float64]
    starts: NDArray[np.int32]
    """Where the values of each record begin, and where those of the last end."""
    width: int
    """Words and phrases there are."""

    def counts(self, start: int, end: int) -> NDArray[np.float64]:
        """Sum of the values of each word over the records from one to another."""
        part = slice(self.starts[start], self.starts[end])
        sums = np.bincount(self.places[part], self.values[part], minlength=len(self.columns))
        return sums.astype(np.float64, copy=False)


def _chosen(features: RecordFeatures, rows: Rows) -> _Chosen:
    terms = features.terms[rows]
    # By marks, which are faster than a sort.
    seen = np.zeros(terms.shape[1], bool)
    seen[terms.indices] = True
    places: NDArray[np.int32] = (np.cumsum(seen, dtype=np.int32) - np.int32(1))[terms.indices]
    return _Chosen(np.flatnonzero(seen), places, terms.data.astype(np.float64), terms.indptr, terms.shape[1])


def _separating(chosen: _Chosen, included: NDArray[np.bool_], method: Method) -> _Part:
    """A plane between included and excluded records, and those presumed irrelevant."""
    weight = _balanced(included, RATIO, method)
    records = len(chosen.starts) - 1
    if presumed := records - len(included):
        weight = np.concatenate([weight, np.full(presumed, weight[~included].sum() / presumed)])
        included = np.concatenate([included, np.zeros(presumed, bool)])
    given = sparse.csr_matrix((chosen.values, chosen.places, chosen.starts), shape=(records, len(chosen.columns)))
    found, bias = _machine(given, included, weight) if method.model != "logistic" else _logistic(given, included, weight)
    weights = np.zeros(chosen.width, np.float32)
    weights[chosen.columns] = found
    return _Part(1.0, weights, bias)


def _machine(
    terms: sparse.csr_matrix, included: NDArray[np.bool_], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Weights and bias of the support vector machine of scikit-learn's `LinearSVC`.

    Its liblinear is asked as it asks it itself, without its checks, which take longer than the machine; where a version keeps or calls
    it otherwise, by the front door, with the same outcome.
    """
    try:
        _liblinear.set_verbosity_wrap(0)
        found, _ = _liblinear.train_wrap(
            terms, included.astype(float), True, _SQUARED_HINGE_DUAL, TOLERANCE, 1.0, C, np.ones(2), 1_000, _SEED, 0.1, weight
        )
    except (AttributeError, TypeError, ValueError):
        fitted = LinearSVC(C=C, tol=TOLERANCE, random_state=0).fit(terms, included, weight)
        return fitted.coef_[0], float(fitted.intercept_[0])
    return found[0, :-1], float(found[0, -1])


def _logistic(
    terms: sparse.csr_matrix, included: NDArray[np.bool_], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    fitted = LogisticRegression(C=1.0, solver="liblinear", dual=True, random_state=0, max_iter=200).fit(terms, included, weight)
    return fitted.coef_[0], float(fitted.intercept_[0])


def _balanced(included: NDArray[np.bool_], ratio: float, method: Method) -> NDArray[np.float64]:
    """Weight of each decision, one on average."""
    if method.balance != "ratio":
        return np.ones(len(included))
    weight = np.where(included, 1.0, included.sum() / (ratio * (~included).sum()))
    weight *= len(included) / weight.sum()
    return weight


def _presumed(features: RecordFeatures, left: NDArray[np.bool_], n_labels: int) -> Rows:
    """Some records that are not decided, spread evenly over how they read; others with every decision, lest a relevant one is put off."""
    step = max(1, len(features) // PRESUMED)
    rows = features.by_study[n_labels % step :: step]
    found: Rows = np.sort(rows[left[rows]])
    return found


def _bayes(chosen: _Chosen, included: NDArray[np.bool_], method: Method) -> _Part:
    """Multinomial naive Bayes, the weights of words as their counts."""
    weight = _balanced(included, BAYES_RATIO, method)
    n = int(included.sum())
    # Decisions of a kind weigh the same, and those that include come first.
    counts = [weight[0] * chosen.counts(0, n), weight[-1] * chosen.counts(n, len(included))]
    unseen = [np.log(count.sum() + SMOOTHING * chosen.width) for count in counts]
    weights = np.full(chosen.width, unseen[1] - unseen[0], np.float32)
    weights[chosen.columns] += np.log((counts[0] + SMOOTHING) / (counts[1] + SMOOTHING)).astype(np.float32)
    return _Part(BAYES if method.model == "ensemble" else 1.0, weights)


def _study_share(features: RecordFeatures, rows: Rows, included: NDArray[np.bool_]) -> np.float32:
    """Weight of how much a record reads like a study."""
    n = int(included.sum())
    of = features.study[rows]
    more = float(of[included].sum()) - n * float(of[~included].mean() if n < len(rows) else 0.0)
    trust = (more + EXPECTED * DOUBT) / (n + DOUBT) / EXPECTED
    return np.float32((STUDY * HALF / (HALF + n) + FLOOR) * min(max(trust, 0.0), 2.0))


def _of_kind(features: RecordFeatures, rows: Rows, n_included: int) -> Floats | np.float32:
    """How much more the records read like those included, which come first, than like those excluded, beside `RecordFeatures.study`.

    Reviews differ in what they include: trials only, or case reports as well. Of a few decisions no plane over all words learns
    that; over the few ways in which other reviews differ a linear discriminant, held small, does.
    """
    if n_included in (0, len(rows)) or not features.by_review.shape[1]:
        return np.float32(0)
    of = features.by_review[rows].astype(np.float64)
    included, excluded = of[:n_included], of[n_included:]
    means = included.mean(axis=0), excluded.mean(axis=0)
    more, middle = means[0] - means[1], (means[0] + means[1]) / 2
    # Around the middle of both, which weigh the same.
    scatter = (included.T @ included / len(included) + excluded.T @ excluded / len(excluded)) / 2 - np.outer(middle, middle)
    scatter.flat[:: len(scatter) + 1] += PRUDENCE / n_included
    kind: Floats = features.by_review @ (KIND * np.linalg.solve(scatter, more)).astype(np.float32)
    return kind


def following(model: Model, screened: NDArray[np.bool_], count: int = 1, *, method: Method | None = None) -> Rows:
    """Rows of the next records to read, best first; none that is screened.

    Parameters
    ----------
    model : Model
    screened : ndarray of bool, shape (n_records,)
    count : int
        As many as this, fewer where fewer are left.
    method : Method, optional

    Returns
    -------
    ndarray of int64, shape (at most `count`,)
        Of equal scores the earlier row comes first.
    """
    query = (method or Method()).query
    left = np.flatnonzero(~screened)
    if query == "max":
        return _best(left, model.scores[left], count)
    unsure = _best(left, -np.abs(model.scores[left] - np.float32(model.boundary)), count)
    if query == "uncertain":
        return unsure
    # Counted over the whole review, so that a queue asked one record at a time gives the same as one asked for many.
    likely = _best(left, model.scores[left], count)
    found: list[int] = []
    for number in range(len(likely)):
        source = unsure if (int(screened.sum()) + number) % 10 == 9 else likely
        found.append(next(int(row) for row in source if int(row) not in found) if number else int(source[0]))
    return np.array(found, np.int64)


def _best(left: Rows, scores: Floats, count: int) -> Rows:
    """The rows of the largest scores; a whole sort is only paid for where many are asked for."""
    if count < len(left) // 4:
        edge = np.partition(scores, len(scores) - count)[len(scores) - count] if count else np.inf
        near = np.flatnonzero(scores >= edge)
        left, scores = left[near], scores[near]
    found: Rows = left[np.lexsort((left, -scores))[:count]]
    return found


def refit_due(learnt: int, labels: int) -> bool:
    """Whether enough decisions came, or were taken back, since a model was learnt from `learnt` of them that learning again pays.

    At first every decision does; later one in twenty-five of those known (G. Cormack and M. Grossman, "Autonomy and reliability of
    continuous active learning", arXiv:1504.06868, section 3, let batches grow by a tenth).
    """
    return abs(labels - learnt) >= step(learnt)


def step(labels: int) -> int:
    """Decisions to wait for after a model was learnt from so many."""
    return 1 if labels < ALONE else max(1, labels // 25)


@dataclass(frozen=True)
class Reason:
    """A word or phrase of a record, and what it adds to its score; negative where it speaks against."""

    word: str
    weight: float


def reasons(features: RecordFeatures, model: Model, row: int, count: int = 5) -> Sequence[Reason]:
    """Words and phrases for and against a record.

    Parameters
    ----------
    features : RecordFeatures
    model : Model
    row : int
    count : int
        For it and against it, at most so many each.

    Returns
    -------
    sequence of Reason
        Those for it, the weightiest first, then those against it. The model is linear: the weights of all words of a record add to
        what the decisions say of it.
    """
    start, end = features.terms.indptr[row : row + 2]
    parts: dict[str, float] = {}
    for column, value in zip(features.terms.indices[start:end], features.terms.data[start:end], strict=True):
        name = features.name(int(column))
        parts[name] = parts.get(name, 0.0) + float(value) * float(model.weights[column])
    ordered = sorted(parts.items(), key=lambda part: (-abs(part[1]), part[0]))
    given = [Reason(name, part) for name, part in ordered if part]
    return [*[one for one in given if one.weight > 0][:count], *[one for one in given if one.weight < 0][:count]]
