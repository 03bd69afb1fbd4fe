"""Concepts as you type: what the one under the cursor of an expression may become."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from explorer.search.completion import Completion, complete
from explorer.selection.expression import Operand
from explorer.selection.query import All, Word
from explorer.text.analysis import readable

if TYPE_CHECKING:
    from explorer.store.snapshot import Snapshot

_OPERAND = re.compile(r'(paper|set|topic):"?([^"]*)\Z')
_WORDS = re.compile(r'(?:^|[+\u2212*×=]|(?<!\S)-)\s*([^+\u2212*×=":]*)\Z')

_FEW = 3
"""Topics, sets and papers offered beside words, of each."""

_SHORTEST_TITLE = 4
"""Characters from which on titles are looked through."""


def complete_concept(
    snapshot: Snapshot, text: str, at: int, *, sets: Sequence[tuple[str, int]] = (), limit: int = 9
) -> list[Completion]:
    """Ways to go on with the concept under the cursor; never raises, for what is being written is seldom whole.

    Parameters
    ----------
    snapshot : Snapshot
    text : str
        An expression, whole or not, with or without the equals sign that begins it in the search box.
    at : int
        Place of the cursor.
    sets : sequence of (str, int)
        The reader's saved sets and searches: each name, and its number of papers.
    limit : int
        Completions at most.

    Returns
    -------
    list of Completion
        Words, topics, saved sets and searches, papers by words of their titles. After ``topic:``, ``set:`` or ``paper:`` only
        those.
    """
    at = min(max(at, 0), len(text))
    if any("\ud800" <= character <= "\udfff" for character in text):
        return []
    before = text[:at]
    named = _OPERAND.search(before)
    if named:
        kind, part, start = named.group(1), named.group(2), named.start()
        offered = _named(kind, snapshot, part.strip(), sets)
        return [replace(found, start=start, end=at) for found in offered[:limit]]
    begun = _WORDS.search(before)
    part = begun.group(1) if begun else ""
    if begun is None or len(part.strip()) < 2:
        return []
    start = begun.start(1)
    others = [found for kind in ("topic", "set", "paper") for found in _named(kind, snapshot, part.strip(), sets)[:_FEW]]
    words = [] if part.endswith(" ") else _words(snapshot, part)
    offered = [*words[: max(limit - len(others), limit // 3)], *others]
    return [replace(found, start=start, end=at) for found in offered[:limit]]


def _named(kind: str, snapshot: Snapshot, part: str, sets: Sequence[tuple[str, int]]) -> list[Completion]:
    if kind == "set":
        return [_offer("set", name, name, papers) for name, papers in sets if part.lower() in name.lower()]
    return _topics(snapshot, part) if kind == "topic" else _papers(snapshot, part)


def _offer(kind: str, name: str, label: str, papers: int | None) -> Completion:
    operand = Operand("words" if kind == "word" else kind, name)  # type: ignore[arg-type]
    return Completion(0, 0, str(operand), kind, label, papers)


def _words(snapshot: Snapshot, part: str) -> list[Completion]:
    head, blank, last = part.rpartition(" ")
    words = [found for found in complete(snapshot, last) if found.kind == "word"]
    return [_offer("word", f"{head}{blank}{found.label}", f"{head}{blank}{found.label}", found.papers) for found in words]


def _topics(snapshot: Snapshot, part: str) -> list[Completion]:
    totals = snapshot.totals("topics").tolist()
    fitting = [
        (-papers, label)
        for label, papers in zip(snapshot.topics.labels, totals, strict=True)
        if papers and part.lower() in label.lower()
    ]
    return [_offer("topic", label, readable(label), -papers) for papers, label in sorted(fitting)]


def _papers(snapshot: Snapshot, part: str) -> list[Completion]:
    words = re.findall(r"\w+", part)
    if not words or len(part) < _SHORTEST_TITLE:
        return []
    whole = tuple(Word(word, "title") for word in words[:-1])
    rows = snapshot.index.hits(All((*whole, Word(words[-1], "title", prefix=True)))).rows
    if not len(rows) and whole:
        # The last word may be one that titles are not searched for, such as "of".
        rows = snapshot.index.hits(All(whole)).rows
    found = (snapshot.record(row, ("id", "title")) for row in sorted(rows.tolist())[:_FEW])
    return [_offer("paper", paper["id"], readable(paper["title"]), None) for paper in found]
