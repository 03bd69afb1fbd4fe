"""In which order the papers of a selection stand where that takes more than words: scores of every paper.

An ordering is computed for the whole corpus, apart from the filters, so that moving a filter computes none anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from explorer.search.query_modes import hits_of, text_of
from explorer.selection.fields import OBJECTIVES
from explorer.selection.selection import Selection

if TYPE_CHECKING:
    from explorer.search.ranker import Ranker
    from explorer.selection.expression import Expression
    from explorer.store.snapshot import Snapshot


@dataclass(frozen=True, eq=False)
class Ordering:
    """Scores of every paper, higher is better.

    Attributes
    ----------
    kind : {"concepts", "likeness", "hybrid", "preference"}
    scores : ndarray of float32, shape (n_papers,)
    parts : dict of str to ndarray of float32, shape (n_papers,)
        What each concept or objective adds to the score; the parts add up to it. Empty where there are none.
    """

    kind: str
    scores: np.ndarray
    parts: dict[str, np.ndarray] = field(default_factory=dict)

    @cached_property
    def spread(self) -> tuple[np.ndarray, float, float]:
        """Mean of each part; what speaks against three papers in four is at least the low, what speaks for any at most the high."""
        means = np.array([float(np.mean(part, dtype=np.float64)) for part in self.parts.values()], np.float32)
        below, above = np.zeros(len(self.scores), np.float32), np.zeros(len(self.scores), np.float32)
        for part, mean in zip(self.parts.values(), means, strict=True):
            below += np.minimum(part - mean, 0)
            above += np.maximum(part - mean, 0)
        return means, round(float(np.quantile(below, 0.25)), 3) + 0.0, round(float(above.max(initial=0)), 3)


@dataclass(frozen=True, eq=False)
class Front:
    """The Pareto front of the papers shown.

    Attributes
    ----------
    rows : ndarray of int64
        Rows of the papers that no paper shown beats: at least as good in every objective, better in one. In the order of the
        list.
    among : int
        How many of the papers shown, the best by utility, were looked at.
    """

    rows: np.ndarray
    among: int


MOST_COMPARED = 5000
"""Papers whose place on the front is looked at; a front may hold all of them, and costs their square."""


def front(found: Ordering, rows: np.ndarray) -> Front:
    """Which of the best papers shown no paper shown beats, in the objectives that a preference weighs.

    A paper that beats another has the larger utility, so that comparing the best among themselves leaves no other out.

    Parameters
    ----------
    found : Ordering
        By preference.
    rows : ndarray of int64
        The best papers shown, in its order.
    """
    from explorer.ranking.preference import pareto_front

    values = np.column_stack([part[rows] for part in found.parts.values()])
    return Front(rows[pareto_front(values)], len(rows))


def ordering(ranker: Ranker, selection: Selection, read: tuple[str, ...] = ()) -> Ordering | None:
    """The ordering that a selection asks for; None where its words or a stored order give it.

    Raises
    ------
    ConceptError
        No paper, or every paper, shows one of the concepts; or an id is not in the corpus.
    """
    if selection.sort == "preference" and selection.prefer:
        read = read if selection.weighs_novelty else ()
        return ranker.kept(
            ("preference", *_matching(selection), selection.prefer, read), lambda: _preference(ranker, selection, read)
        )
    if selection.sort == "hybrid" and selection.query:
        return ranker.kept(("hybrid", selection.query), lambda: _hybrid(ranker, selection))
    if selection.sort in ("relevance", "hybrid", "preference"):
        return _match(ranker, selection)
    return None


def _matching(selection: Selection) -> tuple[object, ...]:
    return selection.query, selection.mode, selection.rank, selection.like, selection.unlike


def _match(ranker: Ranker, selection: Selection) -> Ordering | None:
    """By concepts, or by likeness."""
    expression = selection.expression
    if expression is not None:
        return ranker.kept(("concepts", expression), lambda: _concepts(ranker, expression))
    if selection.like:
        key = ("likeness", selection.like, selection.unlike)
        return ranker.kept(key, lambda: Ordering("likeness", ranker.likeness(selection.like, selection.unlike)))
    return None


def _concepts(ranker: Ranker, expression: Expression) -> Ordering:
    ranking = ranker.meaning.arithmetic.rank(expression)
    return Ordering("concepts", ranking.scores, {str(operand): part for operand, part in ranking.parts.items()})


def _hybrid(ranker: Ranker, selection: Selection) -> Ordering:
    return Ordering("hybrid", ranker.meaning.ranker.scores(text_of(selection)))


def _preference(ranker: Ranker, selection: Selection, read: tuple[str, ...]) -> Ordering:
    from explorer.ranking.preference import utility

    found = {name: objective(ranker, selection, name, read) for name, _ in selection.prefer}
    scores = utility(found, selection.prefer)
    return Ordering("preference", scores, {name: np.float32(weight) * found[name] for name, weight in selection.prefer})


def objective(ranker: Ranker, selection: Selection, name: str, read: tuple[str, ...] = ()) -> np.ndarray:
    """One objective of every paper as a percentile, 0 to 1, larger is more; what is unknown is in the middle.

    Parameters
    ----------
    ranker : Ranker
    selection : Selection
        What relevance is measured against.
    name : str
        A key of `OBJECTIVES`.
    read : tuple of str
        What novelty is measured against.

    Returns
    -------
    ndarray of float32, shape (n_papers,)
    """
    assert name in OBJECTIVES
    if name == "relevance":
        return ranker.kept(("relevance", *_matching(selection)), lambda: _percentiles(_relevance(ranker, selection)))
    if name == "novelty":
        return ranker.kept((name, read), lambda: _percentiles(ranker.novelty(read)))
    return ranker.kept((name,), lambda: _percentiles(_stored(ranker.snapshot, name)))


def _percentiles(values: np.ndarray) -> np.ndarray:
    from explorer.ranking.preference import percentiles

    return percentiles(values)


def _relevance(ranker: Ranker, selection: Selection) -> np.ndarray:
    match = _match(ranker, selection)
    if match is not None:
        return match.scores
    scores = np.full(len(ranker.snapshot), np.nan, np.float32)
    hits = hits_of(ranker, selection)
    if hits is not None:
        scores[hits.rows] = hits.scores
    return scores


def _stored(snapshot: Snapshot, name: str) -> np.ndarray:
    if name == "recency":
        # To the month: the days of most sources are those of the index, not of the paper.
        return np.where(snapshot.precision > 0, snapshot.months, np.nan).astype(np.float32)
    if name == "upvotes":
        return snapshot.upvotes
    assert name == "code"
    return np.asarray(snapshot.has_code, np.float32)
