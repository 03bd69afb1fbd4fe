"""Comma- and tab-separated values, read by column names; the delimiter is found from the header line.

Files of our own writing (their header starts with the columns of the schema) are read to the letter.

Specification: RFC 4180 for CSV, IANA ``text/tab-separated-values`` for TSV. Met so far: byte order marks, semicolons, rows
with too many or too few cells, quoted line breaks, cells that an exporter guarded with an apostrophe against formulas.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from os import PathLike
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from explorer.errors import ReadError
from explorer.formats.source import Source, decode, tables
from explorer.formats.target import cell_list, cells, deliver
from explorer.ledger import Ledger
from explorer.schema import FIELDS, TEXTS, columns_to_fields, to_table

if TYPE_CHECKING:
    import pandas as pd

LABEL = "CSV or TSV"
SUFFIXES = (".csv", ".tsv", ".tab")

_WIDEST = 16 * 1024 * 1024
_RISKY = re.compile(r"'*(?:\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])")
_GUARDED = re.compile(r"'" + _RISKY.pattern)


def sniff(head: bytes) -> bool:
    """Whether the first line is a header that names a title column."""
    lines = decode(head).splitlines()
    return bool(lines) and "title" in columns_to_fields(_cells(lines[0])).values()


def delimiter_of(header: str) -> str:
    """The candidate that splits the header line into the most cells; a comma where none does."""
    return max((",", "\t", ";", "|"), key=lambda mark: len(next(csv.reader([header], delimiter=mark), [])))


def _cells(header: str) -> list[str]:
    return next(csv.reader([header], delimiter=delimiter_of(header)), [])


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the rows; rows that do not fit the header are rejected with their line.

    Raises
    ------
    ReadError
        No column of the header is recognised as the title.
    """
    text = decode(source.bytes()).lstrip("\ufeff")
    header = text.split("\n", 1)[0]
    names = [name.strip() for name in _cells(header)]
    fields = columns_to_fields(names)
    if "title" not in fields.values():
        shown = ", ".join(names[:12]) or "none"
        raise ReadError(f"{source.name} has no title column (its columns: {shown}). Rename the one that holds titles to 'title'.")
    yield from tables(_rows(text, delimiter_of(header), names, source, ledger), source, ledger)


def _rows(
    text: str, delimiter: str, names: list[str], source: Source, ledger: Ledger
) -> Iterator[tuple[int, int | None, dict[str, Any]]]:
    csv.field_size_limit(_WIDEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    next(reader)
    own = names[: len(FIELDS)] == list(FIELDS)
    number = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            ledger.reject(source.name, number, f"the row cannot be read: {error}", line=line)
            continue
        if not any(cells):
            continue
        number += 1
        if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
            ledger.reject(
                source.name, number, f"{len(cells)} cells under {len(names)} columns", line=line, text=delimiter.join(cells)
            )
            continue
        if len(cells) < len(names):
            ledger.repair(
                source.name, number, names[len(cells)], "", "", f"the row ends after {len(cells)} of {len(names)} cells", line=line
            )
        plain = (cell[1:] if cell[0] == "'" and _GUARDED.match(cell) else cell for cell in cells if cell)
        record: dict[str, Any] = dict(zip([name for name, cell in zip(names, cells, strict=False) if cell], plain, strict=False))
        yield number, line, _listed(record) if own else record


def _listed(record: dict[str, Any]) -> dict[str, Any]:
    return {name: cell_list(cell) if FIELDS.get(name) == TEXTS else cell for name, cell in record.items()}


def to_csv(papers: pd.DataFrame | pa.Table, path: str | PathLike[str] | None = None, *, delimiter: str = ",") -> bytes:
    """Write papers as comma-separated values.

    Parameters
    ----------
    papers : DataFrame or pyarrow.Table
        A paper table; columns beyond the schema are written as text.
    path : str or path, optional
        File to write; without it, only the bytes are returned.
    delimiter : str
        One character.

    Returns
    -------
    bytes
        UTF-8, a header line, lines that end in CRLF. Lists are joined with semicolons; dates are as long as they are known;
        a cell that a spreadsheet would take for a formula starts with an apostrophe, which `read` takes off again.

    Raises
    ------
    ExportError
        The file cannot be written.
    SchemaError
        The table has no title column.

    Notes
    -----
    Formulas: OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection.
    """
    columns = cells(to_table(papers))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([_guard(name) for name in columns])
    writer.writerows(zip(*([_guard(cell) for cell in column] for column in columns.values()), strict=True))
    return deliver(buffer.getvalue().encode(), path)


def _guard(cell: Any) -> Any:
    return "'" + cell if isinstance(cell, str) and _RISKY.match(cell) else cell


def to_tsv(papers: pd.DataFrame | pa.Table, path: str | PathLike[str] | None = None) -> bytes:
    """Write papers as tab-separated values; otherwise as `to_csv`."""
    return to_csv(papers, path, delimiter="\t")
