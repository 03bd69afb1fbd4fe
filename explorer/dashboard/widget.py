"""The dashboard: one widget that draws a session and hands it what the reader does."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import anywidget
import traitlets

from explorer.corpus.corpus import Corpus
from explorer.corpus.opening import open_cached
from explorer.dashboard import frontend as widgets
from explorer.dashboard.figures import plotly_bundle, plotly_version
from explorer.dashboard.intake.intake import MESSAGES as INTAKE
from explorer.dashboard.intake.intake import Intake
from explorer.dashboard.intake.review import notes_csv
from explorer.dashboard.preparation import Preparation, Unprepared, by_words, lacking
from explorer.dashboard.questions import MESSAGES as QUESTIONS
from explorer.dashboard.reading_list import Reading
from explorer.dashboard.relevance_feedback import MESSAGES as STEERING
from explorer.dashboard.saved_searches import MESSAGES as DESK
from explorer.dashboard.saved_searches import Desk
from explorer.dashboard.session import MESSAGES as SESSION
from explorer.dashboard.session import Session
from explorer.dashboard.views import axes as axis_views
from explorer.dashboard.views import concepts as concept_views
from explorer.dashboard.views import page as views
from explorer.dashboard.views.menus import menus
from explorer.dashboard.views.preference import preference
from explorer.errors import ConceptError, ExplorerError, ExpressionError, QueryError, SelectionError
from explorer.export.export import ExportedFile, export_bytes, exported
from explorer.selection.selection import Selection

Message = dict[str, Any]


class Dashboard(anywidget.AnyWidget):
    """The explorer as a Jupyter widget. Make one with `explorer.explore`.

    Attributes
    ----------
    session : Session
        Its `selection` is a trait: set it from a cell, and the page follows; observe it, and a cell follows the page.

    Notes
    -----
    The synced traits hold what is drawn and are only written here. A browser can send anything: what it sends is taken from
    the messages that `_ACTIONS` knows, and checked again.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    summary = traitlets.Dict().tag(sync=True)
    facets: Any = traitlets.List().tag(sync=True)
    charts: Any = traitlets.List().tag(sync=True)
    papers = traitlets.Dict().tag(sync=True)
    reader = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    selection = traitlets.Dict().tag(sync=True)
    status = traitlets.Dict().tag(sync=True)
    help: Any = traitlets.List().tag(sync=True)
    assets = traitlets.Dict().tag(sync=True)
    exports: Any = traitlets.List().tag(sync=True)
    intake = traitlets.Dict().tag(sync=True)
    saved = traitlets.Dict().tag(sync=True)
    comparison = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    axes = traitlets.Dict().tag(sync=True)
    preference = traitlets.Dict().tag(sync=True)
    concepts = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    sorts: Any = traitlets.List().tag(sync=True)
    preparation = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)

    def __init__(self, corpus: Corpus, selection: Selection | None = None) -> None:
        self._seq = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._first_folder = corpus.folder
        later = selection if selection is not None and lacking(corpus, selection) else None
        problem: tuple[Any, ...] = ()
        try:
            self.session = Session(corpus, selection if later is None else by_words(later))
        except ExplorerError as error:
            self.session, problem = Session(corpus), _said(error)
        self.desk = Desk(self.session, writable=not os.environ.get("LITEXPLORER_READ_ONLY"))
        self.reading = Reading(self.session, writable=self.desk.writable)
        served = os.environ.get("SERVER_SOFTWARE", "").startswith("voila/")
        assets = os.environ.get("VOILA_BASE_URL", "/") + "lx/" if served and os.environ.get("LITEXPLORER_ASSETS") else None
        self.incoming = Intake(
            self.session.corpus,
            tell=lambda: self.set_trait("intake", self.incoming.state),
            arrived=self._arrived,
            post=self._post,
            allowed=not (served and os.environ.get("LITEXPLORER_READ_ONLY")),
        )
        self.preparing = Preparation(
            self._post,
            tell=lambda: self.set_trait("preparation", self.preparing.state),
            failed=lambda reason: self.set_trait("status", self._status("error", reason)),
        )
        super().__init__(
            _esm=widgets.loader(f"{assets}app.js?v={widgets.version()}") if assets else widgets.script(),
            # The served page links its style sheet, so that it is there before the widget.
            _css="" if assets else widgets.style(),
            **menus(),
            assets={
                "plotly_url": f"{assets}plotly.min.js?v={plotly_version()}" if assets else None,
                "plotly_version": plotly_version(),
                "page": served,
            },
            intake=self.incoming.state,
            saved=self.desk.saved(),
            **self._everything(),
            status=self._status("error", *problem) if problem else self._status("ready"),
        )
        self.session.observe(self._selection_set, names="selection")
        self.on_msg(self._received)
        if later is not None:
            self._prepare(lambda board, content: board.session.show(later), {})

    # Drawing

    def _summary(self) -> Message:
        session = self.session
        name = session.corpus.manifest["made"].get("name") or session.corpus.folder.name
        shown = views.summary(session.results, name)
        return {
            **shown,
            "url": "&".join(filter(None, (shown["url"], self._corpus_in_url()))),
            "seq": self._seq,
            "can_undo": session.can_undo,
            "can_redo": session.can_redo,
        }

    def _corpus_in_url(self) -> str:
        """What an address must say so that it shows this corpus, and not the one that was opened first."""
        corpus = self.session.corpus
        name = corpus.cached_name if corpus.folder != self._first_folder else None
        return f"corpus={name}" if name else ""

    def _ordered(self) -> dict[str, Any]:
        """What an order says, and with it the page of papers."""
        session = self.session
        return {
            "selection": views.fields(session.selection),
            "summary": self._summary(),
            "papers": self._papers(),
            "concepts": concept_views.concepts(session.results),
            "axes": axis_views.axes(session.results, session.axis_colour),
            "preference": preference(session.results),
            "reader": self._reader(),
        }

    def _everything(self) -> dict[str, Any]:
        session = self.session
        return {
            **self._ordered(),
            "facets": views.panels(session.results, session.facet_state),
            "charts": views.charts(session.results, **session.chart_options),
            "comparison": self.desk.comparison(),
        }

    def _reader(self) -> Message | None:
        session = self.session
        if session.opened is None:
            return None
        return {**views.reader(session.results, session.opened), "read": session.opened in self.reading.rows}

    def _papers(self) -> Message:
        session = self.session
        page = views.page(session.results, session.page, session.ticked, session.opened, only=self.desk.rows())
        return self.reading.marked(page)

    def _status(self, level: str, text: str = "", at: int | None = None, of: str | None = None) -> Message:
        return {"level": level, "text": text, "at": at, "of": of, "seq": self._seq}

    def _show(self, changes: dict[str, Any]) -> None:
        """Send what changed in one message; the summary carries the number of the message answered."""
        with self.hold_sync():
            for name, value in changes.items():
                self.set_trait(name, value)
            self.set_trait("summary", changes.get("summary") or self._summary())

    def _selection_set(self, change: Any) -> None:
        # An order changes no count; a slider that moves shall not have them all drawn again.
        same = list(change.old.active()) == list(change.new.active())
        self._show(self._ordered() if same else self._everything())

    # What the reader does

    def _received(self, widget: Any, content: Any, buffers: Any) -> None:
        """Guard of every message: what goes wrong is said on the status line, and the page stays as it was."""
        kind = content.get("kind") if isinstance(content, dict) else None
        if not isinstance(kind, str):
            return
        if kind in QUESTIONS:
            self._answer(content)
        action = _ACTIONS.get(kind)
        if action is None:
            return
        seq = content.get("seq")
        self._seq = seq if isinstance(seq, int) else self._seq
        self._run(action, {**content, "buffers": buffers or []})

    def _run(self, action: Action, content: Message) -> None:
        status = {**self.status, "seq": self._seq} if content.get("kind") in _QUIET else self._status("ready")
        self.session.patient = False
        try:
            said = action(self, content)
            if said:
                status = self._status("info", said)
        except Unprepared:
            self._prepare(action, content)
        except ExplorerError as error:
            status = self._status("error", *_said(error))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            status = self._status("error", f"The page sent a message that cannot be ({type(error).__name__}). Reload the page.")
        except Exception as error:  # noqa: BLE001  (a fault must reach the reader, who sees no log)
            status = self._status("error", f"Something broke: {type(error).__name__}: {error}. The page is as it was before.")
        finally:
            self.session.patient = True
        self._show({"status": status})

    def _prepare(self, action: Action, content: Message) -> None:
        """Make what an action takes of the corpus, then run it again."""
        self._find_loop()
        self.preparing.begin(self.session.corpus, lambda: self._run(action, content))

    def _find_loop(self) -> None:
        """Threads hand their steps to the loop that handles messages, so that these never run at once."""
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None

    def _answer(self, content: Message) -> None:
        """Answer what is asked while the reader types: neither what is shown nor the status line changes."""
        try:
            self.send({"seq": content.get("seq"), **QUESTIONS[content["kind"]](self.session, content)})
        except ExplorerError:
            # The query is not whole yet; what is wrong with it is said when it is run.
            return
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            said = f"The page sent a message that cannot be ({type(error).__name__}). Reload the page."
            self._show({"status": self._status("error", said)})
        except Exception as error:  # noqa: BLE001  (a fault must reach the reader, who sees no log)
            self._show({"status": self._status("error", f"Something broke: {type(error).__name__}: {error}.")})

    def _listed(self, content: Message) -> str | None:
        said = _LIST[content["kind"]](self.session, content)
        self._show({"papers": self._papers()})
        return said

    def _set(self, content: Message) -> None:
        self.session.change(content["changes"], joined=content.get("joined") is True)

    def _url(self, content: Message) -> None:
        address = str(content["url"])
        named = dict(parse_qsl(address)).get("corpus", "")
        if named and named != self.session.corpus.cached_name and self.incoming.state["allowed"]:
            self._show_corpus(open_cached(named), Selection.from_url(address))
        else:
            self.session.show(Selection.from_url(address))

    def _open(self, content: Message) -> None:
        self.session.open(content["row"])
        self._show({"papers": self._papers(), "reader": self._reader()})

    def _tick_page(self, content: Message) -> None:
        self.session.tick([row["row"] for row in self.papers["rows"]], bool(content["on"]))
        self._show({"papers": self._papers()})

    def _facet(self, content: Message) -> None:
        name = content["facet"]
        if name not in {panel["name"] for panel in self.facets if panel["kind"] == "values"}:
            raise SelectionError(f"There is no filter panel {name!r}.")
        if name == "has_code":
            return
        wanted = (str(content.get("text", ""))[:200], int(content.get("page", 0)))
        panel = views.values(self.session.results, name, *wanted)
        # Kept only now: what cannot be drawn would fail every later drawing too.
        self.session.facet_state[name] = wanted
        self._show({"facets": [panel if old["name"] == name else old for old in self.facets]})

    def _chart(self, content: Message) -> None:
        self.session.set_chart(content["option"], content["value"])
        self._show({"charts": views.charts(self.session.results, **self.session.chart_options)})

    def _axis_colour(self, content: Message) -> None:
        self.session.axis_colour = axis_views.check_colour(content["value"])
        self._show(self._ordered())

    def _read(self, content: Message) -> None:
        # A paper that was open for a while changes no order under the eyes of its reader.
        self.reading.mark(content["row"], bool(content["on"]), reorder=content["kind"] == "read")
        self._show(self._ordered())

    def _export(self, content: Message) -> str:
        rows = self.desk.rows()
        only = self.session.ticked if content.get("ticked") else None if rows is None else rows.tolist()
        if content.get("ticked") and not only:
            raise SelectionError("No paper is ticked. Tick some in the list, or export all that are shown.")
        compared = None if content.get("ticked") or rows is None else self.desk.comparison()
        files, count = export_bytes(self.session.results, str(content["format"]), only, compared=compared)
        return self._save(files, exported(files, count))

    def _save(self, files: list[ExportedFile], said: str) -> str:
        for number, file in enumerate(files):
            for head, data in file.parts(f"{self._seq}-{number}"):
                self.send(head, [data])
        return said

    # Papers that come in

    def _incoming(self, content: Message) -> None:
        self._find_loop()
        INTAKE[content["kind"]](self.incoming, content)

    def _post(self, step: Callable[[], None]) -> None:
        """Run a step of a thread where messages are handled; without a loop there are none, and it runs at once."""
        if self._loop is None:
            step()
        else:
            self._loop.call_soon_threadsafe(step)

    def _ledger(self, content: Message) -> str:
        kept = self.session.corpus.accounts.entries()
        data = notes_csv(kept) if content.get("of") == "corpus" else self.incoming.ledger_csv()
        return self._save([ExportedFile("ledger.csv", "text/csv", data)], "Saved ledger.csv.")

    def _show_corpus(self, corpus: Corpus, selection: Selection, opened: int | None = None) -> None:
        later = lacking(corpus, selection)
        self.session.show_corpus(corpus, by_words(selection) if later else selection)
        self.session.open(opened)
        self.incoming.corpus = corpus
        self._show(self._everything())
        if later:
            self._prepare(lambda board, content: board.session.show(selection), {})

    def _arrived(self, corpus: Corpus, grown: bool, sentence: str) -> None:
        """Show a corpus that was added to under the same filters and with the same paper open, and a new one whole."""
        self._show_corpus(corpus, *((self.session.selection, self.session.opened) if grown else (Selection(),)))
        self.set_trait("status", self._status("info", sentence))

    def close(self) -> None:
        """Remove the widget; papers on their way in are forgotten."""
        self.incoming.cancel()
        self.preparing.stop()
        super().close()

    def _at_desk(self, content: Message) -> str | None:
        try:
            return DESK[content["kind"]](self.desk, content)
        finally:
            # Also after a failure, for another window may have changed what is there.
            self._show({"saved": self.desk.saved(), "comparison": self.desk.comparison(), "papers": self._papers()})

    def _plotly(self, content: Message) -> None:
        self.send({"kind": "plotly", "version": plotly_version()}, [plotly_bundle()])


def _said(error: ExplorerError) -> tuple[str, int | None, str | None]:
    """An error in words, the character it points at, and of what text where that is not the search box's."""
    if isinstance(error, QueryError):
        return str(error), error.position, None
    if isinstance(error, ExpressionError):
        return error.message[:1].upper() + error.message[1:], error.position, error.text
    text = str(error)
    return (text[:1].upper() + text[1:] if isinstance(error, ConceptError) else text), None, None


Action = Callable[[Dashboard, Message], str | None]

_LIST = {**SESSION, **STEERING}
"""Messages that change what the list shows, and no count."""

_ACTIONS: dict[str, Action] = {
    "set": Dashboard._set,
    "undo": lambda board, content: board.session.undo(),
    "redo": lambda board, content: board.session.redo(),
    "clear": lambda board, content: board.session.show(Selection(sort=board.session.selection.sort)),
    "url": Dashboard._url,
    "open": Dashboard._open,
    "tick_page": Dashboard._tick_page,
    "facet": Dashboard._facet,
    "chart": Dashboard._chart,
    "axis_colour": Dashboard._axis_colour,
    "read": Dashboard._read,
    "was_open": Dashboard._read,
    "export": Dashboard._export,
    "plotly": Dashboard._plotly,
    "intake_ledger": Dashboard._ledger,
    **dict.fromkeys(INTAKE, Dashboard._incoming),
    **dict.fromkeys(DESK, Dashboard._at_desk),
    **dict.fromkeys(_LIST, Dashboard._listed),
    "stop_preparing": lambda board, content: board.preparing.stop(),
}
"""The messages a browser may send."""

_QUIET = ("was_open",)
"""Messages that nobody meant to send, which leave the status line as it is."""
