"""EndNote XML, whose text stands in ``<style>`` elements.

Specification: Clarivate's *RSXML* DTD as shipped with EndNote; described at https://support.clarivate.com/Endnote. Met in exports of
EndNote, Mendeley, Zotero, JabRef.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.dates import finest
from explorer.papers.identifiers import normal_arxiv_id, normal_doi
from explorer.papers.ledger import Ledger
from explorer.sources.formats.record_fields import editors_text
from explorer.sources.formats.xml.xml_tree import Element, find, find_all, papers, sniff_root, text_at, texts_at
from explorer.sources.source import Source, tables
from explorer.text.markup import single_spaced

LABEL = "EndNote XML"
SUFFIXES: tuple[str, ...] = ()

_WHOLE_WORKS = frozenset(
    ("book", "edited book", "report", "thesis", "electronic book", "computer program", "dataset", "serial")
)
_EXTRA = {
    "volume": "volume", "number": "number", "pages": "pages", "publisher": "publisher", "language": "language",
    "place": "pub-location", "note": "notes", "accession": "accession-num", "edition": "edition", "research_notes": "research-notes",
    "label": "label", "call_number": "call-num", "work_type": "work-type", "custom1": "custom1", "custom2": "custom2", "custom3": "custom3",
    "custom4": "custom4", "custom5": "custom5", "custom6": "custom6", "custom7": "custom7",
}  # fmt: skip


_INDICES = {"sub": "subscript", "sup": "superscript"}
_LINES = re.compile(r"[;\r]|\n(?![ \t])")
"""What is between several values in one element; a line that is indented goes on."""
_ISSN = re.compile(r"(?<![\d-])\d{4}-\d{3}[\dXx](?![\d-])")
_APART = re.compile(r"[\r\n;]+|(?<=[\dXx)])[\s,/]+(?=97[89][\d-]{10}|\d{4}-\d{3}[\dXx](?![\d-]))")
"""What is between two numbers of what a paper appeared in."""


def sniff(head: bytes) -> bool:
    """Whether ``records`` is the root element or the one within it."""
    return sniff_root(head, "records", "RECORDS")


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the records."""
    yield from tables(papers(source, ledger, _fields, "record", "RECORD"), source, ledger)


def _fields(record: Element) -> Mapping[str, Any]:
    from lxml import etree

    # Text stands in elements that tell its face; in HTML the element of this name holds no text, and an index one of its own.
    for style in list(record.iter("{*}style")):
        face = style.get("face", "")
        if index := next((tag for tag, name in _INDICES.items() if name in face), None):
            style.tag = index
    etree.strip_tags(record, "{*}style")
    kind = find(record, "ref-type")
    name = kind.get("name", "").lower() if kind is not None else ""
    title = text_at(record, "titles/title")
    container = text_at(record, "periodical/full-title", "titles/secondary-title", "titles/tertiary-title", "periodical/abbr-1")
    house = text_at(record, "publisher")
    addresses = [*texts_at(record, "urls/related-urls/url"), *texts_at(record, "urls/web-urls/url")]
    number = text_at(record, "electronic-resource-num")
    arxiv = next(
        (found for text in [*addresses, number or ""] if "arxiv" in text.lower() and (found := normal_arxiv_id(text))), None
    )
    authors, others = (texts_at(record, f"contributors/{role}/author") for role in ("authors", "secondary-authors"))
    # Second names of books are the editors of their series; an edited book has its own as authors.
    editors = authors if name == "edited book" else [] if name in _WHOLE_WORKS else others
    serial: dict[str, list[str]] = {"isbn": [], "issn": []}
    for one in filter(None, map(str.strip, _APART.split(_raw(record, "isbn")))):
        serial["isbn" if len(re.sub(r"[^\dXx]", "", one)) >= 10 and not _ISSN.search(one) else "issn"].append(one)
    return {
        "title": title,
        "authors": authors or others,
        "editors": editors_text(editors),
        "series_editors": editors_text(others) if name in _WHOLE_WORKS else None,
        **{kind: "\n".join(found) for kind, found in serial.items()},
        "abstract": text_at(record, "abstract"),
        "venue": (house or container) if name in _WHOLE_WORKS else (container or house),
        "published": finest(text_at(record, "dates/year"), text_at(record, "dates/pub-dates/date")),
        "keywords": [found for part in _LINES.split(_raw(record, "keywords/keyword")) if (found := single_spaced(part))],
        "doi": (normal_doi(number) if number else None)
        or next((normal_doi(text) for text in addresses if "doi.org/" in text), None),
        "arxiv_id": arxiv,
        "url": next((text for text in addresses if "://" in text), None),
        "source": text_at(record, "remote-database-name"),
        "entry_type": name,
        **{field: text_at(record, path) for field, path in _EXTRA.items()},
    }


def _raw(record: Element, path: str) -> str:
    """Texts at a path, between line ends; EndNote keeps several values in one element so."""
    return "\n".join("".join(element.itertext()) for element in find_all(record, path))
