"""In which order the papers of a selection stand where that takes more than words: scores of every paper.

An ordering is computed for the whole corpus, apart from the filters, so that moving a filter computes none anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from explorer.selection.fields import OBJECTIVES
from explorer.selection.query import parse
from explorer.selection.selection import Selection
from explorer.store.fulltext import leaves

if TYPE_CHECKING:
    from explorer.search.ranker import RankedCorpus
    from explorer.search.results import Results


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


def front(results: Results) -> Front | None:
    """Which of the best papers shown no paper shown beats, in the objectives that a preference weighs.

    A paper that beats another has the larger utility, so that comparing the best among themselves leaves no other out.

    Returns
    -------
    Front or None
        None unless the order is ``preference`` with two objectives or more.
    """
    found = results.ordering
    if found is None or found.kind != "preference" or len(found.parts) < 2:
        return None
    from explorer.ranking.preference import pareto_front

    rows = results.rows(0, MOST_COMPARED)
    values = np.column_stack([part[rows] for part in found.parts.values()])
    return Front(rows[pareto_front(values)], len(rows))


def ordering(corpus: RankedCorpus, selection: Selection) -> Ordering | None:
    """The ordering that a selection asks for; None where its words or a stored order give it.

    Raises
    ------
    ConceptError
        No paper, or every paper, shows one of the concepts; or an id is not in the corpus.
    """
    if selection.sort == "preference" and selection.prefer:
        read = corpus.read_papers if selection.weighs_novelty else ()
        return corpus.kept_ordering(
            ("preference", *_matching(selection), selection.prefer, read), lambda: _preference(corpus, selection)
        )
    if selection.sort == "hybrid" and selection.query:
        return corpus.kept_ordering(("hybrid", selection.query), lambda: _hybrid(corpus, selection.query))
    if selection.sort in ("relevance", "hybrid", "preference"):
        return _match(corpus, selection)
    return None


def _matching(selection: Selection) -> tuple[object, ...]:
    return selection.query, selection.rank, selection.like, selection.unlike


def _match(corpus: RankedCorpus, selection: Selection) -> Ordering | None:
    """By concepts, or by likeness."""
    if selection.rank:
        return corpus.kept_ordering(("concepts", selection.rank), lambda: _concepts(corpus, selection.rank))
    if selection.like:
        key = ("likeness", selection.like, selection.unlike)
        return corpus.kept_ordering(key, lambda: Ordering("likeness", corpus.likeness(selection.like, selection.unlike)))
    return None


def _concepts(corpus: RankedCorpus, expression: str) -> Ordering:
    ranking = corpus.meaning.arithmetic.rank(expression)
    return Ordering("concepts", ranking.scores, {str(operand): part for operand, part in ranking.parts.items()})


def _hybrid(corpus: RankedCorpus, query: str) -> Ordering:
    text = " ".join(leaf.text for leaf in leaves(parse(query)))
    return Ordering("hybrid", corpus.meaning.ranker.scores(text))


def _preference(corpus: RankedCorpus, selection: Selection) -> Ordering:
    from explorer.ranking.preference import utility

    found = {name: objective(corpus, selection, name) for name, _ in selection.prefer}
    scores = utility(found, selection.prefer)
    return Ordering("preference", scores, {name: np.float32(weight) * found[name] for name, weight in selection.prefer})


def objective(corpus: RankedCorpus, selection: Selection, name: str) -> np.ndarray:
    """One objective of every paper as a percentile, 0 to 1, larger is more; what is unknown is in the middle.

    Parameters
    ----------
    corpus : RankedCorpus
    selection : Selection
        What relevance is measured against.
    name : str
        A key of `OBJECTIVES`.

    Returns
    -------
    ndarray of float32, shape (n_papers,)
    """
    assert name in OBJECTIVES
    if name == "relevance":
        return corpus.kept_ordering(("relevance", *_matching(selection)), lambda: _percentiles(_relevance(corpus, selection)))
    return corpus.kept_ordering(
        (name, corpus.read_papers if name == "novelty" else ()), lambda: _percentiles(_stored(corpus, name))
    )


def _percentiles(values: np.ndarray) -> np.ndarray:
    from explorer.ranking.preference import percentiles

    return percentiles(values)


def _relevance(corpus: RankedCorpus, selection: Selection) -> np.ndarray:
    match = _match(corpus, selection)
    if match is not None:
        return match.scores
    scores = np.full(len(corpus), np.nan, np.float32)
    if selection.query:
        hits = corpus.hits(selection.query)
        scores[hits.rows] = hits.scores
    return scores


def _stored(corpus: RankedCorpus, name: str) -> np.ndarray:
    if name == "recency":
        # To the month: the days of most sources are those of the index, not of the paper.
        return np.where(corpus.precision > 0, corpus.months, np.nan).astype(np.float32)
    if name == "upvotes":
        return corpus.upvotes
    if name == "code":
        return np.asarray(corpus.has_code, np.float32)
    return corpus.novelty()
