"""Crossref works, as its REST API gives them. Specification: https://api.crossref.org/swagger-ui/index.html#/Works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.identifiers import normal_arxiv_id
from explorer.papers.ledger import Ledger
from explorer.sources.formats.json.csl_json import date_of, names_of
from explorer.sources.formats.json.json_records import head_names, read_as
from explorer.sources.formats.record_fields import editors_text
from explorer.sources.source import Source
from explorer.text.markup import plain_markup, single_spaced

LABEL = "Crossref JSON"
SUFFIXES: tuple[str, ...] = ()

_DATES = ("published", "issued", "published-print", "published-online", "posted", "created")


def sniff(head: bytes) -> bool:
    """Whether the wrapper or the fields of a Crossref work stand at the start."""
    return head_names(head, r'"message-type"\s*:\s*"work') or head_names(
        head, r'"(?:is-referenced-by-count|content-domain)"\s*:'
    )


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the works of an answer, of an array, or of JSON lines."""
    yield from read_as(fields, source, ledger)


def fields(work: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fields of a work."""
    title, subtitle = _first(work.get("title")), _first(work.get("subtitle"))
    doi = work.get("DOI")
    abstract = work.get("abstract")
    editors = names_of(work.get("editor"))
    prefixed = str(doi).lower().replace("10.48550/arxiv.", "arxiv:")
    return {
        "title": f"{title}: {subtitle}" if title and subtitle and subtitle.lower() not in title.lower() else title,
        "abstract": plain_markup(abstract) if isinstance(abstract, str) else None,
        "authors": names_of(work.get("author")) or editors,
        "editors": editors_text(editors),
        "published": next((date for name in _DATES if (date := date_of(work.get(name)))), None),
        "venue": _first(work.get("container-title")) or _first(_named(work.get("institution"))) or work.get("publisher"),
        "keywords": work.get("subject"),
        "url": work.get("URL"),
        "doi": doi,
        "arxiv_id": normal_arxiv_id(prefixed) if prefixed.startswith("arxiv:") else None,
        "source": "Crossref",
        "entry_type": work.get("type"),
        "volume": work.get("volume"),
        "number": work.get("issue"),
        "pages": work.get("page") or work.get("article-number"),
        "publisher": work.get("publisher"),
        "issn": _first(work.get("ISSN")),
        "isbn": _first(work.get("ISBN")),
        "language": work.get("language"),
        "cited_by_count": work.get("is-referenced-by-count"),
        "versions": _versions(work.get("relation")),
    }


def _versions(relation: Any) -> list[str]:
    """DOIs of the preprint of a publication, or of the publication of a preprint."""
    given = relation if isinstance(relation, Mapping) else {}
    related = [one for kind in ("has-preprint", "is-preprint-of") for one in given.get(kind) or () if isinstance(one, Mapping)]
    return [f"doi:{str(one['id']).lower()}" for one in related if one.get("id-type") == "doi" and one.get("id")]


def _first(value: Any) -> str | None:
    """First text of a list; titles may hold markup."""
    item = value[0] if isinstance(value, list) and value else value
    return single_spaced(plain_markup(item)) or None if isinstance(item, str) and item else None


def _named(value: Any) -> list[Any]:
    items = value if isinstance(value, list) else [value]
    return [item.get("name") for item in items if isinstance(item, Mapping)]
