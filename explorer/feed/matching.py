"""Which of a day's papers each of many selections wants (percolation).

Thousands of saved selections, each run on a whole corpus, cost thousands of searches of it. Here the papers of the day, which are few, are
indexed by themselves, and each selection is run on these. A paper passes exactly those words and filters that it passes in the
corpus; what scores papers beyond words (concepts, likeness, preference) is computed on the corpus, once for each different expression.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa

from explorer.feed.trending import trending
from explorer.papers.author_names import display, family_first
from explorer.search.own import OWN_FACETS, asks_own, text_part
from explorer.search.scores import ordering
from explorer.selection.fields import STORED_SORTS
from explorer.selection.query import parse
from explorer.selection.syntax import All, Either, Node, Not, Phrase, Word
from explorer.store.appearances import appearances
from explorer.store.fulltext import TextIndex, build_index, leaves
from explorer.text.analysis import Terms, highlight, readable

if TYPE_CHECKING:
    from explorer.search.ranker import Ranker
    from explorer.search.scores import Ordering
    from explorer.selection.selection import Selection

Value = TypeVar("Value")

BEST = 0.05
"""Where nothing filters and a score alone says what is wanted: a paper is, if at most this share of the corpus scores better."""

_VALUES = ("topics", "venues", "authors", "keywords")
_KEPT = 20_000


@dataclass(frozen=True, eq=False)
class Match:
    """The papers of the day that a selection wants.

    Attributes
    ----------
    places : ndarray of int64
        Places among the papers of the day, best first.
    scores : ndarray of float64
        By which they are ordered.
    """

    places: np.ndarray
    scores: np.ndarray


class Percolator:
    """Runs selections on some papers of a corpus.

    Parameters
    ----------
    ranker : Ranker
        Of the corpus.
    rows : ndarray of int
        Rows of the papers, ascending.
    """

    def __init__(self, ranker: Ranker, rows: np.ndarray) -> None:
        self.ranker = ranker
        self.snapshot = ranker.snapshot
        self.rows = np.asarray(rows, np.int64)
        table = self.snapshot.table.take(pa.array(self.rows)) if len(self.rows) else self.snapshot.table.slice(0, 0)
        self.ids: list[str] = table.column("id").to_pylist()
        self._titles = [readable(title) for title in table.column("title").to_pylist()]
        self._by_id = np.argsort(np.argsort(np.array(self.ids, dtype=object), kind="stable"), kind="stable")
        self._folder = tempfile.TemporaryDirectory(prefix="litexplorer-day-")
        build_index(table, Path(self._folder.name))
        self._index = TextIndex(Path(self._folder.name))
        self._values = {name: self._by_value(name) for name in _VALUES}
        self._found: dict[Hashable, Any] = {}

    def __enter__(self) -> Percolator:
        return self

    def __exit__(self, *error: object) -> None:
        self._folder.cleanup()

    def match(self, selection: Selection, *, without: Sequence[str] = (), ranker: Ranker | None = None) -> Match:
        """The papers that a selection wants.

        Parameters
        ----------
        selection : Selection
        without : sequence of str
            Words and phrases; papers that have one of them are left out.
        ranker : Ranker, optional
            Of the reader whose sets the selection may name.

        Raises
        ------
        QueryError, ExpressionError, ConceptError, LibraryError
            As `Results` raises them.
        """
        ranker = ranker or self.ranker
        ranker.notice(selection.operands)
        mask = np.ones(len(self.rows), bool)
        scores = np.zeros(len(self.rows))
        filtered = False
        for words in without:
            mask &= ~self._phrase(words)
        for row, value in selection.active():
            filtered = True
            if row.field == "query":
                node = selection.parsed
                assert node is not None
                found, best = self._own_hits(ranker, node) if asks_own(node) else self._node(node)
                mask &= found
                scores = best
            else:
                mask &= self._mask(ranker, selection, row.field, value)
        order = self._ordering(ranker, selection)
        if order is not None:
            scores, least = order
            if not filtered:
                mask &= scores >= least
        if selection.sort in STORED_SORTS:
            scores = -self._places(selection.sort).astype(float)
        elif order is None and text_part(selection.parsed) is None:
            scores = self._trend[0]
        places = np.flatnonzero(mask)
        # Rounded, so that the last bits of another machine do not decide; equal scores by id.
        ranked = np.lexsort((self._by_id[places], -np.round(scores[places], 6)))
        return Match(places[ranked], scores[places][ranked])

    def reasons(self, selection: Selection, place: int, *, ranker: Ranker | None = None) -> list[str]:
        """Why a paper of the day is wanted, in words."""
        said = []
        for row, value in selection.active():
            if row.field == "query":
                said += self._words(selection, place)
            elif row.field in _VALUES:
                own = [text for text in value if self._value_mask(row.field, (text,))[place]]
                said.append(row.sentence(tuple(own)) if own else row.sentence(value))
            else:
                said.append(selection.say(row, value))
        order = self._parts(ranker or self.ranker, selection)
        if order is not None:
            parts = {name: float(part[self.rows[place]]) for name, part in order.parts.items()}
            if order.kind == "concepts" and parts and selection.expression is not None:
                removed = {str(term.operand) for term in selection.expression.terms if term.weight < 0}
                shown = [name for name in parts if name not in removed]
                text = f"shows {' and '.join(shown)}" if shown else "by concepts"
                said.append(f"{text}, not {' or '.join(sorted(removed))}" if removed else text)
            elif order.kind == "preference" and parts:
                best = sorted(parts, key=lambda name: (-parts[name], name))[:2]
                said.append(f"preferred for {' and '.join(best)}")
        if selection.like and not selection.rank:
            said.append(self._like(selection))
        if not said and (trend := self._trend[1].get(place)):
            said.append(trend)
        return said or ["new in the corpus"]

    def _phrase(self, words: str) -> np.ndarray:
        """Papers of the day that have a word or a phrase."""
        tidy = " ".join(words.replace('"', " ").split())
        node = parse(f'"{tidy}"') if tidy else None
        return self._node(node)[0] if node is not None else np.zeros(len(self.rows), bool)

    def _words(self, selection: Selection, place: int) -> list[str]:
        assert selection.parsed is not None
        text = text_part(selection.parsed)
        own = [leaf for leaf in leaves(text) if self._node(leaf)[0][place]]
        if not own:
            return [f"matches ‘{selection.query}’"]
        title = self._titles[place]
        said = [f"‘{leaf.text}’{' in the title' if _stands(self._index.terms_of(leaf), title) else ''}" for leaf in own[:4]]
        return [f"matches {', '.join(dict.fromkeys(said))}"]

    def _like(self, selection: Selection) -> str:
        rows = self.snapshot.rows_known(selection.like)
        if len(rows) == 1:
            return f"like ‘{self.snapshot.table.column('title')[int(rows[0])].as_py()}’"
        return f"like {len(selection.like)} papers that you chose"

    def _node(self, node: Node) -> tuple[np.ndarray, np.ndarray]:
        """Which papers of the day a query matches, and their scores: those of its words, which many queries share, put together."""
        if isinstance(node, Not):
            mask, scores = self._node(node.part)
            return ~mask, np.zeros_like(scores)
        if isinstance(node, All | Either):
            parts = [self._node(part) for part in node.parts]
            together = np.logical_and if isinstance(node, All) else np.logical_or
            mask = together.reduce([mask for mask, _ in parts])
            return mask, np.where(mask, np.sum([scores for _, scores in parts], axis=0), 0.0)

        def search() -> tuple[np.ndarray, np.ndarray]:
            hits = self._index.hits(node)
            mask, scores = np.zeros(len(self.rows), bool), np.zeros(len(self.rows))
            mask[hits.rows] = True
            scores[hits.rows] = hits.scores
            return mask, scores

        # Where a word stands in its query is no part of what it finds.
        key = replace(node, position=0) if isinstance(node, Word | Phrase) else node
        return self._once(key, search)

    def _own_hits(self, ranker: Ranker, node: Node) -> tuple[np.ndarray, np.ndarray]:
        """Hits of a query for what its reader put on papers, which the papers of the day do not say themselves."""
        hits = ranker.hits(node)
        mask, scores = np.zeros(len(self.snapshot), bool), np.zeros(len(self.snapshot))
        mask[hits.rows] = True
        scores[hits.rows] = hits.scores
        return mask[self.rows], scores[self.rows]

    def _mask(self, ranker: Ranker, selection: Selection, field: str, value: Any) -> np.ndarray:
        # A part of a topic, or a name that it had before, is no value of the facet.
        if field in _VALUES and not (field == "topics" and set(value) - set(self.snapshot.topics.labels)):
            return self._value_mask(field, value)
        if field in OWN_FACETS:
            return np.asarray(ranker.own.facet(field).mask(value))[self.rows]
        if field in ("x", "y"):
            axis = selection.axes["xy".index(field)]
            return self._once((id(ranker), field, axis, value), lambda: ranker.axis_mask(axis, value)[self.rows])
        return self._once((field, value), lambda: np.asarray(self.snapshot.mask(field, value))[self.rows])

    def _value_mask(self, field: str, value: tuple[str, ...]) -> np.ndarray:
        if field == "authors":
            value = tuple(dict.fromkeys(form for name in value for form in (name, display(name), family_first(name))))
        mask = np.zeros(len(self.rows), bool)
        for text in value:
            mask[self._values[field].get(text, [])] = True
        return mask

    def _by_value(self, field: str) -> dict[str, list[int]]:
        facet = self.snapshot.facet(field)
        found: dict[str, list[int]] = {}
        for place, row in enumerate(self.rows.tolist()):
            for value in facet.of(row):
                found.setdefault(value, []).append(place)
        return found

    @cached_property
    def _trend(self) -> tuple[np.ndarray, dict[int, str]]:
        """Scores of the papers of the day where nothing else orders them: those that trend first, then the newest; and why, by place."""
        scores = -self._places("newest").astype(float)
        days = appearances(self.snapshot).days[self.rows]
        if np.isnat(days).all():
            return scores, {}
        frame = trending(self.snapshot, days[~np.isnat(days)].max().item())
        frame = frame[frame["upvotes"].notna()]
        place = {id_: number for number, id_ in enumerate(self.ids)}
        said = {}
        for row in frame[["id", "score", "reason"]].itertuples(index=False):
            if row.id in place:
                scores[place[row.id]] = float(row.score)
                said[place[row.id]] = str(row.reason)
        return scores, said

    def _places(self, name: str) -> np.ndarray:
        return self._once(("places", name), lambda: self.snapshot.places(name)[self.rows])

    def _parts(self, ranker: Ranker, selection: Selection) -> Ordering | None:
        if not (selection.by_meaning or selection.prefer):
            return None
        return ordering(ranker, selection)

    def _ordering(self, ranker: Ranker, selection: Selection) -> tuple[np.ndarray, float] | None:
        """Scores of the papers of the day by what goes beyond words, and the least of the best of the corpus."""
        words = selection.query if selection.prefer or selection.sort == "hybrid" else ""
        key = (id(ranker), selection.rank, selection.like, selection.unlike, selection.prefer, selection.sort, words)

        def score() -> tuple[np.ndarray, float] | None:
            found = self._parts(ranker, selection)
            if found is None:
                return None
            count = max(1, round(BEST * len(found.scores)))
            least = float(np.partition(found.scores, len(found.scores) - count)[len(found.scores) - count])
            return found.scores[self.rows].astype(float), least

        return self._once(key, score)

    def _once(self, key: Hashable, make: Callable[[], Value]) -> Value:
        if key not in self._found:
            if len(self._found) >= _KEPT:
                self._found.clear()
            self._found[key] = make()
        kept: Value = self._found[key]
        return kept


def _stands(terms: Terms, text: str) -> bool:
    """Whether one of the words looked for stands in a text."""
    return any(hit for _, hit in highlight(text, terms))
