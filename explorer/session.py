"""One reader's session with a corpus: the one observable, with undo, ticks and the open paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from traitlets import HasTraits, Instance, observe, validate

from explorer.corpus import Corpus
from explorer.errors import SelectionError
from explorer.query import parse
from explorer.results import Results
from explorer.selection import Selection
from explorer.trends import PERIODS, YEAR

_MOST_UNDO = 100


class Session(HasTraits):
    """State of a dashboard.

    Parameters
    ----------
    corpus : Corpus
    selection : Selection, optional

    Attributes
    ----------
    selection : Selection
        The trait to observe and to set. Setting it keeps the one before for `undo`.
    results : Results
        Of the selection in force.
    """

    selection = Instance(Selection, ())

    def __init__(self, corpus: Corpus, selection: Selection | None = None) -> None:
        super().__init__()
        self._moving = False
        self._begin(corpus, Results(corpus, Selection()))
        if selection is not None:
            self.show(selection)
            self._past.clear()

    def _begin(self, corpus: Corpus, results: Results) -> None:
        """What is remembered of a corpus before the reader did anything."""
        self.corpus = corpus
        self.results = results
        self.page = 0
        self.opened: int | None = None
        self.ticked: frozenset[int] = frozenset()
        self.facet_state: dict[str, tuple[str, int]] = {}
        self.chart_options: dict[str, Any] = {"share": False, "by": _natural_period(corpus)}
        self.axis_colour = "topic"
        self._past: list[Selection] = []
        self._future: list[Selection] = []

    def show_corpus(self, corpus: Corpus, selection: Selection) -> None:
        """Show another corpus; ticks, the open paper and what could be undone belonged to the one before.

        Raises
        ------
        QueryError
            The query is malformed; the corpus in force stays.
        """
        results = Results(corpus, selection)
        results.mask, results.ordering, results.axes  # noqa: B018  (runs the query)
        self._begin(corpus, results)
        self._moving = True
        try:
            self.selection = selection
        finally:
            self._moving = False

    def show(self, selection: Selection) -> None:
        """Show another selection.

        Raises
        ------
        QueryError
            Its query is malformed; the selection in force stays.
        """
        self.selection = selection

    @validate("selection")
    def _runnable(self, proposal: Any) -> Selection:
        """A query that cannot run fails here, before the selection changes."""
        selection: Selection = proposal.value
        if self.results.selection != selection:
            results = Results(self.corpus, selection)
            results.mask, results.ordering, results.axes  # noqa: B018  (runs the query)
            self.results = results
        return selection

    @observe("selection")
    def _selected(self, change: Any) -> None:
        if not self._moving:
            self._past = [*self._past, change.old][-_MOST_UNDO:]
            self._future = []
        self.page = 0

    def change(self, changes: Mapping[str, Any], *, joined: bool = False) -> None:
        """Change some fields of the selection. Raises as `Selection.with_` and `show` do.

        Parameters
        ----------
        joined : bool
            Whether one undo takes back this change and the one before, as two steps of one slider.
        """
        past = self._past
        selection = self.selection.with_(changes)
        if "query" in changes:
            # An error then points into the query as it was typed; a selection tidies white space.
            parse(changes["query"])
        self.show(selection)
        if joined and past:
            self._past = past

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
        try:
            other.append(self.selection)
            self.show(source.pop())
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
            self._check(row)
        self.ticked = self.ticked | set(rows) if on else self.ticked - set(rows)

    def open(self, row: int | None) -> None:
        """Open a paper in the reader; None closes it."""
        if row is not None:
            self._check(row)
        self.opened = row

    def id_of(self, row: int) -> str:
        """Id of the paper in a row of the corpus."""
        self._check(row)
        return str(self.corpus.table.column("id")[row].as_py())

    def refresh(self) -> None:
        """Compute anew what is shown, as what its order is measured against has changed."""
        self.results = Results(self.corpus, self.selection)

    def _check(self, row: int) -> None:
        if isinstance(row, bool) or not isinstance(row, int) or not 0 <= row < len(self.corpus):
            raise SelectionError(f"There is no paper in row {row!r}; the corpus has {len(self.corpus):,}.")

    def set_chart(self, option: str, value: Any) -> None:
        """Set an option of the charts: share (bool) or by (a period)."""
        allowed: dict[str, tuple[Any, ...]] = {"share": (True, False), "by": tuple(PERIODS)}
        if option not in allowed or value not in allowed[option]:
            raise SelectionError(f"A chart has no option {option!r} with the value {value!r}.")
        self.chart_options = {**self.chart_options, option: value}


def _natural_period(corpus: Corpus) -> str:
    """Years for a corpus that spans more than six of them or knows few months, else quarters."""
    first, last = corpus.year_span
    coarse = np.count_nonzero(corpus.precision == YEAR) > 0.5 * np.count_nonzero(corpus.precision)
    return "year" if last - first > 6 or coarse else "quarter"
