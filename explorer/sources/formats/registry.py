"""Ways in and out: one file format a module, and the table that recognises them.

A format module has `LABEL`, `SUFFIXES`, ``sniff(head: bytes) -> bool`` and ``read(source, ledger)``, which yields conforming
tables and accounts for every record in the ledger; its writer, where it has one, is ``to_<format>`` beside it. Formats are recognised
from content first, then from the suffix.
"""

from __future__ import annotations

import codecs
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from explorer.dedupe.merges import Merges
from explorer.errors import ReadError
from explorer.papers.ledger import Finding, Ledger
from explorer.papers.schema import FIELDS, assign_ids, to_frame
from explorer.papers.spool import Spool
from explorer.sources.formats.bibtex import bibtex
from explorer.sources.formats.documents import hf_page
from explorer.sources.formats.json import (
    arxiv_snapshot,
    biorxiv,
    crossref,
    csl_json,
    dblp,
    europe_pmc,
    inspire,
    json_records,
    mendeley,
    openalex,
    pubmed_summary,
)
from explorer.sources.formats.tables import delimited, excel, html_table, parquet
from explorer.sources.formats.tagged import (
    cnki,
    cochrane,
    copac,
    medline,
    noteexpress,
    ovid,
    pubmed_text,
    refer,
    refworks,
    ris,
    wos,
)
from explorer.sources.formats.xml import (
    arxiv_atom,
    bibtexml,
    crossref_xml,
    endnote_xml,
    ictrp,
    marc,
    mods,
    office_xml,
    pubmed_xml,
    rdf,
    tei,
)
from explorer.sources.formats.yaml import csl_yaml, hayagriva
from explorer.sources.source import Source, decode, files_of, is_archive, is_workbook, members

if TYPE_CHECKING:
    import pandas as pd


class Format(Protocol):
    """What a format module offers."""

    @property
    def LABEL(self) -> str:  # noqa: N802  (a constant of the module)
        """What people call it."""

    @property
    def SUFFIXES(self) -> tuple[str, ...]:  # noqa: N802
        """Suffixes of its files, in lower case, with the dot."""

    def sniff(self, head: bytes) -> bool:
        """Whether bytes at the start of a file are of this format."""

    def read(self, source: Source, ledger: Ledger) -> Iterator[pa.Table]:
        """Yield conforming tables and account for every record."""


# The order is that of sniffing: the surer the mark, the earlier; dialects before what they are dialects of.
FORMATS: tuple[Format, ...] = (
    parquet, excel, noteexpress, pubmed_xml, endnote_xml, crossref_xml, mods, marc, office_xml, bibtexml, arxiv_atom, rdf,
    ictrp, tei, html_table, hf_page, arxiv_snapshot, openalex, crossref, europe_pmc, biorxiv, dblp, inspire, pubmed_summary,
    mendeley, csl_json, json_records, cnki, cochrane, refworks, pubmed_text, hayagriva, csl_yaml, delimited, medline, wos,
    ris, refer, ovid, copac, bibtex,
)  # fmt: skip


_BY_SUFFIX: dict[str, Format] = {
    ".bib": bibtex, ".ris": ris, ".nbib": medline, ".enw": refer, ".parquet": parquet, ".xlsx": excel,
}  # fmt: skip
"""Suffixes that one format has to itself."""

_TAGGED: tuple[Format, ...] = (
    medline, wos, ris, refer, ovid, copac, noteexpress, cnki, cochrane, refworks, pubmed_text,
)  # fmt: skip
"""Formats whose files of no record are empty."""

_LISTS: tuple[Format, ...] = (
    parquet, excel, arxiv_atom, openalex, crossref, europe_pmc, biorxiv, dblp, inspire, pubmed_summary, mendeley, csl_json, json_records,
    delimited,
)  # fmt: skip
"""Formats of which a file can be a list of nothing, as that of a day without papers is; in others it may be anything else."""

_NO_RECORD = "no record is in the file"

# Byte order marks and white space.
_NOTHING = b"\xef\xbb\xbf\xff\xfe \t\r\n"


@dataclass(frozen=True)
class Import:
    """Papers and what became of every input record.

    Attributes
    ----------
    table : pyarrow.Table
        The papers in the schema, one row a paper.
    ledger : Ledger
        What became of every record.
    origins : tuple of (str, int)
        Name of each source in turn, and how many of the rows came from it.
    merges : Merges
        What was merged into which paper, and the merged records.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers"], "authors": [["Lee, Ann"]], "year": [2024]})
    >>> came = explorer.import_papers(papers)
    >>> len(came.papers), came.ledger.accepted
    (1, 1)
    """

    table: pa.Table
    ledger: Ledger
    origins: tuple[tuple[str, int], ...] = ()
    """Name of each source in turn, and how many of the rows came from it; empty where they came from one only."""
    merges: Merges = field(default_factory=Merges)
    """What was merged into which paper, and the merged records."""

    def origin(self, row: int) -> tuple[str, int]:
        """Name of the source a row that was read came from, and the number of its record there, from 1.

        Parameters
        ----------
        row : int
            Row of the table, from 0.

        Returns
        -------
        (str, int)

        Examples
        --------
        >>> import explorer
        >>> import pandas as pd
        >>> came = explorer.import_papers(pd.DataFrame({"title": ["Adding numbers", "Counting apples"]}))
        >>> came.origin(1)
        ('papers', 2)
        """
        starts, names = self._sources
        place = bisect_right(starts, row) - 1
        name, number = (names[place], row - starts[place] + 1) if names else (self._only(row), row + 1)
        # A record that was rejected, or merged while it was read, has a number but no row.
        return name, number + bisect_right(self._passed.get(name, ()), number)

    def _only(self, row: int) -> str:
        return self.table.column("source")[row].as_py() or "papers"

    @cached_property
    def _sources(self) -> tuple[list[int], list[str]]:
        starts = [0, *accumulate(rows for _, rows in self.origins)]
        return starts[:-1], [name for name, _ in self.origins]

    @cached_property
    def _passed(self) -> dict[str, list[int]]:
        """For each record without a row, the number at which a row would stand before it, had all rows followed each other."""
        passed: dict[str, list[int]] = {}
        for note in self.ledger.notes:
            if note.action in ("rejected", "merged"):
                passed.setdefault(note.source, []).append(note.record)
        return {
            name: list(accumulate((number - before for before, number in enumerate(sorted(numbers))), max))
            for name, numbers in passed.items()
        }

    @property
    def papers(self) -> pd.DataFrame:
        """The papers as a DataFrame in the schema."""
        return to_frame(self.table)

    @property
    def likely(self) -> pd.DataFrame:
        """Pairs of papers that are likely one, not merged, for the reader to decide: ids, titles, `score`, `relation`, `reason`."""
        return to_frame(self.merges.likely)


def recognise(source: Source) -> Format:
    """Find the format of a source by content, then by suffix.

    Raises
    ------
    ReadError
        The source is empty or of no known format.
    """
    head = source.head()
    if not head.strip(_NOTHING):
        raise ReadError(f"{source.name} is empty.")
    found = _known(source, head)
    if found is None:
        raise ReadError(f"{source.name} is {_unknown()}.")
    return found


def _known(source: Source, head: bytes) -> Format | None:
    head = head.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    named = _BY_SUFFIX.get(source.suffix)
    if named is not None and named.sniff(head):
        # The format whose suffix it is agrees: no other is asked.
        return named
    found = next((form for form in FORMATS if form.sniff(head)), None) or next(
        (form for form in FORMATS if source.suffix in form.SUFFIXES), None
    )
    if found is None and source.columns and delimited.sniff_told(head, source.columns):
        return delimited
    return found


def _unknown() -> str:
    """What is said of a source that no format reads: what to give instead, and not all that there are."""
    return f"of no format known here. Export it as BibTeX, RIS, CSV, Excel or another of the {len(FORMATS)} formats that are"


def read_batches(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield the papers of one source as conforming tables, the next read only when it is asked for.

    Memory does not grow with the size of JSON lines, of the arXiv snapshot, of XML and of Parquet. A source of no known format, or
    an empty one, is one rejected record; a list of nothing is none.

    Raises
    ------
    ReadError
        The source is damaged as a whole, or passes a bound that no list of papers does.
    """
    head = source.head()
    form = _known(source, head) if head.strip(_NOTHING) else None
    if form is None:
        text = decode(head)[:200]
        if not head.strip(_NOTHING):
            reason, text = "empty", ""
        elif head.startswith(b"%PDF"):
            reason, text = "a PDF, which is a paper and no list of papers; export its reference instead", ""
        else:
            reason = _unknown()
        # What is no text tells a reader nothing.
        readable = "\ufffd" not in text and all(char.isprintable() or char.isspace() for char in text)
        ledger.reject(source.name, 1, f"the file is {reason}", text=text if readable else "")
        return
    finding = ledger.finding(source.name)
    finding.format = form.LABEL
    textual = form not in (parquet, excel)
    if textual:
        finding.encoding = source.found_encoding()
    read = ledger.read
    yield from form.read(source, ledger)
    if textual:
        _tell_encoding(source, finding, ledger)
    if form in _TAGGED and ledger.read == read:
        # Recognised by its suffix, or by a line: whatever it holds instead of records shall not be gone without a word.
        text = decode(head)[:300].strip()
        ledger.reject(source.name, 1, f"no record of {form.LABEL} is in the file", text=text)
    elif form in _LISTS and ledger.read == read:
        ledger.empty(source.name, _NO_RECORD)
    elif ledger.read == read:
        # Such as a web page under a name that ends in .bib.
        ledger.reject(source.name, 1, _NO_RECORD)


def _tell_encoding(source: Source, finding: Finding, ledger: Ledger) -> None:
    """Say in which encoding a source was read, and what else it may be in where that is not sure."""
    found = source.found()
    finding.encoding, finding.sureness = found.encoding, found.sureness
    if found.sure:
        return
    finding.readings = list(found.readings)
    others = ", ".join(f"{way.encoding} ({way.sureness:.0%})" for way in found.readings[1:]) or "others"
    reason = (
        f"read as {found.encoding}, which is not sure ({found.sureness:.0%}); it may be in {others}: "
        f"choose what looks right, or name it (encoding={found.encoding!r})"
    )
    ledger.repair(source.name, 0, "", "", found.readings[0].preview if found.readings else "", reason)


def read_files(
    *files: str | PathLike[str] | Source,
    columns: Mapping[str, str | None] | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    spool: Spool | None = None,
) -> Import:
    """Read files of any known format into one paper table, with a ledger of every record.

    Each record stays a paper of its own; `explorer.import_papers` merges those that are one.

    Parameters
    ----------
    *files : str, path or Source
        Files, folders (all files below them), globs, archives. Compressed files are looked through.
    columns : mapping, optional
        Corrects what columns of a table are taken for: ``{"Headline": "title", "Source": None}``; None leaves a column as it is.
    delimiter, encoding : str, optional
        Correct what was found; `ledger.findings` says what that is.
    spool : Spool, optional
        Takes the papers as they are read, so that they need not lie in memory.

    Returns
    -------
    Import
        `papers` (DataFrame in the schema) and `ledger`. A file without a known format is one rejected record, and so is one
        of a folder or archive that is damaged.

    Raises
    ------
    ReadError
        A file that was named is missing or damaged as a whole, or the encoding has no such name.
    """
    if not files:
        raise ReadError("No file was named.")
    if encoding is not None:
        try:
            codecs.lookup(encoding)
        except LookupError as error:
            raise ReadError(f"There is no encoding {encoding!r}. Common ones: utf-8, utf-16, cp1252, gbk, latin-1.") from error
    told = (
        (replace(source, columns=columns, delimiter=delimiter, encoding=encoding), named) for source, named in _expanded(files)
    )
    return _gathered(told, lambda name, papers: None, spool)


def read_sources(sources: Iterable[Source], *, progress: Callable[[str, int], None]) -> Import:
    """Read sources that are each told apart how to be taken; one that is damaged as a whole is a rejected record.

    Parameters
    ----------
    sources : iterable of Source
        Archives among them are looked through.
    progress : callable
        Called as ``progress(name, papers)`` before each source and after each batch of it; an exception it raises stops the
        import.
    """
    return _gathered((part for source in sources for part in _unpacked(source, False)), progress)


def _gathered(
    sources: Iterable[tuple[Source, bool]], progress: Callable[[str, int], None], spool: Spool | None = None
) -> Import:
    """Read sources into one table; one that is damaged raises if it is marked so, and is a rejected record if not."""
    parts: list[pa.Table] = []
    ledger = Ledger()
    origins: list[tuple[str, int, int]] = []
    for source, named in sources:
        progress(source.name, 0)
        seen = ledger.read
        databases: Counter[str | None] = Counter()
        try:
            for table in read_batches(source, ledger):
                databases.update(table.column("source").to_pylist())
                parts.append(table) if spool is None else spool.write(table)
                before = sum(rows for name, _, rows in origins if name == source.name)
                origins.append((source.name, before, table.num_rows))
                progress(source.name, before + table.num_rows)
        except ReadError as error:
            if named:
                raise
            ledger.reject(source.name, 1, str(error))
        ledger.count_sources(source.name, databases, ledger.read - seen)
    if spool is not None:
        whole = spool.table()
    elif parts:
        whole = pa.concat_tables(parts, promote_options="permissive")
    else:
        whole = pa.table({n: pa.nulls(0, k) for n, k in FIELDS.items()})

    def note(row: int, field: str, before: str, after: str, reason: str) -> None:
        for name, first, rows in origins:
            if row < rows:
                ledger.repair(name, first + row + 1, field, before, after, reason)
                return
            row -= rows

    result = assign_ids(whole, note)
    ledger.check(result.num_rows)
    counts: dict[str, int] = {}
    for name, _, rows in origins:
        counts[name] = counts.get(name, 0) + rows
    return Import(result, ledger, tuple(counts.items()))


def _expanded(files: tuple[str | PathLike[str] | Source, ...]) -> Iterator[tuple[Source, bool]]:
    """Yield the sources that files, folders, globs and archives stand for, and whether the user named them one by one."""
    for file in files:
        if isinstance(file, Source):
            yield from _unpacked(file, True)
            continue
        given: object = file
        if not isinstance(given, str | PathLike):
            told = f"Files are named by their paths, one by one, not by a {type(given).__name__}."
            raise ReadError(f"{told} A table of papers becomes a corpus by Corpus.from_papers.")
        path = Path(file)
        for found in files_of(path):
            name = str(found.relative_to(path)) if path.is_dir() else found.name
            yield from _unpacked(Source(name, path=found), found == path)


def _unpacked(source: Source, named: bool) -> Iterator[tuple[Source, bool]]:
    try:
        head = source.head()
        if not is_archive(head) or is_workbook(head):
            yield source, named
            return
        for name, data in members(source.open(), source.name):
            yield replace(source, name=name, path=None, data=data), False
    except ReadError:
        if named:
            raise
        yield source, False


def read_papers(
    *files: str | PathLike[str] | Source,
    columns: Mapping[str, str | None] | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
) -> pd.DataFrame:
    """Read files of any known format into a DataFrame in the schema.

    `import_papers` takes the same arguments and gives the ledger too.

    Parameters
    ----------
    *files : str, path or Source
        Files, folders, globs, archives.
    columns, delimiter, encoding : optional
        As for `read_files`.

    Returns
    -------
    DataFrame
        One row a record: the columns of the schema, then what else the files say.

    Raises
    ------
    ReadError
        As `read_files` does; also where no file gave a paper.

    Examples
    --------
    >>> import explorer
    >>> import tempfile
    >>> from pathlib import Path
    >>> file = Path(tempfile.mkdtemp()) / "refs.bib"
    >>> _ = file.write_text("@article{lee, title = {Adding numbers}, author = {Lee, Ann}, year = 2024}")
    >>> explorer.read_papers(file)[["title", "year"]].to_dict("records")
    [{'title': 'Adding numbers', 'year': 2024}]
    """
    result = read_files(*files, columns=columns, delimiter=delimiter, encoding=encoding)
    if not result.table.num_rows and (none := [n for n in result.ledger.notes if n.action in ("rejected", "empty")]):
        raise ReadError(f"No paper could be read. {none[0].source}: {none[0].reason}.")
    return result.papers
