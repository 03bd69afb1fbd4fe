"""The one call that opens a dashboard on whatever papers there are."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from explorer.corpus.corpus import Corpus
from explorer.corpus.opening import default_corpus, open_files, open_papers
from explorer.dashboard.deployment import Deployment
from explorer.dashboard.widget import Dashboard
from explorer.errors import SelectionError
from explorer.selection.selection import Selection

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from explorer.sources.formats.registry import Import


def explore(
    papers: Corpus | pd.DataFrame | pa.Table | Import | str | os.PathLike[str] | None = None,
    selection: Selection | str | None = None,
    *,
    keep_duplicates: bool = False,
) -> Dashboard:
    """Open the dashboard.

    Parameters
    ----------
    papers : Corpus, DataFrame, Import, path or None
        A corpus; a paper table or what was read, which is built into one in the cache; a corpus folder or a file of papers; or
        nothing for the papers that the server was started with, else the bundled sample. Records that are one paper are merged.
    selection : Selection or str, optional
        What it shows at first, a text as a query; under Voila by default what the address says.
    keep_duplicates : bool
        Leave records that are one paper as they are.

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

    Examples
    --------
    >>> import explorer
    >>> board = explorer.explore(selection="vision")
    >>> board.session.selection.describe()
    'papers, matching ‘vision’'
    """
    deployment = Deployment.from_environment()
    if papers is None:
        corpus = default_corpus(deployment.corpus)
    elif isinstance(papers, Corpus):
        corpus = papers
    elif isinstance(papers, str | os.PathLike):
        corpus = open_files([papers], keep_duplicates=keep_duplicates)
    else:
        corpus = open_papers(papers, keep_duplicates=keep_duplicates)
    if selection is not None:
        return Dashboard(corpus, Selection.of(selection), deployment=deployment)
    return addressed(corpus, deployment)


def addressed(corpus: Corpus, deployment: Deployment) -> Dashboard:
    """The dashboard of a page's address."""
    if not deployment.address:
        return Dashboard(corpus, deployment=deployment)
    if "corpus" in dict(parse_qsl(deployment.address)):
        return Dashboard(corpus, deployment=deployment, address=deployment.address)
    try:
        return Dashboard(corpus, Selection.from_url(deployment.address), deployment=deployment)
    except SelectionError:
        # Opened as a message, so that what is wrong with the address is said on the page.
        return Dashboard(corpus, deployment=deployment, address=deployment.address)
