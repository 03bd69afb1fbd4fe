"""What the messages of a page do: one table, one signature.

A handler is called with the page and the message. It changes the session and draws what changed; what it returns is said on the
status line. A handler that shows a selection for which the corpus may have to make terms and vectors first yields that selection
before: where they are missing, the message is suspended there until they are made, and then goes on.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qsl

from explorer.corpus.corpus import Corpus
from explorer.corpus.opening import open_cached
from explorer.dashboard import feed, plots, recommended, topic_compare, topic_edits
from explorer.dashboard import messages as m
from explorer.dashboard.downloads import Downloads
from explorer.dashboard.exporting import Exporting
from explorer.dashboard.intake.intake import Intake
from explorer.dashboard.intake.review import account, likely, notes_csv
from explorer.dashboard.marking import Marking
from explorer.dashboard.opening import Opening
from explorer.dashboard.preparation import Preparation, by_words, lacking, shown_later
from explorer.dashboard.reading_list import ReadingList
from explorer.dashboard.relevance_feedback import likeness_sentence, more_like, with_concept, with_operand
from explorer.dashboard.saved_searches import SavedSearches
from explorer.dashboard.screening import SMALL_REVIEW, ScreenMode
from explorer.dashboard.session import Session
from explorer.dashboard.views import axes, topics
from explorer.dashboard.views import page as views
from explorer.dashboard.views.beyond import beyond
from explorer.dashboard.views.concepts import why
from explorer.dashboard.views.report import report
from explorer.errors import LibraryError, SelectionError
from explorer.export.export import Export, ExportedFile
from explorer.search.completion import complete_concept
from explorer.selection.address import CORPUS, passed_over
from explorer.selection.query import as_typed
from explorer.selection.selection import Selection
from explorer.selection.syntax import COLUMN

if TYPE_CHECKING:
    from explorer.store.snapshot import Snapshot

Steps = Generator[Selection, None, str | None]
Outcome = Steps | str | None

_LONGEST = 2000
"""Characters of a text that is looked at while it is written."""

_MOST_TICKED = 5000
"""Papers that a page which was loaded again may tick at once."""


class Page(Protocol):
    """What a handler may use."""

    session: Session
    searches: SavedSearches
    reading: ReadingList
    marking: Marking
    incoming: Intake
    preparing: Preparation
    opener: Opening
    screening_mode: ScreenMode
    exporter: Exporting
    downloads: Downloads
    facets: Any
    papers: Any

    def draw(self, *parts: str) -> None:
        """Send some parts of the page anew: ``all``, ``ordered``, or a trait that is drawn by itself."""

    def answer(self, message: m.Message, answer: dict[str, Any]) -> None:
        """Answer a question; nothing that is shown changes."""

    def save(self, files: Sequence[ExportedFile]) -> None:
        """Give finished files to the browser to save."""

    def send_plotly(self) -> None:
        """Send plotly.js."""

    def show_facets(self, panels: list[dict[str, Any]]) -> None:
        """Draw other filter panels."""

    def show_corpus(self, corpus: Corpus, selection: Selection, opened: int | None = None) -> None:
        """Show another corpus."""

    def library_changed(self, *, rerun: bool = True) -> None:
        """Draw what the reader put on papers anew; `rerun` the selection too where it asks for that."""

    def catch_up(self) -> bool:
        """Show what the plain address of the server shows by now; whether that is another corpus."""

    def follow_folder(self) -> Steps:
        """Show the corpus as it was changed elsewhere."""

    def follow_topics(self, before: Snapshot) -> Selection:
        """Show the topics as the corpus has them now; gives the selection that follows them."""

    def find_loop(self) -> None:
        """Note the loop that handles messages, to which threads hand their steps."""


# The selection


def set_selection(page: Page, message: m.SetMessage) -> Steps:
    """Change fields of the selection."""
    changes = message["changes"]
    if message.get("typed") is True and isinstance(changes, dict) and isinstance(changes.get("query"), str):
        whole = as_typed(changes["query"])
        page.session.typed = (changes["query"], whole)
        changes = {**changes, "query": whole}
    return _shown(page, lambda: page.session.changed(changes), joined=message.get("joined") is True)


def undo(page: Page, message: m.PlainMessage) -> Steps:
    """Go back to the selection before."""
    yield page.session.before()
    page.session.undo()
    return None


def redo(page: Page, message: m.PlainMessage) -> Steps:
    """Take an undo back."""
    yield page.session.before(redo=True)
    page.session.redo()
    return None


def clear(page: Page, message: m.PlainMessage) -> Steps:
    """Drop everything but the order."""
    return _shown(page, lambda: Selection(sort=page.session.selection.sort))


def open_address(page: Page, message: m.UrlMessage, *, first: bool = False) -> Steps:
    """Show what the query part of an address says, the corpus it names included; `first` as the page's first selection."""
    address = message["url"]
    selection = Selection.from_url(address)
    named = dict(parse_qsl(address)).get(CORPUS, "")
    if named and named != page.session.corpus.snapshot.cached_name and page.incoming.state["allowed"]:
        corpus = open_cached(named)
        page.show_corpus(corpus, by_words(selection) if lacking(corpus, selection) else selection)
    # The topics it names may be called otherwise by now; in another corpus than that of before, too.
    yield from shown_later(page.session, selection.with_topics(page.session.corpus.snapshot.topics.former), first=first)
    before = page.session.chart_options
    unknown = page.session.take_charts(address)
    if page.session.chart_options != before:
        page.draw("topics", "charts")
    return passed_over(address, page.session.corpus.snapshot.columns.by_key, unknown)


def arrive(page: Page, message: m.ArriveMessage) -> Steps:
    """Catch up with what happened since the kernel was started, and show what the address says."""
    if not page.catch_up():
        page.reading.again()
        page.draw("ordered", "saved")
    page.session.begin_here()
    if message["url"]:
        return (yield from open_address(page, m.UrlMessage(kind="url", url=message["url"]), first=True))
    return None


def _shown(page: Page, make: Callable[[], Selection], *, joined: bool = False) -> Steps:
    """Show a selection, once the corpus has what it takes; what else the reader changed while it waited stays."""
    before, selection = page.session.selection, make()
    yield selection
    page.session.show(selection if page.session.selection is before else make(), joined=joined)
    return None


# What orders the list


def add_concept(page: Page, message: m.AddConceptMessage) -> Steps:
    """Rank by further terms."""
    return _shown(page, lambda: with_concept(page.session, message["text"][:_LONGEST]))


def add_operand(page: Page, message: m.AddOperandMessage) -> Steps:
    """Rank by a topic, a saved set or a paper too."""
    return _shown(page, lambda: with_operand(page.session, message["of"], str(message["name"])))


def add_paper(page: Page, message: m.RowMessage) -> Steps:
    """Rank by a paper too."""
    id_ = page.session.id_of(message["row"])
    return _shown(page, lambda: with_operand(page.session, "paper", id_))


def like_ticked(page: Page, message: m.LikeTickedMessage) -> Steps:
    """Rank by likeness or unlikeness to the ticked papers, which stay ticked."""
    rows = sorted(page.session.ticked)
    yield from _shown(page, lambda: more_like(page.session, rows, less=message["less"]))
    return likeness_sentence(page.session.selection)


def like_paper(page: Page, message: m.RowMessage) -> Steps:
    """Rank by likeness to a paper."""
    yield from _shown(page, lambda: more_like(page.session, [message["row"]], less=False))
    return likeness_sentence(page.session.selection)


# The list, the reader and the charts


def turn(page: Page, message: m.PageMessage) -> None:
    """Go to a page of the list."""
    page.session.turn(message["page"])
    page.draw("papers")


def tick(page: Page, message: m.TickMessage) -> None:
    """Tick or untick a paper."""
    page.session.tick([message["row"]], message["on"])
    page.draw("papers")


def tick_page(page: Page, message: m.TickPageMessage) -> None:
    """Tick or untick the papers of the page."""
    page.session.tick([row["row"] for row in page.papers["rows"]], message["on"])
    page.draw("papers")


def tick_ids(page: Page, message: m.TickIdsMessage) -> None:
    """Tick papers by their ids, as a page that was loaded again remembers them."""
    page.session.tick_ids([str(id_) for id_ in message["ids"]][:_MOST_TICKED])
    page.draw("papers")


def show_ticked(page: Page, message: m.ShowTickedMessage) -> None:
    """List the ticked papers only, or all that are shown."""
    page.session.show_ticked(message["on"])
    page.draw("papers")


def untick_all(page: Page, message: m.PlainMessage) -> None:
    """Untick all papers."""
    page.session.untick()
    page.draw("papers")


def open_paper(page: Page, message: m.OpenMessage) -> None:
    """Open a paper in the reader, or close it."""
    page.session.open(message["row"])
    page.draw("papers", "reader")


def mark_read(page: Page, message: m.ReadMessage) -> None:
    """Mark a paper as read or not."""
    page.reading.mark(message["row"], message["on"], reorder=True)
    page.draw("ordered")
    page.library_changed(rerun=message["kind"] == "read")


def _marking(act: Callable[[Marking, Any], str]) -> Callable[[Page, Any], str]:
    def handle(page: Page, message: Any) -> str:
        said = act(page.marking, message)
        page.library_changed()
        return said

    return handle


def write_note(page: Page, message: m.NoteMessage) -> None:
    """Keep a note while it is written; what is shown stays, so that no paper goes from under the writer's hands."""
    try:
        text, problem = page.marking.note(message["row"], message["text"], message["before"]), ""
    except LibraryError as error:
        text, problem = message["text"], str(error)
    page.answer(message, {"kind": "noted", "row": message["row"], "text": text, "problem": problem})
    page.library_changed(rerun=False)


def turn_facet(page: Page, message: m.FacetMessage) -> None:
    """Search within a filter panel, ask for more of its values, or open one that is counted only then."""
    name = message["facet"]
    if name not in {panel["name"] for panel in page.facets if panel["kind"] != "range"}:
        raise SelectionError(f"There is no filter panel {name!r}.")
    if name == "has_code":
        return
    session = page.session
    if "open" in message:
        session.open_facets = session.open_facets | {name} if message["open"] else session.open_facets - {name}
        panel = views.own_panel(
            session.results,
            session.corpus.snapshot.columns[name.removeprefix(COLUMN)],
            session.facet_state,
            session.open_facets,
        )
    else:
        wanted = message.get("text", "")[:200], message.get("page", 0)
        panel = views.values(session.results, name, *wanted)
        # Kept only now: what cannot be drawn would fail every later drawing too.
        session.facet_state[name] = wanted
    page.show_facets([panel if old["name"] == name else old for old in page.facets])


def set_chart(page: Page, message: m.ChartMessage) -> None:
    """Set an option of the charts."""
    page.session.set_chart(message["option"], message["value"])
    page.draw("charts" if message["option"] == "column" else "topics")


def colour_axes(page: Page, message: m.AxisColourMessage) -> None:
    """Choose what the papers on the axes are coloured by."""
    page.session.axis_colour = axes.check_colour(message["value"])
    page.draw("ordered")


# Files


def export(page: Page, message: m.ExportMessage) -> str | None:
    """Save what is shown, or the ticked papers."""
    rows, session, ticked = page.searches.rows(), page.session, message.get("ticked", False)
    only = session.ticked if ticked else None if rows is None else rows.tolist()
    if ticked and not only:
        raise SelectionError("No paper is ticked. Tick some in the list, or export all that are shown.")
    compared = None if ticked or rows is None else page.searches.comparison()
    asked = message.get("analysis", False)
    marks = message.get("marks", False)
    abstracts = message.get("abstracts", True)
    page.find_loop()
    return page.exporter.begin(
        Export(session.results, message["format"], only, compared=compared, analysis=asked, marks=marks, abstracts=abstracts)
    )


def send_next_part(page: Page, message: m.FileNextMessage) -> None:
    """Send another part of a file, as one has arrived."""
    page.downloads.send_next(message["id"])


def save_ledger(page: Page, message: m.LedgerFileMessage) -> str:
    """Save the ledger as CSV."""
    kept = page.session.corpus.snapshot.accounts.entries()
    data = notes_csv(kept) if message.get("of") == "corpus" else page.incoming.ledger_csv()
    page.save([ExportedFile("ledger.csv", "text/csv", data)])
    return "Saved ledger.csv."


# What the reader saves and compares


@contextlib.contextmanager
def _redrawing(page: Page) -> Iterator[None]:
    """Draw what is saved afterwards, also after a failure, for another window may have changed what is there."""
    try:
        yield
    except GeneratorExit:
        # A message that waited was dropped: nothing happened.
        raise
    except BaseException:
        page.draw("saved", "comparison", "papers")
        raise
    page.draw("saved", "comparison", "papers")


def _saving(act: Callable[[SavedSearches, Any], str | None]) -> Callable[[Page, Any], str | None]:
    def handle(page: Page, message: Any) -> str | None:
        with _redrawing(page):
            return act(page.searches, message)

    return handle


def add_to_set(page: Page, message: m.NameMessage) -> str:
    """Add the ticked papers to a list."""
    with _redrawing(page):
        said = page.marking.add_to_set(message["name"])
        page.library_changed()
        return said


def share(page: Page, message: m.ShareMessage) -> str:
    """Show something to other readers, or no longer."""
    with _redrawing(page):
        said = page.marking.share(message["of"], message["name"], message["on"])
        page.library_changed()
        return said


def run_search(page: Page, message: m.RunSearchMessage) -> Steps:
    """Show a saved search, beside what it gave when it was saved if the corpus has changed since."""
    with _redrawing(page):
        selection, base, said = page.searches.get(message["name"], changes=message.get("changes", False))
        selection = selection.with_topics(page.session.corpus.snapshot.topics.former)
        yield selection
        page.session.show(selection)
        page.searches.beside(base)
        return said


def compare(page: Page, message: m.CompareMessage) -> Steps:
    """Compare what is shown with a saved search, another selection or a date; None ends it."""
    with _redrawing(page):
        base = None if message["with"] is None else page.searches.base_of(message["with"])
        if base is not None and base.takes is not None:
            yield base.takes
        page.searches.beside(base)
        return None


def set_as_concept(page: Page, message: m.SaveMessage) -> Steps:
    """Save the ticked papers as a set and rank by it too."""
    with _redrawing(page):
        page.searches.check_writable()
        yield Selection(rank="set")
        said = page.searches.save_set(message["name"], replace=message.get("replace", False))
        page.session.show(with_operand(page.session, "set", " ".join(message["name"].split())))
        page.session.untick()
        return said


# A review


def _screening(act: Callable[[ScreenMode, Any], str | None]) -> Callable[[Page, Any], str | None]:
    """Draw the review afterwards, also after a failure, for another reviewer may have changed what is there."""

    def handle(page: Page, message: Any) -> str | None:
        page.find_loop()
        try:
            return act(page.screening_mode, message)
        finally:
            page.draw("screening")

    return handle


def save_screening(page: Page, message: m.ScreenFileMessage) -> str | None:
    """Save a file of the review."""
    file = page.screening_mode.file(message["file"])
    if not isinstance(file, ExportedFile):
        page.find_loop()
        return page.exporter.begin(file, SMALL_REVIEW)
    page.save([file])
    return f"Saved {file.name}."


def show_flow(page: Page, message: m.ScreenFlowMessage) -> None:
    """Answer the PRISMA flow of the review."""
    page.answer(message, {"kind": "screen_flow", **page.screening_mode.flow(message["width"])})


# Papers that come in


def _incoming(act: Callable[[Intake, Any], None]) -> Callable[[Page, Any], None]:
    def handle(page: Page, message: Any) -> None:
        page.find_loop()
        act(page.incoming, message)

    return handle


# Questions


def complete(page: Page, message: m.CompleteMessage) -> None:
    """Answer how a query or an expression may go on."""
    corpus, text, at = page.session.corpus, message["text"][:_LONGEST], message["at"]
    sets = page.searches.names
    ways = complete_concept(corpus.snapshot, text, at, sets=sets()) if message.get("concepts") else corpus.complete(text, at)
    page.answer(message, {"kind": "completions", "rows": [vars(way) for way in ways]})


def suggest(page: Page, message: m.SuggestMessage) -> None:
    """Answer what a query may have meant."""
    page.answer(message, {"kind": "suggestion", "text": page.session.corpus.suggest(message["text"][:_LONGEST])})


def look_beyond(page: Page, message: m.BeyondMessage) -> None:
    """Answer what there is beyond the few papers that have every word of the query."""
    page.answer(message, {"kind": "beyond", **beyond(page.session.results)})


def explain(page: Page, message: m.RowMessage) -> None:
    """Answer what the score of a paper is made of."""
    page.session.check(message["row"])
    page.answer(message, {"kind": "why", **why(page.session.results, message["row"])})


def place_on_axes(page: Page, message: m.RowMessage) -> None:
    """Answer what stands at a point of the axes."""
    page.session.check(message["row"])
    page.answer(message, {"kind": "axis_point", **axes.point(page.session.results, message["row"])})


def show_ledger(page: Page, message: m.PlainMessage) -> None:
    """Answer what became of the records."""
    corpus = page.session.corpus
    page.answer(message, {"kind": "ledger", **account(corpus.snapshot.accounts), **likely(corpus)})


def show_picture(page: Page, message: m.PictureMessage) -> None:
    """Answer a chart as a figure, to be saved as a picture."""
    if message["chart"] != "topics":
        raise SelectionError(f"There is no picture of {message['chart']!r}. Pictures: topics.")
    options = {name: page.session.chart_options[name] for name in ("share", "cumulative", "by", "within")}
    page.answer(message, {"kind": "picture", **topics.picture(page.session.results, **options)})


def show_report(page: Page, message: m.PlainMessage) -> None:
    """Answer what is shown as a report to print."""
    session = page.session
    only = session.ticked_rows() if session.only_ticked else page.searches.rows()
    page.answer(message, {"kind": "report", **report(session.results, only)})


def write_chart(page: Page, message: m.ChartCodeMessage) -> None:
    """Answer a chart as Python that draws it."""
    session = page.session
    options = {
        **session.chart_options,
        "cumulative": session.chart_options["cumulative"] or None,
        "kind": session.chart_options["shape"].replace("rows", ""),
        "colour": session.axis_colour,
    }
    folder = str(session.corpus.folder)
    page.answer(message, {"kind": "chart_code", "text": plots.code_of(message["chart"], session.selection, folder, options)})


def cite(page: Page, message: m.CiteMessage) -> None:
    """Answer a paper as text to cite it by."""
    from explorer.export.citation import citation

    row, form = message["row"], message["form"]
    page.session.check(row)
    key = citation(page.session.results, row, "key")
    page.answer(message, {"kind": "cite", "form": form, "key": key, "text": citation(page.session.results, row, form)})


@dataclass(frozen=True)
class Handler:
    """What a kind of message does.

    Attributes
    ----------
    message : type
        The TypedDict that it is checked against.
    handle : callable
    asks : bool
        Whether it is a question: neither what is shown nor the status line changes.
    quiet : bool
        Whether nobody meant to send it, so that the status line stays as it is.
    """

    message: Any
    handle: Callable[[Page, Any], Outcome]
    asks: bool = False
    quiet: bool = False


HANDLERS: dict[str, Handler] = {
    "set": Handler(m.SetMessage, set_selection),
    "undo": Handler(m.PlainMessage, undo),
    "redo": Handler(m.PlainMessage, redo),
    "clear": Handler(m.PlainMessage, clear),
    "url": Handler(m.UrlMessage, open_address),
    "arrive": Handler(m.ArriveMessage, arrive),
    "add_concept": Handler(m.AddConceptMessage, add_concept),
    "add_operand": Handler(m.AddOperandMessage, add_operand),
    "add_paper": Handler(m.RowMessage, add_paper),
    "like_ticked": Handler(m.LikeTickedMessage, like_ticked),
    "like_paper": Handler(m.RowMessage, like_paper),
    "page": Handler(m.PageMessage, turn),
    "tick": Handler(m.TickMessage, tick),
    "tick_page": Handler(m.TickPageMessage, tick_page),
    "tick_ids": Handler(m.TickIdsMessage, tick_ids, quiet=True),
    "show_ticked": Handler(m.ShowTickedMessage, show_ticked),
    "untick_all": Handler(m.PlainMessage, untick_all),
    "open": Handler(m.OpenMessage, open_paper),
    "read": Handler(m.ReadMessage, mark_read),
    "star": Handler(m.StarMessage, _marking(lambda marking, said: marking.star(said["row"], said["on"]))),
    "tag": Handler(m.TagMessage, _marking(lambda marking, said: marking.tag(said["row"], said["name"], said["on"]))),
    "note": Handler(m.NoteMessage, write_note, quiet=True),
    "undo_mark": Handler(m.PlainMessage, _marking(lambda marking, said: marking.undo())),
    "add_to_set": Handler(m.NameMessage, add_to_set),
    "share": Handler(m.ShareMessage, share),
    "facet": Handler(m.FacetMessage, turn_facet),
    "chart": Handler(m.ChartMessage, set_chart),
    "axis_colour": Handler(m.AxisColourMessage, colour_axes),
    "export": Handler(m.ExportMessage, export),
    "stop_export": Handler(m.PlainMessage, lambda page, message: page.exporter.stop(), quiet=True),
    "file_next": Handler(m.FileNextMessage, send_next_part, asks=True),
    "intake_ledger": Handler(m.LedgerFileMessage, save_ledger),
    "saved": Handler(m.PlainMessage, _saving(lambda searches, message: searches.count_new())),
    "save_search": Handler(
        m.SaveMessage, _saving(lambda searches, said: searches.save(said["name"], replace=said.get("replace", False)))
    ),
    "delete_search": Handler(m.NameMessage, _saving(lambda searches, said: searches.delete(said["name"]))),
    "rename_search": Handler(m.RenameSearchMessage, _saving(lambda searches, said: searches.rename(said["name"], said["to"]))),
    "delete_set": Handler(m.NameMessage, _saving(lambda searches, said: searches.delete_set(said["name"]))),
    "set_as_concept": Handler(m.SaveMessage, set_as_concept),
    "run_search": Handler(m.RunSearchMessage, run_search),
    "compare": Handler(m.CompareMessage, compare),
    "compare_show": Handler(m.CompareShowMessage, _saving(lambda searches, said: searches.show(said["part"]))),
    "intake_begin": Handler(m.IntakeBeginMessage, _incoming(lambda intake, said: intake.begin(said["files"]))),
    "intake_chunk": Handler(
        m.IntakeChunkMessage, _incoming(lambda intake, said: intake.take(said["id"], said["part"], said["buffers"][0]))
    ),
    "intake_read": Handler(m.PlainMessage, _incoming(lambda intake, said: intake.read())),
    "intake_map": Handler(
        m.IntakeMapMessage,
        _incoming(
            lambda intake, said: intake.correct(said["file"], said["columns"], said.get("delimiter"), said.get("encoding"))
        ),
    ),
    "intake_keep": Handler(
        m.IntakeKeepMessage,
        _incoming(lambda intake, said: intake.keep(said["source"], said.get("record"), said.get("paper"))),
    ),
    "intake_accept": Handler(m.IntakeAcceptMessage, _incoming(lambda intake, said: intake.accept(said["how"]))),
    "intake_fetch": Handler(
        m.IntakeFetchMessage,
        _incoming(
            lambda intake, said: intake.fetch(said["service"], said["query"], said["limit"], said.get("list"), said.get("day"))
        ),
    ),
    "intake_split": Handler(m.IntakeSplitMessage, _incoming(lambda intake, said: intake.split(said["paper"]))),
    "intake_undo": Handler(m.PlainMessage, _incoming(lambda intake, said: intake.undo())),
    "intake_decide": Handler(
        m.IntakeDecideMessage, _incoming(lambda intake, said: intake.decide(said["first"], said["second"], same=said["same"]))
    ),
    "intake_follow": Handler(m.PlainMessage, lambda page, message: page.follow_folder()),
    "intake_refit": Handler(m.PlainMessage, _incoming(lambda intake, said: intake.refit())),
    "intake_cancel": Handler(m.PlainMessage, _incoming(lambda intake, said: intake.cancel())),
    "intake_close": Handler(m.PlainMessage, _incoming(lambda intake, said: intake.close())),
    "stop_preparing": Handler(m.PlainMessage, lambda page, message: page.preparing.stop()),
    "stop_opening": Handler(m.PlainMessage, lambda page, message: page.opener.stop(), quiet=True),
    "plotly": Handler(m.PlainMessage, lambda page, message: page.send_plotly()),
    "complete": Handler(m.CompleteMessage, complete, asks=True),
    "suggest": Handler(m.SuggestMessage, suggest, asks=True),
    "beyond": Handler(m.BeyondMessage, look_beyond, asks=True),
    "why": Handler(m.RowMessage, explain, asks=True),
    "axis_point": Handler(m.RowMessage, place_on_axes, asks=True),
    "ledger": Handler(m.PlainMessage, show_ledger, asks=True),
    "report": Handler(m.PlainMessage, show_report, asks=True),
    "picture": Handler(m.PictureMessage, show_picture, asks=True),
    "chart_code": Handler(m.ChartCodeMessage, write_chart, asks=True),
    "cite": Handler(m.CiteMessage, cite, asks=True),
    "screen_open": Handler(m.PlainMessage, _screening(lambda screening, said: screening.open())),
    "screen_close": Handler(m.PlainMessage, _screening(lambda screening, said: screening.close())),
    "screen_leave": Handler(m.PlainMessage, _screening(lambda screening, said: screening.leave_review())),
    "screen_begin": Handler(m.ScreenBeginMessage, _screening(lambda screening, said: screening.begin(said))),
    "screen_decide": Handler(
        m.ScreenDecideMessage, _screening(lambda screening, said: screening.decide(said["id"], said["label"], said["reason"]))
    ),
    "screen_resolve": Handler(
        m.ScreenDecideMessage, _screening(lambda screening, said: screening.resolve(said["id"], said["label"], said["reason"]))
    ),
    "screen_undo": Handler(m.ScreenUndoMessage, _screening(lambda screening, said: screening.undo(said.get("number")))),
    "screen_pick": Handler(
        m.ScreenPickMessage, _screening(lambda screening, said: screening.pick(said["id"], said.get("row")))
    ),
    "screen_fill": Handler(m.ScreenFillMessage, _screening(lambda screening, said: screening.fill(said["id"], said["text"]))),
    "screen_view": Handler(
        m.ScreenViewMessage,
        _screening(
            lambda screening, said: screening.show(said["view"], said["stage"], said.get("words", ""), said.get("label", ""))
        ),
    ),
    "screen_team": Handler(m.ScreenTeamMessage, _screening(lambda screening, said: screening.team(said["act"], said["who"]))),
    "screen_settings": Handler(m.ScreenSettingsMessage, _screening(lambda screening, said: screening.change(said["settings"]))),
    "screen_sample": Handler(m.ScreenSampleMessage, _screening(lambda screening, said: screening.sample(said["size"]))),
    "screen_update": Handler(m.PlainMessage, _screening(lambda screening, said: screening.update())),
    "screen_priors": Handler(m.PlainMessage, _screening(lambda screening, said: screening.priors())),
    "screen_seeds": Handler(
        m.ScreenSeedsMessage,
        _screening(
            lambda screening, said: screening.add_seeds(
                said["name"], said.get("lines", ""), bytes(said["buffers"][0]) if said.get("buffers") else None
            )
        ),
    ),
    "screen_labels": Handler(
        m.ScreenLabelsMessage,
        _screening(
            lambda screening, said: screening.receive_labels(
                said["name"], said["size"], said["part"], said["buffers"][0] if said.get("buffers") else b""
            )
        ),
    ),
    "screen_labels_take": Handler(
        m.ScreenLabelsTakeMessage, _screening(lambda screening, said: screening.take_labels(said["yes"]))
    ),
    "screen_file": Handler(m.ScreenFileMessage, save_screening),
    "screen_flow": Handler(m.ScreenFlowMessage, show_flow, asks=True),
    "day": Handler(m.DayMessage, feed.show_day, asks=True),
    "subscriptions": Handler(m.SubscriptionsMessage, feed.show_subscriptions, asks=True),
    "subscribe": Handler(m.SubscribeMessage, feed.subscribe),
    "end_subscription": Handler(m.NameMessage, feed.end_subscription),
    "recommend": Handler(m.RecommendMessage, recommended.show_recommended, asks=True),
    "topic": Handler(m.TopicMessage, topic_edits.show_topic, asks=True),
    "topic_log": Handler(m.PlainMessage, topic_edits.show_log, asks=True),
    "topic_edit": Handler(m.TopicEditMessage, topic_edits.edit_topic),
    "topic_compare": Handler(m.TopicCompareMessage, topic_compare.show_comparison, asks=True),
    "topic_undo": Handler(m.TopicUndoMessage, topic_edits.undo_edit),
}
"""The messages that a page may send, and what each does."""
