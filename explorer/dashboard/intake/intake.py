"""Papers on their way into the dashboard: received or fetched, read, reviewed, then added to the corpus or made one.

::

    idle ── begin ── receiving ── read ──┐                     ┌── add ──┐
      │                                  reading ── review ── accept     building ── done
      └──── fetch ── fetching ───────────┘          │  └── new ┘
                                                    └── correct, keep apart: reading again

What takes long runs in a thread; everything else, the result of the thread included, happens in the thread that owns the
intake, one step after the other. Cancelled at any step, nothing is left: no file, and the corpus as it was.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from explorer.corpus.corpus import Corpus
from explorer.dashboard.intake.review import corrections, notes_csv, review_of
from explorer.dashboard.intake.upload import CHUNK, LARGEST, Upload
from explorer.errors import ReadError
from explorer.jobs import Say, Worker, building
from explorer.papers.ledger import Ledger
from explorer.sources.services import registry as fetching

if TYPE_CHECKING:
    from explorer.sources.formats.registry import Import
    from explorer.store.arrivals import Apart, Arrivals

T = TypeVar("T")

BUSY = ("receiving", "reading", "fetching", "building")
"""Phases in which something runs."""


class Intake:
    """Papers on their way in.

    Parameters
    ----------
    corpus : Corpus
        The corpus they are compared with and may be added to.
    tell : callable
        Called after each change of `state`.
    arrived : callable
        Called as ``arrived(corpus, grown, sentence)`` when a corpus is there to be shown; `grown` where it was added to.
    post : callable
        ``post(step)`` has `step()` called in the thread that owns the intake; called from another thread.
    allowed : bool
        Whether anything may come in.
    keys : mapping, optional
        Keys of web services, by the environment variable that holds each.

    Attributes
    ----------
    state : dict
        For the page, never changed in place: `allowed`, `phase`, `stage` (what is done now), `part` (0 to 1, or None),
        `message`, `got` (the part that came last: [id, part]), `chunk` and `largest` (bytes), `services`, `review`, `undo` (what
        the corpus was last changed by, as a sentence; empty where there is nothing to take back), `newer` (that the corpus was
        changed elsewhere, as a sentence; empty where it was not).
    """

    def __init__(
        self,
        corpus: Corpus,
        *,
        tell: Callable[[], None],
        arrived: Callable[[Corpus, bool, str], None],
        post: Callable[[Callable[[], None]], None],
        allowed: bool = True,
        keys: Mapping[str, str] | None = None,
    ) -> None:
        self.corpus = corpus
        self._tell, self._arrived, self._keys = tell, arrived, keys or {}
        self._worker = Worker(
            post,
            progress=lambda stage, part: self._update(stage=stage, part=part),
            stopped=lambda: self._end("idle"),
            failed=self._failed,
        )
        self._forget()
        self.state: dict[str, Any] = {
            **_nothing("idle"),
            "allowed": allowed,
            "chunk": CHUNK,
            "largest": LARGEST,
            "services": fetching.services() if allowed else [],
            "undo": "",
            "newer": "",
        }

    def _forget(self) -> None:
        self._upload: Upload | None = None
        self._told: dict[str, dict[str, Any]] = {}
        self._apart: Apart = frozenset()
        self._arrivals: Arrivals | None = None
        self._ledger: Ledger | None = None
        self._name = ""
        self._files: list[str] = []

    @property
    def phase(self) -> str:
        """Where the papers are."""
        phase: str = self.state["phase"]
        return phase

    # Steps of the reader

    def begin(self, files: Any) -> None:
        """Expect files; raises as `Upload` does."""
        self._free()
        upload = Upload(files)
        self._upload, self._files = upload, upload.names
        self._name = _name(upload.names)
        self._change("receiving", stage=f"Receiving {self._name}", part=0.0)

    def take(self, key: Any, part: Any, data: Any) -> None:
        """Keep a part of a file. Parts that come after a cancel are passed over; a wrong one ends the whole."""
        if self.phase != "receiving" or self._upload is None:
            return
        try:
            self._upload.take(key, part, data)
        except (ValueError, TypeError, ReadError) as error:
            reason = str(error) if isinstance(error, ReadError) else f"The page sent {error}. Reload the page and try again."
            self._fail(reason)
            return
        upload = self._upload
        self._update(part=upload.received / max(upload.total, 1), got=[key, part])

    def read(self) -> None:
        """Read the files that have come."""
        if self.phase != "receiving" or self._upload is None:
            return
        if not self._upload.complete:
            self._fail("The page sent less than it announced. Reload the page and try again.")
            return
        self._read()

    def correct(self, file: Any, columns: Any, delimiter: Any = None, encoding: Any = None) -> None:
        """Read again, with a file taken otherwise: what its columns are, its delimiter, its encoding.

        Raises
        ------
        ReadError
            The correction cannot be.
        """
        if self.phase != "review" or self._upload is None or self._arrivals is None:
            raise ReadError("There is no file to read again.")
        name = next(
            (name for name in self._upload.names if isinstance(file, str) and (file + "/").startswith(name + "/")), None
        )
        if name is None:
            raise ReadError(f"There is no file {file!r} to read again.")
        self._told = {**self._told, name: corrections(columns, delimiter, encoding)}
        self._apart = frozenset()
        self._read()

    def keep(self, source: Any, record: Any, paper: Any) -> None:
        """Keep a record apart from the paper it would go into; a source of None takes all of these decisions back."""
        if self.phase != "review" or self._arrivals is None:
            raise ReadError("Nothing is under review.")
        notes = self._arrivals.additions.ledger.notes
        merges = ((note.source, note.record, note.after) for note in notes if note.action == "merged")
        if source is not None and (source, record, paper) not in merges:
            raise ReadError("There is no such merge.")
        apart = frozenset() if source is None else self._apart | {(source, record, paper)}
        imported, corpus = self._arrivals.imported, self.corpus
        self._apart = apart
        self._start("reading", lambda say, stop: _compare(imported, corpus, apart, say), self._reviewed)

    def fetch(self, service: Any, query: Any, limit: Any, listed: Any = None, day: Any = None) -> None:
        """Ask a service for a query, or, where `listed` is "daily" or "trending", for the papers of a list.

        Raises
        ------
        ReadError
            There is no such service, the query is empty, or the limit is out of bounds.
        """
        self._free()
        lists: dict[str, Any] = {"daily": day or "latest"} if listed == "daily" else {"trending": listed == "trending"}
        query = "" if listed else query
        ask, label = fetching.question(service, query, limit, keys=self._keys, **lists)
        corpus = self.corpus

        def work(say: Say, stop: threading.Event) -> Arrivals:
            return _compare(ask(say, stop), corpus, frozenset(), say)

        asked = lists.get("daily") or ("trending" if lists.get("trending") else query.strip())
        self._name, self._files = f"{label}: {asked}".rstrip(": ")[:80], [label]
        self._start("fetching", work, self._reviewed, stage=f"Asking {label}")

    def accept(self, how: Any) -> None:
        """Take the papers over: ``add`` them to the corpus, or make a ``new`` one.

        Raises
        ------
        ReadError
            Nothing is under review, or there is no paper to take over.
        """
        arrivals = self._arrivals
        if self.phase != "review" or arrivals is None:
            raise ReadError("Nothing is under review.")
        if how not in ("add", "new"):
            raise ValueError("a way to accept")
        if not (arrivals.change if how == "add" else arrivals.papers.table.num_rows):
            raise ReadError(
                "There is no paper to take over." if how == "new" else "The corpus has all of these papers already."
            )
        build = self._add if how == "add" else self._new
        self._start("building", lambda say, stop: build(arrivals, say), lambda built: self._built(*built, grown=how == "add"))

    def split(self, paper: Any) -> None:
        """Take a merge of the corpus back; raises as `fetch` does where something is on its way in, or nothing may come in."""
        self._free()
        corpus, name = self._latest(), str(paper)
        done = f"{name} was split into the records it was merged from; they stay apart from now on."
        self._grow(lambda say: corpus.split(name, progress=building(say)), done)

    def undo(self) -> None:
        """Take the last change of the corpus back: an addition, a split or a refit. Raises as `split` does."""
        self._free()
        if not self.state["undo"]:
            raise ReadError("There is no change of the corpus to take back.")
        if self.corpus.snapshot.superseded:
            raise ReadError("The corpus was changed elsewhere since; taken back would be that change. Show it first.")
        corpus, done = self.corpus, self.state["undo"].split(". ")[0].rstrip(".")
        self._start(
            "building",
            lambda say, stop: corpus.undo(),
            lambda before: self._built(before, None, f"Taken back: {done[:1].lower()}{done[1:]}.", grown=True, undo=False),
        )

    def decide(self, first: Any, second: Any, *, same: bool) -> None:
        """Say whether two papers of the corpus are one. Raises as `split` does."""
        self._free()
        corpus, both = self._latest(), (str(first), str(second))
        rules = corpus.rules.always_merge(*both) if same else corpus.rules.never_merge(*both)
        done = f"{both[0]} and {both[1]} are {'one paper' if same else 'two papers'} from now on."
        self._grow(lambda say: corpus.decide(rules, progress=building(say)), done)

    def check_free(self, problem: str) -> None:
        """Raise `ReadError` with the words for it while papers are on their way in."""
        if self.phase in (*BUSY, "review"):
            raise ReadError(problem)

    def tell_newer(self, sentence: str) -> None:
        """Say that the corpus was changed elsewhere, and is shown here as it was."""
        self._update(newer=sentence)

    def follow(self, corpus: Corpus) -> None:
        """Go on with the corpus as it was changed elsewhere.

        Raises
        ------
        ReadError
            Papers are on their way in.
        """
        self.check_free("Papers are on their way in. Finish or cancel that first.")
        self.show(corpus)
        self.forget_undo()

    def show(self, corpus: Corpus) -> None:
        """Go on with the corpus that is shown now; of what was told of the one before nothing holds."""
        self.corpus = corpus
        if self.state["newer"]:
            self._update(newer="")

    def _latest(self) -> Corpus:
        """The corpus as its folder has it by now: what another changed since would make every change of ours fail."""
        return Corpus(self.corpus.folder) if self.corpus.snapshot.superseded else self.corpus

    def forget_undo(self) -> None:
        """Offer no longer to take back what the last papers changed, for something else was changed since."""
        self._update(undo="")

    def refit(self) -> None:
        """Find the topics of the corpus anew. Raises as `split` does."""
        self._free()
        corpus = self._latest()
        self._grow(lambda say: corpus.refit(progress=building(say)), f"The topics of {_papers(len(corpus))} were found anew.")

    def _grow(self, work: Callable[[Say], Corpus], sentence: str) -> None:
        self._start("building", lambda say, stop: work(say), lambda larger: self._built(larger, None, sentence, grown=True))

    def cancel(self) -> None:
        """Stop whatever runs, and forget what came."""
        if self.phase == "building":
            # Once its last file is in place a corpus is there; whether it was, only the thread knows.
            self._worker.stop()
            self._update(stage="Stopping", part=None)
        elif self.phase in (*BUSY, "review"):
            self._end("idle")

    def close(self) -> None:
        """Forget how the last papers came in."""
        if self.phase in ("done", "failed"):
            self._end("idle")

    def ledger_csv(self) -> bytes:
        """What became of every record, as CSV with the columns of `ledger.Entry`.

        Raises
        ------
        ReadError
            Nothing was read.
        """
        if self._ledger is None:
            raise ReadError("There is no ledger: nothing was read.")
        return notes_csv(self._ledger.notes)

    def join(self, timeout: float | None = None) -> None:
        """Wait for the threads that were started, cancelled ones too."""
        self._worker.join(timeout)

    # What runs in the thread

    def _read(self) -> None:
        upload, told, corpus = self._upload, self._told, self.corpus
        assert upload is not None

        def work(say: Say, stop: threading.Event) -> Arrivals:
            read = 0
            sizes = {source.name: source.path.stat().st_size for source in upload.sources({}) if source.path}

            def progress(name: str, papers: int) -> None:
                nonlocal read
                if not papers:
                    read += sizes.get(name, 0)
                done = (read - sizes.get(name, 0)) / max(upload.total, 1)
                say(f"Reading {name}" + (f": {papers:,} papers" if papers else ""), done if len(sizes) > 1 else None)

            from explorer.sources.formats.registry import read_sources

            imported: Import = read_sources(upload.sources(told), progress=progress)
            return _compare(imported, corpus, frozenset(), say)

        self._start("reading", work, self._reviewed)

    def _add(self, arrivals: Arrivals, say: Say) -> tuple[Corpus, Ledger, str]:
        from explorer.store.arrivals import unplaced_sentence

        corpus = Corpus(self.corpus.folder)
        if corpus.manifest["generation"] != self.corpus.manifest["generation"]:
            # Somebody else added papers since.
            arrivals = _compare(arrivals.imported, corpus, self._apart, say)
        ledger = arrivals.additions.ledger
        larger = corpus.changed(arrivals.change, made=self._made(ledger), progress=building(say))
        said = f"{arrivals.sentence}{unplaced_sentence(corpus.snapshot, larger.snapshot)}{_where(corpus, larger)}"
        return larger, ledger, f"Added {_papers(len(larger) - len(corpus))} from {self._name}.{said}"

    def _new(self, arrivals: Arrivals, say: Say) -> tuple[Corpus, Ledger, str]:
        came = arrivals.papers
        made = {"name": self._name, **self._made(came.ledger)}
        corpus = Corpus.from_papers(
            came.table, made=made, merges=came.merges, rules=arrivals.decided, ledger=came.ledger, progress=building(say)
        )
        return corpus, came.ledger, f"Started a corpus of {_papers(len(corpus))} from {self._name}."

    def _made(self, ledger: Ledger) -> dict[str, Any]:
        return {"files": self._files, "ledger": ledger.counts()}

    # What follows

    def _reviewed(self, arrivals: Arrivals) -> None:
        self._arrivals, self._ledger = arrivals, arrivals.additions.ledger
        self._change("review", review=self._review(arrivals))

    def _review(self, arrivals: Arrivals) -> dict[str, Any]:
        return review_of(arrivals, name=self._name, files=self._upload.names if self._upload else [], apart=len(self._apart))

    def _built(self, corpus: Corpus, ledger: Ledger | None, sentence: str, *, grown: bool, undo: bool = True) -> None:
        self.corpus = corpus
        self.state = {**self.state, "undo": sentence if grown and undo else "", "newer": ""}
        self._end("done" if ledger else "idle", message=sentence if ledger else "")
        self._ledger = ledger
        self._arrived(corpus, grown, sentence)

    def _failed(self, reason: str) -> None:
        """A build that failed leaves the papers under review; anything else ends."""
        if self.phase == "building" and self._arrivals is not None:
            self._change("review", review=self._review(self._arrivals), message=reason)
        else:
            self._fail(reason)

    def _fail(self, reason: str) -> None:
        self._end("failed", message=reason)

    def _end(self, phase: str, message: str = "") -> None:
        self._worker.drop()
        if self._upload is not None:
            self._upload.close()
        self._forget()
        self._change(phase, message=message)

    # The machinery

    def _free(self) -> None:
        """See that something may come in now."""
        if not self.state["allowed"]:
            raise ReadError("This dashboard takes no papers in. Open one of your own: litexplorer serve FILE")
        if self.phase in (*BUSY, "review"):
            raise ReadError("Papers are on their way in already. Finish or cancel that first.")
        self._forget()

    def _start(
        self,
        phase: str,
        work: Callable[[Say, threading.Event], T],
        done: Callable[[T], None],
        *,
        stage: str = "",
    ) -> None:
        upload = self._upload
        self._change(phase, stage=stage)
        # Where a file that is open cannot be removed, a cancel alone would leave it.
        self._worker.start(work, done, left=upload.close if upload else lambda: None)

    def _change(self, phase: str, **parts: Any) -> None:
        self._update(**{**_nothing(phase), **parts})

    def _update(self, **parts: Any) -> None:
        self.state = {**self.state, **parts}
        self._tell()


def _nothing(phase: str) -> dict[str, Any]:
    return {"phase": phase, "stage": "", "part": None, "message": "", "got": None, "review": None}


def _compare(imported: Import, corpus: Corpus, apart: Apart, say: Say) -> Arrivals:
    # Half of what the comparison imports is needed for nothing else; a page opens without it.
    from explorer.store.arrivals import match_arrivals

    return match_arrivals(
        imported, corpus.snapshot, apart, lambda stage, part: say("Looking for papers that are there already", part)
    )


def _name(files: list[str]) -> str:
    return files[0] if len(files) == 1 else f"{files[0]} and {len(files) - 1} more"


def _where(corpus: Corpus, larger: Corpus) -> str:
    """Where papers went that were added to files, which stay as they are."""
    if larger.folder == corpus.folder:
        return f" They are kept in {larger.folder}."
    return f" They are kept with the others in {larger.folder}; your files stay as they are."


def _papers(count: int) -> str:
    return f"{count:,} paper{'' if count == 1 else 's'}"
