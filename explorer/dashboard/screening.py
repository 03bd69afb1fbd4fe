"""The Screen mode of a dashboard: a review of its corpus as one reviewer sees it, and what they do in it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from explorer.dashboard.intake.upload import Upload, base_name
from explorer.dashboard.views import screening as views
from explorer.errors import LibraryError, ReadError, ScreeningError
from explorer.export.export import ExportedFile
from explorer.jobs import Say, Worker
from explorer.screening.labels import ELSEWHERE, LABELS, Log, State, reviews
from explorer.screening.screening import Learnt, Screening

if TYPE_CHECKING:
    import pandas as pd

    from explorer.corpus.corpus import Corpus
    from explorer.dashboard.session import Session
    from explorer.screening.stopping import Stopping

VIEWS = ("read", "decided", "team", "stop", "flow")

_FILES = {
    "csv": ("labels.csv", "text/csv", Screening.to_csv),
    "ris": ("labels.ris", "application/x-research-info-systems", Screening.to_ris),
    "excel": ("review.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Screening.to_excel),
    "asreview": ("review.asreview", "application/zip", Screening.to_asreview),
    "log": ("log.csv", "text/csv", Screening.to_log),
}
"""Files of a review: name, media type and what writes it."""

_STEP = 0.02
"""Part of the records after which the page shows again how many were read."""

SMALL_REVIEW = 500
"""Records; files of fewer are written at once."""

LARGEST_SEEDS = 4 << 20
"""Bytes of a file of papers known to be relevant at most: it comes in one message."""

_LONGEST = 5000
"""Characters of a description or of all criteria at most."""


class ReviewFile(NamedTuple):
    """A file of a review that is still to be written, in any thread."""

    name: str
    media_type: str
    papers: int
    write: Callable[[Any, Callable[[float], None]], tuple[str, ...]]
    """As `Export` has it."""


class ScreenMode:
    """What of a review the page shows, and the acts of its reviewer. The model is fitted, and recall estimated, in threads.

    Parameters
    ----------
    session : Session
    post : callable
        ``post(step)`` has `step()` called where messages are handled.
    tell : callable
        Called when `state` changed without a message.
    failed : callable
        Called with a sentence when the queue could not learn.
    writable : bool
        Whether decisions may be kept.
    """

    def __init__(
        self,
        session: Session,
        post: Callable[[Callable[[], None]], None],
        *,
        tell: Callable[[], None],
        failed: Callable[[str], None],
        writable: bool,
    ) -> None:
        self.session, self.writable = session, writable
        self._tell = tell
        self._learning = Worker(post, progress=self._show_reading, stopped=lambda: None, failed=failed)
        self._estimating = Worker(post, progress=lambda stage, part: None, stopped=lambda: None, failed=self._not_estimated)
        self._reading_labels = Worker(post, progress=lambda stage, part: None, stopped=lambda: None, failed=self._labels_failed)
        self._review: Screening | None = None
        self._corpus: Corpus | None = None
        self._current: str | None = None
        self._picked = False
        self._busy = False
        self._reading: float | None = None
        self._known: Stopping | None = None
        self._unknown = ""
        self.on = False
        self.view = "read"
        self.stage = 1
        self._wanted = ("", "")
        self._seeds: dict[str, Any] | None = None
        self._upload: Upload | None = None
        self._labels: dict[str, Any] | None = None
        self._read: tuple[str, pd.DataFrame] | None = None
        self._failed = failed

    # What the page shows

    def state(self) -> dict[str, Any] | None:
        """The mode as plain values; None while it is off."""
        if not self.on:
            return None
        library = self.session.corpus.library
        base: dict[str, Any] = {"writable": self.writable, "reader": library.database.reader}
        review = self._review
        if review is None:
            try:
                names, problem = reviews(library.database), ""
            except LibraryError as error:
                names, problem = [], str(error)
            ticked = [self.session.id_of(row) for row in sorted(self.session.ticked)]
            return {**base, "review": None, "reviews": names, "problem": problem, "ticked": len(ticked)}
        if review.refresh() and not review.state.blind(1):
            # What others decided counts too.
            self._estimate()
        return {
            **base,
            "review": views.review(
                review,
                current=self._current,
                picked=self._picked,
                stage=self.stage,
                view=self.view,
                learning=self._busy,
                reading=self._reading,
                known=self._known,
                unknown=self._unknown,
                newer=self._newer(),
                wanted=self._wanted,
                seeds=self._seeds,
                labels=self._labels,
            ),
            "reviews": [],
            "problem": "",
            "ticked": 0,
        }

    def _newer(self) -> int:
        """Papers of the corpus that the review does not have."""
        assert self._review is not None
        return max(0, len(self.session.corpus) - len(self._review))

    # Opening

    def open(self) -> None:
        """Turn the mode on; a review that was open is there again."""
        self.on = True
        if self._review is not None and self._corpus is not self.session.corpus:
            self._review = None

    def close(self) -> None:
        """Turn the mode off; the review stays."""
        self.on = False

    def stop(self) -> None:
        """Stop the threads."""
        self._learning.drop()
        self._estimating.drop()
        self._forget_labels()

    def join(self, timeout: float | None = None) -> None:
        """Wait for the threads."""
        self._reading_labels.join(timeout)
        self._learning.join(timeout)
        self._estimating.join(timeout)

    def leave_review(self) -> None:
        """Show the list of reviews again."""
        self.stop()
        self._review, self._current, self._known, self._unknown = None, None, None, ""
        self._busy, self._reading = False, None
        self.view, self.stage, self._wanted, self._seeds = "read", 1, ("", ""), None

    def begin(self, given: Mapping[str, Any]) -> str:
        """Begin a review, or go on with one.

        Parameters
        ----------
        given : mapping
            `name`, `reviewer`, and of a new one `description`, `criteria` (lines), `votes`, and whether the ticked papers are `seeds`.
        """
        self._check_writable()
        corpus = self.session.corpus
        description, criteria = str(given.get("description", "")), str(given.get("criteria", ""))
        if len(description) + len(criteria) > _LONGEST:
            raise ScreeningError(f"Description and criteria are longer than {_LONGEST:,} characters. Shorten them.")
        seeds = [self.session.id_of(row) for row in sorted(self.session.ticked)] if given.get("seeds") else []
        name, reviewer = str(given["name"]), str(given.get("reviewer", "")) or None
        there = name in reviews(corpus.library.database)
        if there:
            reviewer = reviewer or corpus.library.database.reader or self._only_reviewer(name)
            review = Screening(corpus, name=name, reviewer=reviewer)
        else:
            review = Screening(
                corpus,
                name=name,
                reviewer=reviewer,
                seeds=seeds,
                description=description or None,
                criteria=[line for line in criteria.splitlines() if line.strip()],
                votes=int(given.get("votes", 1)),
            )
        self.leave_review()
        self._review, self._corpus = review, corpus
        self._learn()
        return f"{'Went on with' if there else 'Began'} “{review.name}” as {review.reviewer}."

    def _only_reviewer(self, name: str) -> str:
        """Who screens a review alone, for whom their own name need not be written again.

        Raises `ScreeningError` where it could be somebody else.
        """
        state = State()
        for entry in Log(self.session.corpus.library.database, name).after():
            state.apply(entry)
        here = [who for who, how in state.reviewers.items() if how != ELSEWHERE]
        if len(here) == 1 and state.votes_needed == 1:
            return here[0]
        raise ScreeningError(f"Say who you are before you go on with “{name}”; it is screened by {', '.join(here)}.")

    def _check_writable(self) -> None:
        if not self.writable:
            raise LibraryError("Decisions cannot be kept here: the server was started read-only.")

    @property
    def review(self) -> Screening:
        """The review that is open. Raises `ScreeningError` without one."""
        if self._review is None:
            raise ScreeningError("No review is open. Begin one, or choose one.")
        return self._review

    # Learning, in threads

    def _learn(self) -> None:
        """Have the queue learn what it does not know yet; the paper that is shown stays."""
        review = self.review
        if not self._busy and review.lesson_due():
            lesson = review.lesson()
            self._busy = True

            def work(say: Say, stop: object) -> Learnt:
                return lesson(lambda part: say("reading", part))

            self._learning.start(work, lambda learnt: self._learnt(review, learnt))
        self._estimate()

    def _show_reading(self, stage: str, part: float | None) -> None:
        """Show how many of the records were read, in steps that can be seen."""
        if self._reading is None or part is None or part - self._reading >= _STEP:
            self._reading = part
            self._tell()

    def _learnt(self, review: Screening, learnt: Learnt) -> None:
        self._busy, self._reading = False, None
        if review is not self._review:
            return
        review.take(learnt)
        # Of papers known to be relevant that came meanwhile the first record shown shall know.
        if self._current is None and not review.lesson_due():
            self._current = review.next_id(self.stage)
        self._learn()
        self._tell()

    def _estimate(self) -> None:
        review = self.review
        estimate = review.stopping_of()

        def work(say: Say, stop: object) -> Stopping:
            return estimate()

        def done(known: Stopping) -> None:
            if review is self._review:
                self._known, self._unknown = known, ""
                self._tell()

        self._estimating.drop()
        self._estimating.start(work, done)

    def _not_estimated(self, reason: str) -> None:
        """Say beside the progress why nothing is estimated; decisions are not held up by it."""
        self._known, self._unknown = None, f"Recall cannot be estimated: {reason}"
        self._tell()

    # What the reviewer does

    def _go_on(self) -> None:
        """Show the next paper, and learn from what was decided."""
        self._picked = False
        self._current = self.review.next_id(self.stage)
        self._learn()

    def _show_what_is_learnt(self) -> None:
        """Show the next paper once the queue has learnt what is due: before, it would show whichever stands first in the corpus."""
        self._picked, self._current = False, None
        self._learn()
        if not self._busy:
            self._current = self.review.next_id(self.stage)

    def decide(self, id_: str, label: str, reason: str) -> str | None:
        """Decide about a paper; it is on the disk before the next one is shown."""
        self._check_writable()
        review = self.review
        decision = review.label(id_, label, reason=reason, stage=self.stage)  # type: ignore[arg-type]
        more = len(review.decided_with(decision)) - 1
        settled = review.state.settled[self.stage].get(id_)
        self._go_on()
        if settled:
            return (
                f"The conflict about it was resolved ({settled[-1].label}), which stays. Resolve it otherwise under Reviewers."
            )
        return f"{more:,} more that say nearly the same got {decision.label} too." if more > 0 else None

    def undo(self, number: int | None = None) -> str:
        """Take the last decision back, and show its paper again, at the stage where it was decided; or by its number what a file told."""
        self._check_writable()
        stage, files = self.review.last_stage(), dict(self.review.state.files)
        undone = self.review.undo(number)
        if not undone:
            return "There is nothing to undo."
        if back := [
            step.from_file for number, step in files.items() if step.from_file and number not in self.review.state.files
        ]:
            self._seeds = None
            self._show_what_is_learnt()
            source = back[0].said["how"]
            records = f"{len(undone):,} record{'' if len(undone) == 1 else 's'}"
            return f"Took back what {'your list' if source == 'seed' else source} told of {records}."
        self.stage = stage or self.stage
        self._picked, self._current = True, undone[0]
        self._learn()
        return "Took the last decision back."

    def pick(self, id_: str | None, row: int | None = None) -> None:
        """Show a certain paper, by its id or its row in the corpus, or the one that comes next."""
        if row is not None:
            id_ = self.session.id_of(row)
        if id_ is None:
            self._go_on()
        else:
            self.review.record(id_)
            self._picked, self._current = True, id_
        self.view = "read"

    def fill(self, id_: str, text: str) -> str:
        """Fill in a missing abstract."""
        self._check_writable()
        self.review.fill_abstract(id_, text)
        self._learn()
        return "Filled in the abstract."

    def show(self, view: str, stage: int, words: str = "", label: str = "") -> None:
        """Show another view of the review, or another stage; of the decisions, those with some words or a label."""
        if label not in ("", *LABELS):
            raise ScreeningError(f"There is no label {label!r}. Labels: {', '.join(LABELS)}.")
        if view not in VIEWS or stage not in (1, 2):
            raise ScreeningError(f"A review has no view {view!r} of stage {stage!r}.")
        if stage != self.stage:
            self.stage, self._current, self._picked = stage, self.review.next_id(stage), False
        self.view, self._wanted = view, (words[:_LONGEST], label)

    def resolve(self, id_: str, label: str, reason: str) -> None:
        """Resolve a conflict."""
        self._check_writable()
        self.review.resolve(id_, label, reason=reason, stage=self.stage)  # type: ignore[arg-type]
        self._learn()

    def team(self, act: str, who: str) -> str:
        """Be done, leave, come back, ask somebody else, ask for as few votes as there are reviewers, or lift the blinding."""
        self._check_writable()
        review = self.review
        review.refresh()
        here = min(max(len(review.state.active), 1), review.state.votes_needed)
        acts: dict[str, tuple[Callable[[], None], str]] = {
            "done": (lambda: review.done(self.stage), f"{review.reviewer} is done with stage {self.stage}."),
            "undone": (
                lambda: review.done(self.stage, really=False),
                f"{review.reviewer} is not done with stage {self.stage}.",
            ),
            "leave": (lambda: review.leave(who or None), f"{who or review.reviewer} left. What was decided stays."),
            "join": (review.join, f"{review.reviewer} is back."),
            "ask": (lambda: review.join(who), f"{who} is asked to take part, and opens this review under that name."),
            "votes": (
                lambda: review.change(votes=here),
                f"From now on each record is decided by {here}; that stands in the log.",
            ),
            "unblind": (lambda: review.unblind(self.stage), "Reviewers see each other's decisions from now on."),
        }
        if act not in acts:
            raise ScreeningError(f"A team has no act {act!r}.")
        do, said = acts[act]
        do()
        # Whose decisions count may have changed with it.
        self._estimate()
        return said

    def change(self, settings: Mapping[str, Any]) -> None:
        """Change criteria or reasons, given as lines."""
        self._check_writable()
        lines = {
            name: [" ".join(line.split()) for line in str(settings[name]).splitlines() if line.strip()] for name in settings
        }
        if unknown := settings.keys() - {"criteria", "reasons"}:
            raise ScreeningError(f"The page cannot change {', '.join(sorted(unknown))}.")
        if sum(len(line) for given in lines.values() for line in given) > _LONGEST:
            raise ScreeningError(f"They are longer than {_LONGEST:,} characters. Shorten them.")
        self.review.change(**lines)
        self._learn()

    def sample(self, size: int) -> str:
        """Draw a random validation sample, which comes next."""
        self._check_writable()
        drawn = self.review.sample(size)
        self._go_on()
        return f"Drew {len(drawn):,} records at random; they come next."

    def update(self) -> str:
        """Take the records that the corpus has and the review has not."""
        self._check_writable()
        fresh = self.review.update(self.session.corpus)
        self._corpus = self.session.corpus
        self._show_what_is_learnt()
        return f"{len(fresh):,} new record{'' if len(fresh) == 1 else 's'} came to the review; the decisions stay."

    def show_corpus(self) -> None:
        """The corpus was added to or changed: the review goes on with it, its new records come when the reviewer takes them."""
        if self._review is None:
            return
        before = self._review
        self.stop()
        self._busy, self._reading = False, None
        try:
            self._review = Screening(self.session.corpus, name=before.name, reviewer=before.reviewer)
        except (ScreeningError, LibraryError):
            self._review = None
        if self._review is not None and self._review.state.searches[0].ids != before.state.searches[0].ids:
            # Another corpus, which has a review of the same name.
            self._review = None
        self._corpus = self.session.corpus
        self._current = None
        if self._review is None:
            self.on = False
        else:
            self._learn()

    def priors(self) -> str:
        """Take the decisions that the records themselves tell of: columns, notes and tags."""
        self._check_writable()
        found = self.review.read_labels().dropna(subset="id")
        records = found["id"].nunique()
        if not records:
            return "No record tells of a decision. A file of decisions can be taken beside."
        self._show_what_is_learnt()
        return f"Took over what {records:,} record{'' if records == 1 else 's'} told."

    # Decisions made elsewhere: a file that comes in parts, is read in a thread, and is taken when the reviewer has seen what it says

    def receive_labels(self, name: str, size: int, part: int, data: bytes | memoryview) -> None:
        """Keep a part of a file of decisions, and read the file once all of it is there."""
        self._check_writable()
        review = self.review
        if part == 0:
            self._forget_labels()
            self._upload = Upload([{"id": "labels", "name": name, "size": size}])
        if self._upload is None:
            raise ScreeningError("The file did not come from its beginning. Choose it again.")
        upload = self._upload
        try:
            upload.take("labels", part, data)
        except (ValueError, ReadError) as error:
            self._forget_labels()
            raise ScreeningError(
                str(error) if isinstance(error, ReadError) else "The file came damaged. Choose it again."
            ) from error
        [source] = upload.sources({})
        self._labels = {"phase": "receiving", "name": source.name, "part": upload.received / max(upload.total, 1)}
        if not upload.complete:
            return
        self._labels = {"phase": "reading", "name": source.name, "part": None}

        def work(say: Say, stop: object) -> pd.DataFrame:
            from explorer.screening.files import read_labels

            return read_labels(source)

        self._reading_labels.start(work, lambda found: self._labels_read(review, source.name, found))

    def _labels_read(self, review: Screening, name: str, found: pd.DataFrame) -> None:
        """Show what a file says of the records; it is taken when the reviewer says so."""
        from explorer.screening.files import matched

        self._forget_labels()
        if review is self._review and len(found):
            self._read = name, found
            self._labels = views.labels(review, name, matched(review, found))
        elif review is self._review:
            self._failed(
                f"{name} tells of no decision. Exports of Rayyan, Covidence, ASReview and Zotero do, and tables with a column such as Decision"
                " or Included."
            )
        self._tell()

    def _labels_failed(self, reason: str) -> None:
        self._forget_labels()
        self._failed(reason)
        self._tell()

    def _forget_labels(self) -> None:
        self._reading_labels.drop()
        if self._upload is not None:
            self._upload.close()
        self._upload = self._labels = self._read = None

    def take_labels(self, yes: bool) -> str:
        """Take over the decisions of the file that was read, or leave them."""
        self._check_writable()
        if self._read is None:
            raise ScreeningError("There are no decisions to take. Choose their file again.")
        name, read = self._read
        self._forget_labels()
        if not yes:
            return f"Nothing was taken from {name}."
        found = self.review.take_labels(read, how=name)
        self._show_what_is_learnt()
        records = found["id"].nunique()
        return f"Took over what {name} says of {records:,} record{'' if records == 1 else 's'}."

    def add_seeds(self, name: str, lines: str, data: bytes | None) -> str:
        """Take papers known to be relevant from a file of the reviewer's, or from lines that they wrote."""
        from explorer.sources.source import Source

        self._check_writable()
        review = self.review
        name = base_name(name) if data is not None else "your list"
        if max(len(lines), len(data or b"")) > LARGEST_SEEDS:
            raise ScreeningError(
                f"{name} is larger than {LARGEST_SEEDS >> 20} MB, which no list of known papers is. Screening.add_seeds takes it in Python."
            )
        found = review.add_seeds(lines.splitlines() if data is None else Source(name, data=data))
        if not len(found):
            raise ScreeningError("No paper is named. Write a DOI, a PMID or a title a line, or choose a file.")
        self._seeds = views.seeds(name, found)
        if not review.state.order.get(review.reviewer):
            # Before the first decision nothing is lost by waiting for a record that knows of them.
            self._show_what_is_learnt()
        else:
            if self._current in set(found.loc[found["outcome"] == "added", "id"]):
                self._current = review.next_id(self.stage)
            self._learn()
        added, named = self._seeds["added"], self._seeds["named"]
        are = "is" if added == 1 else "are"
        missing = self._seeds["missing"]
        lost = f" {missing:,} {'is' if missing == 1 else 'are'} not in this review." * (missing > 0)
        return (
            f"{added:,} of {named:,} paper{'' if named == 1 else 's'} of {name} {are} included as known to be relevant.{lost}"
        )

    # Questions and files

    def flow(self, width: int) -> dict[str, Any]:
        """The PRISMA flow: the picture where there are so many pixels, its numbers, and where they do not reconcile."""
        flow = self.review.prisma()
        rows = [[str(value) for value in row] for row in flow.frame.itertuples(index=False, name=None)]
        # The page lists the notes; the file has them in the picture, which goes alone.
        return {"svg": replace(flow, notes=[]).svg(width=width), "rows": rows, "notes": flow.notes}

    def file(self, kind: str) -> ExportedFile | ReviewFile:
        """A file of the review; one with all of its records is still to be written."""
        review = self.review
        if kind == "flow":
            return ExportedFile("prisma.svg", "image/svg+xml", review.prisma().svg().encode())
        if kind == "report":
            return ExportedFile("stopping.md", "text/markdown", review.report().encode())
        if kind not in _FILES:
            raise ScreeningError(f"A review has no file {kind!r}. Files: {', '.join([*_FILES, 'flow', 'report'])}.")
        name, media_type, to_file = _FILES[kind]
        learnt = review.learnt

        def write(file: Any, progress: Callable[[float], None]) -> tuple[str, ...]:
            # With the decisions made when it begins: the page decides on meanwhile.
            now = Screening(review.corpus, name=review.name, reviewer=review.reviewer)
            if learnt is not None:
                now.take(learnt)
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / name
                to_file(now, path, progress=progress)
                file.write(path.read_bytes())
            return ()

        return ReviewFile(name, media_type, len(review), write)
