"""The queue: which record a reviewer reads next, learnt from the decisions so far, and why that one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.svm import LinearSVC

from explorer.errors import ScreeningError
from explorer.screening.features import RecordFeatures

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

MODELS = ("svm", "logistic", "bayes")
BALANCES = ("ratio", "none")
QUERIES = ("max", "uncertain", "mixed")

RATIO = 9.8
"""Weight of all included records together beside that of all excluded ones, as in ELAS u4."""

STUDY = 1.5
"""Weight of `RecordFeatures.study`, in standard deviations of the model's scores, before anything is learnt."""

HALF = 3
"""Included records at which that weight is half of what it was: from then on the decisions know better."""

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

    model: str = "svm"
    """``svm`` (squared hinge), ``logistic`` or ``bayes`` (multinomial naive Bayes), all linear in words and phrases."""
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
    The support vector machine is that of ELAS u4 (linear, squared hinge, C = 0.11). Before much is included, its scores, in units
    of their standard deviation, are moved by `RecordFeatures.study`, which was learnt from other reviews.
    """
    method = method or Method()
    order = np.argsort(rows, kind="stable")
    rows, included = np.asarray(rows, np.int64)[order], np.asarray(included, bool)[order]
    n_included = int(included.sum())
    if n_included in (0, len(rows)) or not features.terms.shape[1]:
        weights, bias = _one_sided(features, rows, n_included > 0), 0.0
    else:
        weights, bias = _two_sided(features, rows, included, method)
    known = np.asarray(features.terms @ weights, np.float32) + np.float32(bias)
    left = np.ones(len(features), bool)
    left[rows] = False
    if not left.any():
        left[:] = True
    mean, spread = float(known[left].mean()), float(known[left].std()) or 1.0
    share = STUDY * HALF / (HALF + n_included)
    scores = ((known - mean) / spread + share * features.study).astype(np.float32)
    return Model(scores, len(rows), weights, -mean / spread)


def _one_sided(features: RecordFeatures, rows: Rows, included: bool) -> Floats:
    if not len(rows):
        return np.zeros(features.terms.shape[1], np.float32)
    mean = np.asarray(features.terms[rows].mean(axis=0), np.float32).ravel()
    return mean if included else -mean


def _two_sided(features: RecordFeatures, rows: Rows, included: NDArray[np.bool_], method: Method) -> tuple[Floats, float]:
    weight = np.ones(len(rows))
    if method.balance == "ratio":
        weight = np.where(included, 1.0, included.sum() / (RATIO * (~included).sum()))
        weight *= len(rows) / weight.sum()
    terms = features.terms[rows]
    if method.model == "bayes":
        bayes = MultinomialNB(alpha=3.8).fit(terms, included, weight)
        return (bayes.feature_log_prob_[1] - bayes.feature_log_prob_[0]).astype(np.float32), 0.0
    # Both are convex, and the number of rounds bounds the time; a seed makes liblinear's order of coordinates the same every time.
    fitted = (
        LinearSVC(C=0.11, random_state=0)
        if method.model == "svm"
        else LogisticRegression(C=1.0, solver="liblinear", dual=True, random_state=0, max_iter=200)
    ).fit(terms, included, weight)
    return fitted.coef_[0].astype(np.float32), float(fitted.intercept_[0])


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
    """Whether enough decisions came since a model was learnt from `learnt` of them that learning again pays.

    At first every decision does; later one in twenty-five of those known (G. Cormack and M. Grossman, "Autonomy and reliability of
    continuous active learning", arXiv:1504.06868, section 3, let batches grow by a tenth).
    """
    return labels - learnt >= step(learnt)


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
        name = str(features.names[column])
        parts[name] = parts.get(name, 0.0) + float(value) * float(model.weights[column])
    ordered = sorted(parts.items(), key=lambda part: (-abs(part[1]), part[0]))
    given = [Reason(name, part) for name, part in ordered if part]
    return [*[one for one in given if one.weight > 0][:count], *[one for one in given if one.weight < 0][:count]]
