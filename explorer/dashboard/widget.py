"""The dashboard: one widget that draws a session and hands it what the reader does."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import anywidget
import traitlets

from explorer.corpus.corpus import Corpus
from explorer.corpus.opening import current, keep_added
from explorer.dashboard import frontend
from explorer.dashboard.deployment import Deployment
from explorer.dashboard.downloads import Downloads
from explorer.dashboard.exporting import Exporting
from explorer.dashboard.figures import plotly_bundle, plotly_version
from explorer.dashboard.handlers import HANDLERS, Handler, Outcome, Steps, open_address
from explorer.dashboard.intake.intake import BUSY, Intake
from explorer.dashboard.marking import Marking, read_by
from explorer.dashboard.messages import Message, check
from explorer.dashboard.opening import Open, Opening
from explorer.dashboard.picture import CellPicture, plain, still
from explorer.dashboard.preparation import Preparation, by_words, lacking, shown_later
from explorer.dashboard.reading_list import ReadingList
from explorer.dashboard.saved_searches import SavedSearches
from explorer.dashboard.screening import ScreenMode
from explorer.dashboard.session import Session
from explorer.dashboard.topic_edits import names_of
from explorer.dashboard.views import axes, concepts, marks, topics
from explorer.dashboard.views import page as views
from explorer.dashboard.views.menus import menus
from explorer.dashboard.views.page import preference
from explorer.errors import ConceptError, ExplorerError, ExpressionError, LibraryError, QueryError
from explorer.export.export import ExportedFile
from explorer.memory import give_back
from explorer.search.ranked_search import select
from explorer.selection.address import passed_over
from explorer.selection.selection import Selection

if TYPE_CHECKING:
    import pandas as pd

    from explorer.store.snapshot import Snapshot

_ORDERED = ("selection", "papers", "concepts", "axes", "preference", "reader")
"""What an order says, and with it the page of papers."""

_ALL = (*_ORDERED, "facets", "topics", "charts", "comparison")

_VISIT, _SEEN = 3.0, 300.0
"""Seconds that a page is open before it is a visit, and between the times at which it is noted that it still is."""

_LOOK = 5.0
"""Seconds between two looks whether the corpus was changed elsewhere."""

_FOLLOW = 1.0
"""Seconds after which it is looked whether another dashboard changed the library."""

PUBLIC = ("close", "corpus", "observe", "selection", "session", "to_frame", "unobserve", "wait")
"""What a cell may use; Jupyter's widgets have a hundred names more."""


class Chosen(traitlets.TraitType[Selection, Selection | str]):
    """A selection; a text that is set is a query."""

    default_value = Selection()
    info_text = "a Selection, or a query as text"

    def validate(self, obj: Any, value: object) -> Selection:
        """The selection. Raises `SelectionError` where it is none."""
        return Selection.of(value)  # type: ignore[arg-type]


_MOST_REMEMBERED = 1000
"""Ticked papers whose ids the page is told, to tick them again after it was loaded anew."""


class Dashboard(anywidget.AnyWidget):
    """The explorer as a Jupyter widget. Make one with `explorer.explore`.

    Attributes
    ----------
    selection : Selection
        What is shown, a trait: set it from a cell, and the page follows; observe it, and a cell follows the page. A text that is
        set is a query.
    corpus : Corpus
        The corpus shown.
    session : Session
        What the reader did: ticks, the open paper, undo.

    Notes
    -----
    The synced traits hold what is drawn and are only written here. A browser can send anything: what it sends is taken from
    the messages that `handlers.HANDLERS` knows, and checked again.

    Examples
    --------
    >>> import explorer
    >>> board = explorer.explore()
    >>> board.selection = "vision"  # the page follows
    >>> board.selection.describe(), len(board.to_frame())
    ('papers, matching ‘vision’', 5)
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    summary = traitlets.Dict().tag(sync=True)
    facets: Any = traitlets.List().tag(sync=True)
    topics = traitlets.Dict().tag(sync=True)
    charts: Any = traitlets.List().tag(sync=True)
    papers = traitlets.Dict().tag(sync=True)
    reader = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    # A browser that writes it changes nothing: what it wants shown it says by a message.
    selection: Any = Chosen().tag(
        sync=True, to_json=lambda value, board: views.fields(value), from_json=lambda value, board: board.session.selection
    )
    status = traitlets.Dict().tag(sync=True)
    help: Any = traitlets.List().tag(sync=True)
    assets = traitlets.Dict().tag(sync=True)
    exports: Any = traitlets.List().tag(sync=True)
    intake = traitlets.Dict().tag(sync=True)
    saved = traitlets.Dict().tag(sync=True)
    marks = traitlets.Dict().tag(sync=True)
    comparison = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    axes = traitlets.Dict().tag(sync=True)
    preference = traitlets.Dict().tag(sync=True)
    concepts = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    sorts: Any = traitlets.List().tag(sync=True)
    modes: Any = traitlets.List().tag(sync=True)
    preparation = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    opening = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    exporting = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    screening = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)

    def __init__(
        self,
        corpus: Corpus,
        selection: Selection | None = None,
        *,
        deployment: Deployment | None = None,
        address: str = "",
        opening: tuple[Open, str] | None = None,
    ) -> None:
        deployment = Deployment.from_environment() if deployment is None else deployment
        self._seq = 0
        self._drawing = self._drawn = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._posted: deque[Callable[[], None]] = deque()
        self._library_timer: asyncio.TimerHandle | None = None
        self._loop_of_library: asyncio.AbstractEventLoop | None = None
        self._first_folder = corpus.folder
        self._served_folder = deployment.corpus if deployment.served else None
        self._awaited: Selection | None = selection if opening else None
        self._whose = deployment.reader
        read_by(corpus, self._whose)
        later, problem = self._open_session(corpus, None if opening else selection, keeps_reads=not deployment.read_only)
        unknown = self.session.take_charts(deployment.address)
        self._make_parts(corpus, deployment)
        assets = deployment.assets
        super().__init__(
            _esm=frontend.loader(f"{assets}app.js?v={frontend.version()}") if assets else frontend.script(),
            # The served page links its style sheet, so that it is there before the widget.
            _css="" if assets else frontend.style(),
            **menus(corpus.snapshot),
            assets={
                "plotly_url": f"{assets}plotly.min.js?v={plotly_version()}" if assets else None,
                "plotly_version": plotly_version(),
                "page": deployment.served,
                "early": deployment.early,
                "picture": None if self._picture is None else self._picture.name,
            },
            intake=self.incoming.state,
            saved=self.searches.saved(),
            marks=self.marking.state(),
            **{name: self._value(name) for name in _ALL},
            summary=self._summary(),
            status=self._status("error", *problem)
            if problem
            else self._status(*_at_opening(corpus, deployment.address, unknown)),
        )
        self.session.observe(self._selection_set, names="selection")
        self._begin_to_follow()
        self.on_msg(self._received)
        if address:
            self._run(Handler(Message, open_address), {"kind": "url", "url": address})
        elif later is not None:
            self._run(Handler(Message, lambda page, message: shown_later(self.session, later)), {"kind": "set"})
        if opening is not None:
            self.find_loop()
            self.opener.begin(*opening)
        # Drawing for the first time takes memory that no later answer takes.
        give_back()

    def _open_session(
        self, corpus: Corpus, selection: Selection | None, *, keeps_reads: bool
    ) -> tuple[Selection | None, tuple[str, int | None, str | None] | None]:
        """Begin what a reader does; gives the selection that waits for what the corpus has yet to make, and what was wrong with it."""
        later = selection if selection is not None and lacking(corpus, selection) else None
        try:
            self.session = Session(corpus, selection if later is None else by_words(later), keeps_reads=keeps_reads)
        except ExplorerError as error:
            self.session = Session(corpus, keeps_reads=keeps_reads)
            return later, _in_words(error)
        return later, None

    def _make_parts(self, corpus: Corpus, deployment: Deployment) -> None:
        """Make what keeps the parts of the page, and works for them in threads."""
        writable = not deployment.read_only
        self.searches = SavedSearches(self.session, writable=writable)
        self.reading = ReadingList(self.session, writable=writable)
        self.marking = Marking(self.session, writable=writable)
        self.marking.look_back()
        self.incoming = Intake(
            corpus,
            tell=lambda: self.set_trait("intake", self.incoming.state),
            arrived=self._arrived,
            post=self._post,
            allowed=writable,
            keys=deployment.keys,
        )
        self.preparing = Preparation(
            self._post, tell=lambda: self.set_trait("preparation", self.preparing.state), failed=self._failed
        )
        self.opener = Opening(
            self._post,
            tell=lambda: self.set_trait("opening", self.opener.state),
            opened=self._opened,
            failed=self._failed,
        )
        self.screening_mode = ScreenMode(
            self.session, self._post, tell=lambda: self.draw("screening"), failed=self._failed, writable=writable
        )
        self.downloads = Downloads(
            Path(deployment.downloads) if deployment.downloads else None,
            f"{deployment.assets}file/",
            deployment.reader or "",
            lambda content, buffers: self.send(content, buffers),
        )
        self.exporter = Exporting(
            self.downloads, self._post, tell=lambda: self.set_trait("exporting", self.exporter.state), said=self._say
        )
        self._picture = None if deployment.served else CellPicture(self._still)

    def _begin_to_follow(self) -> None:
        """Look from now on whether the library or the corpus is changed elsewhere; without a loop, as in a script, nobody looks at the page."""
        self._library_version = self._seen_version()
        self._next_visit = self._next_look = 0.0
        with contextlib.suppress(RuntimeError):
            self._loop_of_library = asyncio.get_running_loop()
        if self._loop_of_library is not None:
            self._next_visit = self._loop_of_library.time() + _VISIT
            self._library_timer = self._loop_of_library.call_later(_FOLLOW, self._follow_library)

    def _say(self, level: str, text: str) -> None:
        """Say what a thread came to, on the status line."""
        self.set_trait("status", self._status(level, text))

    def _failed(self, reason: str) -> None:
        self._say("error", reason)

    # In a cell

    @property
    def corpus(self) -> Corpus:
        """The corpus shown; waits for papers that are still being opened.

        Raises
        ------
        CorpusError
            They could not be opened, or that was stopped.
        """
        return self.wait().session.corpus

    def wait(self) -> Self:
        """Wait until the papers it was opened on are there.

        Returns
        -------
        Dashboard
            Itself.

        Raises
        ------
        CorpusError
            They could not be opened, or that was stopped.

        Examples
        --------
        >>> import explorer
        >>> board = explorer.explore()
        >>> board.wait() is board
        True
        """
        if self.opener.busy:
            self.opener.join()
            self._take_posted()
        self.opener.check()
        return self

    def to_frame(self) -> pd.DataFrame:
        """The papers shown, in their order. Waits for papers that are still being opened.

        Returns
        -------
        DataFrame
            As `Corpus.select` gives it.

        Raises
        ------
        CorpusError
            They could not be opened, or that was stopped.

        Examples
        --------
        >>> import explorer
        >>> board = explorer.explore()
        >>> board.selection = "vision"
        >>> list(board.to_frame()["id"]) == list(board.corpus.select("vision")["id"])
        True
        """
        return select(self.wait().session.results)

    @traitlets.validate("selection")
    def _chosen(self, proposal: Any) -> Selection:
        """Show what a cell sets; a selection that cannot be shown is refused, and the page stays as it was."""
        selection: Selection = proposal.value
        if hasattr(self, "session") and selection != self.session.selection:
            self.wait().session.selection = selection
        return selection

    def __dir__(self) -> list[str]:
        return sorted({*PUBLIC, *(name for name in super().__dir__() if name.startswith("_"))})

    def __repr__(self) -> str:
        return f"Dashboard({self.session.corpus!r}, {self.session.selection!r})"

    def _still(self) -> dict[str, str]:
        """What is shown now, for those who see no widget."""
        chart = self.axes.get("chart")
        lines = self.topics["lines"] if self.topics["lines"] and not self.topics["lines"]["bare"] else None
        charts = [part for part in (chart, topics.still_chart(self.topics), lines, *self.charts) if part]
        name = "lx-picture" if self._picture is None else f"lx-picture {self._picture.name}"
        picture = still(self.session.results, self.summary, charts, self.papers, name=name)
        return {"text/html": picture, "text/plain": plain(self.summary, self.papers)}

    def _ipython_display_(self) -> None:
        """Put the widget into the cell's output, and the picture that is saved with it."""
        from IPython.display import display

        data, metadata = self._repr_mimebundle_() or ({}, {})
        display(data, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]
        if self._picture is not None:
            self._picture.show()

    # Drawing

    def _summary(self) -> dict[str, Any]:
        session = self.session
        shown = views.summary(session.results)
        typed, made = session.typed
        return {
            **shown,
            "typed": typed if made == session.selection.query else "",
            "url": "&".join(filter(None, (shown["url"], self._corpus_in_url(), session.charts_in_url()))),
            "seq": self._seq,
            "can_undo": session.can_undo,
            "can_redo": session.can_redo,
        }

    def _corpus_in_url(self) -> str:
        """What an address must say so that it shows this corpus, and not the one that was opened first."""
        snapshot = self.session.corpus.snapshot
        name = snapshot.cached_name if snapshot.folder != self._first_folder else None
        return f"corpus={name}" if name else ""

    def _value(self, name: str) -> Any:
        """What a trait shows now."""
        session = self.session
        results = session.results
        makers: dict[str, Callable[[], Any]] = {
            "selection": lambda: session.selection,
            "papers": self._papers,
            "concepts": lambda: concepts.concepts(results) if session.selection.rank else None,
            "axes": lambda: axes.axes(results, session.axis_colour),
            "preference": lambda: preference(results, len(session.read)),
            "reader": self._reader,
            "facets": lambda: views.panels(results, session.facet_state, session.open_facets),
            "topics": lambda: topics.topics(
                results, **{name: value for name, value in session.chart_options.items() if name != "column"}
            ),
            "charts": lambda: [*views.keyword_chart(results), *views.own_chart(results, session.chart_options["column"])],
            "comparison": lambda: None if self.searches.base is None else self.searches.comparison(),
            "saved": self.searches.saved,
            "marks": self.marking.state,
            "screening": self.screening_mode.state,
        }
        return makers[name]()

    def _reader(self) -> dict[str, Any] | None:
        session = self.session
        if session.opened is None:
            return None
        shown = views.reader(session.results, session.opened)
        own = marks.of_paper(self.marking.kept, session.opened)
        return {**shown, "read": session.opened in session.read_rows, "marks": own}

    def _papers(self) -> dict[str, Any]:
        session = self.session
        only = None if self.searches.base is None else self.searches.rows()
        if session.only_ticked:
            only = session.ticked_rows()
        page = views.page(session.results, session.page, session.ticked, session.opened, read=session.read_rows, only=only)
        own = marks.of_rows(self.marking.kept, [row["row"] for row in page["rows"]])
        kept = [session.id_of(row) for row in sorted(session.ticked)] if len(session.ticked) <= _MOST_REMEMBERED else []
        rows = [{**row, "marks": marked} for row, marked in zip(page["rows"], own, strict=True)]
        return {**page, "rows": rows, "only_ticked": session.only_ticked, "ticks": kept}

    def _status(self, level: str, text: str = "", at: int | None = None, of: str | None = None) -> dict[str, Any]:
        return {"level": level, "text": text, "at": at, "of": of, "seq": self._seq}

    @contextlib.contextmanager
    def _one_message(self) -> Iterator[None]:
        """Have all that is drawn meanwhile sent in one message, with one summary, which carries the number of the one answered."""
        if self._drawing:
            yield
            return
        self._drawing, self._drawn = True, False
        try:
            with self.hold_sync():
                yield
                self.set_trait("summary", self._summary() if self._drawn else {**self.summary, "seq": self._seq})
        finally:
            self._drawing = False
        if self._drawn and self._picture is not None:
            self._picture.renew()

    def send_state(self, key: Any = None) -> None:
        """Send traits, as ipywidgets does but for one thing: no value of ours holds bytes, which it would look for in each."""
        state = self.get_state(key=key)
        for name in self._property_lock.keys() & state.keys():
            # What the page said last, which is not sent back to it.
            self._property_lock[name] = state[name]
        if state:
            self._send({"method": "update", "state": state, "buffer_paths": []})

    def draw(self, *parts: str) -> None:
        """Send some parts of the page anew: ``all``, ``ordered``, or a trait; a value that is as before is not sent."""
        groups = {"all": _ALL, "ordered": _ORDERED}
        with self._one_message():
            self._drawn = True
            for name in (name for part in parts for name in groups.get(part, (part,))):
                self.set_trait(name, self._value(name))

    def show_facets(self, panels: list[dict[str, Any]]) -> None:
        """Draw other filter panels."""
        self.set_trait("facets", panels)

    def library_changed(self, *, rerun: bool = True) -> None:
        """Draw what the reader put on papers anew; `rerun` the selection too where it asks for that."""
        session = self.session
        with self._one_message():
            if rerun and session.results.asks_own:
                session.refresh()
                self.draw("all")
            else:
                session.results.forget_own()
                self.draw("papers", "reader")
                self.show_facets(marks.with_own(session.results, self.facets, session.facet_state))
            self.draw("marks")
        self._library_version = self._seen_version()

    def _seen_version(self) -> object:
        try:
            return self.session.corpus.library.database.version()
        except LibraryError:
            return None

    def _follow_library(self) -> None:
        """Show what another dashboard, or a cell, did to the library; asked once a second, which costs a few microseconds."""
        if self._loop_of_library is None:
            return
        self._library_timer = self._loop_of_library.call_later(_FOLLOW, self._follow_library)
        self._look_for_newer(self._loop_of_library.time())
        changed = self._seen_version() != self._library_version
        if self._loop_of_library.time() > self._next_visit:
            self._next_visit = self._loop_of_library.time() + _SEEN
            self.marking.visit()
            if not changed:
                self._library_version = self._seen_version()
        if not changed:
            return
        with contextlib.suppress(ExplorerError), self._one_message():
            if self.marking.writable:
                self.session.take_reads(self.session.corpus.library.reads(), reorder=False)
            self.draw("saved", "screening")
            self.library_changed()

    def _look_for_newer(self, now: float) -> None:
        """Say that the corpus was changed by another dashboard, a command or a cell; the page shows it when its reader asks."""
        if now < self._next_look or self.incoming.state["newer"] or self.incoming.phase in BUSY:
            return
        self._next_look = now + _LOOK
        with contextlib.suppress(ExplorerError, OSError):
            if (newer := self._newer()) is not None:
                here, there = len(self.session.corpus), len(newer)
                said = f": {there:,} papers by now, {here:,} here" if there != here else ""
                self.incoming.tell_newer(f"The corpus was changed elsewhere{said}.")

    def _newer(self) -> Corpus | None:
        """The corpus shown as it is by now, if that is not as it is shown."""
        shown = self.session.corpus
        corpus = current(shown, self._served_folder if shown.folder == self._first_folder else None)
        return None if corpus is shown else corpus

    def _selection_set(self, change: Any) -> None:
        # An order changes no count; a slider that moves shall not have them all drawn again.
        same = list(change.old.active()) == list(change.new.active()) and change.old.mode == change.new.mode
        self.draw("ordered" if same else "all")

    # What the reader does

    def _received(self, widget: Any, content: Any, buffers: Any) -> None:
        """Take a message of the page; one of an unknown kind is passed over."""
        handler = HANDLERS.get(content["kind"]) if isinstance(content, dict) and isinstance(content.get("kind"), str) else None
        if handler is None:
            return
        if not handler.asks:
            seq = content.get("seq")
            self._seq = seq if isinstance(seq, int) else self._seq
        self._run(handler, {**content, "buffers": buffers or []})

    def _run(self, handler: Handler, message: Any) -> None:
        def begin() -> Outcome:
            check(message, handler.message)
            return handler.handle(self, message)

        if handler.asks:
            self._ask(begin)
        else:
            self._go(begin, quiet=handler.quiet)

    def _ask(self, begin: Callable[[], Outcome]) -> None:
        """Answer what is asked while the reader types."""
        problem = self._guarded(begin, lambda said: None)
        if problem is not None and not isinstance(problem[0], ExplorerError):
            # What is wrong with a query that is not whole yet is said when it is run.
            with self._one_message():
                self.set_trait("status", self._status("error", *problem[1:]))

    def _go(self, begin: Callable[[], Outcome], *, quiet: bool) -> None:
        """Handle a message, or go on with one that waited; what comes of it is sent in one message."""
        status = {**self.status, "seq": self._seq} if quiet else self._status("ready")

        def say(text: str) -> None:
            nonlocal status
            status = self._status("info", text)

        with self._one_message():
            problem = self._guarded(begin, say)
            if problem is not None:
                status = self._status("error", *problem[1:])
            self.set_trait("status", status)
        self.session.corpus.ranker.rest()

    def _guarded(
        self, begin: Callable[[], Outcome], say: Callable[[str], None]
    ) -> tuple[Exception, str, int | None, str | None] | None:
        """Guard of every message: what goes wrong is given, with the words for it, and the page stays as it was."""
        try:
            outcome = begin()
            said = outcome if outcome is None or isinstance(outcome, str) else self._advance(outcome)
            if said:
                say(said)
        except ExplorerError as error:
            return error, *_in_words(error)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            said = f"The page sent a message that cannot be ({type(error).__name__}). Reload the page."
            return error, said, None, None
        except Exception as error:  # noqa: BLE001  (a fault must reach the reader, who sees no log)
            return error, f"Something broke: {type(error).__name__}: {error}. The page is as it was before.", None, None
        return None

    def _advance(self, steps: Steps) -> str | None:
        """Go on with a message until it ends, or waits for what a selection takes of the corpus."""
        try:
            while True:
                selection = next(steps)
                corpus = self.session.corpus
                if selection.by_meaning and lacking(corpus, selection):
                    self.find_loop()
                    self.preparing.begin(corpus, lambda: self._go(lambda: steps, quiet=False))
                    return None
        except StopIteration as end:
            said: str | None = end.value
            return said

    def find_loop(self) -> None:
        """Threads hand their steps to the loop that handles messages, so that these never run at once."""
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None

    def answer(self, message: Message, answer: dict[str, Any]) -> None:
        """Answer a question; neither what is shown nor the status line changes."""
        self.send({"seq": message.get("seq"), **answer})

    def save(self, files: Sequence[ExportedFile]) -> None:
        """Give finished files to the browser to save."""
        for finished in files:
            file = self.downloads.begin()
            file.write(finished.data)
            self.downloads.give(file, finished.name, finished.media_type)

    def send_plotly(self) -> None:
        """Send plotly.js to a page that cannot fetch it."""
        self.send({"kind": "plotly", "version": plotly_version()}, [plotly_bundle()])

    # Papers that come in

    def _post(self, step: Callable[[], None]) -> None:
        """Run a step of a thread where messages are handled; without a loop there are none, and it runs at once."""
        if self._loop is None:
            step()
        else:
            self._posted.append(step)
            self._loop.call_soon_threadsafe(self._take_posted)

    def _take_posted(self) -> None:
        """Take the steps that threads left; a cell that waits for a thread takes them before the loop does."""
        while self._posted:
            self._posted.popleft()()

    def _opened(self, corpus: Corpus) -> None:
        """Show the corpus that a cell waited for."""
        wanted, self._awaited, self._first_folder = self._awaited, None, corpus.folder

        def steps() -> Steps:
            self.show_corpus(corpus, Selection())
            if wanted is not None:
                yield from shown_later(self.session, wanted, first=True)
            return None

        self._go(steps, quiet=False)

    def show_corpus(self, corpus: Corpus, selection: Selection, opened: int | None = None) -> None:
        """Show another corpus."""
        read_by(corpus, self._whose)
        self.session.show_corpus(corpus, selection)
        self.marking.look_back()
        self.session.open(opened)
        self.incoming.show(corpus)
        self.set_trait("sorts", menus(corpus.snapshot)["sorts"])
        self.screening_mode.show_corpus()
        self.draw("all", "saved", "marks", "screening")
        self._library_version = self._seen_version()

    def follow_topics(self, before: Snapshot) -> Selection:
        """Show the topics as the corpus has them now; gives the selection that follows them.

        What the plain address shows it goes on showing, also where the folder before was not to be changed.
        """
        session, corpus = self.session, self.session.corpus
        names = names_of(before.topics, corpus.snapshot.topics)
        selection = session.selection.with_topics(names)
        if before.folder == self._first_folder != corpus.folder:
            self._first_folder = corpus.folder
            if self._served_folder:
                keep_added(self._served_folder, corpus.folder)
        read_by(corpus, self._whose)
        self.marking.look_back()
        try:
            session.follow_topics(names, by_words(selection) if lacking(corpus, selection) else selection)
        except ConceptError:
            # It ranked by a topic that is no more.
            selection = replace(selection, rank="", axes=())
            session.follow_topics(names, by_words(selection) if lacking(corpus, selection) else selection)
        self.draw("all", "saved", "marks")
        self._library_version = self._seen_version()
        return selection

    def catch_up(self) -> bool:
        """Show what the plain address of the server shows by now; whether that is another corpus."""
        corpus = current(self.session.corpus, self._served_folder)
        if corpus is self.session.corpus:
            return False
        self._first_folder = corpus.folder
        self.show_corpus(corpus, Selection())
        return True

    def follow_folder(self) -> Steps:
        """Show the corpus as it was changed elsewhere."""
        corpus = self._newer() or self.session.corpus
        self.incoming.follow(corpus)
        if corpus.folder != self.session.corpus.folder:
            self._first_folder = corpus.folder
        sentence = f"The corpus is shown as it is by now: {len(corpus):,} papers."
        return self._grown(corpus, self.session.selection, self.session.opened, sentence)

    def _arrived(self, corpus: Corpus, grown: bool, sentence: str) -> None:
        """Show a corpus that was added to under the same filters and with the same paper open, and a new one whole."""
        selection, opened = (self.session.selection, self.session.opened) if grown else (Selection(), None)
        if grown and self._served_folder:
            keep_added(self._served_folder, corpus.folder)
        self._go(lambda: self._grown(corpus, selection, opened, sentence), quiet=False)

    def _grown(self, corpus: Corpus, selection: Selection, opened: int | None, sentence: str) -> Steps:
        later = lacking(corpus, selection)
        self.show_corpus(corpus, by_words(selection) if later else selection, opened)
        if later:
            yield from shown_later(self.session, selection)
        return sentence

    def close(self) -> None:
        """Remove the widget; papers on their way in are forgotten.

        Examples
        --------
        >>> import explorer
        >>> board = explorer.explore()
        >>> board.close()
        """
        if self._library_timer is not None:
            self._library_timer.cancel()
        self._loop_of_library = None
        self.incoming.cancel()
        self.preparing.stop()
        self.opener.stop()
        if self._picture is not None:
            self._picture.close()
        self.screening_mode.stop()
        self.exporter.close()
        self.downloads.close()
        super().close()


def _in_words(error: ExplorerError) -> tuple[str, int | None, str | None]:
    """An error in words, the character it points at, and of what text where that is not the search box's."""
    if isinstance(error, QueryError):
        return str(error), error.position, None
    if isinstance(error, ExpressionError):
        return error.message[:1].upper() + error.message[1:], error.position, error.text
    text = str(error)
    return (text[:1].upper() + text[1:] if isinstance(error, ConceptError) else text), None, None


def _at_opening(corpus: Corpus, address: str, unknown: Sequence[str]) -> tuple[str, str]:
    """What the status line says first: that the words were indexed otherwise, and what of the address was passed over, if so."""
    said = " ".join(
        filter(None, (corpus.snapshot.index_sentence, passed_over(address, corpus.snapshot.columns.by_key, unknown)))
    )
    return ("info", said) if said else ("ready", "")
