"""Which records are one paper, once pairs and rules are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from explorer.dedupe.matching import Matches
from explorer.dedupe.rules import Rules

Rows = npt.NDArray[np.int64]


def clusters(matches: Matches, rows: int, row_of: Mapping[str, int], rules: Rules, identifiers: Mapping[str, Rows]) -> Rows:
    """Group rows into papers.

    Surer pairs join first. Two groups stay apart where a rule says so of any two of their records, where two of them are
    two papers for certain, and where joining them would put two identifiers of one kind into one paper: a record that resembles two
    papers must not pull them together, and goes into neither where it resembles both alike.

    Parameters
    ----------
    matches : Matches
        Pairs that are only likely join nothing.
    rows : int
    row_of : mapping of str to int
        Where the records are that the rules speak of, by id.
    rules : Rules
    identifiers : mapping of str to array of int64, shape (rows,)
        For each kind, a number for each distinct identifier; 0 where a record bears none.

    Returns
    -------
    array of int64
        For each row, the smallest row of its paper.
    """
    joins = matches.same & ~_beginnings_of_several(matches, rows)
    low, high = matches.low[joins], matches.high[joins]
    parent = components(rows, low, high)
    always, never = (
        [(row_of[one], row_of[other]) for one, other in sorted(pairs) if one in row_of and other in row_of]
        for pairs in (rules.always, rules.never)
    )
    careful = np.zeros(rows, bool)
    for one, two in (matches.apart, np.array([*always, *never], np.int64).reshape(-1, 2).T):
        within = parent[one] == parent[two]
        careful[parent[one[within]]] = True
    for pair in always:
        careful[parent[list(pair)]] = True
    for values in identifiers.values():
        careful |= _several(parent, values)
    if not careful.any():
        return parent
    chosen = np.flatnonzero(careful[parent[low]])
    apart: dict[int, set[int]] = {}
    for one, two in (*zip(*(side.tolist() for side in _within(careful, parent, matches.apart)), strict=True), *never):
        apart.setdefault(one, set()).add(two)
        apart.setdefault(two, set()).add(one)
    own = {
        row: {(kind, int(values[row])) for kind, values in identifiers.items() if values[row]}
        for row in np.flatnonzero(careful[parent]).tolist()
    }
    pairs = list(zip(low[chosen].tolist(), high[chosen].tolist(), matches.closeness[joins][chosen].tolist(), strict=True))
    kept = _decided(pairs, apart, own)
    forbidden = set(never) | {(two, one) for one, two in never}
    joined = _joined(list(own), always, kept, apart, own, forbidden)
    for row, root in joined.items():
        parent[row] = root
    return parent


def components(rows: int, low: Rows, high: Rows) -> Rows:
    """For each row, the smallest row that pairs lead to."""
    parent = np.arange(rows, dtype=np.int64)
    while len(low):
        one, other = parent[low], parent[high]
        unlike = one != other
        if not unlike.any():
            break
        low, high, one, other = low[unlike], high[unlike], one[unlike], other[unlike]
        np.minimum.at(parent, np.maximum(one, other), np.minimum(one, other))
        while True:
            further = parent[parent]
            if np.array_equal(further, parent):
                break
            parent = further
    return parent


def _beginnings_of_several(matches: Matches, rows: int) -> npt.NDArray[np.bool_]:
    """Whether each pair is of a title that lost its end, where the whole titles of several papers begin so."""
    cut = matches.same & (matches.shorter >= 0)
    found = np.zeros(len(cut), bool)
    if not cut.any():
        return found
    parent = components(rows, matches.low[matches.same & ~cut], matches.high[matches.same & ~cut])
    # What is only likely may be meant as well.
    ended = matches.shorter >= 0
    shorter = matches.shorter[ended]
    papers = parent[np.where(matches.low[ended] == shorter, matches.high[ended], matches.low[ended])]
    # Of titles cut at several places, the longest stand for their papers.
    lost = np.zeros(rows, bool)
    lost[parent[matches.shorter[cut]]] = True
    whole = ~lost[papers]
    least, most = np.full(rows, rows), np.full(rows, -1)
    np.minimum.at(least, shorter[whole], papers[whole])
    np.maximum.at(most, shorter[whole], papers[whole])
    several = (most >= 0) & (least != most)
    found[cut] = several[matches.shorter[cut]]
    return found


def _several(parent: Rows, values: Rows) -> npt.NDArray[np.bool_]:
    """Which groups, by their smallest row, have more than one identifier of a kind."""
    found = np.zeros(len(parent), bool)
    bearing = np.flatnonzero(values)
    if len(bearing):
        least, most = np.full(len(parent), np.iinfo(np.int64).max), np.zeros(len(parent), np.int64)
        np.minimum.at(least, parent[bearing], values[bearing])
        np.maximum.at(most, parent[bearing], values[bearing])
        found = (most > 0) & (least != most)
    return found


def _within(careful: npt.NDArray[np.bool_], parent: Rows, pairs: tuple[Rows, Rows]) -> tuple[Rows, Rows]:
    kept = careful[parent[pairs[0]]] | careful[parent[pairs[1]]]
    return pairs[0][kept], pairs[1][kept]


def _two_papers(one: int, other: int, apart: Mapping[int, set[int]], own: Mapping[int, set[tuple[str, int]]]) -> bool:
    if other in apart.get(one, ()):
        return True
    kinds = dict(own.get(other, ()))
    return any(kinds.get(kind, value) != value for kind, value in own.get(one, ()))


def _decided(
    pairs: list[tuple[int, int, int]], apart: Mapping[int, set[int]], own: Mapping[int, set[tuple[str, int]]]
) -> list[tuple[int, int]]:
    """The pairs without those of a record that resembles two papers, unless one of them is closer."""
    partners: dict[int, list[tuple[int, int]]] = {}
    for low, high, closeness in pairs:
        partners.setdefault(low, []).append((high, closeness))
        partners.setdefault(high, []).append((low, closeness))
    dropped: set[tuple[int, int]] = set()
    for row, some in partners.items():
        for number, (one, closeness) in enumerate(some):
            for other, another in some[number + 1 :]:
                if _two_papers(one, other, apart, own):
                    if closeness <= another:
                        dropped.add((min(row, one), max(row, one)))
                    if another <= closeness:
                        dropped.add((min(row, other), max(row, other)))
    return [(low, high) for low, high, _ in pairs if (low, high) not in dropped]


def _joined(
    rows: Sequence[int],
    always: Sequence[tuple[int, int]],
    pairs: Sequence[tuple[int, int]],
    apart: Mapping[int, set[int]],
    own: Mapping[int, set[tuple[str, int]]],
    forbidden: set[tuple[int, int]],
) -> dict[int, int]:
    """Join rows pair by pair, unless two of the groups are apart; `always` outweighs all but what is forbidden."""
    parent = {row: row for pair in always for row in pair} | {row: row for row in rows}
    members = {row: {row} for row in parent}
    bears = {row: set(own.get(row, ())) for row in parent}

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for number, (first, second) in enumerate([*always, *pairs]):
        one, other = sorted((root(first), root(second)))
        if one == other:
            continue
        small, large = sorted((members[one], members[other]), key=len)
        ruled = number < len(always)
        if ruled:
            if any((row, another) in forbidden for row in small for another in large):
                continue
        else:
            if any(not apart.get(row, set()).isdisjoint(large) for row in small):
                continue
            if not _agree(bears[one], bears[other]):
                continue
        parent[other] = one
        members[one] |= members.pop(other)
        bears[one] |= bears.pop(other)
    return {row: root(row) for row in parent}


def _agree(first: set[tuple[str, int]], second: set[tuple[str, int]]) -> bool:
    """Whether two groups have an identifier in common of each kind that both bear."""
    kinds = {kind for kind, _ in first} & {kind for kind, _ in second}
    common = {kind for kind, _ in first & second}
    return kinds <= common
