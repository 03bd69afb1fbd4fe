"""What a reader put on papers, as a part of what can be asked: handed in by the library, for a corpus belongs to nobody."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Protocol

import numpy as np
import pyarrow as pa

from explorer.selection.syntax import OWN_FIELD_NAMES, All, Either, Near, Node, Not, Phrase, Word, leaves_of
from explorer.store.facets import Facet
from explorer.store.fulltext import Hits
from explorer.store.snapshot import Snapshot

OWN_FACETS = ("tags", "marks")
"""Fields of a selection that filter by what the reader put on papers."""


class Own(Protocol):
    """What a reader put on the papers of a snapshot."""

    def version(self) -> Hashable:
        """A value that differs once anything was changed, in this process or another."""

    def mask(self, leaf: Word | Phrase) -> np.ndarray:
        """Papers that a part of a query in one of `OWN_FIELD_NAMES` means, as a boolean array of shape (n_papers,)."""

    def facet(self, field: str) -> Facet:
        """Values of one of `OWN_FACETS`."""

    def columns(self, ids: list[str]) -> dict[str, pa.Array]:
        """What the reader put on some papers, as columns of a table."""

    def values(self, field: str) -> list[tuple[str, int]]:
        """What one of `OWN_FIELD_NAMES` may ask for, with the papers that have it: tags, words of notes, marks, sets."""


class Nothing:
    """Of a snapshot that was opened without a library.

    Parameters
    ----------
    papers : int
    """

    def __init__(self, papers: int) -> None:
        self.papers = papers

    def version(self) -> Hashable:
        """Always the same."""
        return ()

    def mask(self, leaf: Word | Phrase) -> np.ndarray:
        """No paper."""
        return np.zeros(self.papers, bool)

    def facet(self, field: str) -> Facet:
        """No value."""
        return facet_of([], self.papers)

    def columns(self, ids: list[str]) -> dict[str, pa.Array]:
        """No column."""
        return {}

    def values(self, field: str) -> list[tuple[str, int]]:
        """No value."""
        return []


def facet_of(values: list[tuple[str, np.ndarray]], papers: int) -> Facet:
    """A facet of named sets of papers, the largest first, ties by name.

    Parameters
    ----------
    values : list of (str, ndarray of int)
        Each value and the rows of its papers, each once.
    papers : int
        Papers of the corpus.
    """
    ordered = sorted(values, key=lambda value: (-len(value[1]), value[0]))
    codes = np.repeat(np.arange(len(ordered), dtype=np.int32), [len(rows) for _, rows in ordered])
    owners = np.concatenate([np.empty(0, np.int32), *(rows for _, rows in ordered)]).astype(np.int32)
    by_paper = np.argsort(owners, kind="stable")
    starts = np.zeros(papers + 1, np.int32)
    if len(owners):  # Zeros that nobody wrote take no memory.
        np.cumsum(np.bincount(owners, minlength=papers), dtype=np.int32, out=starts[1:])
    return Facet(_texts([name for name, _ in ordered]), codes[by_paper], starts, owners[by_paper])


def _texts(names: list[str]) -> pa.Array:
    """Names as an array; Arrow makes one of a list by way of pandas, for which no dashboard should wait."""
    data = [name.encode(errors="replace") for name in names]
    offsets = np.cumsum([0, *map(len, data)], dtype=np.int64)
    return pa.LargeStringArray.from_buffers(len(data), pa.py_buffer(offsets), pa.py_buffer(b"".join(data)))


def asks_own(node: Node | None) -> bool:
    """Whether a query asks for what the reader put on papers."""
    return node is not None and any(leaf.field in OWN_FIELD_NAMES for leaf in leaves_of(node))


def own_hits(snapshot: Snapshot, own: Own, node: Node) -> Hits:
    """All hits of a query; what the reader put on papers says which they are, and adds nothing to a score."""
    if not asks_own(node):
        return snapshot.hits(node)
    mask, scores = _run(snapshot, own, node)
    rows = np.flatnonzero(mask).astype(np.int32)
    return Hits(rows, scores[rows])


def _run(snapshot: Snapshot, own: Own, node: Node) -> tuple[np.ndarray, np.ndarray]:
    """Mask and scores over all papers. Parts that ask for text alone are one query, so that they score as they do by themselves."""
    scores = np.zeros(len(snapshot), np.float32)
    if not asks_own(node):
        hits = snapshot.hits(node)
        mask = np.zeros(len(snapshot), bool)
        mask[hits.rows] = True
        scores[hits.rows] = hits.scores
        return mask, scores
    if isinstance(node, Word | Phrase):
        return own.mask(node), scores
    if isinstance(node, Not):
        return ~_run(snapshot, own, node.part)[0], scores
    assert not isinstance(node, Near), "parsing refuses what is near a tag"
    texts = tuple(part for part in node.parts if not asks_own(part))
    others = [part for part in node.parts if asks_own(part)]
    whole = [] if not texts else [texts[0] if len(texts) == 1 else type(node)(texts)]
    parts = [_run(snapshot, own, part) for part in (*whole, *others)]
    together = np.logical_and if isinstance(node, All) else np.logical_or
    for _, part in parts:
        scores = scores + part
    return together.reduce([mask for mask, _ in parts]), scores


def text_part(node: Node | None) -> Node | None:
    """A query without what asks for the reader's own; None where nothing else is asked. It says what adds to a score."""
    if node is None or not asks_own(node):
        return node
    if isinstance(node, All | Either):
        kept = tuple(part for part in map(text_part, node.parts) if part is not None)
        return None if not kept else kept[0] if len(kept) == 1 else type(node)(kept)
    return None
