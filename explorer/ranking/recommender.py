"""What to read next: a model of what a reader likes, learnt from the papers that the reader pointed at.

A paper has several kinds of features: its words, its place among all papers (vectors), and what it shares with others outright,
such as authors, keywords or where it comes from. Which of them tell a reader's papers from others differs from reader to
reader: one follows a method, another a laboratory. So each kind has a model of its own, and how much it counts is learnt by
leaving out each paper that the reader likes, and looking how soon the others find it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
Block: TypeAlias = "sparse.csr_matrix | Floats"

_MOST_LEFT_OUT = 40
"""Papers left out one by one at most; more tell little more."""

_AT_ONCE = 1 << 14


class Recommender:
    """Rank papers by what tells those that a reader likes from all others.

    Parameters
    ----------
    power : float
        How much more a kind of features that finds the papers left out counts than one that does not; 0 weighs all kinds by
        `priors` alone.
    priors : mapping of str to float, optional
        How much each kind counts before anything is known of the reader; one where nothing is said.

    Attributes
    ----------
    directions_ : dict of str to ndarray of float32, shape (n_features,)
        What each kind looks for; a paper's score of that kind is the product with its row, in standard deviations.
    weights_ : dict of str to float
        How much each kind counts, 0 to 1; they add up to one.
    parts_ : dict of str to ndarray of float32, shape (n_papers,)
        What each kind adds to the scores.
    scores_ : ndarray of float32, shape (n_papers,)

    Notes
    -----
    A direction is that from the mean of all papers to the mean of those liked (J. Rocchio, "Relevance Feedback in Information
    Retrieval", 1971), with papers marked as disliked taken away; unlike a margin it can be fitted without any one paper at no
    cost, which is what weighs the kinds. Stacking by leaving one out: D. Wolpert, "Stacked Generalization", Neural Networks 5,
    1992.

    Examples
    --------
    >>> import numpy as np
    >>> words = np.array([[1, 0], [1, 0], [0, 1], [0.8, 0.2]], np.float32)
    >>> np.argsort(-Recommender().fit({"words": words}, np.array([0, 1])).scores_)[2]
    np.int64(3)
    """

    def __init__(self, *, power: float = 1.0, priors: Mapping[str, float] | None = None) -> None:
        self.power = power
        self.priors = priors

    def fit(self, blocks: Mapping[str, Block], liked: Rows, disliked: Rows | None = None, seen: Rows | None = None) -> Self:
        """Learn from some papers.

        Parameters
        ----------
        blocks : mapping of str to csr_matrix or ndarray, shape (n_papers, n_features)
            Kinds of features; rows of length one, or empty.
        liked : ndarray of int64
            Rows, each once, at least one.
        disliked : ndarray of int64, optional
        seen : ndarray of int64, optional
            Papers that were read without being liked: they are not what is looked for, nor do they count against it.

        Raises
        ------
        ValueError
            No paper is liked.
        """
        if not len(liked):
            raise ValueError("no papers to learn from")
        disliked = np.zeros(0, np.int64) if disliked is None else disliked
        others = np.ones(next(iter(blocks.values())).shape[0], bool)
        others[liked] = False
        others[disliked] = False
        if seen is not None:
            others[seen] = False
        self.directions_: dict[str, Floats] = {}
        raw: dict[str, Floats] = {}
        found: dict[str, float] = {}
        for name, block in blocks.items():
            centre, against = _mean(block[liked]), _mean(block)
            if len(disliked):
                against = 0.5 * (against + _mean(block[disliked]))
            direction = centre - against
            scores = _along(block, direction).astype(np.float32)
            spread = float(scores[others].std()) if others.any() else 0.0
            scale = 1 / spread if spread > 1e-12 else 0.0
            self.directions_[name] = np.asarray(direction * scale, np.float32)
            middle = float(scores[others].mean()) if others.any() else 0.0
            raw[name] = np.asarray((scores - middle) * scale, np.float32)
            found[name] = _found(block, liked, centre, against, others)
        priors = self.priors or {}
        strength = {name: priors.get(name, 1.0) * value**self.power for name, value in found.items()}
        total = sum(strength.values())
        self.weights_ = {name: value / total if total else 1 / len(blocks) for name, value in strength.items()}
        self.parts_ = {name: np.asarray(raw[name] * np.float32(self.weights_[name])) for name in blocks}
        self.scores_: Floats = np.sum(list(self.parts_.values()), axis=0, dtype=np.float32)
        return self

    def contributions(self, blocks: Mapping[str, Block], row: int) -> dict[tuple[str, int], float]:
        """What each feature of a paper adds to its score, by kind and column; dense kinds are one number, at column -1."""
        parts: dict[tuple[str, int], float] = {}
        for name, block in blocks.items():
            weight, direction = self.weights_[name], self.directions_[name]
            if not isinstance(block, np.ndarray):
                start, stop = block.indptr[row], block.indptr[row + 1]
                for column, value in zip(block.indices[start:stop].tolist(), block.data[start:stop].tolist(), strict=True):
                    parts[name, column] = weight * value * float(direction[column])
            else:
                parts[name, -1] = weight * float(block[row] @ direction)
        return parts


def _along(block: Block, direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """Product of each row with a direction; dense rows become float64 some thousands at a time, for all at once are large."""
    if not isinstance(block, np.ndarray):
        return np.asarray(block @ direction, np.float64).ravel()
    parts = [block[start : start + _AT_ONCE] @ direction for start in range(0, len(block), _AT_ONCE)]
    return np.concatenate(parts, dtype=np.float64) if parts else np.zeros(0)


def _mean(block: Block) -> NDArray[np.float64]:
    return np.asarray(block.mean(axis=0), np.float64).ravel()


def _found(
    block: Block, liked: Rows, centre: NDArray[np.float64], against: NDArray[np.float64], others: NDArray[np.bool_]
) -> float:
    """How soon each paper liked is found by the rest of them: its mean gain ``1 / log2(1 + place)``, less that of chance.

    With one paper there is nothing to leave out, and every kind counts alike.
    """
    if len(liked) < 2:
        return 1.0
    left_out = liked[np.unique(np.linspace(0, len(liked) - 1, min(len(liked), _MOST_LEFT_OUT)).round().astype(int))]
    k = len(liked)
    # Of all papers, and then of the others: to take their rows out would copy nearly everything.
    towards, away = (_along(block, direction)[others] for direction in (centre, against))
    gains = []
    for row in left_out.tolist():
        own = block[row]
        dense = own.ravel() if isinstance(own, np.ndarray) else own.toarray().ravel()
        # The mean without one paper is (k * mean - paper) / (k - 1).
        theirs = (k * towards - _along(block, dense)[others]) / (k - 1) - away
        mine = (k * float(dense @ centre) - float(dense @ dense)) / (k - 1) - float(dense @ against)
        place = 1 + np.count_nonzero(theirs > mine + 1e-9) + 0.5 * np.count_nonzero(np.abs(theirs - mine) <= 1e-9)
        gains.append(1 / np.log2(1 + place))
    chance = float(np.mean(1 / np.log2(2 + np.arange(max(len(towards), 1)))))
    return max(float(np.mean(gains)) - chance, 0.0)
