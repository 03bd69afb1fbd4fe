"""One reader's session with a corpus: the one observable, with undo, ticks, the open paper and the papers read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

import numpy as np
from traitlets import HasTraits, Instance, observe, validate

from explorer.corpus.corpus import Corpus
from explorer.dashboard.tree_figure import SHAPES
from explorer.errors import ExpressionError, QueryError, SelectionError
from explorer.search.results import Results
from explorer.selection import expression as concepts
from explorer.selection import query as queries
from explorer.selection.address import CHART
from explorer.selection.selection import Selection
from explorer.store.snapshot import Snapshot
from explorer.topics.trends import PERIODS, YEAR

_MOST_UNDO = 100


class Session(HasTraits):
    """State of a dashboard. What its reader did is kept here and in the library, never on the corpus, which others may show too.

    Parameters
    ----------
    corpus : Corpus
    selection : Selection, optional
    keeps_reads : bool
        Whether stars, tags, notes and the papers read are those of the library; a server for many readers knows none.

    Attributes
    ----------
    selection : Selection
        The trait to observe and to set. Setting it keeps the one before for `undo`.
    results : Results
        Of the selection in force.
    typed : (str, str)
        What was typed last, and the query that was made of it.
    open_facets : frozenset of str
        Panels of the reader's own columns that are open.
    read : tuple of str
        Ids of the papers read, the first read first.
    read_rows : frozenset of int
        Their rows.
    """

    selection = Instance(Selection, ())

    def __init__(self, corpus: Corpus, selection: Selection | None = None, *, keeps_reads: bool = True) -> None:
        super().__init__()
        self._moving = False
        self._keeps_reads = keeps_reads
        self._begin(corpus, corpus.results(Selection()))
        if selection is not None:
            self.show(selection)
            self._past.clear()

    def _begin(self, corpus: Corpus, results: Results) -> None:
        """What is remembered of a corpus before the reader did anything."""
        self.corpus = corpus
        self.results = results
        if not self._keeps_reads:
            corpus.ranker.conceal()
        self._read(corpus.read_papers if self._keeps_reads else ())
        self.page = 0
        self.opened: int | None = None
        self.ticked: frozenset[int] = frozenset()
        self.only_ticked = False
        self.facet_state: dict[str, tuple[str, int]] = {}
        self.open_facets: frozenset[str] = frozenset()
        self.typed: tuple[str, str] = ("", "")
        self._plain_charts: dict[str, Any] = {
            "share": True,
            "cumulative": False,
            "by": natural_period(corpus.snapshot),
            "lines": False,
            "within": None,
            "shape": "rows",
            "column": "",
        }
        self.chart_options = self._plain_charts
        self.axis_colour = "topic"
        self._past: list[Selection] = []
        self._future: list[Selection] = []

    def show_corpus(self, corpus: Corpus, selection: Selection) -> None:
        """Show another corpus; the open paper and what could be undone belonged to the one before. Papers that it has too stay ticked.

        Raises
        ------
        QueryError
            The query is malformed; the corpus in force stays.
        """
        results = Results(corpus.ranker, selection, corpus.read_papers if self._keeps_reads else ())
        results.mask, results.ordering, results.axes  # noqa: B018  (runs the query)
        ticked = [self.id_of(row) for row in sorted(self.ticked)]
        self._begin(corpus, results)
        self.tick_ids(ticked)
        self._moving = True
        try:
            self.selection = selection
        finally:
            self._moving = False

    def follow_topics(self, names: Mapping[str, Sequence[str]], selection: Selection) -> None:
        """Show the corpus anew after a change of its topics: ticks, the open paper and the steps back stay.

        Parameters
        ----------
        names : mapping of str to sequence of str
            For each label of before those in its place (see `Selection.with_topics`).
        selection : Selection
            What to show.
        """
        if not self._keeps_reads:
            self.corpus.ranker.conceal()
        results = Results(self.corpus.ranker, selection, self.read)
        results.mask, results.ordering, results.axes  # noqa: B018  (runs the query)
        self.results = results
        self._past = [step.with_topics(names) for step in self._past]
        self._future = [step.with_topics(names) for step in self._future]
        self._moving = True
        try:
            self.selection = selection
        finally:
            self._moving = False

    def show(self, selection: Selection, *, joined: bool = False) -> None:
        """Show another selection.

        Parameters
        ----------
        joined : bool
            Whether one undo takes back this change and the one before, as two steps of one slider.

        Raises
        ------
        QueryError
            Its query is malformed; the selection in force stays.
        """
        past = self._past
        self.selection = selection
        if joined and past:
            self._past = past

    @validate("selection")
    def _runnable(self, proposal: Any) -> Selection:
        """A query that cannot run fails here, before the selection changes."""
        selection: Selection = proposal.value
        if self.results.selection != selection:
            results = Results(self.corpus.ranker, selection, self.read)
            results.mask, results.ordering, results.axes  # noqa: B018  (runs the query)
            self.results = results
        return selection

    @observe("selection")
    def _selected(self, change: Any) -> None:
        if not self._moving:
            self._past = [*self._past, change.old][-_MOST_UNDO:]
            self._future = []
        self.page = 0
        self.only_ticked = False

    def changed(self, changes: Mapping[str, Any]) -> Selection:
        """The selection with some fields changed. Raises as `Selection.with_` does, and where it does not parse."""
        selection = self.selection.with_(changes)
        try:
            selection.parsed, selection.expression  # noqa: B018  (parses them, once)
            self.corpus.snapshot.check(selection.parsed)
        except (QueryError, ExpressionError):
            # The error shall point into the text as it was typed; a selection tidies white space.
            self.corpus.snapshot.check(queries.parse(str(changes.get("query", ""))))
            if changes.get("rank"):
                concepts.parse(str(changes["rank"]))
            raise
        return selection

    def change(self, changes: Mapping[str, Any], *, joined: bool = False) -> None:
        """Change some fields of the selection. Raises as `changed` and `show` do."""
        self.show(self.changed(changes), joined=joined)

    def before(self, *, redo: bool = False) -> Selection:
        """The selection that `undo`, or `redo`, would show; the one in force where there is none."""
        steps = self._future if redo else self._past
        return steps[-1] if steps else self.selection

    def begin_here(self) -> None:
        """Take what is shown for the first selection, before which there is nothing to go back to."""
        self._past, self._future = [], []

    def undo(self) -> None:
        """Go back to the selection before; nothing happens at the first one."""
        self._step(self._past, self._future)

    def redo(self) -> None:
        """Take an undo back."""
        self._step(self._future, self._past)

    def _step(self, source: list[Selection], other: list[Selection]) -> None:
        if not source:
            return
        self._moving = True
        past, future = list(self._past), list(self._future)
        try:
            other.append(self.selection)
            self.show(source.pop())
        except BaseException:
            self._past, self._future = past, future
            raise
        finally:
            self._moving = False

    @property
    def can_undo(self) -> bool:
        """Whether there is a selection to go back to."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether an undo can be taken back."""
        return bool(self._future)

    def tick(self, rows: list[int], on: bool) -> None:
        """Tick or untick papers."""
        for row in rows:
            self.check(row)
        self.ticked = self.ticked | set(rows) if on else self.ticked - set(rows)

    def tick_ids(self, ids: Sequence[str]) -> None:
        """Tick papers by their ids; those that the corpus has not are passed over."""
        self.ticked = self.ticked | frozenset(self.corpus.snapshot.rows_known(ids).tolist())

    def untick(self) -> None:
        """Untick all papers."""
        self.ticked = frozenset()
        self.only_ticked = False

    def show_ticked(self, on: bool) -> None:
        """List the ticked papers only, or all that are shown. Raises `SelectionError` where none is ticked."""
        if on and not self.ticked:
            raise SelectionError("No paper is ticked. Tick some in the list first.")
        self.only_ticked, self.page = on, 0

    def ticked_rows(self) -> np.ndarray:
        """Rows of the ticked papers: first those that are shown, in the order of the list, then the others."""
        wanted = np.array(sorted(self.ticked), np.int64)
        shown = self.results.rows()
        shown = shown[np.isin(shown, wanted)]
        return np.concatenate([shown, np.setdiff1d(wanted, shown)]).astype(np.int64)

    def turn(self, page: int) -> None:
        """Go to a page of the list."""
        self.page = page

    def open(self, row: int | None) -> None:
        """Open a paper in the reader; None closes it."""
        if row is not None:
            self.check(row)
        self.opened = row

    def id_of(self, row: Any) -> str:
        """Id of the paper in a row of the corpus."""
        self.check(row)
        return str(self.corpus.snapshot.table.column("id")[row].as_py())

    def take_reads(self, ids: tuple[str, ...], *, reorder: bool) -> None:
        """Take other papers for read; `reorder` has an order that depends on them follow at once."""
        self._read(ids)
        if reorder and self.selection.weighs_novelty:
            self.results = Results(self.corpus.ranker, self.selection, self.read)

    def refresh(self) -> None:
        """Run the selection again, for what it asks of the reader's own may have changed; fails as showing it does."""
        results = Results(self.corpus.ranker, self.selection, self.read)
        results.mask  # noqa: B018  (runs the query)
        self.results = results

    def _read(self, ids: tuple[str, ...]) -> None:
        self.read = ids
        self.read_rows = frozenset(self.corpus.snapshot.rows_known(ids).tolist())

    def check(self, row: Any) -> None:
        """Raise `SelectionError` unless a paper is in the row."""
        if isinstance(row, bool) or not isinstance(row, int) or not 0 <= row < len(self.corpus):
            raise SelectionError(f"There is no paper in row {row!r}; the corpus has {len(self.corpus):,}.")

    def set_chart(self, option: str, value: Any) -> None:
        """Set an option of the charts.

        share or cumulative (bool, one in place of the other), by (period or facet), lines (bool), within (id of a topic), shape, or column
        (key).
        """
        if value not in self._chart_values().get(option, ()):
            raise SelectionError(f"A chart has no option {option!r} with the value {value!r}.")
        other = {"share": {"cumulative": False}, "cumulative": {"share": False}}.get(option, {})
        self.chart_options = {**self.chart_options, **other, option: value}

    def _chart_values(self) -> dict[str, tuple[Any, ...]]:
        """What each option of the charts may be."""
        return {
            "share": (True, False),
            "cumulative": (True, False),
            "by": (*PERIODS, *self.corpus.snapshot.dividing()),
            "lines": (True, False),
            "within": ("", *self.corpus.snapshot.topics.table.ids),
            "shape": ("rows", *SHAPES),
            "column": tuple(self.corpus.snapshot.columns.by_key),
        }

    def charts_in_url(self) -> str:
        """What an address must say so that the charts are as they are here: the options that are not as at first."""
        options = {name: value for name, value in self.chart_options.items() if value != self._plain_charts[name]}
        if options.get("cumulative"):
            del options["share"]
        return urlencode([(CHART, f"{name}:{_in_url(value)}") for name, value in options.items()], safe=":")

    def take_charts(self, address: str) -> list[str]:
        """Draw the charts as an address says, as at first where it says nothing; gives what no chart of this corpus has."""
        self.chart_options, values, unknown = self._plain_charts, self._chart_values(), []
        for said in [said for name, said in parse_qsl(address) if name == CHART]:
            option, _, wanted = said.partition(":")
            found = [value for value in values.get(option, ()) if _in_url(value) == wanted]
            if found:
                self.set_chart(option, found[0])
            else:
                unknown.append(f"{CHART}={said}")
        return unknown


def _in_url(value: Any) -> str:
    """A value of an option of the charts as an address has it."""
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def natural_period(snapshot: Snapshot) -> str:
    """Years for a corpus that spans more than six of them or knows few months; months for one of at most two years; else quarters."""
    first, last = snapshot.year_span
    coarse = np.count_nonzero(snapshot.precision == YEAR) > 0.5 * np.count_nonzero(snapshot.precision)
    if last - first > 6 or coarse:
        return "year"
    return "month" if last - first < 2 else "quarter"
