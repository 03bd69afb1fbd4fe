"""OpenAlex works. Specification: https://docs.openalex.org/api-entities/works/work-object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.formats.json_records import head_names, read_as
from explorer.formats.source import Source
from explorer.ledger import Ledger
from explorer.markup import plain_markup
from explorer.schema import normal_arxiv_id

LABEL = "OpenAlex JSON"
SUFFIXES = ()


def sniff(head: bytes) -> bool:
    """Whether an OpenAlex identifier of a work and a work's fields stand at the start."""
    return head_names(head, r'"https://openalex\.org/W\d', r'"(?:authorships|publication_year|abstract_inverted_index)"\s*:')


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the works of an answer, of an array, or of JSON lines."""
    yield from read_as(_fields, source, ledger)


def _fields(work: Mapping[str, Any]) -> Mapping[str, Any]:
    place = _mapping(work.get("primary_location")) or _mapping(work.get("host_venue"))
    venue = _mapping(place.get("source")) or place
    biblio = _mapping(work.get("biblio"))
    identifiers = _mapping(work.get("ids"))
    title = work.get("title") or work.get("display_name")
    addresses = [_mapping(location).get("landing_page_url") for location in work.get("locations") or ()]
    arxiv = next(
        (found for url in addresses if isinstance(url, str) and "arxiv.org/" in url and (found := normal_arxiv_id(url))), None
    )
    keywords = [_mapping(item).get("display_name") or _mapping(item).get("keyword") for item in work.get("keywords") or ()]
    return {
        "id": str(work["id"]).rsplit("/", 1)[-1] if work.get("id") else None,
        "title": plain_markup(title) if isinstance(title, str) else None,
        "abstract": _abstract(work.get("abstract_inverted_index")) or work.get("abstract"),
        "authors": [name for item in work.get("authorships") or () if (name := _author(_mapping(item)))],
        "published": work.get("publication_date") or work.get("publication_year"),
        "venue": _house(work, venue) or venue.get("display_name") or place.get("raw_source_name"),
        "keywords": [str(word) for word in keywords if word],
        "url": place.get("landing_page_url"),
        "doi": work.get("doi"),
        "arxiv_id": arxiv,
        "pmid": str(identifiers.get("pmid") or "").rsplit("/", 1)[-1],
        "source": "OpenAlex",
        "entry_type": work.get("type"),
        "volume": biblio.get("volume"),
        "number": biblio.get("issue"),
        "pages": "-".join(dict.fromkeys(str(p) for p in (biblio.get("first_page"), biblio.get("last_page")) if p)),
        "language": work.get("language"),
        "cited_by_count": work.get("cited_by_count"),
    }


def _house(work: Mapping[str, Any], venue: Mapping[str, Any]) -> str | None:
    """Publisher of a book, university of a dissertation."""
    if work.get("type") in ("book", "monograph", "reference-entry", "report"):
        return venue.get("host_organization_name") or None
    if work.get("type") == "dissertation":
        places = (
            _mapping(place) for item in work.get("authorships") or () for place in _mapping(item).get("institutions") or ()
        )
        return next((name for place in places if (name := place.get("display_name"))), None)
    return None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _author(item: Mapping[str, Any]) -> str | None:
    return _mapping(item.get("author")).get("display_name") or item.get("raw_author_name")


def _abstract(index: Any) -> str | None:
    """Put the words of an inverted index back in order."""
    if not isinstance(index, Mapping):
        return None
    placed = [
        (place, word)
        for word, places in index.items()
        if isinstance(places, list)
        for place in places
        if isinstance(place, int)
    ]
    return plain_markup(" ".join(word for _, word in sorted(placed))) or None
