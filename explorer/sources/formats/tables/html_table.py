"""A table in HTML, as CNKI and other services write it under the suffix of a workbook.

Specification: https://html.spec.whatwg.org/multipage/tables.html. The first table whose header names a title and another field is read; the
files of workbooks that are none open in spreadsheets all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from explorer.errors import ReadError
from explorer.papers.ledger import Ledger
from explorer.sources.formats.tables.columns import HEADER_WITHIN, Row, find_header, header_of, records
from explorer.sources.source import Source, decode, tables
from explorer.text.markup import single_spaced

LABEL = "HTML table"
SUFFIXES: tuple[str, ...] = (".htm", ".html")

_TABLE = re.compile(r"<table\b", re.IGNORECASE)


def sniff(head: bytes) -> bool:
    """Whether a table at the start has a header that names a title and another field."""
    text = decode(head)
    if text.lstrip("\ufeff \t\r\n")[:1] != "<" or _TABLE.search(text) is None:
        return False
    return any(_named(rows) for rows in _tables(text))


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the rows.

    Raises
    ------
    ReadError
        No table of the file has a title column.
    """
    found = list(_tables(source.text()))
    rows = next(filter(_named, found), None) or max(found, key=len, default=[])
    if not rows:
        raise ReadError(f"{source.name} has no table that lists papers.")
    header, below = find_header(iter(rows), source, ledger)
    yield from tables(records(below, header, source, ledger), source, ledger)


def _named(rows: list[Row]) -> bool:
    headers = (header_of(cells) for _, cells in rows[:HEADER_WITHIN])
    return any(header is not None and len(header.fields) > 1 for header in headers)


def _tables(text: str) -> Iterator[list[Row]]:
    """Line and cells of the rows of each table; a table within a cell is one of its own."""
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(text.encode("utf-8", errors="replace"), parser)
    except etree.LxmlError:
        return
    for table in root.iter("table") if root is not None else ():
        rows = [(row.sourceline or 0, _cells(row)) for row in table.iterfind(".//tr") if _within(row) is table]
        yield [(line, cells) for line, cells in rows if any(cells)]


def _within(row: Any) -> Any:
    """The table that a row is of."""
    return next(row.iterancestors("table"), None)


def _cells(row: Any) -> list[str]:
    return [single_spaced("".join(map(str, cell.itertext()))) for cell in row.iterchildren("td", "th")]
