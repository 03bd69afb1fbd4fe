"""What a corpus asks of its reader's library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.errors import LibraryError

if TYPE_CHECKING:
    import pandas as pd

    from explorer.library.library import Library, SavedSearch
    from explorer.selection.selection import Selection


def compare(library: Library, before: Selection | SavedSearch, after: Selection | SavedSearch) -> pd.DataFrame:
    """Papers that are new in the second selection, gone from the first, or in both.

    Parameters
    ----------
    before, after : Selection or SavedSearch
        A search that was saved stands for the papers it found then, as `before`, and for those it finds now, as `after`.

    Returns
    -------
    DataFrame
        As `explorer.compare` gives it.

    Examples
    --------
    >>> import explorer
    >>> vision, more = (explorer.Selection(query=query) for query in ("vision", "vision OR image"))
    >>> explorer.open_corpus().compare(vision, more).attrs["counts"]["gone"]
    0
    """
    return library.compare(before, after)


def read_papers(library: Library) -> tuple[str, ...]:
    """Ids of the papers that the reader has read, the first read first; novelty is measured against them."""
    try:
        return library.reads()
    except LibraryError:
        # What is wrong with the file is said where the saved searches stand, and where it is written.
        return ()
