"""Cells that carry a value as text: what a table, a tag or a field of a file can hold of a paper."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from explorer.papers.edtf import known_part, read_edtf
from explorer.papers.schema import FIELDS, TEXTS

_AS_THEY_ARE = (pa.types.is_integer, pa.types.is_floating, pa.types.is_string, pa.types.is_large_string)
_SEPARATORS = frozenset(";|\n\r")


def known_dates(table: pa.Table) -> list[str | None]:
    """Text of `published` as far as it is known: ``2024``, ``2024-03`` or ``2024-03-11``, None where there is no date."""
    days = table.column("published").cast(pa.date32()).to_pylist()
    ends = {"year": 4, "month": 7}
    return [
        None if day is None else day.isoformat()[: ends.get(precision, 10)]
        for day, precision in zip(days, table.column("precision").to_pylist(), strict=True)
    ]


def extended_dates(table: pa.Table) -> list[str | None]:
    """Dates in EDTF from the column `edtf`, where they still begin with what is known of `published`."""
    if "edtf" not in table.column_names:
        return [None] * table.num_rows
    return [
        given if isinstance(given, str) and read_edtf(given) == given and known_part(given) == known else None
        for given, known in zip(table.column("edtf").to_pylist(), known_dates(table), strict=True)
    ]


def list_cell(items: Sequence[str | None] | None) -> str:
    """One cell for a list of text, readable, and read back to the letter by `cell_list`.

    Items are joined with semicolons. A single item that could be taken for several ends in a semicolon; a list with an item
    that holds a separator is written as a JSON array.
    """
    if not items:
        return ""
    texts = [item or "" for item in items]
    if texts[0][:1] == "[" or any(not t or t != t.strip() or not _SEPARATORS.isdisjoint(t) for t in texts):
        return json.dumps(texts, ensure_ascii=False)
    if len(texts) == 1 and ("," in texts[0] or " and " in texts[0]):
        return texts[0] + ";"
    return "; ".join(texts)


def cell_list(cell: str) -> list[str]:
    """Return the list a cell stands for: the reverse of `list_cell`."""
    if cell.startswith("[") and cell.endswith("]"):
        with suppress(ValueError, RecursionError):
            items = json.loads(cell)
            if isinstance(items, list) and all(isinstance(item, str) for item in items):
                return items
    return [item for item in (part.strip() for part in cell.split(";")) if item]


def cells(table: pa.Table) -> dict[str, list[Any]]:
    """Columns of a conforming table as Python values that a cell can hold: text, numbers, None.

    Lists become one text (see `list_cell`), dates the text of their known part.
    """
    columns: dict[str, list[Any]] = {}
    for name in table.column_names:
        column = table.column(name)
        kind = column.type
        if name == "published":
            columns[name] = known_dates(table)
        elif kind == TEXTS or _is_list_of_text(kind):
            columns[name] = [list_cell(items) for items in column.to_pylist()]
        elif name in FIELDS or any(is_kind(kind) for is_kind in _AS_THEY_ARE):
            columns[name] = column.to_pylist()
        elif pa.types.is_boolean(kind):
            columns[name] = [None if value is None else int(value) for value in column.to_pylist()]
        elif pa.types.is_dictionary(kind):
            columns[name] = [None if v is None else str(v) for v in pc.cast(column, kind.value_type).to_pylist()]
        else:
            columns[name] = [None if value is None else str(value) for value in column.to_pylist()]
    return columns


def _is_list_of_text(kind: pa.DataType) -> bool:
    listed = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    return bool(listed and (pa.types.is_string(kind.value_type) or pa.types.is_large_string(kind.value_type)))
