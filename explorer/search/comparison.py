"""Two sets of papers side by side: which are new in the second, which are gone from the first, which are in both."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from explorer.errors import SchemaError, SelectionError
from explorer.papers.dates import PRECISIONS
from explorer.search.results import Results

if TYPE_CHECKING:
    import pandas as pd

STATUSES = ("new", "gone", "shared")

_DATE = re.compile(r"(\d{4})(-(?:0[1-9]|1[0-2])(-(?:0[1-9]|[12]\d|3[01]))?)?")


def compare(before: Results | pd.DataFrame, after: Results | pd.DataFrame) -> pd.DataFrame:
    """Compare two sets of papers by their ids.

    Parameters
    ----------
    before, after : Results or DataFrame
        A frame needs `id`; its `title` is taken over. Of rows with the same id the first counts.

    Returns
    -------
    DataFrame
        One row a paper, those of `after` in their order, then those gone in the order of `before`: `id`, `status` (category of
        new, gone, shared), `title`, `before` and `after` (place in each, from 1, Int64; missing where it is not). The
        numbers of each are in ``attrs["counts"]``.

    Raises
    ------
    SchemaError
        A frame has no ids, or rows without one.

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.open_corpus()
    >>> explorer.compare(corpus.select("vision"), corpus.select("vision OR image")).attrs["counts"]["gone"]
    0
    """
    import pandas as pd

    a, b = (_side(side) for side in (before, after))
    shared = b.index.isin(a.index)
    gone = a[~a.index.isin(b.index)]
    both = pd.concat([b, gone])
    status = np.concatenate([np.where(shared, "shared", "new"), np.full(len(gone), "gone")])
    frame = pd.DataFrame(
        {
            "id": pd.Series(both.index, dtype="str"),
            "status": pd.Categorical(status, categories=list(STATUSES)),
            "title": both["title"].array,
            "before": a["place"].reindex(both.index).astype("Int64").array,
            "after": b["place"].reindex(both.index).astype("Int64").array,
        }
    )
    frame.attrs["counts"] = {"new": int((~shared).sum()), "gone": len(gone), "shared": int(shared.sum())}
    return frame


def _side(papers: Results | pd.DataFrame) -> pd.DataFrame:
    """Title and place of each paper, by id."""
    import pandas as pd

    if isinstance(papers, Results):
        rows = papers.rows()
        table = papers.snapshot.table
        papers = pd.DataFrame(
            {name: table.column(name).combine_chunks().take(rows).to_pandas() for name in ("id", "title")}, dtype="object"
        )
    if "id" not in papers.columns:
        raise SchemaError(
            "The papers have no column 'id' to be compared by. Bring them into the schema with explorer.validate."
        )
    ids = papers["id"]
    if ids.isna().any() or (ids.astype("str") == "").any():
        place = int(np.flatnonzero(ids.isna() | (ids.astype("str") == ""))[0])
        raise SchemaError(
            f"The paper in row {place} has no id to be compared by. Bring them into the schema with explorer.validate."
        )
    titles = papers["title"] if "title" in papers.columns else pd.Series(None, index=papers.index, dtype="object")
    side = pd.DataFrame({"title": titles.astype("object").array}, index=pd.Index(ids.astype("str").array, dtype="object"))
    side = side[~side.index.duplicated()]
    side["place"] = np.arange(1, len(side) + 1)
    return side


def compare_dates(results: Results, before: str, after: str) -> pd.DataFrame:
    """Compare what a selection held at two dates, by when its papers were published.

    Parameters
    ----------
    results : Results
        As `Corpus.results` gives them.
    before, after : str
        ``2023``, ``2023-06`` or ``2023-06-30``; a year or a month counts to its end.

    Returns
    -------
    DataFrame
        As `compare` gives; papers published after both dates are in neither. ``attrs["undated"]`` counts papers without a date,
        which are left out.

    Raises
    ------
    SelectionError
        A date is none, or `after` is the earlier one.

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.open_corpus()
    >>> changes = explorer.compare_dates(corpus.results(explorer.Selection()), "2023", "2024-06")
    >>> changes.attrs["counts"]
    {'new': 22, 'gone': 0, 'shared': 49}
    """
    if last_day(before) > last_day(after):
        raise SelectionError(f"{before} is later than {after}. Give the earlier date first.")
    rows = results.rows()
    sides = [_taken(results, rows[published_by(results, date)[rows]]) for date in (before, after)]
    frame = compare(*sides)
    frame.attrs["undated"] = int(np.count_nonzero(results.snapshot.precision[rows] == 0))
    return frame


def _taken(results: Results, rows: np.ndarray) -> pd.DataFrame:
    import pandas as pd

    table = results.snapshot.table
    return pd.DataFrame(
        {name: table.column(name).combine_chunks().take(rows).to_pylist() for name in ("id", "title")}, dtype="object"
    )


def last_day(text: str) -> np.datetime64:
    """Last day of a year, a month or a day.

    Raises
    ------
    SelectionError
        The text is no such date.
    """
    match = _DATE.fullmatch(text.strip()) if isinstance(text, str) else None
    try:
        if match is None or int(match.group(1)) < 1:
            raise ValueError
        unit = "D" if match.group(3) else "M" if match.group(2) else "Y"
        day: np.datetime64 = (np.datetime64(match.group()).astype(f"datetime64[{unit}]") + 1).astype("datetime64[D]")
        return day - np.timedelta64(1, "D")
    except ValueError as error:
        raise SelectionError(
            f"{str(text)[:40]!r} is no date. Write a year, a month or a day: 2023, 2023-06 or 2023-06-30."
        ) from error


def published_by(results: Results, date: str) -> np.ndarray:
    """Papers of the corpus that were surely published by the end of a date, as a boolean array of shape (n_papers,).

    A paper dated to a month or a year may be of its last day.
    """
    snapshot = results.snapshot
    days: Any = (pc.fill_null(snapshot.table.column("published").cast("int64"), 0).to_numpy() // 86_400).astype("datetime64[D]")
    until, precision = last_day(date), snapshot.precision
    mask = (precision == PRECISIONS.index("day") + 1) & (days <= until)
    for name, unit in (("month", "M"), ("year", "Y")):
        end = (days.astype(f"datetime64[{unit}]") + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
        mask |= (precision == PRECISIONS.index(name) + 1) & (end <= until)
    return np.asarray(mask)
