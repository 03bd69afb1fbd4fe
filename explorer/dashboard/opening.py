"""Papers that a cell opened a dashboard on, made into a corpus in a thread while the notebook goes on."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from explorer.corpus.corpus import Corpus
from explorer.errors import CorpusError
from explorer.jobs import Say, Worker

FEW = 2000
"""Papers, or kilobytes of a file, that are opened before anybody has looked up."""

Open = Callable[[Say], Corpus]
"""Opens a corpus, and says how far it is."""


class Opening:
    """Opens a corpus in a thread.

    Parameters
    ----------
    post : callable
        ``post(step)`` has `step()` called where messages are handled.
    tell : callable
        Called whenever `state` changed.
    opened : callable
        Called with the corpus.
    failed : callable
        Called with a sentence when there is none.

    Attributes
    ----------
    state : dict or None
        `title`, `stage` and `part` (0 to 1, or None where it is unknown) of what is under way; None where nothing is.
    problem : str
        Why there is no corpus; empty while there may be one.
    """

    def __init__(
        self,
        post: Callable[[Callable[[], None]], None],
        *,
        tell: Callable[[], None],
        opened: Callable[[Corpus], None],
        failed: Callable[[str], None],
    ) -> None:
        self.state: dict[str, Any] | None = None
        self.problem = ""
        self._title = ""
        self._tell, self._opened, self._said = tell, opened, failed
        self._worker = Worker(post, progress=self._progressed, stopped=self._stopped, failed=self._failed)

    def begin(self, open_: Open, title: str) -> None:
        """Open a corpus; `title` says what of."""
        self._title = title
        self._progressed("Reading the records", None)
        self._worker.start(lambda say, stop: open_(say), self._done)

    @property
    def busy(self) -> bool:
        """Whether a corpus is on its way."""
        return self.state is not None

    def stop(self) -> None:
        """Ask for an end; what was made until then is removed."""
        if self.busy:
            self._worker.stop()
            self._progressed("Stopping", None)

    def join(self, timeout: float | None = None) -> None:
        """Wait for the thread."""
        self._worker.join(timeout)

    def check(self) -> None:
        """Raise `CorpusError` where there is no corpus."""
        if self.problem:
            raise CorpusError(self.problem)

    def _progressed(self, stage: str, part: float | None) -> None:
        self.state = {"title": self._title, "stage": stage, "part": part}
        self._tell()

    def _done(self, corpus: Corpus) -> None:
        self.state = None
        self._opened(corpus)
        self._tell()

    def _stopped(self) -> None:
        self._failed("The papers were not opened: it was stopped. Run the cell again.")

    def _failed(self, reason: str) -> None:
        self.state, self.problem = None, reason
        self._tell()
        self._said(reason)


def watched(environment: Mapping[str, str] | None = None) -> bool:
    """Whether somebody sits before the notebook that runs.

    Where a program runs the notebook (nbconvert, papermill) nobody presses Stop, and the kernel ends with the last cell:
    there the papers are waited for.
    """
    given = os.environ if environment is None else environment
    # Set by Jupyter Server for the notebooks it opens, by VS Code, and by Colab.
    return any(name in given for name in ("JPY_SESSION_NAME", "VSCODE_PID", "VSCODE_CWD", "COLAB_RELEASE_TAG"))


def many(papers: Any) -> bool:
    """Whether opening papers takes longer than one would wait without a word."""
    if isinstance(papers, str | os.PathLike):
        path = Path(papers)
        return path.is_dir() or (path.is_file() and path.stat().st_size > 1000 * FEW)
    rows = getattr(papers, "table", papers)
    return (getattr(rows, "num_rows", None) is not None and rows.num_rows > FEW) or (hasattr(rows, "index") and len(rows) > FEW)
