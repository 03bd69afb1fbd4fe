"""EndNote XML, whose text stands in ``<style>`` elements.

Specification: Clarivate's *RSXML* DTD as shipped with EndNote; described at https://support.clarivate.com/Endnote. Met in exports of
EndNote, Mendeley, Zotero, JabRef.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.dates import finest
from explorer.papers.identifiers import normal_arxiv_id, normal_doi
from explorer.papers.ledger import Ledger
from explorer.sources.formats.xml.xml_tree import Element, find, papers, sniff_root, text_at, texts_at
from explorer.sources.source import Source, tables

LABEL = "EndNote XML"
SUFFIXES: tuple[str, ...] = ()

_WHOLE_WORKS = frozenset(
    ("book", "edited book", "report", "thesis", "electronic book", "computer program", "dataset", "serial")
)
_EXTRA = {
    "volume": "volume", "number": "number", "pages": "pages", "publisher": "publisher", "issn": "isbn", "language": "language",
    "place": "pub-location", "note": "notes", "accession": "accession-num",
}  # fmt: skip


def sniff(head: bytes) -> bool:
    """Whether ``records`` is the root element or the one within it."""
    return sniff_root(head, "records", "RECORDS")


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the records."""
    yield from tables(papers(source, ledger, _fields, "record", "RECORD"), source, ledger)


def _fields(record: Element) -> Mapping[str, Any]:
    from lxml import etree

    # Text stands in elements that tell its face; in HTML the element of this name holds no text.
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
    return {
        "title": title,
        "authors": texts_at(record, "contributors/authors/author") or texts_at(record, "contributors/secondary-authors/author"),
        "abstract": text_at(record, "abstract"),
        "venue": (house or container) if name in _WHOLE_WORKS else (container or house),
        "published": finest(text_at(record, "dates/year"), text_at(record, "dates/pub-dates/date")),
        "keywords": [part.strip() for text in texts_at(record, "keywords/keyword") for part in text.split(";") if part.strip()],
        "doi": (normal_doi(number) if number else None)
        or next((normal_doi(text) for text in addresses if "doi.org/" in text), None),
        "arxiv_id": arxiv,
        "url": next((text for text in addresses if "://" in text), None),
        "source": text_at(record, "remote-database-name"),
        "entry_type": name,
        **{field: text_at(record, path) for field, path in _EXTRA.items()},
    }
