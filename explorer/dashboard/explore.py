"""The one call that opens a dashboard on whatever papers there are."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from explorer.corpus.corpus import Corpus
from explorer.corpus.opening import default_corpus
from explorer.dashboard.widget import Dashboard
from explorer.errors import SelectionError
from explorer.selection.selection import Selection

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def explore(
    papers: Corpus | pd.DataFrame | pa.Table | str | os.PathLike[str] | None = None, selection: Selection | None = None
) -> Dashboard:
    """Open the dashboard.

    Parameters
    ----------
    papers : Corpus, DataFrame, path or None
        A corpus; a paper table, which is built into one in the cache; a corpus folder or a file of papers; or nothing for the
        papers that the server was started with, else the bundled sample.
    selection : Selection, optional
        What it shows at first; under Voila by default what the address says.

    Returns
    -------
    Dashboard
        Show it as the last line of a cell.

    Raises
    ------
    ReadError, SchemaError, CorpusError
        The papers cannot be opened.
    """
    from explorer.corpus.opening import open_files

    if papers is None:
        corpus = default_corpus()
    elif isinstance(papers, Corpus):
        corpus = papers
    elif isinstance(papers, str | os.PathLike):
        corpus = open_files([papers])
    else:
        corpus = Corpus.from_papers(papers)
    board = None
    if (
        selection is None
        and (address := os.environ.get("QUERY_STRING"))
        and os.environ.get("SERVER_SOFTWARE", "").startswith("voila/")
    ):
        if "corpus" in dict(parse_qsl(address)):
            board = Dashboard(corpus)
            board._received(board, {"kind": "url", "url": address, "seq": 0}, None)
            return board
        try:
            selection = Selection.from_url(address)
        except SelectionError as error:
            board = Dashboard(corpus)
            board.set_trait("status", {"level": "error", "text": str(error), "at": None, "seq": 0})
    return board or Dashboard(corpus, selection)
