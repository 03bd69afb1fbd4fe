"""BibTeXML: the fields of BibTeX as elements. Specification: http://bibtexml.sourceforge.net."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.ledger import Ledger
from explorer.sources.formats.bibtex.bibtex import record_of
from explorer.sources.formats.bibtex.entries import Entry
from explorer.sources.formats.xml.xml_tree import Element, papers, sniff_root, text_of
from explorer.sources.source import Source, decode, tables

LABEL = "BibTeXML"
SUFFIXES: tuple[str, ...] = ()


def sniff(head: bytes) -> bool:
    """Whether the namespace is BibTeXML's."""
    return sniff_root(head, "file", "entry") and "bibtexml" in decode(head)[:4096].lower()


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the entries."""
    yield from tables(papers(source, ledger, _fields, "entry"), source, ledger)


def _fields(record: Element) -> Mapping[str, Any]:
    for inner in record:
        kind = str(inner.tag).rsplit("}", 1)[-1]
        entry = Entry(kind, record.get("id") or "", inner.sourceline or 0)
        entry.fields = {str(field.tag).rsplit("}", 1)[-1]: text for field in inner if (text := text_of(field))}
        return record_of(entry)
    return {}
