"""One reader's session with a corpus: the one observable, with undo, ticks and the open paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from traitlets import HasTraits, Instance, observe, validate

from explorer.corpus.corpus import Corpus
from explorer.dashboard.preparation import Unprepared, lacking
from explorer.errors import SelectionError
from explorer.search.results import Results
from explorer.selection.expression import parse as parse_expression
from explorer.selection.query import parse
from explorer.selection.selection import Selection
from explorer.topics.trends import PERIODS, YEAR

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
    patient : bool
        Whether a selection that takes long to prepare is waited for, as a cell does; otherwise it raises `Unprepared`.
    """

    selection = Instance(Selection, ())

    def __init__(self, corpus: Corpus, selection: Selection | None = None) -> None:
        super().__init__()
        self._moving = False
        self.patient = True
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
            self.check_ready(selection)
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

    def check_ready(self, selection: Selection) -> None:
        """Raise `Unprepared` for a selection that takes long to prepare, if the session is not to wait for it."""
        if not self.patient and lacking(self.corpus, selection):
            raise Unprepared

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
            # An error then points into the text as it was typed; a selection tidies white space.
            parse(changes["query"])
        if changes.get("rank"):
            parse_expression(changes["rank"])
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

    def untick(self) -> None:
        """Untick all papers."""
        self.ticked = frozenset()

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
        return str(self.corpus.table.column("id")[row].as_py())

    def refresh(self) -> None:
        """Compute anew what is shown, as what its order is measured against has changed."""
        self.results = Results(self.corpus, self.selection)

    def check(self, row: Any) -> None:
        """Raise `SelectionError` unless a paper is in the row."""
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


MESSAGES: dict[str, Callable[[Session, dict[str, Any]], None]] = {
    "page": lambda session, content: session.turn(int(content["page"])),
    "tick": lambda session, content: session.tick([content["row"]], bool(content["on"])),
    "untick_all": lambda session, content: session.untick(),
}
"""What a page may ask of it that changes the list alone."""
