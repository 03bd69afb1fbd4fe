"""What a selection shows: the papers, their order, and the counts of each facet under all filters but its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from explorer.papers.paper_table import Read
from explorer.papers.rows import gathered
from explorer.search import scores
from explorer.search.own_marks import OWN_FACETS, asks_own, text_part
from explorer.search.query_modes import Cutoff, any_of, by_meaning, check_query, hits_of
from explorer.search.scores import Front, Ordering, front, ordering
from explorer.selection.fields import STORED_SORTS, VALUE_FIELDS
from explorer.selection.query import Node
from explorer.selection.selection import Selection
from explorer.selection.syntax import COLUMN, without_columns
from explorer.store.facets import FEW, Facet
from explorer.store.fulltext import Hits
from explorer.store.snapshot import FIRST, LEADING
from explorer.text.analysis import Terms

if TYPE_CHECKING:
    from explorer.ranking.axes import Axis
    from explorer.search.ranker import Ranker


BY_ID = 12
"""Hits that are scored while one paper is asked for by its id."""


class Results:
    """The papers of one selection. Everything is computed when it is first asked for.

    Parameters
    ----------
    ranker : Ranker
    selection : Selection
    read : tuple of str
        Ids of the papers that its reader has read, the first read first; novelty is measured against them. `Corpus.results` takes
        those of the library where none are given.

    Raises
    ------
    QueryError
        The query is malformed.
    ExpressionError
        The expression over concepts does not parse.
    ConceptError
        A pole of an axis has no papers of its own.

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.open_corpus()
    >>> results = corpus.results(explorer.Selection(query="vision"))
    >>> len(results.rows()) == len(corpus.select("vision"))
    True
    """

    def __init__(self, ranker: Ranker, selection: Selection, read: tuple[str, ...] = ()) -> None:
        self.ranker = ranker
        self.snapshot = ranker.snapshot
        self.selection = selection
        self.read = read
        # A query or an expression that does not parse fails here.
        self._node, _ = selection.parsed, selection.expression
        check_query(self.snapshot, selection)
        ranker.notice(selection.operands)
        self._masks: dict[str, np.ndarray] = {}
        self._facets: dict[str, Facet] = {}
        for row, value in selection.active():
            if row.field in ("x", "y"):
                self._masks[row.field] = ranker.axis_mask(selection.axes["xy".index(row.field)], value)
            elif row.field == "query":
                if self._node is not None:
                    self._masks["query"] = self._query_mask(self._node)
            elif row.field == "columns":
                for field, texts in grouped((f"{COLUMN}{key}", text) for key, text in value):
                    self._masks[field] = self.snapshot.mask(field, texts)
            elif row.field in OWN_FACETS:
                self._masks[row.field] = self.facet(row.field).mask(value)
            elif row.field != "exclude":
                self._masks[row.field] = self.snapshot.mask(row.field, value)
        for field, values in grouped(selection.exclude):
            # A filter of the same field: its panel counts what it leaves out too.
            field = field if field in VALUE_FIELDS else f"{COLUMN}{field}"
            left = ~(self.facet(field).mask(values) if field in OWN_FACETS else self.snapshot.mask(field, values))
            self._masks[field] = self._masks[field] & left if field in self._masks else left
        self._counts: dict[str, np.ndarray] = {}
        self._rows: dict[str, np.ndarray] = {}
        passed = np.zeros(len(self.snapshot), np.uint8)
        for mask in self._masks.values():
            passed += mask
        self._passed = passed

    def _query_mask(self, node: Node) -> np.ndarray:
        if self.selection.mode != "meaning" and not asks_own(node):
            return self.snapshot.mask("query", any_of(node) if self.selection.mode == "any" else node)
        mask = np.zeros(len(self.snapshot), bool)
        hits = self.hits
        assert hits is not None
        mask[hits.rows] = True
        return mask

    @property
    def cutoff(self) -> Cutoff | None:
        """Where the papers that are nearest in meaning were cut off; None where a query is read otherwise."""
        if self._node is None or self.selection.mode != "meaning":
            return None
        return by_meaning(self.ranker, self.selection)[1]

    @cached_property
    def mask(self) -> np.ndarray:
        """Papers shown, as a boolean array of shape (n_papers,)."""
        return np.asarray(self._passed == len(self._masks))

    @cached_property
    def shown(self) -> int:
        """Number of papers shown."""
        return int(np.count_nonzero(self.mask)) if self._masks else len(self.snapshot)

    def mask_without(self, *fields: str) -> np.ndarray:
        """Papers that pass all filters but some.

        Parameters
        ----------
        *fields : str
            Fields of the selection, such as ``years``.

        Returns
        -------
        ndarray of bool, shape (n_papers,)

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> results = corpus.results(explorer.Selection(query="vision", years=(2024, 2024)))
        >>> int(results.mask_without("years").sum()) == len(corpus.select("vision"))
        True
        """
        left_out = [field for field in fields if field in self._masks]
        if not left_out:
            return self.mask
        passed = self._passed
        for field in left_out:
            passed = passed - self._masks[field]
        return np.asarray(passed == len(self._masks) - len(left_out))

    def rows_without(self, field: str) -> np.ndarray | None:
        """Rows of the papers that pass all filters but one.

        Parameters
        ----------
        field : str

        Returns
        -------
        ndarray of int or None
            In the order of the table; None where no other filter is set.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> results = corpus.results(explorer.Selection(query="vision", years=(2024, 2024)))
        >>> len(results.rows_without("years")) == len(corpus.select("vision"))
        True
        """
        if not self._masks.keys() - {field}:
            return None
        key = field if field in self._masks else ""
        if key not in self._rows:
            self._rows[key] = np.flatnonzero(self.mask_without(field))
        return self._rows[key]

    def counts(self, field: str) -> np.ndarray:
        """Papers per value of a facet under all filters but its own.

        Parameters
        ----------
        field : {"topics", "venues", "authors", "keywords", "tags", "marks", "has_code", "years", "months"} or ``columns.KEY``

        Returns
        -------
        ndarray of int
            By the codes of the facet; for has_code without and with; for years from the first of `Snapshot.year_span` on, one
            entry a year; for months likewise from that year's January; for a column of numbers or dates by its steps.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> results = corpus.results(explorer.Selection(query="vision", years=(2024, 2024)))
        >>> int(results.counts("years").sum()) == len(corpus.select("vision"))  # all dated; other years stay to choose from
        True
        """
        if field not in self._counts:
            rows = self.rows_without(field)
            if field in OWN_FACETS:
                mask = None if rows is None else self.mask_without(field)
                self._counts[field] = self.facet(field).counts(mask, rows)
            elif rows is None:
                self._counts[field] = self.snapshot.totals(field)
            else:
                self._counts[field] = self.snapshot.count(field, self.mask_without(field), rows)
        return self._counts[field]

    def facet(self, field: str) -> Facet:
        """A facet of values: of the corpus, or of what the reader put on its papers.

        Parameters
        ----------
        field : str
            As `counts` takes it, those of values.

        Returns
        -------
        Facet

        Raises
        ------
        SelectionError
            There is no such facet.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> results = corpus.results(explorer.Selection(query="vision", years=(2024, 2024)))
        >>> results.facet("authors").size == corpus.snapshot.facet("authors").size
        True
        """
        if field in OWN_FACETS:
            if field not in self._facets:
                self._facets[field] = self.ranker.own.facet(field)
            return self._facets[field]
        return self.snapshot.facet(field)

    def forget_own(self) -> None:
        """Look up anew what the reader put on papers, where it is counted; which papers are shown stays.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> results = corpus.results(explorer.Selection(query="vision", years=(2024, 2024)))
        >>> results.forget_own()
        """
        for field in OWN_FACETS:
            self._facets.pop(field, None)
            self._counts.pop(field, None)

    @cached_property
    def hits(self) -> Hits | None:
        """All hits of the query, before the other filters; None without a query."""
        return hits_of(self.ranker, self.selection)

    @property
    def asks_own(self) -> bool:
        """Whether what is shown depends on stars, tags, notes, papers read or sets of the reader."""
        return asks_own(self._node) or any(getattr(self.selection, field) for field in OWN_FACETS)

    @property
    def terms(self) -> Terms:
        """What to highlight."""
        return self.snapshot.index.terms_of(self._node)

    @cached_property
    def ordering(self) -> Ordering | None:
        """Scores of every paper, where the order takes more than words; None where BM25 or a stored order gives it.

        Raises
        ------
        ConceptError
            A concept that no paper, or every paper, shows; or an id that is not in the corpus.
        """
        selection = self.selection
        if not (selection.by_meaning or selection.prefer):
            return None
        return ordering(self.ranker, selection, self.read)

    @cached_property
    def axes(self) -> list[Axis]:
        """The fitted axes of the selection. Raises `ConceptError` where a pole has no papers of its own."""
        return [self.ranker.axis_of(axis) for axis in self.selection.axes]

    @cached_property
    def front(self) -> Front | None:
        """The papers shown that no other paper shown beats; None without two objectives to weigh."""
        found = self.ordering
        if found is None or found.kind != "preference" or len(found.parts) < 2:
            return None
        return front(found, self.rows(0, scores.MOST_COMPARED))

    def rows(self, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Rows of the papers shown, in the order of the selection.

        Parameters
        ----------
        start, stop : int
            Places, from `start` to before `stop`; all by default.

        Returns
        -------
        ndarray of int

        Notes
        -----
        Ties are in the order of the table, so that the same selection gives the same list on every run.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> results = corpus.results(explorer.Selection(query="vision", years=(2024, 2024)))
        >>> len(results.rows(0, 2)), results.shown
        (2, 3)
        """
        stop = self.shown if stop is None else min(stop, self.shown)
        if self.ordering is not None:
            shown = self.rows_without("")
            shown = np.arange(len(self.snapshot)) if shown is None else shown
            return np.asarray(shown[_least(-self.ordering.scores[shown], shown, stop)[start:]])
        if self.selection.sort in STORED_SORTS:
            return self._in_order(self.selection.sort, start, stop)
        if self.selection.sort_column is not None:
            return self._by_column(*self.selection.sort_column, start, stop)
        return self._best(start, stop) if self._by_words else self._in_order("newest", start, stop)

    def _in_order(self, name: str, start: int, stop: int) -> np.ndarray:
        order = self.snapshot.order(name)
        if not self._masks:
            return order[start:stop]
        rows = self.rows_without("")
        assert rows is not None
        if len(rows) * FEW < len(order):
            return np.asarray(rows[_least(self.snapshot.places(name)[rows], rows, stop)[start:]])
        # Papers shown are many, so that the page is near the front of the order.
        found = np.empty(0, order.dtype)
        seen = 0
        while len(found) < stop:
            part = order[seen : seen + max(4 * stop, 1024, seen)]
            found = np.concatenate([found, part[self.mask[part]]])
            seen += len(part)
        return found[start:stop]

    def _by_column(self, key: str, up: bool, start: int, stop: int) -> np.ndarray:
        """In the order of a column, papers without a value last; ties are in the order of the table."""
        places = self.snapshot.columns[key].order
        shown = self.rows_without("")
        shown = np.arange(len(self.snapshot)) if shown is None else shown
        keys = places[shown] if up else -places[shown]
        return np.asarray(shown[_least(np.where(np.isnan(keys), np.inf, keys), shown, stop)[start:]])

    def _best(self, start: int, stop: int) -> np.ndarray:
        rows, scores = self._leading(stop) or self._shown_hits
        return np.asarray(rows[_least(-scores, rows, stop)[start:]])

    @property
    def _of_index(self) -> Node | None:
        """What the index is asked for, where some of its hits may do; None where they have to be all, or are there already."""
        node = self._node
        if node is None or self.selection.mode == "meaning" or asks_own(node) or "hits" in self.__dict__:
            return None
        return any_of(node) if self.selection.mode == "any" else node

    def _leading(self, count: int) -> tuple[np.ndarray, np.ndarray] | None:
        """Papers shown with their scores, the best of them, and at least so many; None where all hits have to be scored."""
        node = self._of_index
        if node is None:
            return None
        if (best := self._shown_among(self.snapshot.led(node), count)) is not None:
            return best
        found, by_id = int(np.count_nonzero(self._masks.get("query", False))), BY_ID * self.shown
        # Where the other filters leave good hits and bad ones alike, so many of the best hits have enough papers among them.
        enough = 3 * count * found // max(self.shown, 1)
        for limit in (*(some for some in (FIRST, LEADING) if some >= enough), enough + LEADING):
            # A few best hits cost more each than all of them do, and may hold too few papers; ids are sure.
            if limit >= min(by_id // 4, found // 2):
                break
            if (best := self._shown_among(self.snapshot.leading(node, limit), count)) is not None:
                return best
        return self._shown_by_id if by_id < found else None

    def _shown_among(self, led: tuple[Hits, bool] | None, count: int) -> tuple[np.ndarray, np.ndarray] | None:
        """Papers shown that are among some of the best hits, with their scores, if they are at least `count`."""
        if led is None:
            return None
        hits = led[0]
        kept = self.mask[hits.rows]
        return (hits.rows[kept], hits.scores[kept]) if np.count_nonzero(kept) >= count else None

    @cached_property
    def _shown_by_id(self) -> tuple[np.ndarray, np.ndarray] | None:
        """All papers shown with their scores, asked for by their ids."""
        node, shown = self._of_index, self.rows_without("")
        hits = None if node is None or shown is None else self.snapshot.hits_among(node, shown)
        return None if hits is None else (hits.rows, hits.scores)

    @cached_property
    def _shown_hits(self) -> tuple[np.ndarray, np.ndarray]:
        hits = self.hits
        assert hits is not None
        if len(self._masks) == 1:
            return hits.rows, hits.scores
        kept = self.mask[hits.rows]
        return hits.rows[kept], hits.scores[kept]

    @property
    def scored(self) -> bool:
        """Whether the papers stand in the order of a score, not in a stored one."""
        stored = self.selection.sort in STORED_SORTS or self.selection.sort_column is not None
        return self.ordering is not None or (self._by_words and not stored)

    @property
    def _by_words(self) -> bool:
        """Whether words order the papers: what is asked of columns, tags and notes alone scores nothing."""
        return self._node is not None and text_part(without_columns(self._node)) is not None

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Scores of some of the papers shown: of the ordering, else BM25.

        Parameters
        ----------
        rows : ndarray of int

        Returns
        -------
        ndarray of float32, shape (n_rows,)
            NaN where nothing scores them.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> results = corpus.results(explorer.Selection(query="vision", years=(2024, 2024)))
        >>> bool((results.scores(results.rows()) > 0).all())
        True
        """
        if self.ordering is not None:
            return np.asarray(self.ordering.scores[rows])
        scores = np.full(len(self.snapshot), np.nan, np.float32)
        best = self._leading(min(len(rows), self.shown)) if len(rows) else None
        if best is not None:
            scores[best[0]] = best[1]
        if (best is None or np.isnan(scores[rows]).any()) and self.hits is not None:
            scores[self.hits.rows] = self.hits.scores
        found: np.ndarray = scores[rows]
        return found

    def table(self, only: Iterable[int] | None = None) -> pa.Table:
        """The papers shown as an Arrow table, in their order; `Corpus.select` gives it as a frame.

        Parameters
        ----------
        only : iterable of int, optional
            Rows to give instead of those shown: first those that are shown, in order, then the others by row.

        Returns
        -------
        pyarrow.Table
            The columns of the papers, `topic`, `score`, where the order has parts ``part: NAME``, and `x` and `y` (places on the axes).

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> results = corpus.results(explorer.Selection(query="vision", years=(2024, 2024)))
        >>> results.table().num_rows
        3
        """
        rows, numbers = self._listed(only)
        return self.snapshot.take(rows, numbers.pop("score"), numbers)

    def parts(self, only: Iterable[int] | None = None) -> tuple[list[str], int, Read]:
        """The papers that `table` gives, to be read part by part. What is shown is fixed by the call; reading may be left to another thread.

        Parameters
        ----------
        only : iterable of int, optional
            As `table` takes it.

        Returns
        -------
        tuple of (list of str, int, callable)
            Names of columns, number of papers, and what reads some of them: ``read(start, stop, names)`` gives a table.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> results = corpus.results(explorer.Selection(query="vision", years=(2024, 2024)))
        >>> names, papers, read = results.parts()
        >>> read(0, papers, ["id", "title"]).shape
        (3, 2)
        """
        rows, numbers = self._listed(only)
        computed = {"topic", *numbers}
        names = [*(name for name in self.snapshot.table.column_names if name not in computed), "topic", *numbers]

        def read(start: int, stop: int, wanted: Sequence[str]) -> pa.Table:
            some = rows[start:stop]
            stored = [name for name in wanted if name not in computed]
            found = gathered(self.snapshot.table.select(stored), some) if stored else None
            columns = {}
            for name in wanted:
                if name == "topic":
                    columns[name] = self.snapshot.topic_labels(some)
                elif name in numbers:
                    columns[name] = pa.array(numbers[name][start:stop], pa.float32(), from_pandas=True)
                else:
                    assert found is not None
                    columns[name] = found.column(name)
            return pa.table(columns)

        return names, len(rows), read

    def _listed(self, only: Iterable[int] | None) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Rows in their order, and the numbers that were computed about each."""
        rows = self.rows()
        if only is not None:
            wanted = np.unique(np.fromiter(only, np.int64))
            rows = rows[np.isin(rows, wanted)]
            rows = np.concatenate([rows, np.setdiff1d(wanted, rows)]).astype(np.int64)
        more = {name: axis.place for name, axis in zip("xy", self.axes, strict=False)}
        if self.ordering is not None:
            more |= {f"part: {name}": part for name, part in self.ordering.parts.items()}
        return rows, {"score": self.scores(rows), **{name: values[rows] for name, values in more.items()}}

    def loosened(self, most: int = 4) -> list[tuple[str, Any, int]]:
        """For an empty result: each active filter with how many papers there would be without it.

        Parameters
        ----------
        most : int
            Filters to give at most.

        Returns
        -------
        list of (field, value, papers)
            Those that help most first.

        Examples
        --------
        >>> import explorer
        >>> corpus = explorer.open_corpus()
        >>> nothing = corpus.results(explorer.Selection(query="vision", years=(1990, 1990)))
        >>> nothing.loosened()
        [('years', (1990, 1990), 5)]
        """
        options = []
        for row, value in self.selection.active():
            if row.kind == "pairs" or (row.field in VALUE_FIELDS and self.selection.exclude):
                # Its mask holds another filter too: what a field includes, and what it excludes.
                loose = replace(self.selection, **{row.field: getattr(Selection(), row.field)})
                papers = Results(self.ranker, loose, self.read).shown
            else:
                papers = int(np.count_nonzero(self.mask_without(row.field)))
            options.append((row.field, value, papers))
        return sorted((option for option in options if option[2]), key=lambda option: -option[2])[:most]


def grouped(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, tuple[str, ...]]]:
    """The values of each name, in the order in which they are given."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        found[name] = (*found.get(name, ()), value)
    return list(found.items())


def _least(keys: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
    """Positions of the `count` smallest keys, smallest first, ties by row; only the keys up to the last of them are sorted."""
    some = np.arange(len(keys))
    if 0 < count * 8 < len(keys):
        some = np.flatnonzero(keys <= np.partition(keys, count - 1)[count - 1])
    return np.asarray(some[np.lexsort((rows[some], keys[some]))][:count])
