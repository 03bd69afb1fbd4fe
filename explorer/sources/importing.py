"""Files read into papers, each paper once: what reads a file, and what merges duplicates, together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from os import PathLike

import pyarrow as pa

from explorer.dedupe.deduplication import Deduplicated, Rules, merge_duplicates
from explorer.dedupe.merges import LIKELY, ORIGIN, Merges
from explorer.sources.formats import registry as formats
from explorer.sources.formats.registry import Import
from explorer.sources.source import Source


def import_papers(
    *files: str | PathLike[str] | Source,
    columns: Mapping[str, str | None] | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    keep_duplicates: bool = False,
    rules: Rules | None = None,
) -> Import:
    """Read files of any known format into one paper table, each paper once, with a ledger of every record.

    Parameters
    ----------
    *files : str, path or Source
        Files, folders (all files below them), globs, archives. Compressed files are looked through.
    columns : mapping, optional
        Corrects what columns of a table are taken for: ``{"Headline": "title", "Source": None}``; None leaves a column as it is.
    delimiter, encoding : str, optional
        Correct what was found; `ledger.findings` says what that is.
    keep_duplicates : bool
        Leave records that are one paper as they are.
    rules : Rules, optional
        Pairs of records to merge always, or never.

    Returns
    -------
    Import
        `papers` (DataFrame in the schema), `ledger`, `merges`, which holds the merged records as they were, and `likely`, the pairs
        that are likely one paper and were not merged. A file
        without a known format is one rejected record, and so is one of a folder or archive that is damaged.

    Raises
    ------
    ReadError
        A file that was named is missing or damaged as a whole, or the encoding has no such name.
    """
    read = formats.import_papers(*files, columns=columns, delimiter=delimiter, encoding=encoding)
    return read if keep_duplicates else merged(read, rules or Rules())[0]


def merged(
    read: Import,
    rules: Rules,
    judge: Callable[[Deduplicated, Rules], Rules] = lambda found, rules: rules,
    progress: Callable[[float], None] = lambda part: None,
) -> tuple[Import, list[int], Rules]:
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

    Returns
    -------
    tuple of (Import, list of int, Rules)
        The papers, the row of `read` at which each stands, and the rules they were merged by.
    """
    found = merge_duplicates(read.table, rules=rules, ledger=read.ledger, progress=progress)
    progress(1.0)
    if (judged := judge(found, rules)) != rules:
        again = merge_duplicates(read.table, rules=judged, ledger=read.ledger, progress=lambda part: progress(1.0))
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
    return Import(found.table, ledger, merges=_kept(read, found)), found.rows.tolist(), rules


def _kept(read: Import, found: Deduplicated) -> Merges:
    """What was merged, in the form that a corpus keeps."""
    origins = [read.origin(row) for row in found.absorbed.column("merge_row").to_pylist()]
    records = found.absorbed.drop_columns(["merge_row"])
    for name, values in zip(("merge_source", "merge_record"), zip(*origins, strict=True) if origins else ((), ()), strict=True):
        records = records.append_column(name, pa.array(values, ORIGIN[name]))
    return Merges(found.history, records, found.undecided.select(LIKELY.names))
