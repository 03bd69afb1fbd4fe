"""The queue: which record a reviewer reads next, learnt from the decisions so far, and why that one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.svm import LinearSVC

from explorer.screening.features import RecordFeatures

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Method:
    """How a queue is ordered; what a review's log names."""

    model: str = "svm"
    balance: str = "ratio"
    query: str = "max"


@dataclass(frozen=True)
class Model:
    """What was learnt from the decisions so far."""

    scores: Floats
    """One number a record, the largest most like those included; screened records have theirs too."""
    n_labels: int
    """Decisions it was learnt from."""
    weights: Floats
    """Weight of each word or phrase."""


def learn(features: RecordFeatures, rows: Rows, included: NDArray[np.bool_], *, method: Method | None = None) -> Model:
    """Learn from decisions, in the order in which they were made.

    Parameters
    ----------
    features : RecordFeatures
    rows : ndarray of int64, shape (n_labels,)
        Record of each decision; a record decided again stands once, with its last decision.
    included : ndarray of bool, shape (n_labels,)
    method : Method, optional

    Returns
    -------
    Model
        Also where no record, or none but included or excluded ones, was labelled.
    """
    if len(set(included.tolist())) < 2:
        return Model(np.zeros(len(features), np.float32), len(rows), np.zeros(features.terms.shape[1], np.float32))
    share = included.sum() / (9.8 * (~included).sum())
    svm = LinearSVC(C=0.11, random_state=0).fit(features.terms[rows], included, np.where(included, 1.0, share))
    weights = svm.coef_[0].astype(np.float32)
    return Model(np.asarray(features.terms @ weights, np.float32), len(rows), weights)


def following(model: Model, screened: NDArray[np.bool_], count: int = 1, *, method: Method | None = None) -> Rows:
    """Rows of the next records to read, best first; none that is screened.

    Parameters
    ----------
    model : Model
    screened : ndarray of bool, shape (n_records,)
    count : int
        As many as this, fewer where fewer are left.
    method : Method, optional
    """
    left = np.flatnonzero(~screened)
    return left[np.argsort(-model.scores[left], kind="stable")[:count]]


def refit_due(learnt: int, labels: int) -> bool:
    """Whether decisions came since a model was learnt from `learnt` of them that are worth learning again."""
    return labels - learnt >= max(1, learnt // 25)


@dataclass(frozen=True)
class Reason:
    """A word or phrase of a record, and what it adds to its score; negative where it speaks against."""

    word: str
    weight: float


def reasons(features: RecordFeatures, model: Model, row: int, count: int = 5) -> Sequence[Reason]:
    """Words and phrases for and against a record, the weightiest first, at most `count` of each."""
    start, end = features.terms.indptr[row : row + 2]
    columns = features.terms.indices[start:end]
    parts = features.terms.data[start:end] * model.weights[columns]
    order = np.lexsort((columns, -np.abs(parts)))
    given = [Reason(str(features.names[columns[i]]), float(parts[i])) for i in order if parts[i]]
    return [*[g for g in given if g.weight > 0][:count], *[g for g in given if g.weight < 0][:count]]
