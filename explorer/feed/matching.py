"""Which of a day's papers each of many selections wants (percolation).

Thousands of saved selections, each run on a whole corpus, cost thousands of searches of it. Here the papers of the day, which are few, are
indexed by themselves, and each selection is run on these. A paper passes exactly those words and filters that it passes in the
corpus; what scores papers beyond words (concepts, likeness, preference) is computed on the corpus, once for each different expression.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from explorer.feed.trending import counted, trend_of
from explorer.papers.author_names import display, family_first
from explorer.papers.rows import gathered
from explorer.search.own_marks import OWN_FACETS, text_part
from explorer.search.query_modes import any_of, by_meaning, check_query
from explorer.search.results import grouped
from explorer.search.scores import ordering
from explorer.selection.fields import STORED_SORTS, VALUE_FIELDS
from explorer.selection.query import parse
from explorer.selection.syntax import (
    COLUMN,
    OWN_FIELD_NAMES,
    All,
    Either,
    Near,
    Node,
    Not,
    Phrase,
    Word,
    by_table,
    over,
    without_columns,
)
from explorer.store.appearances import appearances
from explorer.store.fulltext import TextIndex, leaves, says_nothing

if TYPE_CHECKING:
    from explorer.search.ranker import Ranker
    from explorer.search.scores import Ordering
    from explorer.selection.fields import Filter
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


@dataclass(eq=False)
class _Leaf:
    """What a word or a phrase finds among the papers of the day; the scores are BM25."""

    node: Word | Phrase | Near
    mask: np.ndarray
    scores: np.ndarray
    titles: np.ndarray | None = None
    """The papers that have it in the title, once that is asked for."""


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
        table = gathered(self.snapshot.table, self.rows) if len(self.rows) else self.snapshot.table.slice(0, 0)
        self.ids: list[str] = table.column("id").to_pylist()
        self._by_id = np.argsort(np.argsort(np.array(self.ids, dtype=object), kind="stable"), kind="stable")
        self._index = TextIndex.in_memory(table)
        self._values = {name: self._by_value(name) for name in _VALUES}
        self._found: dict[Hashable, Any] = {}

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
        check_query(self.snapshot, selection)
        ranker.notice(selection.operands)
        order = self._ordering(ranker, selection)
        mask, filtered = self._filtered(ranker, selection)
        scores = np.zeros(len(self.rows))
        if order is not None:
            scores, least = order
            if not filtered:
                mask &= scores >= least
        if selection.parsed is not None and mask.any():
            found, best = self._query(ranker, selection, selection.parsed)
            mask &= found
            scores = best if order is None else scores
        for words in without:
            mask &= ~self._phrase(words)
        places = np.flatnonzero(mask)
        if not len(places):
            return Match(places, scores[places])
        if selection.sort in STORED_SORTS:
            scores = -self._places(selection.sort).astype(float)
        elif selection.sort_column is not None:
            scores = self._by_column(*selection.sort_column)
        elif order is None and _words_of(selection) is None:
            scores = self._trend[0]
        # Rounded, so that the last bits of another machine do not decide; equal scores by id.
        ranked = np.lexsort((self._by_id[places], -np.round(scores[places], 6)))
        return Match(places[ranked], scores[places][ranked])

    def _filtered(self, ranker: Ranker, selection: Selection) -> tuple[np.ndarray, bool]:
        """The papers that pass all filters but the query, and whether anything says which are wanted, not only which are not."""
        mask, filtered = np.ones(len(self.rows), bool), False
        for row, value in selection.active():
            filtered |= row.field != "exclude"
            if row.field == "columns":
                for field, texts in grouped((f"{COLUMN}{key}", text) for key, text in value):
                    mask &= self._mask(ranker, selection, field, texts)
            elif row.field == "exclude":
                for field, values in grouped(value):
                    field = field if field in VALUE_FIELDS else f"{COLUMN}{field}"
                    mask &= ~self._mask(ranker, selection, field, values)
            elif row.field != "query":
                mask &= self._mask(ranker, selection, row.field, value)
        return mask, filtered

    def reasons(self, selection: Selection, places: Sequence[int], *, ranker: Ranker | None = None) -> list[list[str]]:
        """Why each of some papers of the day is wanted, in words."""
        if not len(places):
            return []
        steps = self._saying(selection, ranker or self.ranker)
        found = [[text for say in steps if (text := say(int(place)))] for place in places]
        return [
            said or [self._trend[1].get(int(place)) or "new in the corpus"] for said, place in zip(found, places, strict=True)
        ]

    def _saying(self, selection: Selection, ranker: Ranker) -> list[Callable[[int], str]]:
        """What says, for each part of a selection, how a paper of the day meets it."""
        steps: list[Callable[[int], str]] = []
        for row, value in selection.active():
            if row.field == "query":
                steps.append(self._saying_words(selection))
            elif row.field in _VALUES:
                each = [(self._value_mask(row.field, (text,)), text) for text in value]

                def values(place: int, row: Filter = row, value: Any = value, each: list[Any] = each) -> str:
                    own = tuple(text for mask, text in each if mask[place])
                    return row.sentence(own or value)

                steps.append(values)
            elif row.field != "exclude":
                steps.append(_always(selection.say(row, value)))
        order = self._parts(ranker, selection)
        if order is not None and order.kind == "concepts" and order.parts and selection.expression is not None:
            removed = {str(term.operand) for term in selection.expression.terms if term.weight < 0}
            shown = [name for name in order.parts if name not in removed]
            text = f"shows {' and '.join(shown)}" if shown else "by concepts"
            steps.append(_always(f"{text}, not {' or '.join(sorted(removed))}" if removed else text))
        elif order is not None and order.kind == "preference" and order.parts:
            parts = order.parts

            def preferred(place: int) -> str:
                best = sorted(parts, key=lambda name: (-float(parts[name][self.rows[place]]), name))[:2]
                return f"preferred for {' and '.join(best)}"

            steps.append(preferred)
        if selection.like and not selection.rank:
            steps.append(_always(self._like(selection)))
        return steps

    def _phrase(self, words: str) -> np.ndarray:
        """Papers of the day that have a word or a phrase."""

        def find() -> np.ndarray:
            tidy = " ".join(words.replace('"', " ").split())
            node = parse(f'"{tidy}"') if tidy else None
            return self._node(self.ranker, node)[0] if node is not None else np.zeros(len(self.rows), bool)

        return self._once(("phrase", words), find)

    def _saying_words(self, selection: Selection) -> Callable[[int], str]:
        by_meaning = selection.mode == "meaning"
        asked = list(leaves(_words_of(selection)))
        # Small words stand in every paper, and are a reason only where nothing else was asked.
        asked = [leaf for leaf in asked if not says_nothing(leaf)] or asked
        found = [(self._leaf(leaf), f"‘{leaf.text}’") for leaf in asked]
        whole = f"near in meaning to ‘{selection.query}’" if by_meaning else f"matches ‘{selection.query}’"

        def say(place: int) -> str:
            own = [(leaf, text) for leaf, text in found if leaf.mask[place]][:4]
            said = [f"{text} in the title" if self._titles_of(leaf)[place] else text for leaf, text in own]
            return f"matches {', '.join(dict.fromkeys(said))}" if said else whole

        return say

    def _titles_of(self, leaf: _Leaf) -> np.ndarray:
        """Papers of the day that have a word or a phrase in the title."""
        if leaf.titles is None:
            leaf.titles = np.zeros(len(self.rows), bool)
            if not isinstance(leaf.node, Near) and leaf.node.field in ("", "title") and not says_nothing(leaf.node):
                leaf.titles[self._index.hits(over(("title",), leaf.node)).rows] = True
        return leaf.titles

    def _like(self, selection: Selection) -> str:
        rows = self.snapshot.rows_known(selection.like)
        if len(rows) == 1:
            return f"like ‘{self.snapshot.table.column('title')[int(rows[0])].as_py()}’"
        return f"like {len(selection.like)} papers that you chose"

    def _query(self, ranker: Ranker, selection: Selection, node: Node) -> tuple[np.ndarray, np.ndarray]:
        """Which papers of the day a query matches, as it is read, and their scores."""
        if selection.mode == "meaning":
            hits = by_meaning(ranker, selection)[0]
            scores = np.full(len(self.snapshot), np.nan)
            scores[hits.rows] = hits.scores
            own = scores[self.rows]
            return ~np.isnan(own), np.nan_to_num(own)
        return self._node(ranker, any_of(node) if selection.mode == "any" else node)

    def _node(self, ranker: Ranker, node: Node) -> tuple[np.ndarray, np.ndarray]:
        """Which papers of the day a query matches, and their scores: those of its words, which many queries share, put together.

        What its reader put on papers, and columns of the reader's own, the papers of the day do not say themselves; the corpus does.
        """
        if isinstance(node, Not):
            mask, scores = self._node(ranker, node.part)
            return ~mask, np.zeros_like(scores)
        if isinstance(node, All):
            mask, scores = self._node(ranker, node.parts[0])
            for part in node.parts[1:]:
                if not mask.any():
                    break
                more, theirs = self._node(ranker, part)
                mask, scores = mask & more, scores + theirs
            return mask, np.where(mask, scores, 0.0)
        if isinstance(node, Either):
            parts = [self._node(ranker, part) for part in node.parts]
            return np.logical_or.reduce([mask for mask, _ in parts]), np.sum([scores for _, scores in parts], axis=0)
        if not isinstance(node, Near):
            if node.field in OWN_FIELD_NAMES:
                return np.asarray(ranker.own.mask(node))[self.rows], np.zeros(len(self.rows))
            if by_table(node.field):
                own = self._once(("column", node.field, node.text), lambda: self.snapshot.mask("query", node)[self.rows])
                return own, np.zeros(len(self.rows))
        leaf = self._leaf(node)
        return leaf.mask, leaf.scores

    def _leaf(self, node: Word | Phrase | Near) -> _Leaf:
        # Where a word stands in its query is no part of what it finds.
        key: Hashable = node
        if isinstance(node, Word):
            key = ("word", node.text, node.field, node.prefix, node.exact)
        elif isinstance(node, Phrase):
            key = ("words", node.text, node.field, node.exact)

        def search() -> _Leaf:
            hits = self._index.hits(node)
            mask, scores = np.zeros(len(self.rows), bool), np.zeros(len(self.rows))
            mask[hits.rows] = True
            scores[hits.rows] = hits.scores
            return _Leaf(node, mask, scores)

        return self._once(key, search)

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
        if np.isnat(days).all() or np.isnan(np.asarray(self.snapshot.upvotes[self.rows], float)).all():
            return scores, {}
        place_of = {int(row): place for place, row in enumerate(self.rows)}
        said = {}
        for row, trend in trend_of(self.snapshot, days[~np.isnat(days)].max().item()).items():
            place = place_of.get(row)
            if place is not None and trend["upvotes"] is not None:
                scores[place] = trend["score"]
                # How the score is made of it, a reader of mail did not ask.
                said[place] = counted(trend)
        return scores, said

    def _by_column(self, key: str, up: bool) -> np.ndarray:
        """Scores in the order of a column of the reader's own, papers without a value last."""
        places = np.asarray(self.snapshot.columns[key].order[self.rows], float)
        return np.asarray(np.nan_to_num(-places if up else places, nan=-np.inf))

    def _places(self, name: str) -> np.ndarray:
        return self._once(("places", name), lambda: self.snapshot.places(name)[self.rows])

    def _parts(self, ranker: Ranker, selection: Selection) -> Ordering | None:
        if not (selection.by_meaning or selection.prefer):
            return None
        return ordering(ranker, selection)

    def _ordering(self, ranker: Ranker, selection: Selection) -> tuple[np.ndarray, float] | None:
        """Scores of the papers of the day by what goes beyond words, and the least of the best of the corpus."""
        if not (selection.by_meaning or selection.prefer):
            return None
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


def _words_of(selection: Selection) -> Node | None:
    """What a query looks for in texts; None where it asks for nothing but the reader's own, or there is none."""
    return text_part(without_columns(selection.parsed))


def _always(text: str) -> Callable[[int], str]:
    """A reason that is the same for every paper."""
    return lambda place: text
