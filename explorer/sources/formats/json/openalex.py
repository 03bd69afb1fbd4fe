"""OpenAlex works. Specification: https://docs.openalex.org/api-entities/works/work-object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.identifiers import normal_arxiv_id
from explorer.papers.ledger import Ledger
from explorer.sources.formats.json.json_records import head_names, read_as
from explorer.sources.source import Source
from explorer.text.markup import plain_markup

LABEL = "OpenAlex JSON"
SUFFIXES: tuple[str, ...] = ()


def sniff(head: bytes) -> bool:
    """Whether an OpenAlex identifier of a work and a work's fields stand at the start."""
    return head_names(head, r'"https://openalex\.org/W\d', r'"(?:authorships|publication_year|abstract_inverted_index)"\s*:')


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the works of an answer, of an array, or of JSON lines."""
    yield from read_as(fields, source, ledger)


def fields(work: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fields of a work."""
    place = _mapping(work.get("primary_location")) or _mapping(work.get("host_venue"))
    venue = _mapping(place.get("source")) or place
    biblio = _mapping(work.get("biblio"))
    identifiers = _mapping(work.get("ids"))
    title = work.get("title") or work.get("display_name")
    addresses = [_mapping(location).get("landing_page_url") for location in work.get("locations") or ()]
    arxiv = next(
        (found for url in addresses if isinstance(url, str) and "arxiv.org/" in url and (found := normal_arxiv_id(url))), None
    )
    return {
        "id": str(work["id"]).rsplit("/", 1)[-1] if work.get("id") else None,
        "title": plain_markup(title) if isinstance(title, str) else None,
        "abstract": _abstract(work.get("abstract_inverted_index")) or work.get("abstract"),
        "authors": [name for item in work.get("authorships") or () if (name := _author(_mapping(item)))],
        "published": _published(work),
        "venue": _house(work, venue) or venue.get("display_name") or place.get("raw_source_name"),
        "keywords": _keywords(work),
        "url": place.get("landing_page_url") or work.get("doi") or work.get("id"),
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
        "retracted": work.get("is_retracted") or None,
    }


def _published(work: Mapping[str, Any]) -> Any:
    day, year = work.get("publication_date"), work.get("publication_year")
    # OpenAlex writes the first of January where it knows no more than the year.
    return year if year and str(day or "-01-01").endswith("-01-01") else day


def _keywords(work: Mapping[str, Any]) -> list[str]:
    """Keywords, else topics, else, in older answers, concepts below the broadest that are likelier than not."""
    for name in ("keywords", "topics"):
        items = [_mapping(item) for item in work.get(name) or ()]
        if words := [str(word) for item in items if (word := item.get("display_name") or item.get("keyword"))]:
            return words
    concepts = [_mapping(item) for item in work.get("concepts") or ()]
    return [
        str(item["display_name"])
        for item in concepts
        if item.get("display_name") and item.get("level") and float(item.get("score") or 0) >= 0.5
    ]


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
