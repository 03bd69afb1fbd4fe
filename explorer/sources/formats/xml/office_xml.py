"""The sources of Microsoft Word's bibliography.

Specification: ECMA-376 part 1, section 22.6 (shared bibliography).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.dates import finest
from explorer.papers.ledger import Ledger
from explorer.sources.formats.xml.xml_tree import Element, family_first, find_all, papers, sniff_root, text_at, text_of
from explorer.sources.source import Source, tables

LABEL = "Word bibliography"
SUFFIXES: tuple[str, ...] = ()

_ROLES = ("Author", "BookAuthor", "Editor", "Artist", "Inventor")


def sniff(head: bytes) -> bool:
    """Whether the root element is a list of sources."""
    return sniff_root(head, "Sources")


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the sources."""
    yield from tables(papers(source, ledger, _fields, "Source"), source, ledger)


def _fields(record: Element) -> Mapping[str, Any]:
    words = text_at(record, "BIBTEX_KeyWords") or ""
    year, month, day = (text_at(record, name) or "" for name in ("Year", "Month", "Day"))
    return {
        "id": text_at(record, "Tag"),
        "title": text_at(record, "Title"),
        "authors": next((names for role in _ROLES if (names := _names(record, role))), None),
        "abstract": text_at(record, "BIBTEX_Abstract"),
        "venue": text_at(record, "JournalName", "PeriodicalTitle", "ConferenceName", "BookTitle", "Publisher", "Institution"),
        "published": finest(f"{year} {month} {day}".strip() if month else year, year),
        "keywords": [word.strip() for word in words.split(";" if ";" in words else ",") if word.strip()],
        "doi": text_at(record, "DOI"),
        "url": text_at(record, "URL"),
        "volume": text_at(record, "Volume"),
        "number": text_at(record, "Issue"),
        "pages": text_at(record, "Pages"),
        "publisher": text_at(record, "Publisher"),
        "entry_type": text_at(record, "SourceType"),
    }


def _names(record: Element, role: str) -> list[str]:
    names = []
    for person in find_all(record, f"Author/{role}/NameList/Person"):
        parts = [" ".join(text for e in find_all(person, name) if (text := text_of(e))) for name in ("First", "Middle")]
        if name := family_first(text_at(person, "Last"), " ".join(part for part in parts if part) or None):
            names.append(name)
    corporate = text_at(record, f"Author/{role}/Corporate")
    return names or ([corporate] if corporate else [])
