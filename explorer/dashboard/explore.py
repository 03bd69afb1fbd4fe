"""The one call that opens a dashboard on whatever papers there are."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pyarrow as pa

from explorer.corpus.corpus import Corpus
from explorer.corpus.opening import default_corpus, open_files, open_papers
from explorer.dashboard.deployment import Deployment
from explorer.dashboard.opening import Open, many, watched
from explorer.dashboard.widget import Dashboard
from explorer.errors import ExplorerError, ReadError, SelectionError
from explorer.jobs import Say, building
from explorer.selection.address import CORPUS
from explorer.selection.selection import Selection
from explorer.store.build import Progress

if TYPE_CHECKING:
    import pandas as pd

    from explorer.sources.formats.registry import Import


def explore(
    papers: Corpus | pd.DataFrame | pa.Table | Import | str | os.PathLike[str] | None = None,
    selection: Selection | str | None = None,
    *,
    keep_duplicates: bool = False,
    name: str = "",
    wait: bool | None = None,
) -> Dashboard:
    """Open the dashboard.

    In a notebook that somebody watches it is there at once: many papers are made a corpus in the background, stage by stage and with
    a button to stop, and the notebook goes on. `Dashboard.corpus` waits for them.

    Parameters
    ----------
    papers : Corpus, DataFrame, Import, path or None
        A corpus; a paper table or what was read, which is built into one in the cache; a corpus folder or a file of papers; or
        nothing for the papers that the server was started with, else the bundled sample. Records that are one paper are merged.
    selection : Selection or str, optional
        What it shows at first, a text as a query; under Voila by default what the address says.
    keep_duplicates : bool
        Leave records that are one paper as they are.
    name : str
        What a table of papers is called on the page; by default ``papers.attrs["name"]``, if there is one.
    wait : bool, optional
        Whether to come back only once the papers are there; by default where few papers are given or nobody watches, as in a
        script or a notebook that a program runs.

    Returns
    -------
    Dashboard
        Show it as the last line of a cell.

    Raises
    ------
    ReadError, SchemaError, CorpusError
        The papers cannot be opened.
    SelectionError
        The selection is none.
    ReadError
        The papers are neither papers nor where papers are.

    Examples
    --------
    >>> import explorer
    >>> board = explorer.explore(selection="vision")
    >>> board.selection.describe()
    'papers, matching ‘vision’'
    """
    deployment = Deployment.from_environment()
    if deployment.served and not isinstance(papers, Corpus) and not gc.get_freeze_count():
        # Looking for what nobody holds any more, Python would go through all that was imported, forty milliseconds in the midst of
        # some answer; of that nothing goes. A corpus does, when another is shown in its place, and comes after this; one that is
        # there before stands in a notebook of somebody's own, as does what a notebook's kernel holds without Voila.
        gc.freeze()
    try:
        return _opened(papers, selection, deployment, keep_duplicates=keep_duplicates, name=name, wait=wait)
    except Exception as error:
        # Voila shows nobody what an error or a warning says, but what is printed.
        if deployment.served and (said := _reason(error)):
            print(said)
        raise


def _reason(error: Exception) -> str:
    """Why a page cannot start, to its reader; empty where only the log can say it."""
    if isinstance(error, ExplorerError):
        return str(error)
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
        return "There is not enough memory for another dashboard. Close one that is open, or give the server more."
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return "The system allows no more open files. Close a dashboard that is open, or raise the limit (ulimit -n)."
    return f"{error.filename} cannot be read: {error.strerror}." if isinstance(error, OSError) and error.filename else ""


def _opened(
    papers: Corpus | pd.DataFrame | pa.Table | Import | str | os.PathLike[str] | None,
    selection: Selection | str | None,
    deployment: Deployment,
    *,
    keep_duplicates: bool,
    name: str,
    wait: bool | None,
) -> Dashboard:
    """The dashboard, as `explore` gives it."""
    wanted = None if selection is None else Selection.of(selection)
    if papers is None or isinstance(papers, Corpus):
        corpus = default_corpus(deployment.corpus, deployment.scheduler) if papers is None else papers
        return addressed(corpus, deployment) if wanted is None else Dashboard(corpus, wanted, deployment=deployment)
    open_, title = _way_in(papers, keep_duplicates, name)
    if wait is None:
        wait = deployment.served or not (watched() and many(papers) and _in_loop())
    if wait:
        corpus = open_(lambda stage, part: None)
        return addressed(corpus, deployment) if wanted is None else Dashboard(corpus, wanted, deployment=deployment)
    nothing = open_papers(pa.table({"title": pa.array([], pa.string())}), name=name or title)
    return Dashboard(nothing, wanted, deployment=deployment, opening=(open_, title))


def _way_in(papers: Any, keep_duplicates: bool, name: str) -> tuple[Open, str]:
    """What opens papers, and what it is called meanwhile."""
    if isinstance(papers, str | os.PathLike):
        path = Path(papers)

        def open_path(say: Say) -> Corpus:
            return open_files([path], keep_duplicates=keep_duplicates, progress=_rest(say), merging=_merging(say))

        return open_path, path.name
    rows = getattr(papers, "table", papers)
    if not hasattr(rows, "num_rows") and not hasattr(rows, "columns"):
        raise ReadError(
            f"Papers cannot be taken from a {type(papers).__name__}. Give a DataFrame, a corpus, what import_papers or a fetch_… "
            "function gave, or the path of a file or folder."
        )
    called = name or str(getattr(papers, "attrs", {}).get("name", ""))
    # The cell may go on to change its table.
    kept = papers.copy() if hasattr(papers, "copy") else papers

    def open_table(say: Say) -> Corpus:
        return open_papers(kept, keep_duplicates=keep_duplicates, name=called, progress=_rest(say), merging=_merging(say))

    return open_table, called or f"{len(rows):,} papers"


_MERGED = 0.2
"""Part of the whole that reading and merging take."""


def _merging(say: Say) -> Callable[[float], None]:
    return lambda part: say("Looking for duplicates", _MERGED * part)


def _rest(say: Say) -> Progress:
    return building(lambda stage, part: say(stage, None if part is None else _MERGED + (1 - _MERGED) * part))


def _in_loop() -> bool:
    """Whether there is a loop in which the page's messages are handled."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def addressed(corpus: Corpus, deployment: Deployment) -> Dashboard:
    """The dashboard of a page's address."""
    if deployment.early:
        corpus.snapshot.fetch()
    if not deployment.address:
        return Dashboard(corpus, deployment=deployment)
    if CORPUS in dict(parse_qsl(deployment.address)):
        return Dashboard(corpus, deployment=deployment, address=deployment.address)
    try:
        return Dashboard(corpus, Selection.from_url(deployment.address), deployment=deployment)
    except SelectionError:
        # Opened as a message, so that what is wrong with the address is said on the page.
        return Dashboard(corpus, deployment=deployment, address=deployment.address)
