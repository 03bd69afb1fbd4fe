"""Terms and vectors of a corpus, made in a thread before the first selection that takes them is shown."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace

from explorer.corpus.corpus import Corpus
from explorer.dashboard.session import Session
from explorer.jobs import PREPARING, Say, ShownWork, preparing
from explorer.selection.selection import Selection

SMALL = 5000
"""Papers; fewer take a few seconds, for which nobody needs to be asked to wait."""


def lacking(corpus: Corpus, selection: Selection) -> bool:
    """Whether a selection takes what a corpus has yet to make, and that takes long."""
    return selection.by_meaning and len(corpus) >= SMALL and not corpus.ranker.meaning_ready


def by_words(selection: Selection) -> Selection:
    """A selection without what takes terms and vectors."""
    mode = "any" if selection.mode == "meaning" else selection.mode
    kept = replace(selection, rank="", like=(), unlike=(), axes=(), mode=mode)
    return replace(kept, sort="relevance") if kept.by_meaning else kept


def shown_later(
    session: Session, selection: Selection, *, joined: bool = False, first: bool = False
) -> Generator[Selection, None, None]:
    """Show a selection once the corpus has what it takes, unless its reader asked for another one meanwhile.

    Parameters
    ----------
    session : Session
    selection : Selection
    joined : bool
        As `Session.show` takes it.
    first : bool
        Whether there is nothing to go back to before it.
    """
    before = session.selection
    yield selection
    if session.selection is before:
        session.show(selection, joined=joined)
        if first:
            session.begin_here()


class Preparation(ShownWork):
    """Makes what the first selection by meaning takes, then goes on with the message that waits for it.

    Parameters
    ----------
    post, tell : callable
        As of `ShownWork`.
    failed : callable
        Called with a sentence when it could not be made.
    """

    def __init__(
        self, post: Callable[[Callable[[], None]], None], *, tell: Callable[[], None], failed: Callable[[str], None]
    ) -> None:
        super().__init__(post, tell)
        self._said = failed
        self._corpus: Corpus | None = None
        self._then: Callable[[], None] = lambda: None

    def begin(self, corpus: Corpus, then: Callable[[], None]) -> None:
        """Prepare a corpus, then call `then`; of several steps that wait, only the last is called."""
        self._then = then
        if self._corpus is corpus:
            return
        self._worker.drop()
        self._corpus = corpus
        self._progressed(PREPARING["terms"][0], 0.0)

        def work(say: Say, stop: object) -> None:
            corpus.ranker.prepare_meaning(progress=preparing(say))

        self._worker.start(work, lambda _: self._done())

    def stop(self) -> None:
        """Stop, and forget the step that waits."""
        self._worker.drop()
        self._stopped()

    def _done(self) -> None:
        then = self._then
        self._stopped()
        then()

    def _failed(self, reason: str) -> None:
        self._stopped()
        self._said(reason)

    def _stopped(self) -> None:
        self._corpus, self._then = None, lambda: None
        self._show(None)
