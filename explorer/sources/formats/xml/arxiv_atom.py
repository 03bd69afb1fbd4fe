"""The Atom feeds of arXiv's API.

Specification: RFC 4287 and *arXiv API User's Manual* (https://info.arxiv.org/help/api/user-manual.html).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.ledger import Ledger
from explorer.sources.formats.xml.xml_tree import Element, find_all, papers, sniff_root, text_at, texts_at
from explorer.sources.source import Source, tables
from explorer.text.markup import plain_latex

LABEL = "arXiv Atom feed"
SUFFIXES: tuple[str, ...] = (".atom",)


def sniff(head: bytes) -> bool:
    """Whether the root element is a feed or an entry."""
    return sniff_root(head, "feed")


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the entries."""
    yield from tables(papers(source, ledger, fields, "entry"), source, ledger)


def fields(entry: Element) -> Mapping[str, Any]:
    """Fields of an entry; none for the entry by which the service reports an error."""
    address = text_at(entry, "id") or ""
    if "api/errors" in address:
        return {}
    title, abstract = text_at(entry, "title"), text_at(entry, "summary", "content")
    links = [(link.get("rel") or "", link.get("title") or "", link.get("href")) for link in find_all(entry, "link")]
    return {
        "title": plain_latex(title) if title else None,
        "authors": [plain_latex(name) for name in texts_at(entry, "author/name")],
        "abstract": plain_latex(abstract) if abstract else None,
        "published": (text_at(entry, "published", "updated") or "")[:10],
        "venue": text_at(entry, "journal_ref"),
        "keywords": [term for category in find_all(entry, "category") if (term := category.get("term"))],
        "doi": text_at(entry, "doi") or next((href for _, name, href in links if name == "doi"), None),
        "arxiv_id": address if "arxiv.org/" in address else None,
        "url": next((href for rel, _, href in links if rel == "alternate" and href), address),
        "note": text_at(entry, "comment"),
        "source": "arXiv",
    }
