"""Papers like one paper, by the rare words they share."""

from __future__ import annotations

import numbers
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.errors import SelectionError
from explorer.text.analysis import as_written, tokens

if TYPE_CHECKING:
    import pandas as pd

    from explorer.store.snapshot import Snapshot


def similar(snapshot: Snapshot, row: int, limit: int = 8) -> list[tuple[int, list[str]]]:
    """Papers nearest to one by their rare words.

    Parameters
    ----------
    row : int
        Row of the paper in the table of papers, from 0.
    limit : int
        Number of papers at most.

    Returns
    -------
    list of (int, list of str)
        Row, and up to four of the shared words, rarest first; the nearest paper first.

    Examples
    --------
    >>> import explorer
    >>> [len(words) for _, words in similar(explorer.open_corpus().snapshot, 0, limit=2)]
    [4, 4]
    """
    title, abstract = (snapshot.table.column(name)[row].as_py() or "" for name in ("title", "abstract"))
    hits = snapshot.index.similar(title, abstract, limit + 1)
    own = {term for _, term in tokens(f"{title} {abstract}", "english") if len(term) > 2 and not term.isdigit()}
    found = []
    for other in hits.rows[np.lexsort((hits.rows, -hits.scores))]:
        if other == row:
            continue
        text = " ".join(snapshot.table.column(name)[int(other)].as_py() or "" for name in ("title", "abstract"))
        shared = own & {term for _, term in tokens(text, "english")}
        rare = sorted(shared, key=lambda term: (snapshot.index.rarity(term), term))
        found.append((int(other), as_written(rare[:4], f"{title} {abstract}")))
    return found[:limit]


def similar_papers(snapshot: Snapshot, id_: str | int, limit: int = 8) -> pd.DataFrame:
    """Papers nearest to one by the rare words they share.

    Parameters
    ----------
    id_ : str
        The paper. A row number is taken too, with a warning, and then gives a list of rows and words, as before 0.2.
    limit : int
        Number of papers at most.

    Returns
    -------
    DataFrame
        The nearest first: `id`, `title`, and `words` (list of up to four of the words that both have, rarest first).

    Raises
    ------
    SelectionError
        The id is not in the corpus.

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.open_corpus()
    >>> corpus.similar(corpus.papers["id"][0], limit=2).columns.to_list()
    ['id', 'title', 'words']
    """
    import pandas as pd

    found: Any = similar(snapshot, row_of(snapshot, id_, "similar"), limit)
    if not isinstance(id_, str):
        return found  # as it was
    names = ("id", "title")
    rows = [[*snapshot.record(row, names).values(), words] for row, words in found]
    return pd.DataFrame(rows, columns=[*names, "words"]).astype(dict.fromkeys(names, "str"))


def row_of(snapshot: Snapshot, id_: object, asked: str) -> int:
    """The row of a paper; a number is a row itself, with the warning that `Corpus.asked` takes an id.

    Raises
    ------
    SelectionError
        There is no such paper.
    """
    if isinstance(id_, str):
        if len(rows := snapshot.rows_known((id_,))):
            return int(rows[0])
        some = ", ".join(repr(known) for known in snapshot.table.column("id").slice(0, 3).to_pylist())
        raise SelectionError(f"There is no paper {id_!r} in the corpus. Its ids stand in corpus.papers['id'], such as {some}.")
    if isinstance(id_, bool) or not isinstance(id_, numbers.Integral) or not 0 <= int(id_) < len(snapshot):
        raise SelectionError(f"A paper is named by its id, a text of corpus.papers['id'], and not by {id_!r}.")
    warnings.warn(f"Corpus.{asked} takes the id of a paper now, not its row.", DeprecationWarning, stacklevel=4)
    return int(id_)
