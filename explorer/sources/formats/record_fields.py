"""Fields of a record as several formats hold them: cells that carry a value as text, editors, notes.

A book, or another work that appears by itself, without authors is its editors': readers put them into `authors`, where people look
for them, and into `editors`, by which writers know them for what they are. Notes hold what people decided about a paper (ASReview,
Rayyan): one a line in `note`. Both have one name, whichever format brought them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from explorer.papers.author_names import split_names
from explorer.papers.edtf import known_part, read_edtf
from explorer.papers.schema import FIELDS, TEXTS
from explorer.sources.formats.kinds import kind_of

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


EDITORS = ("editors", "editor", "Editors", "Editor")
"""Columns of editors; a reader writes the first."""

NOTES = ("note", "notes", "Note", "Notes")
"""Columns of notes; a reader writes the first."""

_LABELS = ("asreview_label", "label_included", "included")
"""Columns of decisions, 1 or 0."""

_BY_AUTHORS = frozenset(("article", "inproceedings", "incollection", "unpublished", "phdthesis", "patent"))
"""Kinds whose editors are those of what they appeared in."""


class Credits(NamedTuple):
    """Who made a work, as a format that tells the two apart has them."""

    authors: Sequence[str]
    editors: Sequence[str]


def editors_text(names: Sequence[str]) -> str | None:
    """One text for the column of editors: names between semicolons, as JSON where one holds a semicolon; None without any."""
    if any(";" in name or name[:1] == "[" for name in names):
        return json.dumps(list(names), ensure_ascii=False)
    return "; ".join(names) or None


def with_editors(authors: Sequence[str] | None, editors: Sequence[str] | None, *, alone: bool) -> dict[str, Any]:
    """`authors` and `editors` of a record; a work that stands `alone` and has no authors shows its editors."""
    return {
        "authors": authors or (editors if alone else None) or None,
        **({"editors": editors_text(editors)} if editors else {}),
    }


def people(paper: Mapping[str, Any]) -> Credits:
    """Authors and editors of a paper; names that are shown as authors but are the editors' are theirs alone."""
    authors = paper["authors"] or ()
    given = next((paper[name] for name in EDITORS if paper.get(name)), None)
    if isinstance(given, str):
        editors = cell_list(given) if ";" in given or given[:1] == "[" else split_names(given)
    else:
        editors = [str(name) for name in given or ()]
    if editors and list(authors) == editors and kind_of(paper).bibtex not in _BY_AUTHORS:
        return Credits((), editors)
    return Credits(authors, editors)


_NUMBERED = re.compile(r"(?:\A|(?<=\s))(PMID|PMCID|DOI|ISBN):[ \t]*(\S+)(?=\s|\Z)", re.IGNORECASE)


def numbers_in(note: object) -> dict[str, str]:
    """Identifiers that a note has a line for, or is made of: where Zotero and others keep those that an item has no field for.

    Returns
    -------
    dict
        Of the columns `pmid`, `pmcid`, `doi` and `isbn` those that are told. What a sentence names is none of them.
    """
    if not isinstance(note, str) or ":" not in note:
        return {}
    found: dict[str, str] = {}
    lines = note.split("\n")
    for line in [*lines, note] if len(lines) > 1 else lines:
        pairs = _NUMBERED.findall(line)
        if pairs and not _NUMBERED.sub("", line).strip():
            found = {name.lower(): value for name, value in pairs} | found
    digits = re.compile(r"\d{1,9}")
    return {name: value for name, value in found.items() if name != "pmid" or digits.fullmatch(value)}


def notes_of(paper: Mapping[str, Any]) -> list[str]:
    """Notes about a paper, each once; a decision of ASReview is the note that its RIS files have for it."""
    found = [str(paper[name]) for name in NOTES if paper.get(name)]
    notes = [line for text in found for line in text.split("\n") if line.strip()]
    label = next((str(paper[name]) for name in _LABELS if paper.get(name) is not None), "")
    if label in ("1", "0", "1.0", "0.0") and not any(note.startswith("ASReview_") for note in notes):
        notes.append("ASReview_relevant" if label[0] == "1" else "ASReview_irrelevant")
    return list(dict.fromkeys(notes))
