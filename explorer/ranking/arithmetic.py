"""Concept arithmetic: rank every paper by an expression such as ``arithmetic + vision - benchmark``.

Adding a concept asks for papers that show it, subtracting for papers that do not:
``score = sum of w * log p'  over added  +  2 * sum of |w| * log(1 - p)  over subtracted``.  A product of probabilities is
a conjunction, so a paper must show *all* added concepts, where a vector sum is content with one shown strongly; and
``1 - p`` asks for absence, where a difference of vectors asks for the opposite.

Two constants keep subtraction from taking a concept's neighbours along (`docs/ranking.md` has the curve).  Papers of the
neighbours have a small but not vanishing ``p``; ranked by the plain product they would stand among those of the concept
itself, in the order of how strongly they show what was *added*.  So the odds of what is added are softened (``p'`` has their
square root), and absence counts twice.  Projecting the subtracted direction out (`projected`) is kept for comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from explorer.memory import apart
from explorer.ranking.concepts import Concept, ConceptSpace
from explorer.ranking.terms import top
from explorer.selection.expression import Expression, Operand, parse

Floats = NDArray[np.float32]
Key = TypeVar("Key")
Value = TypeVar("Value")

_KEEPING = Lock()
_CONCEPTS, _ODDS = 64, 4
"""Concepts kept, and how many of them with the log-odds of every paper (4 bytes each)."""

SOFTENED = 0.5
"""Power of the odds of an added concept: to be clearly shown counts, how much beyond that counts less."""

ABSENCE = 2.0
"""Weight of the absence of a subtracted concept, against 1 for an added one."""


@dataclass(frozen=True, eq=False)
class Ranking:
    """Papers scored by an expression.

    Attributes
    ----------
    expression : Expression
        Canonical form.
    scores : ndarray of float32, shape (n_papers,)
        Weighted log-probability, at most 0; higher is better.
    parts : dict of Operand to ndarray of float32, shape (n_papers,)
        What every concept contributes; the parts add up to the score.
    """

    expression: Expression
    scores: Floats
    parts: dict[Operand, Floats]

    def best(self, limit: int | None = None) -> NDArray[np.int64]:
        """Rows of the papers, best first, equal scores by row; `limit` of them."""
        if limit is not None and limit < len(self.scores) // 20:
            return top(self.scores, max(limit, 0))
        # No score is positive, so the bits of its size order like it; with the row below them no two keys are equal.
        size = np.abs(self.scores).view(np.uint32).astype(np.uint64)
        keys = np.sort((size << np.uint64(32)) | np.arange(len(size), dtype=np.uint64))
        return (keys[:limit] & np.uint64(0xFFFFFFFF)).astype(np.int64)


class Arithmetic:
    """Evaluate expressions over a concept space; fitted concepts are kept.

    Parameters
    ----------
    space : ConceptSpace
    resolve : callable, optional
        Gives the rows of the papers behind an operand of kind paper, set or topic; raises a `ConceptError` for a name
        it does not know.  Without it only words can be used.

    Notes
    -----
    Hinton (1999), products of experts; Du, Li and Mordatch (arXiv:2004.06030), composition and negation of concepts.
    Compared with: T. Mikolov et al., arXiv:1310.4546 (vector sums), and D. Widdows, "Orthogonal Negation in Vector
    Spaces", ACL 2003 (projection), see `projected`.
    """

    def __init__(self, space: ConceptSpace, *, resolve: Callable[[Operand], NDArray[np.int64]] | None = None) -> None:
        self.space = space
        self.resolve = resolve
        self._odds: dict[Operand, Floats] = {}
        self._concepts: dict[Operand, Concept] = {}

    def concept(self, operand: Operand) -> Concept:
        """Return the fitted concept of an operand, from the cache if it was met before."""
        return self._concepts.get(operand) or _keep(self._concepts, operand, self._fit(operand), _CONCEPTS)

    def _fit(self, operand: Operand) -> Concept:
        if operand.kind == "words" or self.resolve is None:
            return self.space.of_words(operand.name)
        return self.space.of_papers(str(operand), self.resolve(operand))

    def forget(self, operand: Operand) -> None:
        """Drop a concept from the cache, for its papers have changed."""
        with _KEEPING:
            self._concepts.pop(operand, None)
            self._odds.pop(operand, None)

    def log_odds(self, operand: Operand) -> Floats:
        """Return the log-odds of an operand for every paper, kept for the next expression."""
        kept = self._odds.get(operand)
        return _keep(self._odds, operand, apart(self.space.log_odds(self.concept(operand))), _ODDS) if kept is None else kept

    def rank(self, expression: str | Expression) -> Ranking:
        """Score every paper.

        Raises
        ------
        ExpressionError
            The text does not parse.
        ConceptError
            A concept has no papers; the message names it.
        """
        asked = parse(expression) if isinstance(expression, str) else expression
        canonical = asked.canonical()
        weights = {term.operand: term.weight for term in canonical.terms}
        parts = compose(self._all_odds(list(weights)), weights)
        scores = np.zeros(self.space.index.n_papers, dtype=np.float32)
        for part in parts.values():
            scores += part
        return Ranking(canonical, apart(scores), {operand: apart(part) for operand, part in parts.items()})

    def _all_odds(self, operands: list[Operand]) -> dict[Operand, Floats]:
        """Log-odds of several operands; the new ones are fitted and scored in two threads, each for itself."""
        if sum(operand not in self._odds for operand in operands) < 2:
            return {operand: self.log_odds(operand) for operand in operands}
        with ThreadPoolExecutor(2) as pool:
            return dict(zip(operands, pool.map(self.log_odds, operands), strict=True))


def _keep(kept: dict[Operand, Value], operand: Operand, value: Value, most: int) -> Value:
    """Put a value into a cache of at most so many."""
    with _KEEPING:
        kept[operand] = value
        while len(kept) > most:
            kept.pop(next(iter(kept)))
    return value


def compose(odds: Mapping[Key, Floats], weights: Mapping[Key, float]) -> dict[Key, Floats]:
    """Return each concept's part of the score: ``w log p'`` if added, ``2 |w| log(1 - p)`` if subtracted.

    Parameters
    ----------
    odds : mapping to ndarray of float32, shape (n_papers,)
        Log-odds of each concept.
    weights : mapping to float
        Signed weight of each concept.

    Notes
    -----
    ``log p = -log(1 + exp(-odds))`` and ``log(1 - p) = -log(1 + exp(odds))``, computed without overflow; ``p'`` has the
    odds of ``p`` to the power of `SOFTENED`.
    """
    parts: dict[Key, Floats] = {}
    for key, weight in weights.items():
        against = odds[key] * np.float32(-SOFTENED if weight > 0 else 1)
        # max(x, 0) + log(1 + exp(-|x|)) is log(1 + exp(x)) without overflow; numpy has a fast float32 log, but no log1p or
        # logaddexp. What is lost are differences between probabilities within 1e-7 of certainty.
        part = np.exp(-np.abs(against))
        part += 1
        np.log(part, out=part)
        part += np.maximum(against, 0)
        part *= np.float32(-weight if weight > 0 else ABSENCE * weight)
        parts[key] = part
    return parts


def projected(added: Floats, removed: Floats) -> Floats:
    """Return unit vector `added` with the direction of unit vector `removed` projected out, unit length again.

    The vector counterpart of subtraction: what is left is unrelated to `removed`, not its opposite
    (Widdows 2003, theorem 1).  Zeros if nothing is left.
    """
    rest = added - float(added @ removed) * removed
    length = float(np.linalg.norm(rest))
    result: Floats = (rest / length if length > 1e-6 else np.zeros_like(rest)).astype(np.float32)
    return result
