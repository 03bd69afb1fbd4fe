"""Comma- and tab-separated values, read by column names; delimiter and encoding are found, and reported in the ledger.

Specification: RFC 4180 for CSV, IANA ``text/tab-separated-values`` for TSV. Met so far: byte order marks, semicolons, ``sep=;``
lines, lines above the header, spaces after commas, backslashes before quotation marks (MySQL, R) or nothing, rows with too many or too
few cells, quoted line breaks, cells that an exporter guarded with an apostrophe against formulas. Exporters are listed in `columns`.

What CSV cannot hold: types of columns beyond the schema, which come back as text, and the difference between an empty text or
list and none. Files of our own writing (their header starts with the columns of the schema) are read to the letter.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from explorer.disk import deliver
from explorer.papers.ledger import Ledger
from explorer.papers.paper_table import PaperBatches
from explorer.papers.schema import FIELDS
from explorer.sources.formats.record_fields import cells
from explorer.sources.formats.tables.columns import HEADER_WITHIN, find_header, header_of, records, turned
from explorer.sources.source import LINE, Source, decode, tables

if TYPE_CHECKING:
    import pandas as pd

LABEL = "CSV or TSV"
SUFFIXES: tuple[str, ...] = (".csv", ".tsv", ".tab")

DELIMITERS = (",", "\t", ";", "|")

# First characters that make a spreadsheet take a cell for a formula (OWASP, CSV injection), full-width ones too.
_RISKY = re.compile(r"'*(?:\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])")
_GUARDED = re.compile(r"'" + _RISKY.pattern)
_BACKSLASHED = re.compile(r'(?:^|[,;|\t])[ ]*"[^"\r\n]*(?<![\\,;|\t"])\\"\w', re.MULTILINE)
_DOUBLED = re.compile(r'[^",;|\t\r\n\\]""[^",;|\t\r\n]')
"""How MySQL and R write a quotation mark within a cell, and how RFC 4180 does."""
_TOLD = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


def sniff(head: bytes) -> bool:
    """Whether one of the first lines is a header of at least two columns that are recognised, one of them the title."""
    text = decode(head)
    if text.lstrip()[:1] in ("{", "[", "<", "@", "%"):
        return False
    lines = text.lstrip().splitlines()[:HEADER_WITHIN]
    for place, line in enumerate(lines):
        header = header_of(_cells(line)) if len(line) < 8192 else None
        # Below the first line other formats may hold a few words that are names of columns too.
        if header is not None and len(header.fields) >= (2 if place == 0 else 4) and max(map(len, header.names)) < 80:
            return True
    return False


def sniff_told(head: bytes, told: Mapping[str, str | None]) -> bool:
    """Whether a column that the user names stands in one of the first lines."""
    lines = decode(head).lstrip().splitlines()[:HEADER_WITHIN]
    wanted = {name for name, field in told.items() if field is not None}
    return any(
        wanted.intersection(cell.strip() for cell in next(csv.reader([line], delimiter=mark), []))
        for line in lines
        if len(line) < 8192
        for mark in DELIMITERS
    )


def delimiter_of(lines: list[str], told: Mapping[str, str | None] | None = None) -> str:
    """The candidate under which a line is a header with most recognised columns, else most lines have as many cells; else a comma.

    Parameters
    ----------
    told : mapping, optional
        Fields the user names for columns.
    """

    def worth(mark: str) -> tuple[int, int, int]:
        found = [next(csv.reader([line], delimiter=mark), []) for line in lines]
        headers = [(header, len(cells)) for cells in found if (header := header_of(cells, told))]
        named = max(((len(header.fields), width) for header, width in headers), default=(0, 0))
        if named[0]:
            return (*named, 0)
        alike = Counter(len(cells) for cells in found if len(cells) > 1).most_common(1)
        return 0, 0, alike[0][1] if alike else 0

    return max(DELIMITERS, key=worth)


def _cells(line: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter_of([line])), [])


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the rows; rows that do not fit the header are rejected with their line.

    Raises
    ------
    ReadError
        No column of the header is recognised as the title.
    """
    text = source.text(fold=False)
    told = _TOLD.match(text)
    start = told.end() if told else 0
    lines = re.split(r"\r\n|\r|\n", text[start : start + 65_536])[:HEADER_WITHIN]
    if '\\"' in text and not _DOUBLED.search(text) and _BACKSLASHED.search(text):
        # As long as before, so that places stay what they are.
        text = text.replace('\\"', '""')
    delimiter = source.delimiter or (told.group(1) if told else delimiter_of(lines, source.columns))
    rows = _rows(text[start:], delimiter, source, ledger)
    finding = ledger.finding(source.name)
    finding.encoding, finding.delimiter = source.found_encoding(), delimiter
    header, rows = find_header(turned(rows), source, ledger)
    yield from tables(records(rows, header, source, ledger), source, ledger)


def _rows(text: str, delimiter: str, source: Source, ledger: Ledger) -> Iterator[tuple[int, list[str]]]:
    """Yield line and cells of the rows that are not blank; guards against formulas are taken off."""
    csv.field_size_limit(LINE)
    # Web of Science quotes nothing, so that a cell that starts with a quote would swallow the rows after it.
    unquoted = delimiter == "\t" and re.match(r"\ufeff?PT\tAU\t", text) is not None
    own = text.removeprefix("\ufeff").startswith(delimiter.join(FIELDS))
    passed = width = 0
    for restart in range(_RESTARTS + 1):
        lines = _Lines(text)
        reader = csv.reader(
            lines, delimiter=delimiter, skipinitialspace=not own,
            quoting=csv.QUOTE_NONE if unquoted or restart == _RESTARTS else csv.QUOTE_MINIMAL,
        )  # fmt: skip
        while True:
            line, start = reader.line_num + 1, lines.place
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                ledger.reject(source.name, 0, f"the row cannot be read: {error}", line=passed + line)
                continue
            if lines.place == len(text) and reader.line_num > line and _unclosed(text[start:], delimiter, own):
                break
            if len(row) > width:
                if width and not own and (again := _requoted(text[start : lines.place], delimiter, width)):
                    reason = "quotation marks within a quoted cell are read as they stand"
                    ledger.repair(source.name, 0, "", "", "", reason, line=passed + line)
                    row = again
                elif passed + line <= HEADER_WITHIN:
                    width = len(row)
            if any(row):
                yield passed + line, [_unguarded(cell) for cell in row]
        # A quotation mark that is never closed hides the rows after it: its line is read as it stands, then those.
        end = start + len(next(iter(_Lines(text[start:]))))
        row = next(csv.reader([text[start:end]], delimiter=delimiter, skipinitialspace=not own, quoting=csv.QUOTE_NONE))
        reason = "a quotation mark is never closed; its line is read as it stands"
        ledger.repair(source.name, 0, "", text[start:end].rstrip(), "", reason, line=passed + line)
        yield passed + line, [_unguarded(cell.removeprefix('"')) for cell in row]
        text, passed = text[end:], passed + line


_RESTARTS = 50
"""Quotation marks never closed until no mark is taken for one: each costs a further pass over the rest of the file."""


def _requoted(line: str, delimiter: str, width: int) -> list[str]:
    """Cells of a row in which a mark ends a quotation only before a delimiter or the end; none where these are not `width`."""
    if '"' not in line:
        return []
    mark, line = re.escape(delimiter), line.rstrip("\r\n")
    ends = rf"[ ]*(?:{mark}|\Z)"
    # Two marks before a delimiter are first taken for one of the text that goes on, then for one of the text and the end. Each mark can
    # be read in one way only, and is read once: else a row of many would be tried in as many ways as there are parts of it.
    for within in (rf'[^"]|""|"(?!{ends})', rf'[^"]|""(?!{ends})|"(?="{ends})|"(?!"|{ends})'):
        cell = re.compile(rf'[ ]*+(?:"((?:{within})*+)"[ ]*|([^{mark}]*))(?:{mark}|\Z)')
        cells: list[str] = []
        place = 0
        while place <= len(line) and len(cells) <= width:
            found = cell.match(line, place)
            if found is None:
                break
            cells.append(found[2] if found[1] is None else found[1].replace('""', '"'))
            place = found.end() if found.end() > place and line[found.end() - 1 : found.end()] == delimiter else len(line) + 1
        if len(cells) == width and place > len(line):
            return cells
    return []


class _Lines:
    """Lines of a text, and how far it has been read."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self.place = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.place += len(line)
        return line


def _unclosed(rest: str, delimiter: str, own: bool) -> bool:
    """Whether the last row of a file ends within a quotation."""
    reader = csv.reader(io.StringIO(rest, newline=""), delimiter=delimiter, skipinitialspace=not own, strict=True)
    try:
        return next(reader) is None
    except csv.Error as error:
        return "unexpected end of data" in str(error)


def _unguarded(cell: str) -> str:
    if cell[:2] == '="' and cell[-1:] == '"' and '"' not in cell[2:-1]:
        # So that a spreadsheet keeps the zeros of a number.
        return cell[2:-1]
    return cell[1:] if cell[:1] == "'" and _GUARDED.match(cell) else cell


def to_csv(
    papers: pd.DataFrame | pa.Table,
    path: str | PathLike[str] | None = None,
    *,
    delimiter: str = ",",
    ledger: Ledger | None = None,
) -> bytes:
    """Write papers as comma-separated values.

    Parameters
    ----------
    papers : DataFrame or pyarrow.Table
        A paper table; columns beyond the schema are written as text.
    path : str or path, optional
        File to write; without it, only the bytes are returned.
    delimiter : str
        One character.
    ledger : Ledger, optional
        Takes what a table of text cannot hold: lists in columns beyond the schema.

    Returns
    -------
    bytes
        UTF-8 after a byte order mark, by which Excel knows it, a header line, lines that end in CRLF. Lists are joined with
        semicolons; dates are as long as they are known; a cell that a spreadsheet would take for a formula starts with an
        apostrophe, which `read` takes off again.

    Raises
    ------
    ExportError
        The file cannot be written.
    SchemaError
        The table has no title column.

    Notes
    -----
    Formulas: OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers"], "authors": [["Lee, Ann"]], "year": [2024]})
    >>> explorer.to_csv(papers).decode("utf-8-sig").split(",")[:3]
    ['id', 'title', 'abstract']
    """
    return deliver(b"".join(csv_parts(PaperBatches.of(papers), delimiter, ledger)), path)


def csv_parts(papers: PaperBatches, delimiter: str = ",", ledger: Ledger | None = None) -> Iterator[bytes]:
    """What `to_csv` gives, a batch of papers at a time."""
    for field in papers.schema:
        if ledger is not None and field.name not in FIELDS and pa.types.is_nested(field.type):
            ledger.lose("CSV", 0, field.name, "", "", "its lists read back as text")
    yield write_rows(papers.column_names, (), delimiter)
    for table in papers:
        yield _lines(zip(*cells(table).values(), strict=True), delimiter).encode()


def write_rows(names: Iterable[str], rows: Iterable[Sequence[Any]], delimiter: str = ",") -> bytes:
    """Write any table of text as `to_csv` does, guarded against formulas."""
    return (_lines([list(names)], delimiter) + _lines(rows, delimiter)).encode("utf-8-sig")


def _lines(rows: Iterable[Sequence[Any]], delimiter: str) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([_guard(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def _guard(cell: Any) -> Any:
    return "'" + cell if isinstance(cell, str) and _RISKY.match(cell) else cell


def to_tsv(papers: pd.DataFrame | pa.Table, path: str | PathLike[str] | None = None, *, ledger: Ledger | None = None) -> bytes:
    r"""Write papers as tab-separated values; otherwise as `to_csv`.

    Parameters
    ----------
    papers : DataFrame or pyarrow.Table
        A paper table; columns beyond the schema are written as text.
    path : str or path, optional
        File to write; without it, only the bytes are returned.
    ledger : Ledger, optional
        Takes what a table of text cannot hold.

    Returns
    -------
    bytes
        UTF-8, as `to_csv` gives.

    Raises
    ------
    ExportError
        The file cannot be written.
    SchemaError
        The table has no title column.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers"], "authors": [["Lee, Ann"]], "year": [2024]})
    >>> explorer.to_tsv(papers).decode("utf-8-sig").split("\t")[:3]
    ['id', 'title', 'abstract']
    """
    return to_csv(papers, path, delimiter="\t", ledger=ledger)
