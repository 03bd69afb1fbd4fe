"""Excel workbooks (and OpenDocument sheets): the first sheet whose header names a title column is read.

Specification: ECMA-376, Office Open XML; https://support.microsoft.com/office/excel-specifications-and-limits. Met so far:
title lines above the header, numbers and dates in typed cells, characters escaped as ``_x000D_``.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from explorer.errors import ExportError
from explorer.formats.target import cells, deliver, list_cell
from explorer.ledger import Ledger
from explorer.schema import FIELDS, TEXTS, to_table

if TYPE_CHECKING:
    import pandas as pd

LABEL = "Excel"
SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")

CELL = 32_767
"""Most UTF-16 code units a cell holds."""

_ROWS = 1_048_576
_WIDTHS = {"title": 60, "abstract": 60, "authors": 40, "venue": 24, "keywords": 24, "url": 24, "doi": 24, "id": 16}


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
        Takes what a cell cannot hold: text beyond 32,767 UTF-16 code units is cut.

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
    """
    import xlsxwriter

    table = to_table(papers)
    if table.num_rows >= _ROWS:
        raise ExportError(f"An Excel sheet holds {_ROWS - 1:,} papers, not {table.num_rows:,}. Export CSV or Parquet.")
    columns = _fitting(cells(table), table, ledger)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet("papers")
    for column, (name, values) in enumerate(columns.items()):
        sheet.set_column(column, column, _WIDTHS.get(name, 12))
        sheet.write_string(0, column, _cut(name), bold)
        for row, value in enumerate(values, start=1):
            if isinstance(value, str):
                if value:
                    sheet.write_string(row, column, value)
            elif value is not None and value == value and abs(value) != float("inf"):
                sheet.write_number(row, column, value)
    sheet.freeze_panes(1, 0)
    if columns:
        sheet.autofilter(0, 0, table.num_rows, len(columns) - 1)
    if manifest is not None:
        about = book.add_worksheet("manifest")
        about.set_column(0, 1, 40)
        for row, (key, value) in enumerate(manifest.items()):
            about.write_string(row, 0, _cut(str(key)), bold)
            about.write_string(row, 1, _cut(str(value)))
    book.close()
    return deliver(buffer.getvalue(), path)


def _fitting(columns: dict[str, list[Any]], table: pa.Table, ledger: Ledger | None) -> dict[str, list[Any]]:
    """Cut what a cell cannot hold, a list after its last item that fits, and note it."""
    fitting = {}
    for name, values in columns.items():
        for row, value in enumerate(values):
            # A character is one or two units: below half the limit no text needs counting.
            if not isinstance(value, str) or len(value) <= CELL // 2 or _units(value) <= CELL:
                continue
            if FIELDS.get(name) == TEXTS:
                items = table.column(name)[row].as_py()
                while items and _units(cut := list_cell(items)) > CELL:
                    items = items[: min(len(items) - 1, int(len(items) * CELL / _units(cut)) + 1)]
                values[row] = list_cell(items)
            else:
                values[row] = _cut(value)
            if ledger is not None:
                ledger.lose("Excel", row + 1, name, value, values[row], f"a cell holds {CELL:,} characters")
        fitting[name] = values
    return fitting


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str) -> str:
    return text.encode("utf-16-le")[: 2 * CELL].decode("utf-16-le", errors="ignore")
