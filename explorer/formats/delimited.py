"""Comma- and tab-separated values, read by column names; the delimiter is found from the header line.

Specification: RFC 4180 for CSV, IANA ``text/tab-separated-values`` for TSV. Met so far: byte order marks, semicolons, rows
with too many or too few cells, quoted line breaks, cells that an exporter guarded with an apostrophe against formulas.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from explorer.errors import ReadError
from explorer.formats.source import Source, decode, tables
from explorer.ledger import Ledger
from explorer.schema import columns_to_fields

LABEL = "CSV or TSV"
SUFFIXES = (".csv", ".tsv", ".tab")

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet take a cell for a formula (OWASP, CSV injection)."""

_WIDEST = 16 * 1024 * 1024
_GUARDED = re.compile(r"^'(?=[=+\-@\t\r])")


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
    text = source.text().lstrip("\ufeff")
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
        yield number, line, {name: _GUARDED.sub("", cell) for name, cell in zip(names, cells, strict=False) if cell}
