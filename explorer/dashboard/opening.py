"""Papers that a cell opened a dashboard on, made into a corpus in a thread while the notebook goes on."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from explorer.corpus.corpus import Corpus
from explorer.errors import CorpusError
from explorer.jobs import Say, ShownWork

FEW = 2000
"""Papers, or kilobytes of a file, that are opened before anybody has looked up."""

Open = Callable[[Say], Corpus]
"""Opens a corpus, and says how far it is."""


class Opening(ShownWork):
    """Opens a corpus in a thread; its state has the `title` too.

    Parameters
    ----------
    post, tell : callable
        As of `ShownWork`.
    opened : callable
        Called with the corpus.
    failed : callable
        Called with a sentence when there is none.

    Attributes
    ----------
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
        super().__init__(post, tell)
        self.problem = ""
        self._title = ""
        self._opened, self._said = opened, failed

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

    def check(self) -> None:
        """Raise `CorpusError` where there is no corpus."""
        if self.problem:
            raise CorpusError(self.problem)

    def _progressed(self, stage: str, part: float | None) -> None:
        self._show({"title": self._title, "stage": stage, "part": part})

    def _done(self, corpus: Corpus) -> None:
        self.state = None
        self._opened(corpus)
        self._tell()

    def _stopped(self) -> None:
        self._failed("The papers were not opened: it was stopped. Run the cell again.")

    def _failed(self, reason: str) -> None:
        self.problem = reason
        self._show(None)
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
