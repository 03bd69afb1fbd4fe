"""Documents as Mendeley's API gives them. Specification: https://dev.mendeley.com/methods/#documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.author_names import marked
from explorer.papers.ledger import Ledger
from explorer.sources.formats.json.json_records import head_names, mapping, mappings, read_as, texts
from explorer.sources.source import Source
from explorer.text.markup import plain_markup

LABEL = "Mendeley JSON"
SUFFIXES: tuple[str, ...] = ()

_KINDS = {"journal": "article", "conference_proceedings": "inproceedings", "book_section": "chapter", "working_paper": "report",
          "newspaper_article": "newspaper article", "magazine_article": "magazine article", "computer_program": "software",
          "web_page": "webpage", "encyclopedia_article": "chapter", "generic": "misc"}  # fmt: skip
_EXTRA = {"volume": "volume", "number": "issue", "pages": "pages", "publisher": "publisher", "language": "language", "edition": "edition",
          "place": "city", "key": "citation_key", "note": "notes"}  # fmt: skip


def sniff(head: bytes) -> bool:
    """Whether people in two parts, and fields that only Mendeley has, stand at the start."""
    return head_names(
        head, r'"(?:first_name|last_name)"\s*:', r'"(?:identifiers"\s*:\s*\{|source"\s*:\s*"|profile_id"|websites"|link"\s*:)'
    )


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the documents of an answer, of an array, or of JSON lines."""
    yield from read_as(fields, source, ledger)


def fields(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fields of a document."""
    identifiers = mapping(document.get("identifiers"))
    title, abstract, kind = document.get("title"), document.get("abstract"), document.get("type")
    editors = _people(document.get("editors"))
    institution = document.get("institution")
    return {
        "id": document.get("id"),
        "title": plain_markup(title) if isinstance(title, str) else None,
        "abstract": plain_markup(abstract) if isinstance(abstract, str) else None,
        "authors": _people(document.get("authors")) or editors,
        "editor": "; ".join(editors),
        "published": _date(document),
        "venue": document.get("source") or institution or document.get("publisher"),
        "keywords": list(dict.fromkeys([*texts(document.get("keywords")), *texts(document.get("tags"))])),
        "url": next(iter(texts(document.get("websites"))), None) or document.get("link"),
        "doi": identifiers.get("doi"),
        "arxiv_id": identifiers.get("arxiv"),
        "source": "Mendeley",
        "entry_type": _KINDS.get(kind, kind) if isinstance(kind, str) else None,
        "pmid": identifiers.get("pmid"),
        "issn": identifiers.get("issn"),
        "isbn": identifiers.get("isbn"),
        "institution": institution,
        **{name: document.get(key) for name, key in _EXTRA.items()},
    }


def _people(value: Any) -> list[str]:
    names = []
    for person in mappings(value):
        parts = [part for part in (person.get("last_name"), person.get("first_name")) if isinstance(part, str) and part]
        # A body has no first name.
        names.append(", ".join(parts) if len(parts) > 1 else marked(parts[0]) if parts else "")
    return [name for name in names if name]


def _date(document: Mapping[str, Any]) -> str | None:
    """Date as far as it is told in year, month and day."""
    try:
        year, month, day = (int(document.get(name) or 0) for name in ("year", "month", "day"))
    except (TypeError, ValueError):
        return str(document.get("year"))
    if not 0 < year < 10_000:
        return None
    return f"{year:04d}" + (f"-{month:02d}" + (f"-{day:02d}" if 0 < day < 32 else "") if 0 < month < 13 else "")
