"""Excel workbooks (and OpenDocument sheets): every sheet whose header names a title column is read.

Specification: ECMA-376, Office Open XML; https://support.microsoft.com/office/excel-specifications-and-limits. Met so far:
title lines above the header, numbers and dates in typed cells. Exporters are listed in `columns`.

What a sheet cannot hold is cut and named in the ledger: text beyond 32,767 UTF-16 code units, and the characters U+FFFE and U+FFFF.
Types of columns beyond the schema come back as text. Files of our own writing are read to the letter.
"""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from os import PathLike
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from explorer.disk import TEMPORARY, HeldFolder, deliver
from explorer.errors import ExportError, ReadError
from explorer.papers.ledger import Ledger
from explorer.papers.paper_table import PaperBatches
from explorer.papers.schema import FIELDS, TEXTS
from explorer.sources.formats.record_fields import cells, list_cell
from explorer.sources.formats.tables.columns import HEADER_WITHIN, Header, find_header, header_of, records
from explorer.sources.source import DAMAGED, Source, check_bounds, is_workbook, tables

if TYPE_CHECKING:
    import pandas as pd

LABEL = "Excel"
SUFFIXES: tuple[str, ...] = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")

CELL = 32_767
"""Most UTF-16 code units a cell holds."""

_ROWS = 1_048_576
_EXACT = 10**15
"""A number from here on has more digits than a spreadsheet keeps."""
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NONCHARACTERS = "[\ufffe\uffff]"
_WIDTHS = {"title": 60, "abstract": 60, "authors": 40, "venue": 24, "keywords": 24, "url": 24, "doi": 24, "id": 16}


def sniff(head: bytes) -> bool:
    """Whether the file is a workbook, of the kind before 2007 too."""
    return is_workbook(head) or head.startswith(_OLD_EXCEL)


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the rows of every sheet that has a title column; records are numbered through all of them.

    The ledger shows the columns of the first one. Of the others a title alone is no header.

    Raises
    ------
    ReadError
        The file is damaged or locked, unpacks to far more than its size, or no sheet has a title column.
    """
    import python_calamine

    data = source.bytes()
    if not data.startswith(_OLD_EXCEL):
        check_bounds(io.BytesIO(data), source.name)
        _check_extent(data, source.name)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]
    except Exception as error:
        # calamine raises a type of its own for each container, and panics on some damaged ones.
        raise ReadError(f"{source.name} is not a readable workbook: {error}. Save it again as .xlsx or CSV.") from error
    titled = [sheet for sheet in sheets if _columns(sheet, source)]
    first, *others = titled or sorted(sheets, key=len, reverse=True)[:1] or [[]]
    header, rows = find_header(_rows(first), source, ledger)
    read = ledger.read
    yield from tables(_noting_rounded(records(rows, header, source, ledger), first, header, source, ledger), source, ledger)
    for sheet in others:
        if _columns(sheet, source) > 1:
            header, rows = find_header(_rows(sheet), source, Ledger())
            found = records(rows, header, source, ledger, after=ledger.read - read)
            yield from tables(_noting_rounded(found, sheet, header, source, ledger), source, ledger)


def _noting_rounded(
    found: Iterator[tuple[int, int | None, Mapping[str, Any]]],
    sheet: list[list[Any]],
    header: Header,
    source: Source,
    ledger: Ledger,
) -> Iterator[tuple[int, int | None, Mapping[str, Any]]]:
    """Note what was typed as a number and has more digits than a workbook keeps; as text it would be whole."""
    for number, line, record in found:
        for name, cell in zip(header.names, sheet[(line or 1) - 1], strict=False):
            if isinstance(cell, int | float) and _EXACT <= abs(cell) < float("inf"):
                told = f"{cell:.0f}"
                reason = "a workbook keeps 15 digits of a number, so that the last of these may be others; keep it as text"
                ledger.repair(source.name, number, name, told, told, reason, line=line)
        yield number, line, record


_COLUMN = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]{1,3})')
_ROW = re.compile(rb'<(?:\w+:)?row [^>]*?\br="(\d{1,7})')
_CELLS = 30_000_000
"""Cells that a sheet may span: reading takes memory for every one, also where they are empty."""


def _check_extent(data: bytes, name: str) -> None:
    """Refuse a workbook of which a sheet has a cell far out.

    Raises
    ------
    ReadError
        It would take more memory than there is.
    """
    # Of a damaged one the reader says so.
    with (
        contextlib.suppress(*DAMAGED, ValueError, NotImplementedError, RuntimeError),
        zipfile.ZipFile(io.BytesIO(data)) as archive,
    ):
        for sheet in (entry for entry in archive.namelist() if re.search(r"worksheets/[^/]+\.xml\Z", entry)):
            columns: set[bytes] = set()
            last = 0
            with archive.open(sheet) as file:
                kept = b""
                while part := file.read(1 << 20):
                    columns.update(_COLUMN.findall(kept + part))
                    last = max([last, *map(int, _ROW.findall(kept + part))])
                    # A tag may lie across two parts.
                    kept = part[-200:]
            furthest = max(columns, key=lambda letters: (len(letters), letters), default=b"")
            width = sum((letter - 64) * 26**place for place, letter in enumerate(reversed(furthest)))
            if last * width > _CELLS:
                raise ReadError(
                    f"{name} has a cell far out, in column {furthest.decode()} or row {last:,}, so that its sheet spans "
                    f"{last * width:,} cells. Delete the empty rows and columns before it, and save the workbook again."
                )


def _rows(sheet: list[list[Any]]) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of the rows that are not blank."""
    return ((line, cells) for line, row in enumerate(sheet, start=1) if any(cells := [_text(cell) for cell in row]))


def _columns(sheet: list[list[Any]], source: Source) -> int:
    """Columns of a sheet that are recognised; none where no column is the title."""
    headers = (header_of([_text(cell) for cell in row], source.columns) for row in sheet[:HEADER_WITHIN])
    return next((len(header.fields) for header in headers if header is not None), 0)


def _text(cell: Any) -> str:
    """Text of a typed cell: whole numbers without a fraction, days without a time."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat()
    return cell.isoformat() if isinstance(cell, date) else "" if cell is None else str(cell)


def to_excel(
    papers: pd.DataFrame | pa.Table,
    path: str | PathLike[str] | None = None,
    *,
    manifest: Mapping[str, Any] | None = None,
    ledger: Ledger | None = None,
) -> bytes:
    """Write papers as an Excel workbook: sheet ``papers``, and sheet ``manifest`` where one is given.

    Parameters
    ----------
    papers : DataFrame or pyarrow.Table
        A paper table.
    path : str or path, optional
        File to write; without it, only the bytes are returned.
    manifest : mapping, optional
        How the table was made, one row a key.
    ledger : Ledger, optional
        Takes what a cell cannot hold: text beyond 32,767 UTF-16 code units, U+FFFE and U+FFFF.

    Returns
    -------
    bytes
        Text is typed as text, so a spreadsheet never takes it for a formula, a number, a date or a link.

    Raises
    ------
    ExportError
        There are more papers than a sheet has rows, or the file cannot be written.
    SchemaError
        The table has no title column.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers"], "authors": [["Lee, Ann"]], "year": [2024]})
    >>> import io
    >>> pd.read_excel(io.BytesIO(explorer.to_excel(papers)), engine="calamine")["title"].to_list()
    ['Adding numbers']
    """
    buffer = io.BytesIO()
    write_excel(PaperBatches.of(papers), buffer, None if manifest is None else lambda: manifest, ledger)
    return deliver(buffer.getvalue(), path)


def write_excel(
    papers: PaperBatches,
    file: BinaryIO,
    manifest: Callable[[], Mapping[str, Any]] | None = None,
    ledger: Ledger | None = None,
) -> None:
    """Write what `to_excel` gives into a file, a batch of papers at a time; `manifest` is asked for once the papers are written."""
    import xlsxwriter

    if papers.num_rows >= _ROWS:
        raise ExportError(f"An Excel sheet holds {_ROWS - 1:,} papers, not {papers.num_rows:,}. Export CSV or Parquet.")
    with HeldFolder(f"{TEMPORARY}excel-") as folder:
        # Rows go to a file in the folder once the next one begins.
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": str(folder)})
        try:
            _write_book(book, papers, manifest, ledger)
        finally:
            # It would be closed with its file, also where that is half.
            book.close()


def _write_book(
    book: Any, papers: PaperBatches, manifest: Callable[[], Mapping[str, Any]] | None, ledger: Ledger | None
) -> None:
    add_papers(book, "papers", papers, ledger)
    if manifest is not None:
        about, bold = book.add_worksheet("manifest"), book.add_format({"bold": True})
        about.set_column(0, 1, 40)
        for place, (key, value) in enumerate(manifest().items()):
            about.write_string(place, 0, _cut(str(key)), bold)
            about.write_string(place, 1, _cut(str(value)))


def add_papers(book: Any, name: str, papers: PaperBatches, ledger: Ledger | None = None) -> None:
    """Add a sheet of papers to a workbook of XlsxWriter, a batch at a time."""
    bold, normal = book.add_format({"bold": True}), book.add_format()
    sheet = book.add_worksheet(name)
    for column, field in enumerate(papers.column_names):
        sheet.set_column(column, column, _WIDTHS.get(field, 12))
        sheet.write_string(0, column, _cut(field), bold)
    sheet.freeze_panes(1, 0)
    if papers.column_names:
        sheet.autofilter(0, 0, papers.num_rows, len(papers.column_names) - 1)
    row = 0
    for table in papers:
        shown = _representable(table, row, ledger)
        for values in zip(*_fitting(cells(shown), shown, row, ledger).values(), strict=True):
            row += 1
            for column, value in enumerate(values):
                _write_cell(sheet, row, column, value, normal)


def add_rows(book: Any, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add a sheet of texts, numbers and empty cells (None) to a workbook of XlsxWriter."""
    bold, normal = book.add_format({"bold": True}), book.add_format()
    sheet = book.add_worksheet(name)
    for place, values in enumerate((columns, *rows)):
        for column, value in enumerate(values):
            plain = _cut(_without(value) or "") if isinstance(value, str) else value
            _write_cell(sheet, place, column, plain, normal if place else bold)


def _write_cell(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    if isinstance(value, str):
        if value.startswith("<r>") and value.endswith("</r>"):
            # XlsxWriter takes such a text for the XML of formatted text, unless it formats it itself.
            sheet.write_rich_string(row, column, "<", style, value[1:])
        elif value:
            sheet.write_string(row, column, value, style)
    elif value is not None and value == value and abs(value) != float("inf"):
        if abs(value) < _EXACT:
            sheet.write_number(row, column, value)
        else:
            # A spreadsheet would round it.
            sheet.write_string(row, column, str(value))


def _representable(table: pa.Table, before_it: int, ledger: Ledger | None) -> pa.Table:
    """Drop the two characters that no XML can hold; so many papers come before the table."""
    for place, name in enumerate(table.column_names):
        column = table.column(name)
        texts = pc.list_flatten(column) if column.type == TEXTS else column
        if not pa.types.is_large_string(texts.type) or not pc.any(pc.match_substring_regex(texts, _NONCHARACTERS)).as_py():
            continue
        before = column.to_pylist()
        after = [
            [_without(item) for item in value] if isinstance(value, list) else value and _without(value) for value in before
        ]
        if ledger is not None:
            for row, (old, new) in enumerate(zip(before, after, strict=True), start=before_it + 1):
                if old != new:
                    ledger.lose("Excel", row, name, str(old), str(new), "a cell holds no U+FFFE and U+FFFF")
        table = table.set_column(place, name, pa.array(after, column.type))
    return table


def _without(text: str | None) -> str | None:
    return text and text.replace("\ufffe", "").replace("\uffff", "")


def _fitting(columns: dict[str, list[Any]], table: pa.Table, before_it: int, ledger: Ledger | None) -> dict[str, list[Any]]:
    """Cut what a cell cannot hold, a list after its last item that fits, and note it."""
    fitting = {}
    for name, values in columns.items():
        for row, value in enumerate(values):
            if not isinstance(value, str):
                continue
            # A character is one or two units: below half the limit no text needs counting.
            if len(value) <= CELL // 2 or _units(value) <= CELL:
                continue
            if FIELDS.get(name) == TEXTS:
                items = table.column(name)[row].as_py()
                while items and _units(cut := list_cell(items)) > CELL:
                    items = items[: min(len(items) - 1, int(len(items) * CELL / _units(cut)) + 1)]
                values[row] = list_cell(items)
            else:
                values[row] = _cut(value)
            if ledger is not None:
                ledger.lose("Excel", before_it + row + 1, name, value, values[row], f"a cell holds {CELL:,} characters")
        fitting[name] = values
    return fitting


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str) -> str:
    return text.encode("utf-16-le")[: 2 * CELL].decode("utf-16-le", errors="ignore")
