"""Papers like one paper, by the rare words they share, and the phrases that show it."""

from __future__ import annotations

import numbers
import re
import warnings
from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import SelectionError
from explorer.text.analysis import as_written, readable, tokens
from explorer.text.keyphrases import candidates

if TYPE_CHECKING:
    import pandas as pd

    from explorer.store.snapshot import Snapshot


_NAME = re.compile(r"\w-\w|\d")

_TOLD = 3
"""Phrases told of a pair of papers."""

_COMMON = 20
"""A word that one paper in so many has tells nothing by itself."""


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
        Row, and up to three phrases that both use, the longest and rarest first; the nearest paper first. A single word is only
        given where it is in both titles or a name with a digit or a hyphen, and few papers have it.

    Examples
    --------
    >>> import explorer
    >>> [len(phrases) for _, phrases in similar(explorer.open_corpus().snapshot, 0, limit=2)]
    [2, 1]
    """
    title, abstract = (snapshot.table.column(name)[row].as_py() or "" for name in ("title", "abstract"))
    hits = snapshot.index.similar(title, abstract, limit + 1)
    own, named = _phrases(f"{title}. {abstract}"), _phrases(title)
    found = []
    for other in hits.rows[np.lexsort((hits.rows, -hits.scores))]:
        if other == row:
            continue
        theirs, text = (snapshot.table.column(name)[int(other)].as_py() or "" for name in ("title", "abstract"))
        shared = own & _phrases(f"{theirs}. {text}")
        # A single word says little, but in a title, or as a name such as GPT-4.
        titled = named & _phrases(theirs)
        telling = {phrase for phrase in shared if " " in phrase or phrase in titled or _NAME.search(phrase)}
        found.append((int(other), as_written(_telling(snapshot, telling), f"{title} {abstract}")))
    return found[:limit]


def _phrases(text: str) -> frozenset[str]:
    return frozenset(candidates(readable(text)))


def _telling(snapshot: Snapshot, shared: set[str]) -> list[str]:
    """The phrases that say most: of more words first, then of rarer ones; none within another, no word that many papers have."""

    def rarity(phrase: str) -> int:
        stems = [stem for _, stem in tokens(phrase, "english")]
        return min((snapshot.index.rarity(stem) for stem in stems), default=len(snapshot))

    known = {phrase: rarity(phrase) for phrase in shared}
    most = max(2, len(snapshot) // _COMMON)
    ranked = sorted(
        (phrase for phrase, papers in known.items() if " " in phrase or papers <= most),
        key=lambda phrase: (-phrase.count(" "), known[phrase], phrase),
    )
    told: list[str] = []
    for phrase in ranked:
        if not any(f" {phrase} " in f" {other} " or set(phrase.split()) & set(other.split()) for other in told):
            told.append(phrase)
        if len(told) == _TOLD:
            break
    return told


def similar_papers(snapshot: Snapshot, id_: str | int, limit: int = 8) -> pd.DataFrame:
    """Papers nearest to one by the rare words they share, with the phrases that both have.

    Parameters
    ----------
    id_ : str
        The paper. A row number is taken too, with a warning, and then gives a list of rows and words, as before 0.2.
    limit : int
        Number of papers at most.

    Returns
    -------
    DataFrame
        The nearest first: `id`, `title`, and `words` (list of up to three phrases that both have, see `similar`).

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

    found = similar(snapshot, row_of(snapshot, id_, "similar"), limit)
    if not isinstance(id_, str):
        return found  # type: ignore[return-value]  # the list it was before ids, for one version more
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
