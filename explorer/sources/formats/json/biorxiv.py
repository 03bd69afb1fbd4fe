"""Answers of bioRxiv and medRxiv. Specification: https://api.biorxiv.org, "details" and "pubs"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.author_names import split_names
from explorer.papers.ledger import Ledger
from explorer.sources.formats.json.json_records import head_names, read_as
from explorer.sources.source import Source
from explorer.text.markup import plain_markup, single_spaced

LABEL = "bioRxiv JSON"
SUFFIXES: tuple[str, ...] = ()

_SERVERS = {"biorxiv": "bioRxiv", "medrxiv": "medRxiv"}


def sniff(head: bytes) -> bool:
    """Whether the wrapper of an answer, or fields of a preprint of these servers, stand at the start."""
    return (
        head_names(head, r'"collection"\s*:\s*\[', r'"(?:messages|preprint_doi|biorxiv_doi|server)"\s*:')
        or head_names(head, r'"author_corresponding"\s*:')
        or head_names(head, r'"preprint_title"\s*:')
    )


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the preprints of an answer, of an array, or of JSON lines."""
    yield from read_as(fields, source, ledger, records_in)


def records_in(answer: Mapping[str, Any]) -> list[Any]:
    """Preprints of an answer; a preprint that is a file of its own is one."""
    found = answer.get("collection")
    return found if isinstance(found, list) else [answer]


def fields(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fields of a version of a preprint, or of a preprint and where it was published."""

    def get(name: str) -> str | None:
        value = item.get(name) or item.get(f"preprint_{name}")
        return single_spaced(str(value)) if isinstance(value, (str, int)) and str(value).strip().upper() != "NA" else None

    doi, version = get("doi") or get("biorxiv_doi"), get("version")
    server = (get("server") or get("platform") or "").lower()
    name = _SERVERS.get(server, get("server")) or ("bioRxiv" if doi and doi.startswith("10.1101/") else None)
    published = get("published_doi") or get("published")
    abstract = get("abstract")
    return {
        "title": plain_markup(get("title") or ""),
        "abstract": plain_markup(abstract) if abstract else None,
        "authors": split_names(get("authors") or ""),
        "published": get("date"),
        "venue": name,
        "keywords": [get("category")] if get("category") else None,
        "url": f"https://www.{server}.org/content/{doi}v{version}" if server in _SERVERS and doi and version else None,
        "doi": doi,
        "source": name,
        "entry_type": "preprint",
        "version": version,
        "license": get("license"),
        # The article that the preprint became.
        "versions": [f"doi:{published.lower()}"] if published and published.startswith("10.") else None,
        "published_journal": get("published_journal"),
    }
