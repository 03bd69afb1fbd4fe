"""NoteExpress: a label in braces before each text (``{Title}: …``), ``{Reference Type}`` before each record.

No specification is published; the labels are those of the export of NoteExpress (http://www.inoteexpress.com), CNKI and Wanfang.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.ledger import Ledger
from explorer.sources.formats.tagged import labelled
from explorer.sources.formats.tagged.tagged import Tagged, accounted
from explorer.sources.source import Source, decode, tables

LABEL = "NoteExpress"
SUFFIXES: tuple[str, ...] = (".net",)

_LABEL = re.compile(r"\{([^{}\n]{1,40})\}\s*[:：]?[ \t]*(.*)\Z", re.DOTALL)
_SNIFF = re.compile(r"\A\s*\{(?:Reference Type|Title|文献类型|标题)\}\s*[:：]")
_NAMES = {
    "Reference Type": "entry_type", "文献类型": "entry_type", "Author": "authors", "Journal": "venue", "Source": "venue",
    "Book Title": "venue", "Secondary Title": "venue", "Tertiary Title": "venue", "Conference Name": "venue",
    "ISBN/ISSN": "issn", "Issue": "number",
    "Database Provider": "source", "Database": "source", "Date": "published", "Publication Date": "published", "Accession Number": "accession",
    "Secondary Author": "editor", "Notes": "note",
}  # fmt: skip


def sniff(head: bytes) -> bool:
    """Whether the text starts with a label in braces."""
    return _SNIFF.match(decode(head).lstrip("\ufeff")) is not None


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the records."""
    text = source.text()
    found = labelled.records(text, _LABEL, "文献类型" if "{文献类型}" in text[:2000] else "Reference Type")
    yield from tables(accounted(found, source, ledger, _fields, ""), source, ledger)


def _fields(record: Tagged) -> Mapping[str, Any]:
    return labelled.fields(record, {label: name for label, name in _NAMES.items() if label in record.fields})
