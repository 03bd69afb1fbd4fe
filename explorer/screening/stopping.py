"""When to stop: how many of the relevant records were found so far, how sure that is, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TARGETS = (0.80, 0.90, 0.95, 0.99)
"""Recalls for which a stopping report says whether they are reached."""


@dataclass(frozen=True)
class Estimate:
    """A number, and an interval that holds it as often as `confidence` says."""

    value: float
    low: float
    high: float
    confidence: float = 0.95


@dataclass(frozen=True)
class Stopping:
    """What is known at a moment of a screening about what is still to be found."""

    records: int
    screened: int
    found: int
    irrelevant_run: int
    """Irrelevant records in a row, up to the last decision."""
    target: float
    """Recall wished for."""
    relevant: Estimate
    """Relevant records in all."""
    recall: Estimate
    """Share of them that was found."""
    p_value: float
    """Of the hypothesis that the target is not reached (Callaghan and Müller-Hansen 2020); small speaks for stopping."""
    reached: bool
    """Whether to stop: the target is reached, at the confidence asked for."""
    to_go: Estimate
    """Records still to be read until the target is reached, if one goes on in the order of the queue."""
    sentence: str
    """The same in words, and what it rests on."""


def stopping(
    included: NDArray[np.bool_],
    records: int,
    *,
    chances: NDArray[np.float64] | None = None,
    target: float = 0.95,
    confidence: float = 0.95,
    priors: int = 0,
    sample: NDArray[np.bool_] | None = None,
) -> Stopping:
    """Say how many of the relevant records were found so far, and whether to stop.

    Parameters
    ----------
    included : ndarray of bool, shape (n_screened,)
        The decisions in the order in which records were first read, priors first.
    records : int
        Records of the review, screened ones included.
    chances : ndarray of float64, shape (n_screened,), optional
        The score that the model gave each record before it was read (`Model.scores`); nan where there was none.
    target : float
        Recall wished for, 0 to 1.
    confidence : float
        How sure to be, 0 to 1.
    priors : int
        Decisions at the beginning that were not the queue's.
    sample : ndarray of bool, shape (n_sampled,), optional
        Decisions about a random sample of the records that were left when it was drawn.
    """
    raise NotImplementedError
