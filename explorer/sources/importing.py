"""The one way in: files and tables to papers, each paper once, with a ledger of every record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from explorer.dedupe.deduplication import Deduplicated, Rules, merge_records
from explorer.dedupe.merges import LIKELY, ORIGIN, Merges
from explorer.errors import ReadError
from explorer.papers.ledger import Ledger
from explorer.papers.schema import to_table
from explorer.papers.spool import Spool
from explorer.sources.formats import registry as formats
from explorer.sources.formats.registry import Import
from explorer.sources.source import Source

if TYPE_CHECKING:
    import pandas as pd


def import_papers(
    *given: str | PathLike[str] | Source | pd.DataFrame | pa.Table | Import,
    columns: Mapping[str, str | None] | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    keep_duplicates: bool = False,
    rules: Rules | None = None,
    progress: Callable[[float], None] = lambda part: None,
) -> Import:
    """Read files of any known format into one paper table, each paper once, with a ledger of every record.

    Every way in passes here: `explore`, `open_files`, ``litexplorer serve``, ``build`` and ``update``, so that the same records give
    the same papers, merges and ledger whichever way they came.

    Parameters
    ----------
    *given : str, path, Source, DataFrame, pyarrow.Table or Import
        Files, folders (all files below them), globs, archives; compressed files are looked through. Or one table of papers, each
        row a record (see `explorer.validate`), or what was read or fetched before.
    columns : mapping, optional
        Corrects what columns of a table are taken for: ``{"Headline": "title", "Source": None}``; None leaves a column as it is.
    delimiter, encoding : str, optional
        Correct what was found; `ledger.findings` says what that is.
    keep_duplicates : bool
        Leave records that are one paper as they are.
    rules : Rules, optional
        Pairs of records to merge always, or never.
    progress : callable
        Called with the part done of merging, 0 to 1; an exception it raises stops the work.

    Returns
    -------
    Import
        `papers` (DataFrame in the schema), `ledger`, `merges`, which holds the merged records as they were, and `likely`, the
        pairs that are likely one paper and were not merged. A file without a known format is one rejected record, and so is one
        of a folder or archive that is damaged.

    Raises
    ------
    ReadError
        A file that was named is missing or damaged as a whole, or the encoding has no such name.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers", "Adding Numbers"], "doi": ["10.5555/12345678"] * 2, "year": [2023, 2024]})
    >>> came = explorer.import_papers(papers)
    >>> came.ledger.sentence()
    '2 records read: 1 accepted, 1 merged.'
    """
    if len(given) == 1 and not isinstance(given[0], str | PathLike | Source):
        read = as_read(given[0])
    else:
        files = [one for one in given if isinstance(one, str | PathLike | Source)]
        if len(files) < len(given):
            raise ReadError("Give files, or one table of papers. Join tables with pandas.concat first.")
        read = formats.read_files(*files, columns=columns, delimiter=delimiter, encoding=encoding)
    if keep_duplicates or len(read.merges):
        # What was merged before, by other rules perhaps, is left as it is.
        return read
    return merged(read, rules or Rules(), progress=progress)[0]


def as_read(papers: pd.DataFrame | pa.Table | Import) -> Import:
    """Papers as they were read: an `Import`, or a table of them of which each row is a record."""
    if isinstance(papers, Import):
        return papers
    table = to_table(papers)
    return Import(table, Ledger(read=table.num_rows, accepted=table.num_rows))


def merged(
    read: Import,
    rules: Rules,
    judge: Callable[[Deduplicated, Rules], Rules] = lambda found, rules: rules,
    progress: Callable[[float], None] = lambda part: None,
    spool: Callable[[], Spool] | None = None,
) -> tuple[Import, npt.NDArray[np.int64], Rules]:
    """Merge the records that are one paper.

    Parameters
    ----------
    read : Import
        As its files were read. Not changed.
    rules : Rules
        The reader's.
    judge : callable
        Given what was merged and the rules, the rules to merge by at last.
    progress : callable
        Called with the part done, 0 to 1, which stays 1 while papers are merged again by other rules; an exception it raises
        stops the work.
    spool : callable, optional
        Gives what takes the papers, so that they need not lie in memory.

    Returns
    -------
    tuple of (Import, array of int64, Rules)
        The papers, the row of `read` at which each stands, and the rules they were merged by.
    """
    found = merge_records(read.table, rules, read.ledger, progress, spool)
    progress(1.0)
    if (judged := judge(found, rules)) != rules:
        again = merge_records(read.table, judged, read.ledger, lambda part: progress(1.0), spool)
        found, rules = again, judged
    titles = read.table.column("title")
    notes = []
    for place, note in enumerate(found.ledger.notes):
        # Those before were written when the files were read.
        if place >= len(read.ledger.notes):
            source, record = read.origin(note.record - 1)
            title = titles[note.record - 1].as_py() or ""
            note = note._replace(source=source, record=record, before=title[:300])
        notes.append(note)
    ledger = replace(found.ledger, notes=notes)
    ledger.check(found.table.num_rows)
    return Import(found.table, ledger, merges=_kept(read, found)), found.rows, rules


def _kept(read: Import, found: Deduplicated) -> Merges:
    """What was merged, in the form that a corpus keeps."""
    origins = [read.origin(row) for row in found.absorbed.column("merge_row").to_pylist()]
    records = found.absorbed.drop_columns(["merge_row"])
    for name, values in zip(("merge_source", "merge_record"), zip(*origins, strict=True) if origins else ((), ()), strict=True):
        records = records.append_column(name, pa.array(values, ORIGIN[name]))
    return Merges(found.history, records, found.undecided.select(LIKELY.names))
