"""Concepts as you type: what the one under the cursor of an expression may become."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from explorer.errors import LibraryError
from explorer.search.completion import Completion, complete
from explorer.selection.expression import Operand
from explorer.selection.query import All, Word
from explorer.text.analysis import readable

if TYPE_CHECKING:
    from explorer.corpus.corpus import Corpus

_NAMED = re.compile(r'(paper|set|topic):"?([^"]*)\Z')
_WORDS = re.compile(r'(?:^|[+\u2212*×=]|(?<!\S)-)\s*([^+\u2212*×=":]*)\Z')

_FEW = 3
"""Topics, sets and papers offered beside words, of each."""

_SHORTEST_TITLE = 4
"""Characters from which on titles are looked through."""


def complete_concept(corpus: Corpus, text: str, at: int, *, limit: int = 9) -> list[Completion]:
    """Ways to go on with the concept under the cursor; never raises, for what is being written is seldom whole.

    Parameters
    ----------
    corpus : Corpus
    text : str
        An expression, whole or not, with or without the equals sign that begins it in the search box.
    at : int
        Place of the cursor.
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
    named = _NAMED.search(before)
    if named:
        kind, part, start = named.group(1), named.group(2), named.start()
        offered = {"topic": _topics, "set": _sets, "paper": _papers}[kind](corpus, part.strip())
        return [replace(found, start=start, end=at) for found in offered[:limit]]
    begun = _WORDS.search(before)
    part = begun.group(1) if begun else ""
    if begun is None or len(part.strip()) < 2:
        return []
    start = begun.start(1)
    others = [found for offer in (_topics, _sets, _papers) for found in offer(corpus, part.strip())[:_FEW]]
    words = [] if part.endswith(" ") else _words(corpus, part)
    offered = [*words[: max(limit - len(others), limit // 3)], *others]
    return [replace(found, start=start, end=at) for found in offered[:limit]]


def _offer(kind: str, name: str, label: str, papers: int | None) -> Completion:
    operand = Operand("words" if kind == "word" else kind, name)  # type: ignore[arg-type]
    return Completion(0, 0, str(operand), kind, label, papers)


def _words(corpus: Corpus, part: str) -> list[Completion]:
    head, blank, last = part.rpartition(" ")
    words = [found for found in complete(corpus, last) if found.kind == "word"]
    return [_offer("word", f"{head}{blank}{found.label}", f"{head}{blank}{found.label}", found.papers) for found in words]


def _topics(corpus: Corpus, part: str) -> list[Completion]:
    totals = corpus.totals("topics").tolist()
    fitting = [
        (-papers, label)
        for label, papers in zip(corpus.topics.labels, totals, strict=True)
        if papers and part.lower() in label.lower()
    ]
    return [_offer("topic", label, readable(label), -papers) for papers, label in sorted(fitting)]


def _sets(corpus: Corpus, part: str) -> list[Completion]:
    try:
        sets, searches = corpus.library.sets(), corpus.library.searches()
    except LibraryError:
        return []
    kept = [(row.name, row.papers) for row in sets] + [(row.name, row.papers) for row in searches]
    return [_offer("set", name, name, papers) for name, papers in kept if part.lower() in name.lower()]


def _papers(corpus: Corpus, part: str) -> list[Completion]:
    words = re.findall(r"\w+", part)
    if not words or len(part) < _SHORTEST_TITLE:
        return []
    whole = tuple(Word(word, "title") for word in words[:-1])
    rows = corpus.index.hits(All((*whole, Word(words[-1], "title", prefix=True)))).rows
    if not len(rows) and whole:
        # The last word may be one that titles are not searched for, such as "of".
        rows = corpus.index.hits(All(whole)).rows
    found = (corpus.record(row, ("id", "title")) for row in sorted(rows.tolist())[:_FEW])
    return [_offer("paper", paper["id"], readable(paper["title"]), None) for paper in found]
