"""Which records are one paper, once pairs and rules are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from explorer.dedupe.matching import Matches
from explorer.dedupe.rules import Rules


def clusters(matches: Matches, ids: Sequence[str], rules: Rules, labels: Sequence[str | None]) -> npt.NDArray[np.int64]:
    """Group rows into papers.

    Surer pairs join first. Two groups stay apart where a rule says so of any two of their records, and where joining them
    would put two arXiv identifiers into one paper though no pair shares another one: a record that resembles two papers must
    not pull them together.

    Parameters
    ----------
    matches : Matches
        Doubtful pairs join nothing.
    ids : sequence of str, length rows
        What the rules speak of.
    rules : Rules
    labels : sequence of str or None, length rows
        arXiv identifiers.

    Returns
    -------
    array of int64, shape (rows,)
        For each row, the smallest row of its paper.
    """
    parent = np.arange(len(ids), dtype=np.int64)
    row_of = {name: row for row, name in enumerate(ids)} if rules.always or rules.never else {}
    apart: dict[int, set[int]] = {}
    for first, second in rules.never:
        if first in row_of and second in row_of:
            apart.setdefault(row_of[first], set()).add(row_of[second])
            apart.setdefault(row_of[second], set()).add(row_of[first])
    ruled = {row: {row} for row in apart}
    label: dict[int, set[str]] = {row: {name} for row, name in enumerate(labels) if name}

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = int(parent[row])
        return row

    def join(first: int, second: int, *, forced: bool) -> None:
        one, other = sorted((root(first), root(second)))
        if one == other:
            return
        # Only groups with a record that a rule speaks of are looked through.
        small, large = sorted((ruled.get(one, set()), ruled.get(other, set())), key=len)
        if any(not apart[row].isdisjoint(large) for row in small):
            return
        names, others = label.get(one, set()), label.get(other, set())
        if names and others and names.isdisjoint(others) and not forced:
            return
        parent[other] = one
        if small:
            ruled[one] = small | large
        elif large:
            ruled[one] = large
        if others:
            label[one] = names | label.pop(other)

    for first, second in sorted(rules.always):
        if first in row_of and second in row_of:
            join(row_of[first], row_of[second], forced=True)
    for low, high, score, relation in zip(
        matches.low.tolist(), matches.high.tolist(), matches.score.tolist(), matches.relation, strict=True
    ):
        if relation != "doubtful":
            join(low, high, forced=score == 1.0)
    return np.array([root(row) for row in range(len(ids))], np.int64)
