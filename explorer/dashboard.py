"""The dashboard: one widget that draws a session and hands it what the reader does."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import anywidget
import traitlets

from explorer import axis_views, views, widgets
from explorer.charts import plotly_bundle, plotly_version
from explorer.corpus import Corpus
from explorer.desk import Desk
from explorer.errors import ExplorerError, QueryError, SelectionError
from explorer.export import FORMATS, export_bytes
from explorer.intake import Intake
from explorer.opening import open_cached
from explorer.preference_views import preference
from explorer.query import HELP
from explorer.reading import Reading
from explorer.selection import Selection
from explorer.session import Session

if TYPE_CHECKING:
    pass

_CHUNK = 4 * 1024 * 1024
"""Bytes a message of a download; a web socket message of any size would stop all others for its time."""

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

    def __init__(self, corpus: Corpus, selection: Selection | None = None) -> None:
        self._seq = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._last_chart_key: Any = None
        self._first_folder = corpus.folder
        problem = ""
        try:
            self.session = Session(corpus, selection)
        except QueryError as error:
            self.session, problem = Session(corpus), str(error)
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
        super().__init__(
            _esm=widgets.loader(f"{assets}app.js?v={widgets.version()}") if assets else widgets.script(),
            # The served page links its style sheet, so that it is there before the widget.
            _css="" if assets else widgets.style(),
            help=[{"syntax": syntax, "meaning": meaning, "example": example} for syntax, meaning, example in HELP],
            assets={
                "plotly_url": f"{assets}plotly.min.js?v={plotly_version()}" if assets else None,
                "plotly_version": plotly_version(),
                "page": served,
            },
            exports=[{"format": form.name, "label": form.label, "note": form.note} for form in FORMATS],
            intake=self.incoming.state,
            saved=self.desk.saved(),
            **self._everything(),
            status=self._status("error" if problem else "ready", problem),
        )
        self.session.observe(self._selection_set, names="selection")
        self.on_msg(self._received)

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

    def _everything(self) -> dict[str, Any]:
        session = self.session
        selection = session.selection
        return {
            "selection": {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in ((field, getattr(selection, field)) for field in selection.__dataclass_fields__)
            },
            "summary": self._summary(),
            "facets": views.panels(session.results, session.facet_state),
            "charts": views.charts(session.results, **session.chart_options),
            "papers": self._papers(),
            "comparison": self.desk.comparison(),
            "axes": axis_views.axes(session.results, session.axis_colour),
            "preference": preference(session.results),
            "reader": self._reader(),
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

    def _status(self, level: str, text: str = "", at: int | None = None) -> Message:
        return {"level": level, "text": text, "at": at, "seq": self._seq}

    def _show(self, changes: dict[str, Any]) -> None:
        """Send what changed in one message; the summary carries the number of the message answered."""
        with self.hold_sync():
            for name, value in changes.items():
                self.set_trait(name, value)
            self.set_trait("summary", changes.get("summary") or self._summary())

    def _selection_set(self, change: Any) -> None:
        self._show(self._everything())

    # What the reader does

    def _received(self, widget: Any, content: Any, buffers: Any) -> None:
        """Guard of every message: what goes wrong is said on the status line, and the page stays as it was."""
        kind = content.get("kind") if isinstance(content, dict) else None
        action = _ACTIONS.get(kind) if isinstance(kind, str) else None
        if action is None:
            return
        if kind in _ASIDE:
            self._answer(action, content)
            return
        seq = content.get("seq")
        self._seq = seq if isinstance(seq, int) else self._seq
        status = self._status("ready")
        try:
            said = action(self, {**content, "buffers": buffers or []})
            if said:
                status = self._status("info", said)
        except QueryError as error:
            status = self._status("error", str(error), error.position)
        except ExplorerError as error:
            status = self._status("error", str(error))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            status = self._status("error", f"The page sent a message that cannot be ({type(error).__name__}). Reload the page.")
        except Exception as error:  # noqa: BLE001  (a fault must reach the reader, who sees no log)
            status = self._status("error", f"Something broke: {type(error).__name__}: {error}. The page is as it was before.")
        self._show({"status": status})

    def _answer(self, action: Callable[[Dashboard, Message], str | None], content: Message) -> None:
        """Answer what is asked while the reader types: neither what is shown nor the status line changes."""
        try:
            action(self, content)
        except ExplorerError:
            # The query is not whole yet; what is wrong with it is said when it is run.
            return
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            said = f"The page sent a message that cannot be ({type(error).__name__}). Reload the page."
            self._show({"status": self._status("error", said)})
        except Exception as error:  # noqa: BLE001  (a fault must reach the reader, who sees no log)
            self._show({"status": self._status("error", f"Something broke: {type(error).__name__}: {error}.")})

    def _complete(self, content: Message) -> None:
        text, at = str(content["text"])[:2000], int(content["at"])
        rows = [vars(found) for found in self.session.corpus.complete(text, at)]
        self.send({"kind": "completions", "seq": content.get("seq"), "rows": rows})

    def _suggest(self, content: Message) -> None:
        found = self.session.corpus.suggest(str(content["text"])[:2000])
        self.send({"kind": "suggestion", "seq": content.get("seq"), "text": found})

    def _set(self, content: Message) -> None:
        self.session.change(content["changes"], joined=content.get("joined") is True)

    def _url(self, content: Message) -> None:
        address = str(content["url"])
        named = dict(parse_qsl(address)).get("corpus", "")
        if named and named != self.session.corpus.cached_name and self.incoming.state["allowed"]:
            self._show_corpus(open_cached(named), Selection.from_url(address))
        else:
            self.session.show(Selection.from_url(address))

    def _clear(self, content: Message) -> None:
        self.session.show(Selection(sort=self.session.selection.sort))

    def _page(self, content: Message) -> None:
        self.session.page = int(content["page"])
        self._show({"papers": self._papers()})

    def _open(self, content: Message) -> None:
        self.session.open(content["row"])
        self._show({"papers": self._papers(), "reader": self._reader()})

    def _tick(self, content: Message) -> None:
        self.session.tick([content["row"]], bool(content["on"]))
        self._show({"papers": self._papers()})

    def _tick_page(self, content: Message) -> None:
        self.session.tick([row["row"] for row in self.papers["rows"]], bool(content["on"]))
        self._show({"papers": self._papers()})

    def _untick_all(self, content: Message) -> None:
        self.session.ticked = frozenset()
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
        self._show({"axes": axis_views.axes(self.session.results, self.session.axis_colour)})

    def _axis_point(self, content: Message) -> None:
        self.session.id_of(content["row"])
        self.send({"kind": "axis_point", "row": content["row"], **axis_views.point(self.session.results, content["row"])})

    def _read(self, content: Message) -> None:
        self.reading.mark(content["row"], bool(content["on"]))
        if content["kind"] == "read":
            # A paper that was open for a while changes no order under the eyes of its reader.
            self.reading.reorder()
        self._show({"papers": self._papers(), "reader": self._reader(), "preference": preference(self.session.results)})

    def _export(self, content: Message) -> str:
        rows = self.desk.rows()
        only = self.session.ticked if content.get("ticked") else None if rows is None else rows.tolist()
        if content.get("ticked") and not only:
            raise SelectionError("No paper is ticked. Tick some in the list, or export all that are shown.")
        compared = None if content.get("ticked") or rows is None else self.desk.comparison()
        files, count = export_bytes(self.session.results, str(content["format"]), only, compared=compared)
        for number, file in enumerate(files):
            self._send_file(f"{self._seq}-{number}", file.name, file.media_type, file.data)
        return f"{count:,} paper{'' if count == 1 else 's'} exported to {files[0].name}."

    def _send_file(self, key: str, name: str, media_type: str, data: bytes) -> None:
        parts = max(1, -(-len(data) // _CHUNK))
        for part in range(parts):
            head = {"kind": "file", "id": key, "name": name, "type": media_type, "part": part, "parts": parts}
            self.send({**head, "last": part == parts - 1}, [data[part * _CHUNK : (part + 1) * _CHUNK]])

    # Papers that come in

    def _incoming(self, content: Message) -> None:
        # The thread of the intake hands its steps to this loop, so that they and messages never run at once.
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        _INTAKE[content["kind"]](self.incoming, content)

    def _post(self, step: Callable[[], None]) -> None:
        """Run a step of the intake where messages are handled; without a loop there are none, and it runs at once."""
        if self._loop is None:
            step()
        else:
            self._loop.call_soon_threadsafe(step)

    def _ledger(self, content: Message) -> None:
        self._send_file(f"{self._seq}-ledger", "ledger.csv", "text/csv", self.incoming.ledger_csv())

    def _show_corpus(self, corpus: Corpus, selection: Selection) -> None:
        self.session.show_corpus(corpus, selection)
        self.incoming.corpus = corpus
        self._show(self._everything())

    def _arrived(self, corpus: Corpus, grown: bool, sentence: str) -> None:
        """Show a corpus that was added to under the same filters, and a new one whole."""
        self._show_corpus(corpus, self.session.selection if grown else Selection())
        self.set_trait("status", self._status("info", sentence))

    def close(self) -> None:
        """Remove the widget; papers on their way in are forgotten."""
        self.incoming.cancel()
        super().close()

    # Saved searches and comparisons

    def _saved(self, content: Message) -> None:
        self._show({"saved": self.desk.saved()})

    def _save_search(self, content: Message) -> str:
        return self._kept(lambda: self.desk.save(str(content["name"]), replace=bool(content.get("replace"))))

    def _delete_search(self, content: Message) -> str:
        return self._kept(lambda: self.desk.delete(str(content["name"])))

    def _rename_search(self, content: Message) -> str:
        return self._kept(lambda: self.desk.rename(str(content["name"]), str(content["to"])))

    def _kept(self, action: Callable[[], str]) -> str:
        try:
            return action()
        finally:
            # Also after a failure, for another window may have changed what is there.
            self._show({"saved": self.desk.saved()})

    def _run_search(self, content: Message) -> str:
        said = self.desk.run(str(content["name"]), changes=bool(content.get("changes")))
        self._compared()
        return said

    def _compare(self, content: Message) -> None:
        self.desk.compare(content["with"])
        self._compared()

    def _compare_show(self, content: Message) -> None:
        self.desk.show(str(content["part"]))
        self._compared()

    def _compared(self) -> None:
        self._show({"comparison": self.desk.comparison(), "papers": self._papers()})

    def _plotly(self, content: Message) -> None:
        self.send({"kind": "plotly", "version": plotly_version()}, [plotly_bundle()])


_INTAKE: dict[str, Callable[[Intake, Message], None]] = {
    "intake_begin": lambda intake, content: intake.begin(content["files"]),
    "intake_chunk": lambda intake, content: intake.take(content["id"], content["part"], content["buffers"][0]),
    "intake_read": lambda intake, content: intake.read(),
    "intake_map": lambda intake, content: intake.correct(
        content["file"], content["columns"], content.get("delimiter"), content.get("encoding")
    ),
    "intake_keep": lambda intake, content: intake.keep(content["source"], content.get("record"), content.get("paper")),
    "intake_accept": lambda intake, content: intake.accept(content["how"]),
    "intake_fetch": lambda intake, content: intake.fetch(content["service"], content["query"], content["limit"]),
    "intake_cancel": lambda intake, content: intake.cancel(),
    "intake_close": lambda intake, content: intake.close(),
}
"""Messages about papers that come in, and the steps they are."""

_ACTIONS: dict[str, Callable[[Dashboard, Message], str | None]] = {
    "set": Dashboard._set,
    "undo": lambda board, content: board.session.undo(),
    "redo": lambda board, content: board.session.redo(),
    "clear": Dashboard._clear,
    "url": Dashboard._url,
    "page": Dashboard._page,
    "open": Dashboard._open,
    "tick": Dashboard._tick,
    "tick_page": Dashboard._tick_page,
    "untick_all": Dashboard._untick_all,
    "facet": Dashboard._facet,
    "chart": Dashboard._chart,
    "axis_colour": Dashboard._axis_colour,
    "axis_point": Dashboard._axis_point,
    "read": Dashboard._read,
    "was_open": Dashboard._read,
    "export": Dashboard._export,
    "plotly": Dashboard._plotly,
    "intake_ledger": Dashboard._ledger,
    **dict.fromkeys(_INTAKE, Dashboard._incoming),
    "complete": Dashboard._complete,
    "suggest": Dashboard._suggest,
    "saved": Dashboard._saved,
    "save_search": Dashboard._save_search,
    "delete_search": Dashboard._delete_search,
    "rename_search": Dashboard._rename_search,
    "run_search": Dashboard._run_search,
    "compare": Dashboard._compare,
    "compare_show": Dashboard._compare_show,
}
"""The messages a browser may send."""

_ASIDE = frozenset({"complete", "suggest", "axis_point", "was_open"})
"""Messages whose answer is no trait and counts for nothing else."""
